"""Example photos to the support set that learners adapt to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fewshot_gui.core.errors import NotEnoughExamplesError, PhotoError
from fewshot_gui.core.progress import Progress
from fewshot_gui.core.support import SupportSet
from fewshot_gui.workflows.embedding import EmbeddingStats, embed_photos
from fewshot_gui.workflows.embedding_source import EmbeddingSource


@dataclass(frozen=True, eq=False)
class EmbeddedExamples:
    """Examples ready to adapt to.

    Attributes:
        support: The readable ones, in the order given.
        rows: For each row of ``support``, its place in the sequence that was asked for.
        failures: Why the others could not be read.
    """

    support: SupportSet
    rows: tuple[int, ...]
    failures: tuple[PhotoError, ...]


def embed_examples(
    examples: Sequence[tuple[int, Path]],
    source: EmbeddingSource,
    progress: Progress,
    *,
    stats: EmbeddingStats | None = None,
) -> EmbeddedExamples:
    """Embed examples given as (class id, path).

    Raises:
        NotEnoughExamplesError: None of them can be read.
        Cancelled: The person cancelled.
        EncoderError: The encoder cannot be used.
    """
    embeddings = {}
    failures = []
    paths = [path for _, path in examples]
    for batch in embed_photos(paths, source, progress, stats=stats):
        for photo in batch:
            if photo.embedding is None:
                failures.append(PhotoError(photo.path, photo.error or "it is not readable"))
            else:
                embeddings[photo.index] = photo.embedding
        progress.report(len(embeddings) + len(failures), len(paths), "Reading the examples")
    if not embeddings:
        raise NotEnoughExamplesError("None of the example photos could be read; add others.")
    rows = tuple(sorted(embeddings))
    support = SupportSet(np.stack([embeddings[row] for row in rows]), np.array([examples[row][0] for row in rows]))
    return EmbeddedExamples(support, rows, tuple(failures))
