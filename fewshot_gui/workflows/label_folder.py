"""Label a folder of photos from a folder of examples: the main job without a window."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.confidence import Adapted, Familiarity, adapt_calibrated
from fewshot_gui.core.errors import PhotoError
from fewshot_gui.core.prediction import Predictions
from fewshot_gui.core.progress import Progress
from fewshot_gui.encoders import EncoderSpec
from fewshot_gui.exporting import LabelledPhoto, LabelSet, TableRow
from fewshot_gui.learners import AUTO, DEEP, StartingPoint, group_near_duplicates
from fewshot_gui.workflows.embed_folder import EmbeddedFolder, embed_folder
from fewshot_gui.workflows.embedding import EmbeddingStats
from fewshot_gui.workflows.embedding_source import EmbeddingSource
from fewshot_gui.workflows.example_classes import ExampleClasses, read_example_classes
from fewshot_gui.workflows.project_labels import classifier_name
from fewshot_gui.workflows.run_stats import RunStats, run_stats
from fewshot_gui.workflows.second_opinion import activations_source, weigh_deep, with_activations
from fewshot_gui.workflows.starting_points import MethodChoice, method_choice

_NOTE = "Labelling"


@dataclass(frozen=True, eq=False)
class LabelledFolder:
    """What labelling a folder gave.

    Attributes:
        labels: One photo per image file, in the order in which they lie in the folder.
        classes: With their examples.
        failures: Every photo and example that could not be read.
        skipped: Folders that could not be read, each as a sentence.
        adapted: The classifier that was used.
        stats: What it cost.
    """

    labels: LabelSet
    classes: ExampleClasses
    failures: tuple[PhotoError, ...]
    skipped: tuple[str, ...]
    adapted: Adapted
    stats: RunStats

    @property
    def rows(self) -> tuple[TableRow, ...]:
        """The rows of the table."""
        return tuple(photo.row for photo in self.labels.photos)


def label_folder(
    examples: Path,
    photos: Path,
    source: EmbeddingSource,
    progress: Progress,
    *,
    method: str = "auto",
    seed: int = 0,
    budget: float = 0.0,
) -> LabelledFolder:
    """Adapt to the folders in ``examples`` and label every photo below ``photos``.

    The label of a row is always the most probable class: how much a photo resembles the examples at all stands beside
    it as familiarity, so that no threshold of ours takes a right label away.

    Args:
        examples: A folder per class with its example photos.
        photos: The folder to label, with all folders in it.
        source: The encoder.
        progress: Hears of every photo; may cancel.
        method: A learner, perhaps with a starting point (:func:`~fewshot_gui.workflows.starting_points.method_choice`).
        seed: Fixes every random choice.
        budget: Seconds that "auto" may spend on adapting the encoder itself, in case that labels better; it is not
            tried where it would take longer, as with 0.

    Raises:
        FewshotError: There is nothing to adapt to, nothing to label, or the encoder cannot be used.
        Cancelled: The person cancelled.
    """
    started, stats = time.perf_counter(), EmbeddingStats()
    choice = method_choice(method, source.spec.base or source.spec.id)  # a wrong name is told before the long work
    classes = read_example_classes(examples, source, progress)
    labelled = LabellingRun(classes, photos, source, progress, stats, seed).label(choice, budget)
    folder, adapted = labelled.folder, labelled.adapted
    return LabelledFolder(
        labels=_labels(labelled, classes.names, source.spec),
        classes=classes,
        failures=(*classes.failures, *folder.errors.values()),
        skipped=(*classes.skipped, *folder.skipped),
        adapted=adapted,
        stats=run_stats(
            stats,
            seconds=time.perf_counter() - started,
            adapt=labelled.adapt_seconds,
            score=labelled.score_seconds,
            source=source,
            method=adapted.method,
        ),
    )


@dataclass(frozen=True, eq=False)
class FolderLabels:
    """Predictions of the readable photos of a folder, and the seconds they took.

    Attributes:
        source: What gives the embeddings that ``adapted`` reads: perhaps with activations, which ``folder`` lacks.
    """

    folder: EmbeddedFolder
    adapted: Adapted
    predictions: Predictions
    source: EmbeddingSource
    adapt_seconds: float
    score_seconds: float


@dataclass(frozen=True, eq=False)
class LabellingRun:
    """One labelling of a folder by classes that are known; of all its photos unless they were ``found`` already."""

    classes: ExampleClasses
    photos: Path
    source: EmbeddingSource
    progress: Progress
    stats: EmbeddingStats
    seed: int
    found: tuple[Path, ...] | None = None

    def label(self, choice: MethodChoice, budget: float) -> FolderLabels:
        """As ``choice`` says; "auto" may spend ``budget`` seconds on a second opinion."""
        deep_is_wanted = choice.name == DEEP or (choice.name == AUTO and budget > 0)
        if deep_is_wanted and self.source.with_activations() is not None:
            return self._with_second_opinion(budget if choice.name == AUTO else None, choice.on_activations)
        return self._by_embeddings(choice)

    def _by_embeddings(self, choice: MethodChoice) -> FolderLabels:
        folder = embed_folder(self.photos, self.source, self.progress, note=_NOTE, found=self.found, stats=self.stats)
        embeddings = folder.embeddings[folder.readable]
        adapting = time.perf_counter()
        mean = embeddings.mean(axis=0, dtype=np.float32) if len(embeddings) else None
        adapted = adapt_calibrated(
            choice.name,
            self.classes.support,
            folder=embeddings,
            folder_mean=mean,
            starting_point=choice.on_embeddings,
            progress=self.progress,
            seed=self.seed,
        )
        scoring = time.perf_counter()
        predictions = adapted.predict(embeddings)
        return FolderLabels(
            folder, adapted, predictions, self.source, scoring - adapting, time.perf_counter() - scoring
        )

    def _with_second_opinion(self, budget: float | None, start: StartingPoint | None) -> FolderLabels:
        """With activations where adapting the encoder itself pays, else as the automatic method labels."""
        adapting = time.perf_counter()
        support = with_activations(self.classes.support, self.classes.paths, self.source, self.progress)
        adapted, opinion = weigh_deep(
            support, starting_point=start, progress=self.progress, seed=self.seed, budget=budget
        )
        seconds = time.perf_counter() - adapting
        if not opinion.share:
            labelled = self._by_embeddings(MethodChoice(AUTO))
            adapted = replace(labelled.adapted, reason=adapted.reason)
            return replace(labelled, adapted=adapted, adapt_seconds=labelled.adapt_seconds + seconds)
        scores = _Scores(adapted)
        variant = activations_source(self.source)
        folder = embed_folder(
            self.photos, variant, self.progress, note=_NOTE, found=self.found, stats=self.stats, on_rows=scores.add
        )
        embeddings = folder.embeddings[folder.readable]
        if len(embeddings):
            mean = embeddings.mean(axis=0, dtype=np.float32)
            adapted = replace(adapted, familiarity=Familiarity.fitted_to(group_near_duplicates(support), mean))
        predictions = adapted.predict_scored(scores.in_order(), embeddings)
        return FolderLabels(folder, adapted, predictions, variant, seconds, scores.seconds)


class _Scores:
    """The logits of photos, taken while their activations are at hand."""

    def __init__(self, adapted: Adapted) -> None:
        self._classifier = adapted.classifier
        self._rows: list[int] = []
        self._logits = [np.empty((0, len(adapted.class_ids)), np.float32)]
        self.seconds = 0.0

    def add(self, rows: Sequence[int], embeddings: NDArray[np.float32]) -> None:
        """Score photos as they come."""
        if rows:
            started = time.perf_counter()
            self._rows += rows
            self._logits.append(self._classifier.logits(embeddings))
            self.seconds += time.perf_counter() - started

    def in_order(self) -> NDArray[np.float32]:
        """float32 (n, c), by row."""
        logits: NDArray[np.float32] = np.concatenate(self._logits)[np.argsort(self._rows)]
        return logits


def _labels(labelled: FolderLabels, names: Mapping[int, str], encoder: EncoderSpec) -> LabelSet:
    folder, adapted = labelled.folder, labelled.adapted
    rows = table_rows(folder, labelled.predictions, adapted, names, encoder.id)
    return LabelSet(
        name=folder.folder.resolve().name,
        classes=tuple(names.values()),
        photos=tuple(
            LabelledPhoto(path.absolute(), row, fingerprint=fingerprint)
            for path, row, fingerprint in zip(folder.paths, rows, folder.fingerprints, strict=True)
        ),
        roots=(folder.folder.absolute(),),
        labelled_at=datetime.now(UTC),
        classifier=classifier_name(adapted, encoder),
    )


def table_rows(
    folder: EmbeddedFolder, predictions: Predictions, adapted: Adapted, names: Mapping[int, str], encoder: str
) -> Iterator[TableRow]:
    """The rows of the table, in the order of the photos.

    Args:
        folder: The photos, n of them.
        predictions: Of those that could be read, in order.
        adapted: What made the predictions.
        names: Of the classes, by id.
        encoder: Its id.
    """
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
