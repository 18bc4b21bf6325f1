"""A share 0..1 with its interval, as a stretch of a track."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fewshot_gui.ui import wording
from fewshot_gui.ui.theme import SPACE_4, SPACE_8, SPACE_24, Theme


class IntervalBar(QWidget):
    """A track from 0 to 1 on which the likely range is drawn in the accent."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._low = self._high = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_interval(self, value: float, low: float, high: float) -> None:
        """Draw ``low`` to ``high`` and say all three in the tooltip; shares 0..1."""
        self._low, self._high = low, high
        words = f"Expected right: {wording.percent(value)}, likely {wording.percent_range(low, high)}"
        self.setAccessibleName(words)
        self.setToolTip(wording.tooltip(words))
        self.update()

    def interval_rect(self) -> QRectF:
        """Where the interval is drawn; at least as wide as it is high, so that a sure class still shows it."""
        track = self._track()
        left, right = track.left() + self._low * track.width(), track.left() + self._high * track.width()
        if right - left < SPACE_4:
            middle = (left + right) / 2
            left = min(max(middle - SPACE_4 / 2, track.left()), track.right() - SPACE_4)
            right = left + SPACE_4
        return QRectF(left, track.top(), right - left, track.height())

    def sizeHint(self) -> QSize:
        """As high as a small line of text wants beside it."""
        return QSize(SPACE_24 * 4, SPACE_8)

    def minimumSizeHint(self) -> QSize:
        """Room to see a difference at all."""
        return QSize(SPACE_24, SPACE_8)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt hands it in
        """Draw the track and the interval."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for rect, token in ((self._track(), "track"), (self.interval_rect(), "accent")):
            painter.setBrush(self._theme.colour(token))
            painter.drawRoundedRect(rect, SPACE_4 / 2, SPACE_4 / 2)
        painter.end()

    def _track(self) -> QRectF:
        return QRectF(0, (self.height() - SPACE_4) / 2, self.width(), SPACE_4)
