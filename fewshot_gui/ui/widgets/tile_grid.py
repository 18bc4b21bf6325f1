"""Selecting, moving among and painting the tiles of a view."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPersistentModelIndex, QPoint, QRect, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QRegion, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyleOptionViewItem, QWidget

from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.widgets.grid_cursor import moved
from fewshot_gui.ui.widgets.row_selection import runs_in, selection_of
from fewshot_gui.ui.widgets.rubber_band import RubberBand
from fewshot_gui.ui.widgets.tile_view import TileView

_Flag = QItemSelectionModel.SelectionFlag
_NOTCH = 120
"""What a wheel reports for one notch."""

_SIDE_STEP = 16


class TileGrid(TileView):
    """Tiles that are selected as in every file manager: click, Ctrl, Shift, arrow keys, or a band drawn between them.

    The delegate is told by ``State_HasFocus`` of the one tile, if any, whose keyboard focus would not be seen
    otherwise: with a single selected tile the selection shows it.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._band: RubberBand | None = None
        self._theme = theme
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        theme.changed.connect(self.viewport().update)

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:  # noqa: ARG002 - Qt applies them to what we return
        """Where the arrow keys, Page Up and Down, Home and End lead; at first to the first tile in view."""
        if not self.grid_geometry.count:
            return QModelIndex()
        jumps = action in (QAbstractItemView.CursorAction.MoveHome, QAbstractItemView.CursorAction.MoveEnd)
        if not self.currentIndex().isValid() and not jumps:
            return self.model().index(self.visible_rows().start, 0)
        page = max(1, self.viewport().height() // self.grid_geometry.pitch)
        return self.model().index(moved(self.grid_geometry, self.currentIndex().row(), action, page), 0)

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        """Select the tile under a click, or all tiles in reading order between the two ends of a Shift selection.

        Qt hands both over as a rectangle, whose corners are the two ends and may stand the wrong way round.
        """
        ends = (self.indexAt(rect.topLeft()), self.indexAt(rect.bottomRight()))
        rows = sorted(index.row() for index in ends if index.isValid())
        runs = [range(rows[0], rows[-1] + 1)] if rows else []
        self.selectionModel().select(selection_of(self.model(), runs), command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        """The part of the viewport that a selection covers."""
        region = QRegion()
        visible = self.visible_rows()
        for run in runs_in(selection):
            for row in range(max(run.start, visible.start), min(run.stop, visible.stop)):
                region += self.visualRect(self.model().index(row, 0))
        return region

    def dataChanged(
        self,
        topLeft: QModelIndex | QPersistentModelIndex,  # noqa: N803 - the name that Qt gives it
        bottomRight: QModelIndex | QPersistentModelIndex,  # noqa: N803 - the name that Qt gives it
        roles: Sequence[int] = (),  # noqa: ARG002 - every change repaints the whole tile
    ) -> None:
        """Repaint those of the changed tiles that can be seen."""
        visible = self.visible_rows()
        for row in range(max(topLeft.row(), visible.start), min(bottomRight.row() + 1, visible.stop)):
            self.update(self.model().index(row, 0))

    def keyboardSearch(self, search: str) -> None:
        """Do nothing: letters are commands here."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll; with Ctrl, make the tiles larger or smaller."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            notches = event.angleDelta().y() / _NOTCH
            self.set_tile_side(self.tile_side + round(notches * _SIDE_STEP))
            event.accept()
        else:
            super().wheelEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a band between tiles; on a tile Qt selects it or begins a drag."""
        point = event.position().toPoint()
        if event.button() != Qt.MouseButton.LeftButton or self.indexAt(point).isValid():
            super().mousePressEvent(event)
            return
        kept = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        if not event.modifiers() & kept:
            self.clearSelection()
        self._band = RubberBand(self._on_content(point), QItemSelection(self.selectionModel().selection()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw the band on, scrolling where it reaches the edge."""
        if self._band is None:
            super().mouseMoveEvent(event)
            return
        point = event.position().toPoint()
        margin = self.autoScrollMargin()
        if not self.viewport().rect().adjusted(0, margin, 0, -margin).contains(point):
            self.startAutoScroll()
        self._stretch_band(point)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the band."""
        if self._band is None:
            super().mouseReleaseEvent(event)
            return
        self._band = None
        self.stopAutoScroll()
        self.viewport().update()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Take the band along."""
        super().scrollContentsBy(dx, dy)
        if self._band is not None:
            self._stretch_band(self.viewport().mapFromGlobal(self.cursor().pos()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the tiles in the exposed part, and the band."""
        if self.model() is None:
            return
        painter = QPainter(self.viewport())
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        plain = option.state & ~(QStyle.StateFlag.State_HasFocus | QStyle.StateFlag.State_Selected)
        focused = self._row_with_focus()
        exposed = event.rect().translated(0, self.verticalOffset())
        for row in self.grid_geometry.between(exposed.top(), exposed.bottom() + 1):
            index = self.model().index(row, 0)
            option.rect = self.visualRect(index)
            option.state = plain
            if self.selectionModel().isSelected(index):
                option.state |= QStyle.StateFlag.State_Selected
            if row == focused:
                option.state |= QStyle.StateFlag.State_HasFocus
            self.itemDelegate().paint(painter, option, index)
        if self._band is not None:
            self._band.paint(painter, self._theme, self.verticalOffset())
        painter.end()

    def _row_with_focus(self) -> int | None:
        row = self.currentIndex().row()
        if not self.hasFocus() or row < 0:
            return None
        return None if runs_in(self.selectionModel().selection()) == [range(row, row + 1)] else row

    def _stretch_band(self, point: QPoint) -> None:
        if self._band is None:
            return
        touched = self._band.stretch(self._on_content(point), self.grid_geometry)
        selection = QItemSelection(self._band.before)
        selection.merge(selection_of(self.model(), touched), _Flag.Select)
        self.selectionModel().select(selection, _Flag.ClearAndSelect)
        self.viewport().update()

    def _on_content(self, point: QPoint) -> QPoint:
        return point + QPoint(0, self.verticalOffset())
