"""Small pictures of photos, read beside the window and kept as long as memory allows."""

from __future__ import annotations

import logging
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QImage, QPixmap

from fewshot_gui.core.errors import PhotoError
from fewshot_gui.ui.tasks import Lane, Task, TaskProgress, TaskRunner

log = logging.getLogger(__name__)

MAX_BYTES: Final = 96 * 2**20

SIDES: Final = (96, 160, 256, 384, 640, 1024)
"""The sizes that are read, in pixels of the longer side. Few, so that a slightly larger tile finds its picture."""

_BATCH = 8
_BATCHES_AT_ONCE = 2
"""One for each thread of the lane; more would only wait where they can't be dropped any more."""

Key: TypeAlias = tuple[Path, int]


@dataclass(frozen=True)
class _Thumbnail:
    """What a worker found: ``image`` is ``None`` where the photo could not be read."""

    key: Key
    image: QImage | None


@dataclass
class _Waiting:
    """Requests in the order they are to be served: the newest wave first, inside it as they were asked for."""

    asked: dict[Key, None] = field(default_factory=dict)
    queue: dict[Key, None] = field(default_factory=dict)

    def ask(self, key: Key) -> None:
        self.asked.setdefault(key)

    def take(self, count: int) -> list[Key]:
        self.queue = {**self.asked, **self.queue}
        self.asked = {}
        taken = list(self.queue)[:count]
        for key in taken:
            del self.queue[key]
        return taken

    def drop(self, paths: set[Path]) -> bool:
        before = len(self)
        self.asked = {key: None for key in self.asked if key[0] not in paths}
        self.queue = {key: None for key in self.queue if key[0] not in paths}
        return len(self) < before

    def __len__(self) -> int:
        return len(self.asked) + len(self.queue)


class ThumbnailStore(QObject):
    """Thumbnails for every part of the window.

    Whoever paints asks :meth:`pixmap`, which answers at once; what is missing is read in the background and announced
    with ``ready``, upon which the asker repaints and so asks again.

    Signals:
        ready: the path of a photo worth asking for again: its thumbnail is here, or it cannot be read, or the request
            was dropped, so whoever still shows it must ask again.
    """

    ready = Signal(object)

    def __init__(self, runner: TaskRunner, *, max_bytes: int = MAX_BYTES, parent: QObject | None = None) -> None:
        """Use the threads of ``runner`` and keep at most ``max_bytes`` of pixels."""
        super().__init__(parent)
        self._runner = runner
        self._max_bytes = max_bytes
        self._bytes = 0
        self._pixmaps: OrderedDict[Key, QPixmap] = OrderedDict()
        self._broken: set[Path] = set()
        self._waiting = _Waiting()
        self._batches: dict[Task, set[Key]] = {}
        self._closed = False
        # Starts after the paint event that asks, so that one batch serves all of it.
        self._pump_timer = QTimer(self, singleShot=True, interval=0)
        self._pump_timer.timeout.connect(self._pump)

    def pixmap(self, path: Path, side: int) -> QPixmap | None:
        """The thumbnail of a photo, if it is there.

        Args:
            path: The file.
            side: Pixels wanted along the longer side; what comes may be larger, and is smaller while the wanted size
                is being read or where the photo itself is smaller.

        Returns:
            The pixmap in the photo's proportions, or ``None``: it is being read, or :meth:`is_broken`.
        """
        if path in self._broken:
            return None
        key = (path, _step(side))
        found = self._pixmaps.get(key)
        if found is not None:
            self._pixmaps.move_to_end(key)
            return found
        if not self._closed and not any(key in keys for keys in self._batches.values()):
            self._waiting.ask(key)
            self._pump_timer.start()
        return self._stand_in(path)

    def is_broken(self, path: Path) -> bool:
        """Whether the photo was tried and could not be read."""
        return path in self._broken

    def drop(self, paths: set[Path]) -> None:
        """Forget requests for photos that were scrolled past, unless their turn has come already.

        Another part of the window may still show one of them, therefore ``ready`` follows for each.
        """
        if self._waiting.drop(paths):
            for path in paths:
                self.ready.emit(path)

    def discard(self, paths: set[Path]) -> None:
        """Forget what is known of photos whose files changed or are no longer needed."""
        self._broken -= paths
        self._waiting.drop(paths)
        for key in [key for key in self._pixmaps if key[0] in paths]:
            self._bytes -= _bytes_of(self._pixmaps.pop(key))

    def close(self) -> None:
        """Read nothing more; what is there can still be painted."""
        self._closed = True
        self._pump_timer.stop()
        self._waiting = _Waiting()
        for task in self._batches:
            task.cancel()

    def _stand_in(self, path: Path) -> QPixmap | None:
        """The thumbnail in the largest other size that is there, so that a change of size doesn't blank the grid."""
        return next((self._pixmaps[path, side] for side in reversed(SIDES) if (path, side) in self._pixmaps), None)

    @Slot()
    def _pump(self) -> None:
        while not self._closed and len(self._waiting) and len(self._batches) < _BATCHES_AT_ONCE:
            keys = self._waiting.take(_BATCH)
            task = self._runner.start("Thumbnails", _Reading(tuple(keys)), lane=Lane.THUMBNAILS, quiet=True)
            self._batches[task] = set(keys)
            task.partial.connect(self._take_in)
            task.finished.connect(self._end_batch)

    @Slot(object)
    def _take_in(self, thumbnail: _Thumbnail) -> None:
        for keys in self._batches.values():
            keys.discard(thumbnail.key)
        path = thumbnail.key[0]
        if thumbnail.image is None:
            self._broken.add(path)
        else:
            self._keep(thumbnail.key, QPixmap.fromImage(thumbnail.image))
        self.ready.emit(path)

    @Slot()
    def _end_batch(self) -> None:
        task = self.sender()
        if isinstance(task, Task):
            self._batches.pop(task, None)
        self._pump()

    def _keep(self, key: Key, pixmap: QPixmap) -> None:
        replaced = self._pixmaps.pop(key, None)
        self._bytes += _bytes_of(pixmap) - (0 if replaced is None else _bytes_of(replaced))
        self._pixmaps[key] = pixmap
        while self._bytes > self._max_bytes and len(self._pixmaps) > 1:
            _, oldest = self._pixmaps.popitem(last=False)
            self._bytes -= _bytes_of(oldest)


class _Reading:
    """The work of one batch; runs in a worker."""

    def __init__(self, keys: tuple[Key, ...]) -> None:
        self._keys = keys

    def __call__(self, progress: TaskProgress) -> None:
        for key in self._keys:
            progress.check()
            progress.partial(_Thumbnail(key, _read(*key)))


def _read(path: Path, side: int) -> QImage | None:
    from fewshot_gui.imaging import thumbnail

    try:
        pixels = thumbnail(path, side)
    except PhotoError as error:
        log.info("no thumbnail: %s", error)
        return None
    except Exception:
        log.exception("no thumbnail of %s", path)
        return None
    height, width, _ = pixels.shape
    image = QImage(pixels.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888)
    # The conversion copies, so the image no longer points into the bytes; the pixmap then takes it as it is.
    return image.convertToFormat(QImage.Format.Format_RGB32)


def _step(side: int) -> int:
    return next((step for step in SIDES if step >= side), SIDES[-1])


def _bytes_of(pixmap: QPixmap) -> int:
    return pixmap.width() * pixmap.height() * pixmap.depth() // 8
