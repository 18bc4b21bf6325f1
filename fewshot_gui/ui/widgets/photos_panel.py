"""The middle column: the photos, and what to do when there are none."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QStackedWidget, QVBoxLayout, QWidget

from fewshot_gui.ui.drops import Offer, offer_of, paths_in
from fewshot_gui.ui.models.photo_filter import PhotoFilter
from fewshot_gui.ui.models.photo_model import PhotoModel
from fewshot_gui.ui.models.thumbnails import ThumbnailStore
from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.widgets.drop_veil import DropVeil
from fewshot_gui.ui.widgets.empty_state import EmptyState
from fewshot_gui.ui.widgets.photo_bar import PhotoBar
from fewshot_gui.ui.widgets.photo_grid import PhotoGrid

_COUNT_AFTER_MS = 200
"""Labels come in many times a second; the numbers in the bar follow at most this often."""


class PhotosPanel(QWidget):
    """The bar and the grid over one :class:`~fewshot_gui.ui.models.photo_model.PhotoModel`.

    Signals:
        selection_changed: the selected photo ids (list) and the current one (int, or None when none is selected).
        large_view_requested: a photo id.
        label_key: a digit, 0..9.
        confirm_requested: the labels of the selected photos are right.
        undecide_requested: the decisions on the selected photos are to be taken back.
        add_folder_requested: the person wants to choose a folder of photos.
        photos_dropped: files and folders (list of Path) were dropped.
        context_menu_requested: where on the screen the menu of the selected photos is wanted.
        tile_side_changed: pixels, for the settings to remember.
    """

    selection_changed = Signal(object, object)
    large_view_requested = Signal(object)
    label_key = Signal(int)
    confirm_requested = Signal()
    undecide_requested = Signal()
    add_folder_requested = Signal()
    photos_dropped = Signal(object)
    context_menu_requested = Signal(QPoint)
    tile_side_changed = Signal(int)

    def __init__(
        self, theme: Theme, thumbnails: ThumbnailStore, model: PhotoModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model = model
        self.bar = PhotoBar(theme, self)
        self.grid = PhotoGrid(theme, thumbnails, model, self)
        self.no_photos = EmptyState(
            theme,
            "images",
            "Drop a folder of photos here",
            "They stay where they are: nothing is copied, changed or sent anywhere.",
            "Add folder…",
            role="primary",
            parent=self,
        )
        self.no_match = EmptyState(
            theme,
            "search",
            "No photo matches",
            "Other photos are there, but not shown.",
            "Show all",
            role="link",
            parent=self,
        )
        self._stack = QStackedWidget(self)
        self.veil = DropVeil(theme, self)
        self._count_timer = QTimer(self, singleShot=True, interval=_COUNT_AFTER_MS)
        self._lay_out()
        self._connect()
        self.setAcceptDrops(True)
        self._show_criteria()
        self._show_counts()

    def set_title(self, title: str) -> None:
        """Name the folder whose photos are shown."""
        self.bar.set_title(title)

    def chosen_ids(self) -> list[int]:
        """The selected photos in the order of the grid."""
        return self.grid.selected_ids

    def go_to_row(self, row: int) -> None:
        """Make the photo in a row the current and only selected one."""
        self.grid.go_to_row(row)

    def go_by(self, step: int) -> None:
        """Go ``step`` photos on, or back if it is negative; nowhere beyond the first and the last."""
        self.grid.go_to_row(self.grid.currentIndex().row() + step)

    def focus_grid(self) -> None:
        """Give the keyboard to the photos, or to what is there in their place."""
        page = self._stack.currentWidget()
        if page is not None:
            page.setFocus(Qt.FocusReason.OtherFocusReason)

    def focus_search(self) -> None:
        """Let the person type a file name."""
        self.bar.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.bar.search.selectAll()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Welcome files and folders, not photos that are here already."""
        if offer_of(event.mimeData()) is Offer.PATHS:
            event.acceptProposedAction()
            self.veil.raise_()
            self.veil.show()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Look as before."""
        super().dragLeaveEvent(event)
        self.veil.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        """Hand on what was dropped."""
        self.veil.hide()
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.photos_dropped.emit(paths_in(event.mimeData()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cover everything with the veil."""
        super().resizeEvent(event)
        self.veil.setGeometry(self.rect())

    def _lay_out(self) -> None:
        for page in (self.grid, self.no_photos, self.no_match):
            self._stack.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        layout.addWidget(self._stack, 1)

    def _connect(self) -> None:
        grid, bar, model = self.grid, self.bar, self._model
        for inner, outer in (
            (grid.selection_changed, self.selection_changed),
            (grid.large_view_requested, self.large_view_requested),
            (grid.label_key, self.label_key),
            (grid.confirm_requested, self.confirm_requested),
            (grid.undecide_requested, self.undecide_requested),
            (grid.context_menu_requested, self.context_menu_requested),
            (grid.tile_side_changed, self.tile_side_changed),
            (bar.add_requested, self.add_folder_requested),
            (self.no_photos.acted, self.add_folder_requested),
        ):
            inner.connect(outer)
        grid.tile_side_changed.connect(bar.show_tile_side)
        grid.find_requested.connect(self.focus_search)
        bar.tile_side_changed.connect(grid.set_tile_side)
        bar.filter_changed.connect(model.set_filter)
        bar.sort_changed.connect(model.set_sort)
        bar.refresh_requested.connect(model.refresh_order)
        bar.search_left.connect(self.focus_grid)
        self.no_match.acted.connect(self._show_all)
        model.order_stale_changed.connect(bar.show_stale)
        model.criteria_changed.connect(self._show_criteria)
        model.counts_changed.connect(self._count_soon)
        model.classes_changed.connect(self._count_soon)
        model.rowsInserted.connect(self._show_page)
        model.modelReset.connect(self._show_page)
        self._count_timer.timeout.connect(self._show_counts)

    @Slot()
    def _count_soon(self) -> None:
        if not self._count_timer.isActive():
            self._count_timer.start()

    @Slot()
    def _show_counts(self) -> None:
        self.bar.set_classes(self._model.classes, self._model.counts())
        self._show_page()

    @Slot()
    def _show_page(self) -> None:
        """The photos, or why there are none."""
        total = self._model.photo_count
        self.bar.setVisible(total > 0)
        shown = self._model.rowCount() > 0
        focused = QApplication.focusWidget()
        had_keyboard = focused is not None and self._stack.isAncestorOf(focused)
        self._stack.setCurrentWidget(self.grid if shown else self.no_match if total else self.no_photos)
        if had_keyboard:
            self.focus_grid()

    @Slot()
    def _show_all(self) -> None:
        self._model.set_filter(PhotoFilter())
        self.focus_grid()

    @Slot()
    def _show_criteria(self) -> None:
        """Show filter and order in the bar, and begin with the current photo if it is shown, else at the top."""
        self.bar.show_filter(self._model.photo_filter)
        self.bar.show_sort(self._model.sort_key)
        if self.grid.currentIndex().isValid():
            self.grid.scrollTo(self.grid.currentIndex())
        else:
            self.grid.scrollToTop()
