"""The colour of a class as a dot."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from fewshot_gui.ui.theme import SPACE_12, SPACE_16, Theme

_SCALES = (1, 2, 3)
"""Device pixels per pixel for which an icon has a picture."""


def paint_dot(painter: QPainter, rect: QRectF, colour: QColor) -> None:
    """Draw a dot into ``rect``, which is square."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawEllipse(rect.adjusted(1, 1, -1, -1))


def dot_icon(colour: QColor) -> QIcon:
    """A dot for a menu entry."""
    icon = QIcon()
    for scale in _SCALES:
        pixmap = QPixmap(QSize(SPACE_16, SPACE_16) * scale)
        pixmap.setDevicePixelRatio(scale)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        paint_dot(painter, QRectF(2, 2, SPACE_12, SPACE_12), colour)
        painter.end()
        icon.addPixmap(pixmap)
    return icon


class ClassDot(QWidget):
    """The colour of a class."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._colour_index = 0
        self.setFixedSize(SPACE_12, SPACE_12)
        theme.changed.connect(self.update)

    def show_colour(self, colour_index: int) -> None:
        """Take the colour of the class with this colour index."""
        self._colour_index = colour_index
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt hands it in
        """Draw the dot."""
        painter = QPainter(self)
        paint_dot(painter, QRectF(self.rect()), self._theme.class_colour(self._colour_index))
        painter.end()
