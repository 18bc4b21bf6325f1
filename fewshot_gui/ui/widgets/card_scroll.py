"""The scrolling column of class cards."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, QTimer, Slot
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QScrollBar, QWidget

from fewshot_gui.ui.theme import SPACE_8, SPACE_12, SPACE_24
from fewshot_gui.ui.widgets.content_scroll import ContentScroll

GUTTER = SPACE_12
_TICK_MS = 16
_EDGE = 2 * SPACE_24
"""Height of the zones at the top and the bottom in which a drag scrolls."""

_FASTEST = 14
"""Pixels per tick at the very edge."""


class CardScroll(ContentScroll):
    """Scrolls by itself while something is dragged near its edge; the scroll bar stands in the margin of the cards."""

    def __init__(self, content: QWidget) -> None:
        """Hold ``content``, beside which :data:`GUTTER` pixels are kept for the scroll bar."""
        super().__init__(content)
        bar = _QuietScrollBar(Qt.Orientation.Vertical)
        bar.setFixedWidth(GUTTER)
        self.setVerticalScrollBar(bar)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self._speed = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)

    @Slot(QWidget)
    def show_card(self, card: QWidget) -> None:
        """Scroll as little as brings ``card`` into sight."""
        self.ensureWidgetVisible(card, 0, SPACE_8)

    def drag_moved(self, place: QPoint) -> None:
        """Scroll while the drag stays at ``place``, in our coordinates, if that is near the upper or lower edge."""
        above, below = _EDGE - place.y(), place.y() - (self.height() - _EDGE)
        depth = min(max(above, below), _EDGE)
        self._speed = 0
        if depth > 0 and self.rect().contains(place):
            self._speed = max(1, _FASTEST * depth // _EDGE) * (-1 if above > below else 1)
        if self._speed and not self._timer.isActive():
            self._timer.start()

    def drag_ended(self) -> None:
        """Stay where we are."""
        self._timer.stop()

    @Slot()
    def _tick(self) -> None:
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + self._speed)
        if not self._speed:
            self._timer.stop()


class _QuietScrollBar(QScrollBar):
    """Always has its place, and is seen only when there is something to scroll.

    The cards so have one width: the height of their strips depends on it, and a bar that takes room only when they are
    too high would come and go without end.
    """

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw nothing while all is in sight."""
        if self.maximum() > self.minimum():
            super().paintEvent(event)
