"""The photos to be labelled, as a grid that the keyboard drives."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QContextMenuEvent, QDrag, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QWidget

from fewshot_gui.ui.drops import photos_mime
from fewshot_gui.ui.models.photo_arrangement import runs_of
from fewshot_gui.ui.models.photo_model import PhotoModel
from fewshot_gui.ui.models.thumbnails import ThumbnailStore
from fewshot_gui.ui.theme import MOTION_MS, SPACE_16, Theme
from fewshot_gui.ui.widgets.photo_drag import drag_picture
from fewshot_gui.ui.widgets.photo_tile import PhotoTile
from fewshot_gui.ui.widgets.row_selection import runs_in, selection_of
from fewshot_gui.ui.widgets.tile_grid import TileGrid

_Flag = QItemSelectionModel.SelectionFlag
_ARROWS: Final = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
_FRAME_MS: Final = 16
_MOST_FILES_DRAGGED: Final = 1000
"""Other programs get at most this many files; our own get the ids of all."""


@dataclass(frozen=True)
class _Place:
    """What to restore after the rows were rearranged: who was selected, who was current, and who stood where."""

    selected: list[int] = field(default_factory=list)
    current: int | None = None
    anchor: int | None = None
    anchor_top: int = 0


class PhotoGrid(TileGrid):
    """The photos of a :class:`~fewshot_gui.ui.models.photo_model.PhotoModel`.

    Signals:
        selection_changed: the selected photo ids (list) and the current one (int, or None when none is selected).
        large_view_requested: a photo id.
        label_key: a digit, 0..9.
        confirm_requested: the labels of the selected photos are right.
        undecide_requested: the decisions on the selected photos are to be taken back.
        find_requested: the person wants to find a file name.
        context_menu_requested: where on the screen (QPoint).
    """

    selection_changed = Signal(object, object)
    large_view_requested = Signal(object)
    label_key = Signal(int)
    confirm_requested = Signal()
    undecide_requested = Signal()
    find_requested = Signal()
    context_menu_requested = Signal(QPoint)

    def __init__(
        self, theme: Theme, thumbnails: ThumbnailStore, model: PhotoModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, parent)
        self._photos = model
        self._thumbnails = thumbnails
        self._in_view: dict[str, int] = {}
        self._glowing: set[int] = set()
        self._place = _Place()
        self._announced: tuple[list[int], int | None] = ([], None)
        self._glow_timer = QTimer(self, interval=_FRAME_MS)
        self.setItemDelegate(PhotoTile(theme, thumbnails, self))
        self.setModel(model)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setAccessibleName("Photos")
        self._connect()

    def _connect(self) -> None:
        self._photos.rearranging.connect(self._remember_place)
        self._photos.rearranged.connect(self._restore_place)
        # At once and not on the next turn of the event loop: a digit typed right after an arrow key labels what
        # the selection is by then.
        self.selectionModel().selectionChanged.connect(self._announce_selection)
        self.selectionModel().currentChanged.connect(self._announce_selection)
        self.selectionModel().currentChanged.connect(self._speak)
        self._glow_timer.timeout.connect(self._repaint_glowing)
        self._thumbnails.ready.connect(self._thumbnail_ready)
        self.visible_changed.connect(self._look_around)
        self.doubleClicked.connect(self._open)

    @property
    def selected_ids(self) -> list[int]:
        """The selected photos in the order of the grid."""
        runs = runs_in(self.selectionModel().selection())
        return [photo_id for run in runs for photo_id in self._photos.ids_of(slice(run.start, run.stop))]

    @property
    def current_id(self) -> int | None:
        """The photo that the arrow keys start from."""
        row = self.currentIndex().row()
        return None if row < 0 else self._photos.ids_of(slice(row, row + 1))[0]

    def select_photos(self, photo_ids: list[int], current: int | None = None) -> None:
        """Select those of the photos that are shown; ``current`` becomes the one the arrow keys start from."""
        runs = runs_of(self._photos.rows_of(photo_ids))
        self.selectionModel().select(selection_of(self._photos, runs), _Flag.ClearAndSelect)
        row = None if current is None else self._photos.row_of(current)
        if row is not None:
            self.selectionModel().setCurrentIndex(self._photos.index(row), _Flag.NoUpdate)

    def go_to_row(self, row: int) -> None:
        """Make the photo in a row the current and only selected one; there is nothing to do where no such row is."""
        if 0 <= row < self._photos.rowCount():
            self.selectionModel().setCurrentIndex(self._photos.index(row), _Flag.ClearAndSelect)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Label, confirm, take back, look closer; everything else moves or selects."""
        key = event.key()
        plain = not event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier)
        if event.matches(QKeySequence.StandardKey.Find) or (plain and key == Qt.Key.Key_F):
            self.find_requested.emit()
        elif plain and Qt.Key.Key_0 <= key <= Qt.Key.Key_9:
            self.label_key.emit(key - Qt.Key.Key_0)
        elif plain and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.confirm_requested.emit()
        elif plain and key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.undecide_requested.emit()
        elif plain and key == Qt.Key.Key_Space:
            self._open(self.currentIndex())
        elif plain and key in _ARROWS and not self.selectionModel().hasSelection() and self.currentIndex().isValid():
            # Coming to the grid by Tab makes a photo current but selects none; the first arrow key selects it.
            self.go_to_row(self.currentIndex().row())
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of the selected photos."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            place = self.viewport().mapToGlobal(self.visualRect(self.currentIndex()).center())
        else:
            place = event.globalPos()
        if self.selectionModel().hasSelection():
            self.context_menu_requested.emit(place)

    def startDrag(self, supportedActions: Qt.DropAction) -> None:  # noqa: ARG002, N803 - Qt's name; originals are only copied
        """Drag the selected photos out."""
        ids = self.selected_ids
        if not ids:
            return
        files = self._photos.files_of(self._photos.rows_of(ids[:_MOST_FILES_DRAGGED]))
        shown = self._photos.photo(self.current_id if self.current_id in ids else ids[0])
        thumbnail = None if shown is None else self._thumbnails.pixmap(shown.path, self.tile_side)
        drag = QDrag(self)
        drag.setMimeData(photos_mime(ids, [Path(file) for file in files]))
        drag.setPixmap(drag_picture(thumbnail, len(ids), self._theme, self.font(), self.devicePixelRatioF()))
        drag.setHotSpot(QPoint(SPACE_16, SPACE_16))
        drag.exec(Qt.DropAction.CopyAction)

    def dataChanged(
        self,
        topLeft: QModelIndex | QPersistentModelIndex,  # noqa: N803 - the name that Qt gives it
        bottomRight: QModelIndex | QPersistentModelIndex,  # noqa: N803 - the name that Qt gives it
        roles: Sequence[int] = (),
    ) -> None:
        """Repaint changed tiles, and let those glow whose label became another."""
        super().dataChanged(topLeft, bottomRight, roles)
        visible = self.visible_rows()
        changed = range(max(topLeft.row(), visible.start), min(bottomRight.row() + 1, visible.stop))
        if self._theme.animates and self._aglow(changed):
            self._glow_timer.start()

    def _aglow(self, rows: range) -> set[int]:
        since = time.monotonic() - MOTION_MS / 1000
        return {row for row in rows if self._photos.photo_at(row).changed_at > since}

    @Slot()
    def _repaint_glowing(self) -> None:
        aglow = self._aglow(self.visible_rows())
        for row in aglow | self._glowing:
            self.update(self._photos.index(row))
        self._glowing = aglow
        if not aglow:
            self._glow_timer.stop()

    @Slot(object)
    def _thumbnail_ready(self, path: Path) -> None:
        if str(path) in self._in_view:
            self.update(self._photos.index(self._in_view[str(path)]))

    @Slot()
    def _look_around(self) -> None:
        """Take note of what is in view now, and tell the thumbnails what has been scrolled past."""
        before, visible = set(self._in_view), self.visible_rows()
        self._in_view = dict(zip(self._photos.files_of(slice(visible.start, visible.stop)), visible, strict=True))
        self._thumbnails.drop({Path(file) for file in before - self._in_view.keys()})

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        if index.isValid():
            self.large_view_requested.emit(self._photos.photo_at(index.row()).photo_id)

    @Slot()
    def _announce_selection(self) -> None:
        selected = self.selected_ids
        now = (selected, self.current_id if selected else None)
        if now != self._announced:
            self._announced = now
            self.selection_changed.emit(*now)

    @Slot(QModelIndex)
    def _speak(self, current: QModelIndex) -> None:
        """Let a screen reader say the current photo: Qt gives views of our own no accessible children."""
        words = current.data(Qt.ItemDataRole.AccessibleTextRole) or ""
        self.setAccessibleDescription(words)
        if words and self.hasFocus():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, words))

    @Slot()
    def _remember_place(self) -> None:
        current, visible = self.currentIndex(), self.visible_rows()
        row = current.row() if current.isValid() and current.row() in visible else visible.start if visible else -1
        anchor = self._photos.ids_of(slice(row, row + 1))[0] if row >= 0 else None
        top = self.visualRect(self._photos.index(row)).top() if row >= 0 else 0
        self._place = _Place(self.selected_ids, self.current_id, anchor, top)

    @Slot()
    def _restore_place(self) -> None:
        place = self._place
        self.select_photos(place.selected, place.current)
        row = None if place.anchor is None else self._photos.row_of(place.anchor)
        if row is not None:
            self.verticalScrollBar().setValue(self.grid_geometry.rect(row).top() - place.anchor_top)
        self._look_around()
        self._announce_selection()
