"""Which photos to show: a row of tabs with their numbers, and a menu of the classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFont, QFontMetrics, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QComboBox, QPushButton, QWidget

from fewshot_gui.ui import wording
from fewshot_gui.ui.models.photo_filter import FilterKind, PhotoCounts
from fewshot_gui.ui.models.photo_row import ClassStyle
from fewshot_gui.ui.theme import SPACE_12, Theme

_TABS: Final = {
    FilterKind.ALL: ("All", "All photos"),
    FilterKind.LOOK: ("Needs a look", "Photos whose label is uncertain, and on which nobody has decided yet"),
    FilterKind.NONE: ("None of these", "Photos that belong to none of your classes"),
    FilterKind.DECIDED: ("Decided", "Photos whose label you gave or confirmed"),
    FilterKind.ERRORS: ("Could not be read", "Photos that could not be read"),
}
_NAME_WIDTH = 150
"""Pixels for the name of a class in the menu."""


class FilterTab(QPushButton):
    """A tab such as "Decided 96"; "Could not be read" has a short form with an icon."""

    def __init__(self, kind: FilterKind, parent: QWidget) -> None:
        super().__init__(parent)
        self.kind = kind
        self._words, tip = _TABS[kind]
        self._count: int | None = None
        self._short = False
        self.setProperty("role", "tab")
        self.setCheckable(True)
        self.setToolTip(tip)
        self._write()

    def set_count(self, count: int) -> None:
        """Show a number behind the words."""
        self._count = count
        self._write()

    def set_short(self, icon: QIcon | None) -> None:
        """Show ``icon`` instead of the words, or the words again."""
        self._short = icon is not None
        self.setIcon(icon or QIcon())
        self._write()

    def sizeHint(self) -> QSize:
        """Room for the bold words of the checked state, which Qt does not count."""
        bold = QFont(self.font())
        bold.setWeight(QFont.Weight.DemiBold)
        text = self.text()
        extra = QFontMetrics(bold).horizontalAdvance(text) - self.fontMetrics().horizontalAdvance(text)
        return super().sizeHint() + QSize(max(0, extra), 0)

    def minimumSizeHint(self) -> QSize:
        """A tab is never shortened."""
        return self.sizeHint()

    def _write(self) -> None:
        number = "" if self._count is None else wording.count(self._count)
        full = f"{self._words} {number}".strip()
        self.setText(number if self._short else full)
        self.setAccessibleName(full)
        self.updateGeometry()


class FilterTabs(QObject):
    """The tabs, of which at most one is chosen.

    Signals:
        chosen: a :class:`~fewshot_gui.ui.models.photo_filter.FilterKind`.
    """

    chosen = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.tabs = {kind: FilterTab(kind, parent) for kind in _TABS}
        for tab in self.tabs.values():
            tab.clicked.connect(self._clicked)
        self.tabs[FilterKind.ERRORS].hide()

    def show_counts(self, counts: PhotoCounts) -> None:
        """Show how many photos each tab has; "Could not be read" only if there are any."""
        for kind, count in (
            (FilterKind.LOOK, counts.look),
            (FilterKind.NONE, counts.none),
            (FilterKind.DECIDED, counts.decided),
            (FilterKind.ERRORS, counts.errors),
        ):
            self.tabs[kind].set_count(count)
        errors = self.tabs[FilterKind.ERRORS]
        errors.setVisible(counts.errors > 0 or errors.isChecked())

    def show_kind(self, kind: FilterKind) -> None:
        """Mark the tab of ``kind``, or none for a class."""
        for tab in self.tabs.values():
            tab.setChecked(tab.kind is kind)

    @Slot()
    def _clicked(self) -> None:
        tab = self.sender()
        if isinstance(tab, FilterTab):
            self.show_kind(tab.kind)
            self.chosen.emit(tab.kind)


class ClassFilter(QComboBox):
    """The classes with their numbers of photos.

    Signals:
        chosen: a class id, or ``None`` for all classes.
    """

    chosen = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._styles: Sequence[ClassStyle] = ()
        self._counts = PhotoCounts()
        self.setAccessibleName("Show one class")
        self.setToolTip("Show only the photos of one class")
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(9)
        self.activated.connect(self._activated)
        theme.changed.connect(self._fill)
        self._fill()

    def show_classes(self, styles: Sequence[ClassStyle], counts: PhotoCounts) -> None:
        """Show these classes; the chosen one stays chosen while it is there."""
        self._styles, self._counts = styles, counts
        self._fill()

    def show_class(self, class_id: int | None) -> None:
        """Mark a class, or all."""
        self.setCurrentIndex(max(0, self.findData(class_id)))

    @Slot()
    def _fill(self) -> None:
        if self.view().isVisible():
            return  # what a person is choosing from must not change under the pointer
        chosen = self.currentData()
        self.clear()
        self.addItem("All classes", None)
        for style in self._styles:
            name = self.fontMetrics().elidedText(style.name, Qt.TextElideMode.ElideRight, _NAME_WIDTH)
            count = wording.count(self._counts.per_class.get(style.id, 0))
            self.addItem(_dot(self._theme, style.colour_index), f"{name}  {count}", style.id)
            self.setItemData(self.count() - 1, wording.tooltip(style.name), Qt.ItemDataRole.ToolTipRole)
        self.show_class(chosen)

    @Slot(int)
    def _activated(self, index: int) -> None:
        self.chosen.emit(self.itemData(index))


def _dot(theme: Theme, colour_index: int) -> QIcon:
    side = SPACE_12 * 2
    pixmap = QPixmap(side, side)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.class_colour(colour_index))
    painter.drawEllipse(pixmap.rect().adjusted(2, 2, -2, -2))
    painter.end()
    return QIcon(pixmap)
