"""One folder that is looked at again and again, in the background."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QStorageInfo, QTimer, Signal, Slot

from fewshot_gui.imaging.arriving import Arrived
from fewshot_gui.imaging.watching import FolderWatch, Look, known_photos
from fewshot_gui.project.records import PhotoRecord
from fewshot_gui.ui.folder_scanner import FoundPhoto
from fewshot_gui.ui.tasks import Lane, TaskProgress, TaskRunner, TaskSlot

_BATCH = 250
"""Photos handed over at once, so that the window stays alive."""
_SOON_MS = 100
"""Many things happening at once in a folder are answered by one look."""
_AFTER_FAILURE = 30.0
"""Seconds until the next look where one went wrong in a way nobody foresaw."""
_NETWORKS = ("nfs", "cifs", "smb", "afp", "webdav", "dav", "9p", "fuse.sshfs", "fuse.rclone", "autofs", "ncp", "ceph")
_LOCAL_VOLUME = b"\\\\?\\Volume"


class WatchedFolder(QObject):
    """Looks when it is worthwhile, and never twice at once.

    Signals:
        found: list of :class:`FoundPhoto` that are finished: new ones, and known ones whose files were written anew.
        looked: (folder, photos that are still being written, whether the folder is gone), after every look.
        responsive: the folder, once: it lies on this computer, so that the system can be asked to tell of changes.
    """

    found = Signal(object)
    looked = Signal(object, int, bool)
    responsive = Signal(object)

    def __init__(self, folder: Path, known: Sequence[PhotoRecord], runner: TaskRunner, parent: QObject) -> None:
        """Begin to watch ``folder``, in which ``known`` photos are not new."""
        super().__init__(parent)
        self.folder = folder
        self._runner = runner
        self._looking = _Looking(folder, known)
        self._slot = TaskSlot(self)
        self._hinted = False
        self._next_in = _AFTER_FAILURE
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._look)
        self._look()

    def hint(self) -> None:
        """Something happened in the folder: look soon."""
        self._hinted = True
        if self._timer.remainingTime() > _SOON_MS:
            self._timer.start(_SOON_MS)

    def stop(self) -> None:
        """Look no more; nothing is heard of a look that is just going on."""
        self._timer.stop()
        self._slot.drop()

    @Slot()
    def _look(self) -> None:
        looking, hinted, self._hinted = self._looking, self._hinted, False

        def work(progress: TaskProgress) -> Look:
            return looking.look(progress, hinted)

        self._next_in = _AFTER_FAILURE
        task = self._slot.put(self._runner.start("Watching", work, lane=Lane.WATCHING, quiet=True))
        task.partial.connect(self._take)
        task.succeeded.connect(self._note)
        task.finished.connect(self._finished)

    @Slot(object)
    def _take(self, part: list[FoundPhoto] | Path) -> None:
        if isinstance(part, Path):
            self.responsive.emit(part)
        else:
            self.found.emit(part)

    @Slot(object)
    def _note(self, look: Look) -> None:
        self._next_in = look.next_in
        self.looked.emit(self.folder, look.unfinished, look.gone)

    @Slot()
    def _finished(self) -> None:
        self._slot.clear()
        self._timer.start(_SOON_MS if self._hinted else int(1000 * self._next_in) + 1)


class _Looking:
    """What the worker does; nobody else touches it once it has begun."""

    def __init__(self, folder: Path, known: Sequence[PhotoRecord]) -> None:
        self._folder = folder
        self._known = known
        self._watch: FolderWatch | None = None

    def look(self, progress: TaskProgress, hinted: bool) -> Look:
        is_first = self._watch is None
        if self._watch is None:
            self._watch = FolderWatch(self._folder, known_photos(photo.file for photo in self._known))
            self._known = ()
        look = self._watch.look(progress, hinted=hinted)
        for batch in _batches(look.finished):
            progress.check()
            progress.partial(batch)
        if is_first and not look.gone and is_on_this_computer(self._folder):
            progress.partial(self._folder)
        return look


def _batches(photos: Sequence[Arrived]) -> Iterator[list[FoundPhoto]]:
    for start in range(0, len(photos), _BATCH):
        yield [FoundPhoto(Path(photo.path), photo.time) for photo in photos[start : start + _BATCH]]


def is_on_this_computer(folder: Path) -> bool:
    """Whether a folder lies on a disk of this computer, so that asking for it never waits for a network."""
    storage = QStorageInfo(str(folder))
    if not storage.isValid():
        return False
    kind = bytes(storage.fileSystemType().data()).decode("ascii", "replace").lower()
    device = bytes(storage.device().data())
    if device.startswith(b"\\\\"):
        return device.startswith(_LOCAL_VOLUME)
    return not kind.startswith(_NETWORKS) and not device.startswith(b"//")
