"""Which photos to show: a row of tabs with their numbers."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QWidget

from fewshot_gui.ui import wording
from fewshot_gui.ui.models.photo_filter import FilterKind, PhotoCounts
from fewshot_gui.ui.widgets.tab_button import TabButton

_TABS: Final = {
    FilterKind.ALL: ("All", "All photos"),
    FilterKind.LOOK: ("Doubtful", "Photos whose label is uncertain, and on which nobody has decided yet"),
    FilterKind.NONE: ("None of these", "Photos that belong to none of your classes"),
    FilterKind.DECIDED: ("Decided", "Photos whose label you gave or confirmed"),
    FilterKind.ERRORS: ("Could not be read", "Photos that could not be read"),
}


class FilterTab(TabButton):
    """A tab such as "Decided 96"; "Could not be read" has a short form with an icon."""

    def __init__(self, kind: FilterKind, parent: QWidget) -> None:
        super().__init__("", parent)
        self.kind = kind
        self._words, tip = _TABS[kind]
        self._count: int | None = None
        self._short = False
        self.setToolTip(tip)
        self._write()

    def set_count(self, count: int) -> None:
        """Show a number behind the words."""
        if count != self._count:
            self._count = count
            self._write()

    def set_short(self, icon: QIcon | None) -> None:
        """Show ``icon`` instead of the words, or the words again."""
        self._short = icon is not None
        self.setIcon(icon or QIcon())
        self._write()

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

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
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
