"""The band that selects the tiles it touches."""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, QPoint, QRect, QRectF
from PySide6.QtGui import QPainter, QPen

from fewshot_gui.ui.theme import SPACE_4, Theme
from fewshot_gui.ui.widgets.drop_frame import paint_frame
from fewshot_gui.ui.widgets.grid_geometry import GridGeometry

_GROUND_ALPHA = 0.18


class RubberBand:
    """A rectangle on the content of a grid, from where the button was pressed to where the pointer is.

    Attributes:
        before: What was selected when it began and stays so.
    """

    def __init__(self, origin: QPoint, before: QItemSelection) -> None:
        self._origin = origin
        self._rect = QRect(origin, origin)
        self.before = before

    def stretch(self, point: QPoint, geometry: GridGeometry) -> list[range]:
        """Draw it to ``point`` of the content and return the rows it touches."""
        self._rect = QRect(self._origin, point).normalized()
        return geometry.touching(self._rect)

    def paint(self, painter: QPainter, theme: Theme, offset: int) -> None:
        """Paint it on content that is scrolled by ``offset`` pixels."""
        ground = theme.colour("accent")
        ground.setAlphaF(_GROUND_ALPHA)
        painter.setBrush(ground)
        paint_frame(painter, QRectF(self._rect.translated(0, -offset)), QPen(theme.colour("accent"), 1), SPACE_4)
