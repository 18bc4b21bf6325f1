"""A few photos with the labels that a model gives them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from fewshot_gui.ui import wording
from fewshot_gui.ui.models.thumbnails import ThumbnailStore
from fewshot_gui.ui.theme import RADIUS_6, SPACE_4, SPACE_8, Theme
from fewshot_gui.ui.widgets.elided_label import ElidedLabel
from fewshot_gui.ui.widgets.evidence_strip import covering
from fewshot_gui.workflows.trying_model import TRIED, TriedPhoto

_PICTURE_HEIGHT = 88
_THUMBNAIL_SIDE = 160


class TrialStrip(QWidget):
    """Up to :data:`~fewshot_gui.workflows.trying_model.TRIED` photos side by side, or a sentence."""

    def __init__(self, theme: Theme, thumbnails: ThumbnailStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._thumbnails = thumbnails
        self._sentence = QLabel(self)
        self._sentence.setProperty("role", "dim")
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        self._sentence.setWordWrap(True)
        self._row = QHBoxLayout()
        self._row.setSpacing(SPACE_8)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._sentence)
        layout.addLayout(self._row)
        self.setMinimumHeight(_PICTURE_HEIGHT + 2 * self.fontMetrics().height() + SPACE_8)

    def show_sentence(self, sentence: str) -> None:
        """Say why there are no photos."""
        self._clear()
        self._sentence.setText(sentence)
        self._sentence.show()

    def show_photos(self, tried: Sequence[TriedPhoto]) -> None:
        """Show photos and labels."""
        self._clear()
        self._sentence.hide()
        for photo in tried:
            self._row.addWidget(_Tile(self._theme, self._thumbnails, photo), 1)
        if len(tried) < TRIED:
            self._row.addStretch(TRIED - len(tried))

    @property
    def said(self) -> str:
        """What it says in words, for one who cannot see the photos."""
        tiles = self.findChildren(_Tile, options=Qt.FindChildOption.FindDirectChildrenOnly)
        shown = [tile.accessibleName() for tile in tiles if tile.isVisibleTo(self)]
        return "; ".join(shown) or self._sentence.text()

    def _clear(self) -> None:
        while (item := self._row.takeAt(0)) is not None:
            if (tile := item.widget()) is not None:
                tile.hide()
                tile.deleteLater()


class _Tile(QWidget):
    """Picture, label, confidence."""

    def __init__(self, theme: Theme, thumbnails: ThumbnailStore, tried: TriedPhoto) -> None:
        super().__init__()
        self._picture = _Picture(theme, thumbnails, tried)
        confidence = QLabel(wording.percent(tried.confidence))
        confidence.setProperty("role", "dim")
        label = ElidedLabel(tried.label)
        line = QHBoxLayout()
        line.setSpacing(SPACE_8)
        line.addWidget(label, 1)
        line.addWidget(confidence)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_4)
        layout.addWidget(self._picture)
        layout.addLayout(line)
        self.setAccessibleName(f"{tried.path.name}: {tried.label}, {wording.percent(tried.confidence)}")
        self.setToolTip(wording.tooltip(self.accessibleName()))


class _Picture(QWidget):
    """A thumbnail that fills its place."""

    def __init__(self, theme: Theme, thumbnails: ThumbnailStore, tried: TriedPhoto) -> None:
        super().__init__()
        self._theme = theme
        self._thumbnails = thumbnails
        self._path = tried.path
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        thumbnails.ready.connect(self._thumbnail_ready)

    def sizeHint(self) -> QSize:
        """As high as all others."""
        return QSize(_PICTURE_HEIGHT, _PICTURE_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt hands it in
        """Draw the photo's middle."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        frame = QRectF(self.rect())
        outline = QPainterPath()
        outline.addRoundedRect(frame, RADIUS_6, RADIUS_6)
        painter.fillPath(outline, self._theme.colour("track"))
        pixmap = self._thumbnails.pixmap(self._path, _THUMBNAIL_SIDE)
        if pixmap is not None:
            painter.setClipPath(outline)
            painter.drawPixmap(frame, pixmap, covering(pixmap, frame))
        painter.end()

    @Slot(object)
    def _thumbnail_ready(self, path: object) -> None:
        if path == self._path:
            self.update()
