"""A key of the keyboard as a small outlined cap."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from fewshot_gui.ui.theme import FONT_11, RADIUS_6, SPACE_8, Theme
from fewshot_gui.ui.widgets.fonts import sized

CAP_HEIGHT = 18


def cap_width(font: QFont, text: str) -> int:
    """The width of a cap with ``text``: square for one letter, wider for words."""
    return max(CAP_HEIGHT, QFontMetrics(sized(font, FONT_11)).horizontalAdvance(text) + SPACE_8)


def paint_cap(painter: QPainter, rect: QRectF, text: str, theme: Theme) -> None:
    """Draw a cap with ``text`` into ``rect``."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.colour("line"), 1))
    painter.setBrush(theme.colour("panel"))
    radius = RADIUS_6 - 2
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
    painter.setFont(sized(painter.font(), FONT_11))
    painter.setPen(theme.colour("dim"))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()


class KeyCap(QWidget):
    """A key as a widget of its own."""

    def __init__(self, theme: Theme, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._text = text
        self.setAccessibleName(text)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Room for the cap."""
        self.ensurePolished()
        return QSize(cap_width(self.font(), self._text), CAP_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt hands it in
        """Draw the cap."""
        painter = QPainter(self)
        paint_cap(painter, QRectF(self.rect()), self._text, self._theme)
        painter.end()
