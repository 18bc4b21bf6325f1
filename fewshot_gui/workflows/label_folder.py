"""Label a folder of photos from a folder of examples: the main job without a window."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fewshot_gui.confidence import Adapted, adapt_calibrated
from fewshot_gui.core.errors import PhotoError
from fewshot_gui.core.prediction import Predictions
from fewshot_gui.core.progress import Progress
from fewshot_gui.core.support import SupportSet
from fewshot_gui.exporting import TableRow
from fewshot_gui.learners import learner
from fewshot_gui.workflows.embed_folder import EmbeddedFolder, embed_folder, skipped_sentence
from fewshot_gui.workflows.embedding import EmbeddingStats
from fewshot_gui.workflows.embedding_examples import embed_examples, support_set
from fewshot_gui.workflows.embedding_source import EmbeddingSource
from fewshot_gui.workflows.example_folders import find_example_folders
from fewshot_gui.workflows.run_stats import RunStats, run_stats


@dataclass(frozen=True, eq=False)
class LabelledFolder:
    """What labelling a folder gave.

    Attributes:
        rows: One per image file, in the order in which they lie in the folder.
        failures: Every photo and example that could not be read.
        skipped: Folders that could not be read, each as a sentence.
        adapted: The classifier that was used.
        stats: What it cost.
    """

    rows: tuple[TableRow, ...]
    failures: tuple[PhotoError, ...]
    skipped: tuple[str, ...]
    adapted: Adapted
    stats: RunStats


def label_folder(
    examples: Path, photos: Path, source: EmbeddingSource, progress: Progress, *, method: str = "auto", seed: int = 0
) -> LabelledFolder:
    """Adapt to the folders in ``examples`` and label every photo below ``photos``.

    The label of a row is always the most probable class: how much a photo resembles the examples at all stands beside
    it as familiarity, so that no threshold of ours takes a right label away.

    Args:
        examples: A folder per class with its example photos.
        photos: The folder to label, with all folders in it.
        source: The encoder.
        progress: Hears of every photo; may cancel.
        method: A learner's name.
        seed: Fixes every random choice.

    Raises:
        FewshotError: There is nothing to adapt to, nothing to label, or the encoder cannot be used.
        Cancelled: The person cancelled.
    """
    started, stats = time.perf_counter(), EmbeddingStats()
    learner(method)  # a wrong name is told before the long work
    classes = _read_classes(examples, source, progress)
    folder = embed_folder(photos, source, progress, note="Labelling", stats=stats)
    embeddings = folder.embeddings[folder.readable]
    adapting = time.perf_counter()
    mean = embeddings.mean(axis=0, dtype=np.float32) if len(embeddings) else None
    adapted = adapt_calibrated(method, classes.support, folder_mean=mean, progress=progress, seed=seed)
    scoring = time.perf_counter()
    predictions = adapted.predict(embeddings)
    done = time.perf_counter()
    return LabelledFolder(
        rows=tuple(_rows(folder, predictions, adapted, classes.names, source.spec.id)),
        failures=(*classes.failures, *folder.errors.values()),
        skipped=(*classes.skipped, *folder.skipped),
        adapted=adapted,
        stats=run_stats(
            stats,
            seconds=done - started,
            adapt=scoring - adapting,
            score=done - scoring,
            source=source,
            method=adapted.method,
        ),
    )


@dataclass(frozen=True, eq=False)
class _Classes:
    """The examples, ready to adapt to, and what stood in the way of others."""

    names: Mapping[int, str]
    support: SupportSet
    failures: tuple[PhotoError, ...]
    skipped: tuple[str, ...]


def _read_classes(examples: Path, source: EmbeddingSource, progress: Progress) -> _Classes:
    skipped: list[str] = []
    found = find_example_folders(examples, on_problem=lambda path, why: skipped.append(skipped_sentence(path, why)))
    wanted = [(number, path) for number, folder in enumerate(found, start=1) for path in folder.photos]
    embedded = embed_examples([path for _, path in wanted], source, progress)
    return _Classes(
        names={number: folder.name for number, folder in enumerate(found, start=1)},
        support=support_set(embedded.embeddings, [wanted[row][0] for row in embedded.rows], embedded.failures),
        failures=embedded.failures,
        skipped=tuple(skipped),
    )


def _rows(
    folder: EmbeddedFolder, predictions: Predictions, adapted: Adapted, names: Mapping[int, str], encoder: str
) -> Iterator[TableRow]:
    ranked = predictions.ranked()
    place = {int(row): place for place, row in enumerate(folder.readable)}
    expected = adapted.expected.value if adapted.expected is not None else None
    for row in range(len(folder.paths)):
        if row in folder.errors:
            yield TableRow(folder.name(row), encoder=encoder, error=folder.errors[row].reason)
            continue
        at = place[row]
        yield TableRow(
            photo=folder.name(row),
            label=names[int(ranked.first[at])],
            confidence=float(ranked.first_confidence[at]),
            second_label=names.get(int(ranked.second[at]), ""),
            second_confidence=float(ranked.second_confidence[at]),
            familiarity=float(predictions.familiarity[at]),
            expected_accuracy=expected,
            method=adapted.method,
            encoder=encoder,
        )
