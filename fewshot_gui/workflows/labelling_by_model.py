"""Label a folder of photos with an exported model, this program's or another's, without any examples."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import numpy as np

from fewshot_gui.core.errors import PhotoError
from fewshot_gui.core.processor import core_count
from fewshot_gui.core.progress import Progress
from fewshot_gui.exporting import LabelledPhoto, LabelSet, TableRow
from fewshot_gui.exporting.model.reading import ModelFileError, OpenedModel, Scored
from fewshot_gui.imaging import fingerprint, read_photo
from fewshot_gui.workflows.embed_folder import find_photos
from fewshot_gui.workflows.embedding import EmbeddingStats
from fewshot_gui.workflows.run_stats import RunStats, figures

_logger = logging.getLogger(__name__)

_QUEUED_PER_WORKER = 4
"""Photos waiting per worker: enough to keep it busy, few enough that a cancel is felt at once."""
_POLL = 0.1
"""Seconds between two checks for cancel while workers are busy."""


@dataclass(frozen=True, eq=False)
class LabelledByModel:
    """What labelling a folder gave.

    Attributes:
        labels: One photo per image file, in the order in which they lie in the folder.
        failures: Every photo that could not be labelled.
        skipped: Folders that could not be read, each as a sentence.
        stats: What it cost.
    """

    labels: LabelSet
    failures: tuple[PhotoError, ...]
    skipped: tuple[str, ...]
    stats: RunStats

    @property
    def rows(self) -> tuple[TableRow, ...]:
        """The rows of the table."""
        return tuple(photo.row for photo in self.labels.photos)


def label_by_model(model: OpenedModel, photos: Path, progress: Progress) -> LabelledByModel:
    """Label every photo below ``photos``.

    The label of a row is always the most probable class; a model of this program tells beside it how much the photo
    resembles the examples at all.

    Args:
        model: As :func:`~fewshot_gui.exporting.model.reading.open_model` gives it.
        photos: The folder to label, with all folders in it.
        progress: Hears of every photo; may cancel.

    Raises:
        FewshotError: There are no photos in the folder.
        Cancelled: The person cancelled.
    """
    started, stats = time.perf_counter(), EmbeddingStats()
    paths, skipped = find_photos(photos)
    labelled: list[LabelledPhoto] = []
    failures: list[PhotoError] = []
    for result in _results(paths, model, progress):
        labelled.append(_labelled(result, model, photos))
        failures += [result.error] if result.error is not None else []
        stats.decode_core_seconds += result.decode_seconds
        stats.encode_core_seconds += result.encode_seconds
        progress.report(len(labelled), len(paths), "Labelling")
    stats.photos, stats.failed = len(paths), len(failures)
    return LabelledByModel(
        labels=LabelSet(
            name=photos.resolve().name,
            classes=model.class_names,
            photos=tuple(labelled),
            roots=(photos.absolute(),),
            labelled_at=datetime.now(UTC),
            classifier=f"{model.title} ({model.path.name})",
        ),
        failures=tuple(failures),
        skipped=skipped,
        stats=figures(
            stats,
            seconds=time.perf_counter() - started,
            adapt=0.0,
            score=0.0,
            device="cpu",
            encoder=model.encoder,
            method=method_of_model(model),
        ),
    )


def method_of_model(model: OpenedModel) -> str:
    """What stands in the column "method" of tables."""
    return f"model:{model.title}"


@dataclass(frozen=True, eq=False)
class _Result:
    """What became of one photo, and the processor time it took."""

    path: Path
    content: str
    scored: Scored | None
    error: PhotoError | None
    decode_seconds: float
    encode_seconds: float


def _results(paths: Sequence[Path], model: OpenedModel, progress: Progress) -> Iterator[_Result]:
    """Results in the order of ``paths``, from as many threads as there are processors."""
    waiting: deque[Future[_Result]] = deque()
    rest = iter(paths)
    with ThreadPoolExecutor(core_count(), thread_name_prefix="label") as pool:
        try:
            while True:
                for path in islice(rest, core_count() * _QUEUED_PER_WORKER - len(waiting)):
                    waiting.append(pool.submit(_label, path, model))
                if not waiting:
                    return
                while not wait([waiting[0]], _POLL).done:
                    progress.check()
                progress.check()
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def _label(path: Path, model: OpenedModel) -> _Result:
    started = decoded = time.thread_time()
    content, scored, error = "", None, None
    try:
        content = fingerprint(path)
        rgb = read_photo(path, short_side=model.read_short_side)
        decoded = time.thread_time()
        scored = model.score(rgb)
    except PhotoError as problem:
        _logger.info("%s", problem, exc_info=problem)
        error, decoded = problem, time.thread_time()
    except ModelFileError as problem:
        _logger.info("%s", problem, exc_info=problem)
        error = PhotoError(path, "the model failed on it")
    return _Result(path, content, scored, error, decoded - started, time.thread_time() - decoded)


def _labelled(result: _Result, model: OpenedModel, folder: Path) -> LabelledPhoto:
    path = result.path
    name = path.relative_to(folder).as_posix() if path != folder else path.name
    return LabelledPhoto(path.absolute(), _row(name, result, model), fingerprint=result.content)


def _row(name: str, result: _Result, model: OpenedModel) -> TableRow:
    if result.scored is None:
        return TableRow(name, encoder=model.encoder, error=result.error.reason if result.error is not None else "")
    probabilities, familiarity = result.scored
    order = np.argsort(-probabilities, kind="stable")[:2].tolist()
    second = order[1] if len(order) > 1 else None
    return TableRow(
        photo=name,
        label=model.class_names[order[0]],
        confidence=float(probabilities[order[0]]),
        second_label=model.class_names[second] if second is not None else "",
        second_confidence=float(probabilities[second]) if second is not None else None,
        familiarity=familiarity,
        expected_accuracy=model.own.expected_accuracy if model.own is not None else None,
        method=method_of_model(model),
        encoder=model.encoder,
    )
