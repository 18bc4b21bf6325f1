"""Where the inspector is: the third column, or, in a narrow window, a sheet over the gallery."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QSplitter, QWidget

from fewshot_gui.ui.theme import INSPECTOR_WIDTH, OVERLAY_BELOW, Theme
from fewshot_gui.ui.widgets.inspector import Inspector
from fewshot_gui.ui.widgets.side_sheet import SideSheet


class InspectorPlace(QObject):
    """Moves the inspector out of the columns and back as the window changes its width.

    Signals:
        shown_changed: whether the inspector is to be seen.
        closed: the sheet was closed, so that the keyboard needs another place.
    """

    shown_changed = Signal(bool)
    closed = Signal()

    def __init__(self, theme: Theme, inspector: Inspector, columns: QSplitter, over: QWidget, parent: QObject) -> None:
        """``over`` is what the sheet covers a part of."""
        super().__init__(parent)
        self._inspector = inspector
        self._columns = columns
        self._over = over
        self._sheet = SideSheet(theme, "Photo details", over)
        self._sheet.closed.connect(self.toggle)
        self._wanted = True
        self.floating = False

    @property
    def shown(self) -> bool:
        """Whether the inspector is to be seen."""
        return self._sheet.isVisibleTo(self._over) if self.floating else self._wanted

    def fit(self, window_width: int) -> None:
        """Choose the place for a window of this width in pixels."""
        narrow = window_width < OVERLAY_BELOW
        if narrow != self.floating:
            self.floating = narrow
            if narrow:
                self._sheet.take(self._inspector)
            else:
                self._sheet.hide()
                self._columns.addWidget(self._inspector)
                self._inspector.setVisible(self._wanted)
            self.shown_changed.emit(self.shown)
        self._cover()

    @Slot()
    def toggle(self) -> None:
        """Show or hide the inspector."""
        showing = not self.shown
        if self.floating:
            self._sheet.setVisible(showing)
            self._cover()
        else:
            self._wanted = showing
            self._inspector.setVisible(showing)
        self.shown_changed.emit(showing)
        if self.floating and showing:
            self._sheet.focus_first()
        elif not showing:
            self.closed.emit()

    def _cover(self) -> None:
        if self.floating:
            top, height = self._columns.y(), self._columns.height()
            self._sheet.setGeometry(self._over.width() - INSPECTOR_WIDTH, top, INSPECTOR_WIDTH, height)
            self._sheet.raise_()
