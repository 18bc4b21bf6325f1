"""The examples that a photo resembles most: why it got its label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from fewshot_gui.ui import wording
from fewshot_gui.ui.models.thumbnails import ThumbnailStore
from fewshot_gui.ui.theme import FONT_11, RADIUS_6, SPACE_4, SPACE_8, Theme
from fewshot_gui.ui.widgets.fonts import sized

SHOWN = 3
_PICTURE_HEIGHT = 72
_THUMBNAIL_SIDE = 128
_DOT = 6


@dataclass(frozen=True)
class EvidenceState:
    """An example that resembles the photo.

    Attributes:
        path: Its file.
        class_name: The class it belongs to.
        colour_index: That class's place among the class colours.
        similarity: Cosine similarity of the embeddings, -1..1.
    """

    path: Path
    class_name: str
    colour_index: int
    similarity: float


class EvidenceTile(QAbstractButton):
    """One example: picture, class, similarity."""

    def __init__(self, theme: Theme, thumbnails: ThumbnailStore, state: EvidenceState, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._thumbnails = thumbnails
        self._state = state
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"Example {state.path.name}, {state.class_name}, similarity {state.similarity:.2f}")
        self.setToolTip(wording.tooltip(f"Your example {state.path.name} of {state.class_name}"))
        thumbnails.ready.connect(self._thumbnail_ready)
        theme.changed.connect(self.update)

    @property
    def state(self) -> EvidenceState:
        """What the tile shows."""
        return self._state

    def sizeHint(self) -> QSize:
        """A picture with a line below."""
        self.ensurePolished()
        return QSize(88, _PICTURE_HEIGHT + SPACE_4 + QFontMetrics(sized(self.font(), FONT_11)).height() + 2)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt hands it in
        """Draw picture and caption."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        frame = QRectF(0, 0, self.width(), _PICTURE_HEIGHT)
        outline = QPainterPath()
        outline.addRoundedRect(frame, RADIUS_6, RADIUS_6)
        painter.fillPath(outline, self._theme.colour("background"))
        pixmap = self._thumbnails.pixmap(self._state.path, _THUMBNAIL_SIDE)
        if pixmap is not None:
            painter.setClipPath(outline)
            painter.drawPixmap(frame, pixmap, covering(pixmap, frame))
            painter.setClipping(False)
        if self.hasFocus() or self.underMouse():
            painter.setPen(QPen(self._theme.colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(frame.adjusted(1, 1, -1, -1), RADIUS_6, RADIUS_6)
        self._paint_caption(painter)
        painter.end()

    def _paint_caption(self, painter: QPainter) -> None:
        font = sized(self.font(), FONT_11)
        painter.setFont(font)
        metrics = QFontMetrics(font)
        line = QRectF(0, _PICTURE_HEIGHT + SPACE_4, self.width(), metrics.height() + 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.class_colour(self._state.colour_index))
        painter.drawEllipse(QRectF(1, line.center().y() - _DOT / 2, _DOT, _DOT))
        line.setLeft(_DOT + SPACE_4)
        number = f" · {self._state.similarity:.2f}"
        room = round(line.width()) - metrics.horizontalAdvance(number)
        name = metrics.elidedText(self._state.class_name, Qt.TextElideMode.ElideRight, room)
        painter.setPen(self._theme.colour("dim"))
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name + number)

    @Slot(object)
    def _thumbnail_ready(self, path: object) -> None:
        if path == self._state.path:
            self.update()


class EvidenceStrip(QWidget):
    """Up to three examples side by side.

    Signals:
        activated: the path of the example that was clicked.
    """

    activated = Signal(object)

    def __init__(self, theme: Theme, thumbnails: ThumbnailStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._thumbnails = thumbnails
        self._evidence: tuple[EvidenceState, ...] = ()
        self._tiles: list[EvidenceTile] = []
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(SPACE_8)

    @property
    def tiles(self) -> tuple[EvidenceTile, ...]:
        """The tiles, from the most similar example on."""
        return tuple(self._tiles)

    def show_evidence(self, evidence: Sequence[EvidenceState]) -> None:
        """Show the first three of ``evidence``, sorted by the caller."""
        shown = tuple(evidence[:SHOWN])
        if shown == self._evidence:
            return
        self._evidence = shown
        for tile in self._tiles:
            tile.hide()
            tile.deleteLater()
        self._tiles = [EvidenceTile(self._theme, self._thumbnails, state, self) for state in shown]
        for tile in self._tiles:
            tile.clicked.connect(self._clicked)
            self._layout.addWidget(tile)

    @Slot()
    def _clicked(self) -> None:
        tile = self.sender()
        if isinstance(tile, EvidenceTile):
            self.activated.emit(tile.state.path)


def covering(pixmap: QPixmap, frame: QRectF) -> QRectF:
    """The largest middle part of ``pixmap``, in its pixels, that has the shape of ``frame``."""
    scale = min(pixmap.width() / frame.width(), pixmap.height() / frame.height())
    width, height = frame.width() * scale, frame.height() * scale
    return QRectF((pixmap.width() - width) / 2, (pixmap.height() - height) / 2, width, height)
