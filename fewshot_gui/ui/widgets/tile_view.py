"""A scrolled view of equal tiles over a list model, fast with 100,000: nothing is kept per tile.

Qt's own QListView lays out every item and takes seconds where this takes none.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, Protocol, runtime_checkable

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QWidget

from fewshot_gui.ui.theme import SPACE_12, SPACE_16
from fewshot_gui.ui.widgets.grid_geometry import GridGeometry

MIN_TILE_SIDE: Final = 96
MAX_TILE_SIDE: Final = 320
TILE_SIDE: Final = 112

_STEPS_PER_LINE = 4
"""A notch of the wheel is three steps, so three quarters of a line."""


@runtime_checkable
class TileDelegate(Protocol):
    """A delegate that knows how high its tiles are."""

    def caption_height(self) -> int:
        """How much higher than wide a tile is, in pixels."""


class TileView(QAbstractItemView):
    """Tiles in lines from left to right, each at least ``tile_side`` wide, stretched to fill the width.

    The delegate must be a :class:`TileDelegate`. When tiles change their size, the first visible one stays where it is.
    How keys move and how tiles are selected and painted is for :class:`~fewshot_gui.ui.widgets.tile_grid.TileGrid`.

    Signals:
        tile_side_changed: the new side in pixels.
        visible_changed: other rows can be seen than before.
    """

    tile_side_changed = Signal(int)
    visible_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._side = TILE_SIDE
        self._geometry = GridGeometry.fitted(0, 1, TILE_SIDE, 0, gap=SPACE_12, margin=SPACE_16)
        self._anchor: tuple[int, float] | None = None
        self._arranging = False
        self._visible = range(0)
        self.setFrameShape(QAbstractItemView.Shape.NoFrame)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    @property
    def tile_side(self) -> int:
        """The least width of a tile in pixels, 96..320."""
        return self._side

    def set_tile_side(self, side: int) -> None:
        """Make tiles larger or smaller; sides out of range are brought into it."""
        side = min(max(side, MIN_TILE_SIDE), MAX_TILE_SIDE)
        if side != self._side:
            self._side = side
            self.updateGeometries()
            self.tile_side_changed.emit(side)

    @property
    def grid_geometry(self) -> GridGeometry:
        """Where the tiles are."""
        return self._geometry

    def visible_rows(self) -> range:
        """The rows of which at least a part can be seen."""
        return self._geometry.between(self.verticalOffset(), self.verticalOffset() + self.viewport().height())

    def visualRect(self, index: QModelIndex | QPersistentModelIndex) -> QRect:
        """The place of a tile in the viewport."""
        if not index.isValid():
            return QRect()
        return self._geometry.rect(index.row()).translated(0, -self.verticalOffset())

    def indexAt(self, point: QPoint) -> QModelIndex:
        """The tile under a point of the viewport; invalid between tiles."""
        row = self._geometry.index_at(point + QPoint(0, self.verticalOffset()))
        return QModelIndex() if row is None else self.model().index(row, 0)

    def horizontalOffset(self) -> int:
        """Always 0: the tiles never need more than the width of the viewport."""
        return 0

    def verticalOffset(self) -> int:
        """How far the tiles are scrolled, in pixels."""
        return self.verticalScrollBar().value()

    def isIndexHidden(self, index: QModelIndex | QPersistentModelIndex) -> bool:  # noqa: ARG002 - asked by Qt
        """No tile is hidden."""
        return False

    def scrollTo(
        self,
        index: QModelIndex | QPersistentModelIndex,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        """Scroll as little as needed to show a tile whole with the gap around it, or to the place of ``hint``."""
        if not index.isValid():
            return
        tile, bar, height = self._geometry.rect(index.row()), self.verticalScrollBar(), self.viewport().height()
        top, bottom = tile.top() - self._geometry.gap, tile.bottom() + 1 + self._geometry.gap - height
        match hint:
            case QAbstractItemView.ScrollHint.PositionAtTop:
                bar.setValue(top)
            case QAbstractItemView.ScrollHint.PositionAtBottom:
                bar.setValue(bottom)
            case QAbstractItemView.ScrollHint.PositionAtCenter:
                bar.setValue(tile.center().y() - height // 2)
            case _:
                bar.setValue(min(max(bar.value(), bottom), top))

    def updateGeometries(self) -> None:
        """Work out where the tiles are, after anything that moves them."""
        super().updateGeometries()
        model, delegate = self.model(), self.itemDelegate()
        caption = delegate.caption_height() if isinstance(delegate, TileDelegate) else 0
        count = model.rowCount() if model is not None else 0
        # The margin holds the scroll bar, so that a bar that comes or goes moves no tile.
        width = self.contentsRect().width()
        self._arrange(GridGeometry.fitted(count, width, self._side, caption, gap=SPACE_12, margin=SPACE_16))

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Follow the scroll bar."""
        super().scrollContentsBy(dx, dy)
        if not self._arranging:
            self._anchor = None
            self._announce_visible()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the columns to the new width."""
        super().resizeEvent(event)
        self.updateGeometries()

    def reset(self) -> None:
        """Follow a model reset."""
        super().reset()
        self._anchor = None
        self.viewport().update()
        self.updateGeometries()

    def rowsInserted(self, parent: QModelIndex | QPersistentModelIndex, start: int, end: int) -> None:
        """Make room for new rows."""
        super().rowsInserted(parent, start, end)
        if start < self._visible.stop:
            self.viewport().update()
        self.updateGeometries()

    def _arrange(self, geometry: GridGeometry) -> None:
        bar, height = self.verticalScrollBar(), self.viewport().height()
        resized = (geometry.columns, geometry.pitch) != (self._geometry.columns, self._geometry.pitch)
        moved = replace(geometry, count=self._geometry.count) != self._geometry
        if resized and self._anchor is None:
            self._anchor = self._first_visible()
        self._geometry = geometry
        self._arranging = True
        bar.setPageStep(height)
        bar.setSingleStep(max(1, geometry.pitch // _STEPS_PER_LINE))
        bar.setRange(0, max(0, geometry.height - height))
        if resized and self._anchor is not None:
            row, share = self._anchor
            bar.setValue(geometry.rect(row).top() - round(share * geometry.pitch))
        self._arranging = False
        if moved or self.visible_rows() != self._visible:
            self.viewport().update()  # not for rows that come far below: painting takes longer than adding them
        self._announce_visible()

    def _first_visible(self) -> tuple[int, float] | None:
        """The first row in view and how far it is below the top in lines; ``None`` at the very top, which stays there.

        It is kept until the person scrolls: worked out anew at every step of a slider it would drift.
        """
        rows = self.visible_rows()
        if not rows or not self.verticalOffset():
            return None
        return rows.start, (self._geometry.rect(rows.start).top() - self.verticalOffset()) / self._geometry.pitch

    def _announce_visible(self) -> None:
        visible = self.visible_rows()
        if visible != self._visible:
            self._visible = visible
            self.visible_changed.emit()
