"""The view of one photo of the project: its thumbnail at once, the full picture as soon as it is there."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from fewshot_gui.ui.models.thumbnails import ThumbnailStore
from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.widgets.image_view import ImageView

_THUMBNAIL_SIDE = 256


class PhotoView(ImageView):
    """An :class:`ImageView` that knows which photo it shows.

    The full picture is read elsewhere and handed in with :meth:`set_picture`; one that arrives for a photo no longer
    shown is dropped.
    """

    def __init__(self, theme: Theme, thumbnails: ThumbnailStore, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._thumbnails = thumbnails
        self._photo_id: int | None = None
        self._path: Path | None = None
        self._sharp = False
        thumbnails.ready.connect(self._thumbnail_ready)

    def show_photo(self, photo_id: int, path: Path, error: str | None) -> None:
        """Show a photo, or the sentence why it cannot be shown. The same photo again keeps its zoom."""
        if photo_id != self._photo_id:
            self.clear()
            self._photo_id, self._path = photo_id, path
        if error:
            self.set_message(error)
        elif not self._sharp:
            self._show_thumbnail()

    def clear(self) -> None:
        """Show nothing."""
        self._photo_id, self._path, self._sharp = None, None, False
        self.set_image(None)

    def set_picture(self, photo_id: int, image: QImage) -> None:
        """Put the full picture in place of the thumbnail."""
        if photo_id == self._photo_id and not image.isNull():
            self._sharp = True
            self.refine_image(image)

    @Slot(object)
    def _thumbnail_ready(self, path: object) -> None:
        if path == self._path and not self._sharp:
            self._show_thumbnail()

    def _show_thumbnail(self) -> None:
        if self._path is None:
            return
        pixmap = self._thumbnails.pixmap(self._path, _THUMBNAIL_SIDE)
        if pixmap is not None:
            self.refine_image(pixmap.toImage())
        elif self._thumbnails.is_broken(self._path):
            self.set_message(f"“{self._path.name}” could not be read.")
