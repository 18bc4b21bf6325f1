"""What covers the photos while files are dragged over them."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from fewshot_gui.ui.theme import FONT_15, RADIUS_10, SPACE_4, SPACE_8, SPACE_16, Theme
from fewshot_gui.ui.widgets.drop_frame import dashed_pen, paint_frame
from fewshot_gui.ui.widgets.fonts import sized, strong

_WORDS = "Drop to add these photos"
_GROUND_ALPHA = 0.08


class DropVeil(QWidget):
    """A frame with a word in the middle; the mouse goes through it."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt hands it in
        """Draw the frame and the words on a chip of their own, so that they can be read on any photo."""
        painter = QPainter(self)
        ground = self._theme.colour("accent")
        ground.setAlphaF(_GROUND_ALPHA)
        painter.setBrush(ground)
        frame = QRectF(self.rect()).adjusted(SPACE_4, SPACE_4, -SPACE_4, -SPACE_4)
        paint_frame(painter, frame, dashed_pen(self._theme, "accent", 2), RADIUS_10)
        painter.setFont(strong(sized(self.font(), FONT_15)))
        words = QRectF(painter.fontMetrics().boundingRect(_WORDS)).adjusted(-SPACE_16, -SPACE_8, SPACE_16, SPACE_8)
        words.moveCenter(frame.center())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("accent"))
        painter.drawRoundedRect(words, RADIUS_10, RADIUS_10)
        painter.setPen(self._theme.colour("on_accent"))
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, _WORDS)
        painter.end()
