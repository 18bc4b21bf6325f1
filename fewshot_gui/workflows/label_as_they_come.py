"""Label a folder, and then the photos that appear in it, until somebody says that it is enough."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from fewshot_gui.core.errors import FewshotError, PhotoError
from fewshot_gui.core.progress import Progress
from fewshot_gui.exporting import TableRow
from fewshot_gui.imaging.arriving import Arrived
from fewshot_gui.imaging.watching import FolderWatch
from fewshot_gui.workflows.embed_folder import embed_folder
from fewshot_gui.workflows.embedding import EmbeddingStats
from fewshot_gui.workflows.embedding_source import EmbeddingSource
from fewshot_gui.workflows.example_classes import ExampleClasses, read_example_classes
from fewshot_gui.workflows.label_folder import FolderLabels, LabellingRun, table_rows
from fewshot_gui.workflows.starting_points import method_choice

Wait = Callable[[float, Progress], None]
"""Lets some seconds pass."""

_CHECK_EVERY = 0.1
"""Seconds between two checks for cancel while nothing is to be done."""
_LOOKS_AT_FIRST = 3
"""Photos that were copied there just now, and are finished some seconds later, are adapted to with the others."""


@dataclass(frozen=True, eq=False)
class LabelledArrivals:
    """What came of one look at the folder.

    Attributes:
        rows: Of the table, one per photo.
        failures: Of photos, and at first of examples, that could not be read.
        remarks: What else the person should know, each a sentence.
    """

    rows: tuple[TableRow, ...] = ()
    failures: tuple[PhotoError, ...] = ()
    remarks: tuple[str, ...] = ()


def label_as_they_come(
    examples: Path,
    photos: Path,
    source: EmbeddingSource,
    progress: Progress,
    *,
    method: str = "auto",
    seed: int = 0,
    budget: float = 0.0,
    watch: FolderWatch | None = None,
    wait: Wait | None = None,
) -> Iterator[LabelledArrivals]:
    """Adapt to the folders in ``examples``, label what is in ``photos``, and then what appears there, without end.

    The classifier is made once, from the examples and the photos that are there when it begins, so that all rows were
    made alike. A photo that is overwritten comes again.

    Args:
        examples: A folder per class with its example photos.
        photos: The folder to label and to watch, with all folders in it; it may be empty.
        source: The encoder.
        progress: Hears of every photo; may cancel.
        method: As in :func:`~fewshot_gui.workflows.label_folder.label_folder`, like ``seed`` and ``budget``.
        seed: Fixes every random choice.
        budget: Seconds that "auto" may spend on adapting the encoder itself.
        watch: Looks at ``photos``; by default as the clocks of this computer go.
        wait: Lets some seconds pass between two looks.

    Yields:
        First all photos that are there, perhaps none; then new ones as they finish, or that the folder vanished.

    Raises:
        FewshotError: There is nothing to adapt to, the folder is not there, or the encoder cannot be used.
        Cancelled: The person cancelled.
    """
    watch, wait = watch or FolderWatch(photos), wait or _wait
    photos = Path(os.path.abspath(photos))  # noqa: PTH100 - as the watch says it
    choice = method_choice(method, source.spec.base or source.spec.id)  # a wrong name is told before the long work
    classes = read_example_classes(examples, source, progress)
    there = tuple(_first(watch, wait, photos, progress))
    run = LabellingRun(classes, photos, source, progress, EmbeddingStats(), seed, there)
    labels = run.label(choice, budget)
    reason = (labels.adapted.reason,) if budget else ()
    yield LabelledArrivals(_rows(labels, classes, source), _failures(labels, classes), (*classes.skipped, *reason))
    for look in _looks(watch, wait, progress):
        if isinstance(look, str):
            yield LabelledArrivals(remarks=(f"The folder “{photos}” {look}.",))
        else:
            arrived = _label(_paths(look), labels, progress)
            yield LabelledArrivals(_rows(arrived, classes, source), _failures(arrived))


def _first(watch: FolderWatch, wait: Wait, folder: Path, progress: Progress) -> Iterator[Path]:
    """The photos that are there."""
    look = watch.look(progress)
    if look.gone:
        raise FewshotError(f"The folder “{folder}” cannot be looked into; choose another one to watch.")
    yield from _paths(look.finished)
    for _ in range(_LOOKS_AT_FIRST):
        if look.unfinished:
            wait(look.next_in, progress)
            look = watch.look(progress)
            yield from _paths(look.finished)


def _looks(watch: FolderWatch, wait: Wait, progress: Progress) -> Iterator[tuple[Arrived, ...] | str]:
    """Look without end; gives photos that finished, and a few words where the folder vanished or came back."""
    gone, next_in = False, 0.0
    while True:
        progress.report(0, None, "Watching")
        wait(next_in, progress)
        look = watch.look(progress)
        if look.finished:
            yield look.finished
        if look.gone != gone:
            yield "is not there; watching goes on when it is back" if look.gone else "is there again"
        gone, next_in = look.gone, look.next_in


def _label(paths: Sequence[Path], labels: FolderLabels, progress: Progress) -> FolderLabels:
    """Label more photos by a classifier that is there."""
    folder = embed_folder(labels.folder.folder, labels.source, progress, note="Labelling", found=paths)
    return replace(labels, folder=folder, predictions=labels.adapted.predict(folder.embeddings[folder.readable]))


def _rows(labels: FolderLabels, classes: ExampleClasses, source: EmbeddingSource) -> tuple[TableRow, ...]:
    return tuple(table_rows(labels.folder, labels.predictions, labels.adapted, classes.names, source.spec.id))


def _failures(labels: FolderLabels, classes: ExampleClasses | None = None) -> tuple[PhotoError, ...]:
    return (*(classes.failures if classes is not None else ()), *labels.folder.errors.values())


def _paths(photos: Sequence[Arrived]) -> tuple[Path, ...]:
    return tuple(Path(photo.path) for photo in photos)


def _wait(seconds: float, progress: Progress) -> None:
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        progress.check()
        time.sleep(min(left, _CHECK_EVERY))
