"""The bar above the photos: what is shown, in which order and how large."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QIcon, QResizeEvent
from PySide6.QtWidgets import QComboBox, QPushButton, QSizePolicy, QSlider, QToolButton, QWidget

from fewshot_gui.ui.models.photo_filter import FilterKind, PhotoCounts, PhotoFilter, SortKey
from fewshot_gui.ui.models.photo_row import ClassStyle
from fewshot_gui.ui.theme import SPACE_8, SPACE_12, SPACE_16, Theme
from fewshot_gui.ui.widgets.class_filter import ClassFilter
from fewshot_gui.ui.widgets.elided_label import ElidedLabel
from fewshot_gui.ui.widgets.filter_tabs import FilterTabs
from fewshot_gui.ui.widgets.search_field import SearchField
from fewshot_gui.ui.widgets.tile_view import MAX_TILE_SIDE, MIN_TILE_SIDE, TILE_SIDE
from fewshot_gui.ui.widgets.wrapping_layout import WrappingLayout

_SORT_NAMES: Final = {
    SortKey.LEAST_CERTAIN: "Least certain first",
    SortKey.MOST_CERTAIN: "Most certain first",
    SortKey.NAME: "By file name",
    SortKey.NEWEST: "Newest first",
    SortKey.OLDEST: "Oldest first",
    SortKey.ADDED: "In order added",
}
_REFRESH = "Refresh order"
_ADD = "Add photos"
_SLIDER_WIDTH = 64
_LEAST_TITLE = 72


class PhotoBar(QWidget):
    """Title, filters, search, order and size; in a narrow window on two lines.

    Signals:
        filter_changed: a :class:`~fewshot_gui.ui.models.photo_filter.PhotoFilter`.
        sort_changed: a :class:`~fewshot_gui.ui.models.photo_filter.SortKey`.
        tile_side_changed: pixels.
        refresh_requested: the order is to be brought up to date.
        add_requested: photos are to be added.
        details_requested: the details of the chosen photo are to be shown.
        search_left: the person goes back from the search to the photos.
    """

    filter_changed = Signal(object)
    sort_changed = Signal(object)
    tile_side_changed = Signal(int)
    refresh_requested = Signal()
    add_requested = Signal()
    details_requested = Signal()
    search_left = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._filter = PhotoFilter()
        self._layout = WrappingLayout(self, SPACE_8, SPACE_8)
        self.title = ElidedLabel("Photos", self, mode=Qt.TextElideMode.ElideMiddle, least=_LEAST_TITLE)
        self.title.setProperty("role", "strong")
        self.filter_tabs = FilterTabs(self)
        self.search = SearchField(self)
        self.class_filter = ClassFilter(theme, self)
        self.sort = QComboBox(self)
        self.refresh = QPushButton(self)
        self.size_slider = QSlider(Qt.Orientation.Horizontal, self)
        self.add = QPushButton(_ADD, self)
        self.details = QToolButton(self)
        self._dress()
        self._lay_out()
        self._connect()
        self.show_filter(self._filter)
        self._draw_icons()

    def set_title(self, title: str) -> None:
        """Name the folder whose photos are shown."""
        self.title.set_full_text(title)

    def set_classes(self, styles: Sequence[ClassStyle], counts: PhotoCounts) -> None:
        """Show the classes and all numbers."""
        before = self._tab_widths()
        self.filter_tabs.show_counts(counts)
        self.class_filter.show_classes(styles, counts)
        if self._tab_widths() != before:
            self._fit()

    def _tab_widths(self) -> list[int]:
        return [tab.sizeHint().width() for tab in self.filter_tabs.tabs.values() if tab.isVisibleTo(self)]

    def show_filter(self, photo_filter: PhotoFilter) -> None:
        """Show which filter is in use."""
        self._filter = photo_filter
        self.filter_tabs.show_kind(photo_filter.kind)
        self.class_filter.show_class(photo_filter.class_id)
        if self.search.text().strip() != photo_filter.text.strip():
            self.search.setText(photo_filter.text)

    def show_sort(self, sort_key: SortKey) -> None:
        """Show which order is in use."""
        self.sort.setCurrentIndex(self.sort.findData(sort_key))

    def show_tile_side(self, side: int) -> None:
        """Show how large the photos are."""
        self.size_slider.setValue(side)

    def show_stale(self, stale: bool) -> None:
        """Offer to refresh the order, or not."""
        self.refresh.setVisible(stale)
        self._fit()

    @Slot(bool)
    def show_details_shown(self, shown: bool) -> None:
        """Offer to show the details of the chosen photo while they are not to be seen."""
        self.details.setHidden(shown)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten what would not fit."""
        super().resizeEvent(event)
        self._fit()

    def _dress(self) -> None:
        self.sort.setAccessibleName("Order of the photos")
        self.sort.setToolTip("Order of the photos")
        for sort_key, name in _SORT_NAMES.items():
            self.sort.addItem(name, sort_key)
        self.refresh.setProperty("role", "link")
        self.refresh.setToolTip("Refresh the order: labels or decisions changed since the photos were put in it")
        self.refresh.setAccessibleName(_REFRESH)
        policy = self.refresh.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.refresh.setSizePolicy(policy)
        self.refresh.hide()
        self.size_slider.setRange(MIN_TILE_SIDE, MAX_TILE_SIDE)
        self.size_slider.setSingleStep(SPACE_8)
        self.size_slider.setPageStep(SPACE_16 * 2)
        self.size_slider.setValue(TILE_SIDE)
        self.size_slider.setMinimumWidth(_SLIDER_WIDTH)
        self.size_slider.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.size_slider.setAccessibleName("Size of the photos")
        self.size_slider.setToolTip("Size of the photos")
        self.add.setToolTip("Add a folder of photos to label")
        self.add.setAccessibleName(_ADD)
        self.details.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.details.setToolTip("Show the details of the chosen photo (Ctrl+I)")
        self.details.setAccessibleName("Photo details")
        self.details.hide()

    def _lay_out(self) -> None:
        layout = self._layout
        layout.setContentsMargins(SPACE_16, SPACE_12, SPACE_16, SPACE_8)
        layout.addWidget(self.title)
        for tab in self.filter_tabs.tabs.values():
            layout.addWidget(tab)
        layout.begin_group()
        for widget in (self.search, self.class_filter, self.sort, self.refresh):
            layout.addWidget(widget)
        layout.begin_group()
        layout.addWidget(self.size_slider)
        layout.addWidget(self.add)
        layout.begin_group(corner=True)
        layout.addWidget(self.details)

    def _connect(self) -> None:
        self.filter_tabs.chosen.connect(self._choose_kind)
        self.class_filter.chosen.connect(self._choose_class)
        self.search.textChanged.connect(self._choose_text)
        self.search.left.connect(self.search_left)
        self.sort.activated.connect(self._choose_sort)
        self.size_slider.valueChanged.connect(self.tile_side_changed)
        self.refresh.clicked.connect(self.refresh_requested)
        self.add.clicked.connect(self.add_requested)
        self.details.clicked.connect(self.details_requested)
        self._theme.changed.connect(self._draw_icons)

    def _fit(self) -> None:
        """Leave off what would need a line more: a line that came and went would move the photos.

        The wheel with Ctrl does what the slider does, and every icon has a tooltip.
        """
        self._show_errors(words=False)
        self._show_add(words=False)
        self.refresh.setText("")
        self.size_slider.hide()
        lowest = self._layout.heightForWidth(self.width())
        self.size_slider.setHidden(not self._fits(self.size_slider.show, lowest))
        if not self._fits(lambda: self._show_add(words=True), lowest):
            self._show_add(words=False)
        if self.refresh.isVisibleTo(self) and not self._fits(lambda: self.refresh.setText(_REFRESH), lowest):
            self.refresh.setText("")
        if not self._fits(lambda: self._show_errors(words=True), lowest):
            self._show_errors(words=False)
        # At once, so that no frame shows the old arrangement in the new width.
        self._layout.activate()

    def _fits(self, change: Callable[[], object], height: int) -> bool:
        change()
        return self._layout.heightForWidth(self.width()) <= height

    def _show_errors(self, *, words: bool) -> None:
        icon = None if words else self._theme.icon("triangle-alert", "warning")
        self.filter_tabs.tabs[FilterKind.ERRORS].set_short(icon)

    def _show_add(self, *, words: bool) -> None:
        self.add.setText(_ADD if words else "")
        self.add.setIcon(QIcon() if words else self._theme.icon("folder-plus"))

    @Slot(object)
    def _choose_kind(self, kind: FilterKind) -> None:
        self._choose(PhotoFilter(kind, None, self.search.text()))

    @Slot(object)
    def _choose_class(self, class_id: int | None) -> None:
        kind = FilterKind.ALL if class_id is None else FilterKind.CLASS
        self._choose(PhotoFilter(kind, class_id, self.search.text()))

    @Slot(str)
    def _choose_text(self, text: str) -> None:
        self._choose(replace(self._filter, text=text))

    def _choose(self, photo_filter: PhotoFilter) -> None:
        if photo_filter != self._filter:
            self.show_filter(photo_filter)
            self.filter_changed.emit(photo_filter)

    @Slot(int)
    def _choose_sort(self, index: int) -> None:
        self.sort_changed.emit(self.sort.itemData(index))

    @Slot()
    def _draw_icons(self) -> None:
        self.refresh.setIcon(self._theme.icon("refresh-cw", "accent"))
        self.details.setIcon(self._theme.icon("panel-right", "dim"))
        self._fit()
