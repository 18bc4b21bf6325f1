"""Loads the photo in focus, large, in the background."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage

from fewshot_gui.core.errors import PhotoError
from fewshot_gui.imaging import PhotoDetails, photo_details, read_photo
from fewshot_gui.ui.tasks import Lane, TaskProgress, TaskRunner, TaskSlot

_SHORT_SIDE = 1600
"""Pixels: sharp on a large screen and when zoomed in, without holding a 50-megapixel photo."""


@dataclass(frozen=True, eq=False)
class Picture:
    """A photo ready to be shown large.

    Attributes:
        photo_id: Its id in the project.
        details: What its header says, or ``None`` if that cannot be read.
        image: The pixels, or ``None`` if they cannot be read.
    """

    photo_id: int
    details: PhotoDetails | None
    image: QImage | None


class PictureLoader(QObject):
    """Loads one photo at a time; asking for another forgets the one before.

    Signals:
        loaded: a :class:`Picture`.
    """

    loaded = Signal(object)

    def __init__(self, runner: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._slot = TaskSlot(self)

    def load(self, photo_id: int, path: Path) -> None:
        """Load a photo; ``loaded`` follows."""

        def work(progress: TaskProgress) -> Picture:
            return _load(photo_id, path, progress)

        task = self._slot.put(self._runner.start("Opening a photo", work, lane=Lane.THUMBNAILS, quiet=True))
        task.succeeded.connect(self.loaded)
        task.finished.connect(self._finished)

    def forget(self) -> None:
        """Load nothing any more."""
        self._slot.drop()

    @Slot()
    def _finished(self) -> None:
        self._slot.clear()


def _load(photo_id: int, path: Path, progress: TaskProgress) -> Picture:
    details, image = None, None
    try:
        details = photo_details(path)
        progress.check()
        pixels = read_photo(path, short_side=_SHORT_SIDE)
    except PhotoError:
        return Picture(photo_id, details, image)
    height, width, _ = pixels.shape
    # The copy owns its pixels; the array is gone when this function returns.
    image = QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
    return Picture(photo_id, details, image)
