"""The folders of the open project that are watched for new photos."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, Signal, Slot

from fewshot_gui.project.records import PhotoRecord
from fewshot_gui.ui.folder_scanner import FoundPhoto
from fewshot_gui.ui.tasks import TaskRunner
from fewshot_gui.ui.watching.watched_folder import WatchedFolder

_MOST_HEARD = 32
"""Folders of which the system is asked to tell changes: those watched, and where photos came lately."""


class FolderWatcher(QObject):
    """Watches any number of folders, each at its own pace.

    What the system tells of changes only makes looking sooner: of network drives and many folders it tells nothing.

    Signals:
        found: list of :class:`FoundPhoto` that are finished.
        gone: a folder that was there is not any more.
        back: it is there again.
        changed: :attr:`folders`, :attr:`unfinished` or :attr:`missing` are others now.
    """

    found = Signal(object)
    gone = Signal(object)
    back = Signal(object)
    changed = Signal()

    def __init__(self, runner: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._folders: dict[Path, WatchedFolder] = {}
        self._unfinished: dict[Path, int] = {}
        self._there: dict[Path, bool] = {}
        self._system = QFileSystemWatcher(self)
        self._system.directoryChanged.connect(self._hint)
        self._local: set[Path] = set()
        self._heard: dict[Path, None] = {}

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders under watch."""
        return tuple(self._folders)

    @property
    def unfinished(self) -> int:
        """How many photos are still being written."""
        return sum(self._unfinished.values())

    @property
    def missing(self) -> tuple[Path, ...]:
        """The folders under watch that are not there."""
        return tuple(folder for folder, is_there in self._there.items() if not is_there)

    def watch(self, folders: Collection[Path], known: Sequence[PhotoRecord] = ()) -> None:
        """Watch these folders and no others; ``known`` photos are not new."""
        wanted = set(folders)
        for folder in self._folders.keys() - wanted:
            self._forget(folder)
        for folder in wanted - self._folders.keys():
            watched = WatchedFolder(folder, known, self._runner, self)
            watched.found.connect(self._take)
            watched.looked.connect(self._note)
            watched.responsive.connect(self._listen)
            self._folders[folder] = watched
        self.changed.emit()

    def stop(self) -> None:
        """Watch nothing."""
        self.watch(())

    def _forget(self, folder: Path) -> None:
        watched = self._folders.pop(folder)
        watched.stop()
        watched.deleteLater()
        self._unfinished.pop(folder, None)
        self._there.pop(folder, None)
        self._local.discard(folder)
        self._stop_listening(folder)

    @Slot(object)
    def _take(self, found: list[FoundPhoto]) -> None:
        for folder in {photo.path.parent for photo in found}:
            self._listen_to(folder)
        self.found.emit(found)

    @Slot(object, int, bool)
    def _note(self, folder: Path, unfinished: int, is_gone: bool) -> None:
        before = (self.unfinished, self.missing)
        was_there = self._there.get(folder)
        self._unfinished[folder], self._there[folder] = unfinished, not is_gone
        if was_there and is_gone:
            self._stop_listening(folder)
            self.gone.emit(folder)
        elif was_there is False and not is_gone:
            self._listen_to(folder)
            self.back.emit(folder)
        if (self.unfinished, self.missing) != before:
            self.changed.emit()

    @Slot(object)
    def _listen(self, folder: Path) -> None:
        self._local.add(folder)
        self._listen_to(folder)

    def _listen_to(self, folder: Path) -> None:
        """Let the system tell of changes in a folder, unless asking it could take long."""
        if folder in self._heard or not _is_in(folder, self._local):
            return
        if len(self._heard) >= _MOST_HEARD:
            oldest = next(iter(self._heard))
            del self._heard[oldest]
            self._system.removePath(str(oldest))
        if self._system.addPath(str(folder)):
            self._heard[folder] = None
        else:
            self._local.clear()  # the system can take no more; looking does without

    def _stop_listening(self, folder: Path) -> None:
        """Hear no more of a folder and those in it; the system has dropped what is gone by itself."""
        for heard in [one for one in self._heard if _is_in(one, [folder])]:
            del self._heard[heard]
            if str(heard) in self._system.directories():
                self._system.removePath(str(heard))

    @Slot(str)
    def _hint(self, path: str) -> None:
        for folder, watched in self._folders.items():
            if _is_in(Path(path), [folder]):
                watched.hint()


def _is_in(path: Path, folders: Collection[Path]) -> bool:
    return any(path == folder or folder in path.parents for folder in folders)
