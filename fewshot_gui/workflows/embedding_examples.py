"""Example photos to the support set that learners adapt to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.core.errors import NotEnoughExamplesError, PhotoError
from fewshot_gui.core.progress import Progress
from fewshot_gui.core.support import SupportSet
from fewshot_gui.workflows.embedding import EmbeddingStats, embed_photos
from fewshot_gui.workflows.embedding_source import EmbeddingSource


@dataclass(frozen=True, eq=False)
class EmbeddedExamples:
    """Examples as far as they can be read.

    Attributes:
        embeddings: float32 (n, d), the readable ones in the order given; n may be 0.
        rows: For each row of ``embeddings``, its place in the sequence that was asked for.
        failures: Why the others could not be read.
    """

    embeddings: NDArray[np.float32]
    rows: tuple[int, ...]
    failures: tuple[PhotoError, ...]


def embed_examples(
    paths: Sequence[Path], source: EmbeddingSource, progress: Progress, *, stats: EmbeddingStats | None = None
) -> EmbeddedExamples:
    """Embed examples.

    Raises:
        Cancelled: The person cancelled.
        EncoderError: The encoder cannot be used.
    """
    embeddings = {}
    failures = []
    for batch in embed_photos(paths, source, progress, stats=stats):
        for photo in batch:
            if photo.embedding is None:
                failures.append(PhotoError(photo.path, photo.error or "it is not readable"))
            else:
                embeddings[photo.index] = photo.embedding
        progress.report(len(embeddings) + len(failures), len(paths), "Reading the examples")
    rows = tuple(sorted(embeddings))
    matrix = np.array([embeddings[row] for row in rows], np.float32).reshape(len(rows), source.spec.dimension)
    return EmbeddedExamples(matrix, rows, tuple(failures))


def support_set(
    embeddings: NDArray[np.float32], class_ids: Sequence[int], failures: Sequence[PhotoError]
) -> SupportSet:
    """Readable examples as what learners adapt to.

    Args:
        embeddings: float32 (n, d).
        class_ids: The class of each, n of them.
        failures: Of the examples that are missing from it, for the sentence.

    Raises:
        NotEnoughExamplesError: They belong to fewer than two classes.
    """
    if len(set(class_ids)) >= 2:
        return SupportSet(embeddings, np.array(class_ids, np.int64))
    if failures:
        raise NotEnoughExamplesError(
            f"Two classes need examples that can be read; replace “{failures[0].path.name}” and any other damaged one."
        )
    raise NotEnoughExamplesError("Two classes need examples before photos can be labelled; add some.")
