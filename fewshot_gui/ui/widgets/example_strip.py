"""The examples of one class as small photos that can be selected, dragged and removed."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QDrag, QFont, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QWidget

from fewshot_gui.ui import wording
from fewshot_gui.ui.drops import examples_mime
from fewshot_gui.ui.models.thumbnails import ThumbnailStore
from fewshot_gui.ui.theme import FONT_11, SPACE_16, Theme
from fewshot_gui.ui.widgets.selection import Selection
from fewshot_gui.ui.widgets.tile_row import TileRow
from fewshot_gui.ui.widgets.tiles import ExampleTile, Tile

_PASSING = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.MenuBarFocusReason)
"""Reasons for which the focus leaves only to come back, so the selection stays."""

_ARRIVING = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.OtherFocusReason)
"""Reasons for which the focus comes without a choice of an example by mouse or arrow key."""


class ExampleStrip(TileRow):
    """One row of examples, or all of them when expanded; one tab stop, in which the arrow keys move.

    Signals:
        removed: examples to take out of the class (list of ids).
        menu_requested: examples (list of ids) and the place on the screen (QPoint) for their menu.
    """

    removed = Signal(object)
    menu_requested = Signal(object, QPoint)

    def __init__(self, theme: Theme, thumbnails: ThumbnailStore, parent: QWidget | None = None) -> None:
        super().__init__(theme, thumbnails, parent)
        self._selection = Selection()
        self._pressed: tuple[QPoint, ExampleTile] | None = None

    @property
    def selected_ids(self) -> list[int]:
        """The selected examples in their order; only ever ones in sight."""
        return self._selection.within(self.shown_ids)

    def arrange(self) -> None:
        """Put every tile in its place, and select nothing that is out of sight."""
        super().arrange()
        self._selection.keep(self.shown_ids)
        self._mark()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select; a press on what is selected already may begin a drag of all of it."""
        tile = self.childAt(event.position().toPoint())
        if not isinstance(tile, ExampleTile):
            event.ignore()
            return
        toggle = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        extend = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if toggle or extend or tile.example.id not in self._selection:
            self._select(tile, toggle=toggle, extend=extend)
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = (event.position().toPoint(), tile)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Begin to drag what is selected."""
        if self._pressed is None:
            return
        start, tile = self._pressed
        travelled = (event.position().toPoint() - start).manhattanLength()
        if travelled >= QApplication.startDragDistance() and tile.example.id in self._selection:
            self._pressed = None
            drag = QDrag(self)
            drag.setMimeData(examples_mime(self.selected_ids))
            drag.setPixmap(_drag_picture(tile, len(self.selected_ids), self._theme))
            drag.exec(Qt.DropAction.MoveAction)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A plain click on one of several selected leaves only that one."""
        if self._pressed is not None and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self._select(self._pressed[1])
        self._pressed = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Look at the example."""
        tile = self.childAt(event.position().toPoint())
        if isinstance(tile, ExampleTile):
            self.activated.emit(tile.example.id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move, select, open and remove."""
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._stop.click()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.selected_ids:
            self.removed.emit(self.selected_ids)
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self._selection.pick_all(self.shown_ids)
            self._mark()
        elif not self._step(Qt.Key(key), extend=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)):
            event.ignore()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with the selected examples."""
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        tile = self._stop if by_key else self.childAt(event.pos())
        if isinstance(tile, ExampleTile) and tile.example.id in self._selection:
            self.menu_requested.emit(self.selected_ids, tile.mapToGlobal(tile.rect().center()))
        else:
            event.ignore()

    @Slot(object, object)
    def tile_focused(self, tile: Tile, reason: Qt.FocusReason) -> None:
        """Select the example that the tab key led to, so that what the next key does is in sight."""
        super().tile_focused(tile, reason)
        if reason in _ARRIVING and isinstance(tile, ExampleTile):
            self._select(tile)

    @Slot(object)
    def tile_left(self, reason: Qt.FocusReason) -> None:
        """Select nothing once the person has gone elsewhere, so that no two classes have a selection."""
        if reason not in _PASSING and QApplication.focusWidget() not in self.shown:
            self._selection.clear()
            self._mark()

    def _step(self, key: Qt.Key, *, extend: bool) -> bool:
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -self.columns,
            Qt.Key.Key_Down: self.columns,
            Qt.Key.Key_Home: -self.shown.index(self._stop),
            Qt.Key.Key_End: len(self.shown) - 1 - self.shown.index(self._stop),
        }
        target = self.shown.index(self._stop) + steps.get(key, len(self.shown))
        if not 0 <= target < len(self.shown):
            return key in (Qt.Key.Key_Left, Qt.Key.Key_Right)
        tile = self.shown[target]
        tile.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if isinstance(tile, ExampleTile):
            self._select(tile, extend=extend)
        return True

    def _select(self, tile: ExampleTile, *, toggle: bool = False, extend: bool = False) -> None:
        self._selection.pick(self.shown_ids, tile.example.id, toggle=toggle, extend=extend)
        self._mark()

    def _mark(self) -> None:
        for tile in self.shown:
            if isinstance(tile, ExampleTile):
                tile.setChecked(tile.example.id in self._selection)


def _drag_picture(tile: ExampleTile, count: int, theme: Theme) -> QPixmap:
    """What hangs on the pointer: the tile, and how many are dragged if there are several."""
    picture = tile.grab()
    if count > 1:
        font = QFont(tile.font())
        font.setPixelSize(FONT_11)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font)
        text = wording.count(count)
        width = max(SPACE_16, painter.fontMetrics().horizontalAdvance(text) + SPACE_16 // 2)
        badge = QRectF(tile.width() - width, 0, width, SPACE_16)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("accent"))
        painter.drawRoundedRect(badge, SPACE_16 / 2, SPACE_16 / 2)
        painter.setPen(theme.colour("on_accent"))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, text)
        painter.end()
    return picture
