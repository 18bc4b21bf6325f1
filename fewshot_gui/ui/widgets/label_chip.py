"""A label as a chip in the colour of its class."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fewshot_gui.ui import wording
from fewshot_gui.ui.theme import FONT_13, SPACE_4, SPACE_12, Theme
from fewshot_gui.ui.widgets.fonts import sized, strong


class LabelChip(QWidget):
    """The name of a class on a soft ground of its colour; without a class, "None of these" in grey."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._text = ""
        self._colour_index: int | None = None
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_label(self, text: str, colour_index: int | None) -> None:
        """Show ``text`` in the class colour ``colour_index``; ``None`` is the grey of "none of these"."""
        self._text, self._colour_index = text, colour_index
        self.setAccessibleName(text)
        self.setToolTip(wording.tooltip(text))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Room for the whole name."""
        metrics = QFontMetrics(self._chip_font())
        return QSize(metrics.horizontalAdvance(self._text) + 2 * SPACE_12, metrics.height() + 2 * SPACE_4)

    def minimumSizeHint(self) -> QSize:
        """Room for a few letters."""
        full = self.sizeHint()
        return QSize(min(full.width(), 64), full.height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt hands it in
        """Draw the chip."""
        colours = self._theme.chip(self._colour_index)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.ground)
        painter.drawRoundedRect(QRectF(self.rect()), self.height() / 2, self.height() / 2)
        font = self._chip_font()
        painter.setFont(font)
        painter.setPen(colours.text)
        room = self.width() - 2 * SPACE_12
        text = QFontMetrics(font).elidedText(self._text, Qt.TextElideMode.ElideRight, room + 1)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, text)
        painter.end()

    def _chip_font(self) -> QFont:
        self.ensurePolished()
        return strong(sized(self.font(), FONT_13))
