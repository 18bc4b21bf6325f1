"""Finds the photos in folders, in the background, and hands them over as they are found."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from fewshot_gui.imaging import scan_photos
from fewshot_gui.ui.tasks import Lane, Task, TaskProgress, TaskRunner

_BATCH = 64
"""Photos handed over at once: taking them in is 1 ms of the window's time, and some more while other threads work."""
_FIRST_BATCH = 60
"""About a screen of tiles: the first photos show at once, also while a large folder is still being read."""
_LONGEST_WAIT = 0.3
"""Seconds after which an unfilled batch is handed over all the same, for slow network folders."""


@dataclass(frozen=True)
class FoundPhoto:
    """A photo file and its modification time in seconds since 1970; 0 if it cannot be told."""

    path: Path
    time: float


class FolderScanner(QObject):
    """Scans folders one after the other.

    Signals:
        found: a list of :class:`FoundPhoto`.
        skipped: a sentence on a folder that could not be read.
        finished: all folders asked for were read, or the person cancelled.
    """

    found = Signal(object)
    skipped = Signal(str)
    finished = Signal()

    def __init__(self, runner: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._tasks: list[Task] = []

    @property
    def running(self) -> bool:
        """Whether a folder is being read."""
        return bool(self._tasks)

    def scan(self, folders: Sequence[Path]) -> None:
        """Find the photos in ``folders``; single files among them are taken as they are."""

        def work(progress: TaskProgress) -> None:
            def problem(path: Path, reason: str) -> None:
                progress.partial(f"“{path}” was skipped: {reason}.")

            photos = (photo for folder in folders for photo in scan_photos(folder, on_problem=problem))
            _hand_over(photos, progress)

        self._begin("Looking for photos", work)

    def look_up(self, files: Sequence[str]) -> None:
        """Hand over photos that are known already, given as absolute paths, with their times."""

        def work(progress: TaskProgress) -> None:
            _hand_over(map(Path, files), progress)

        self._begin("Opening", work)

    def stop(self) -> None:
        """Forget everything asked for."""
        for task in self._tasks:
            task.disconnect(self)
            task.cancel()
        self._tasks.clear()

    def _begin(self, title: str, work: Callable[[TaskProgress], None]) -> None:
        task = self._runner.start(title, work, lane=Lane.ANSWERS)
        task.partial.connect(self._take)
        task.failed.connect(self.skipped)
        task.finished.connect(self._finished)
        self._tasks.append(task)

    @Slot(object)
    def _take(self, part: object) -> None:
        if isinstance(part, str):
            self.skipped.emit(part)
        else:
            self.found.emit(part)

    @Slot()
    def _finished(self) -> None:
        self._tasks.pop(0)  # the lane has one thread, so they end in the order in which they began
        if not self._tasks:
            self.finished.emit()


def _hand_over(paths: Iterable[Path], progress: TaskProgress) -> None:
    count = 0
    for batch in _batches(paths, progress):
        count += len(batch)
        progress.partial(batch)
        progress.report(count, None, f"{count} photos found")


def _batches(paths: Iterable[Path], progress: TaskProgress) -> Iterator[list[FoundPhoto]]:
    batch: list[FoundPhoto] = []
    size, started = _FIRST_BATCH, time.monotonic()
    for path in paths:
        progress.check()
        batch.append(FoundPhoto(path, _modified(path)))
        if len(batch) >= size or time.monotonic() - started > _LONGEST_WAIT:
            yield batch
            batch, size, started = [], _BATCH, time.monotonic()
    if batch:
        yield batch


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
