"""Where the inspector is: the third column, or, in a narrow window, a sheet over the gallery."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QSplitter, QWidget

from fewshot_gui.ui.theme import INSPECTOR_WIDTH, OVERLAY_BELOW
from fewshot_gui.ui.widgets.inspector import Inspector


class InspectorPlace(QObject):
    """Moves the inspector out of the columns and back as the window changes its width."""

    def __init__(self, inspector: Inspector, columns: QSplitter, over: QWidget, parent: QObject) -> None:
        """``over`` is what the sheet covers a part of."""
        super().__init__(parent)
        self._inspector = inspector
        self._columns = columns
        self._over = over
        self._wanted = True
        self.floating = False

    def fit(self, window_width: int) -> None:
        """Choose the place for a window of this width in pixels."""
        narrow = window_width < OVERLAY_BELOW
        if narrow and not self.floating:
            self.floating = True
            self._inspector.setParent(self._over)
            self._inspector.hide()
        elif not narrow and self.floating:
            self.floating = False
            self._columns.addWidget(self._inspector)
            self._inspector.setVisible(self._wanted)
        self._cover()

    @Slot()
    def toggle(self) -> None:
        """Show or hide the inspector."""
        visible = not self._inspector.isVisible()
        self._inspector.setVisible(visible)
        if not self.floating:
            self._wanted = visible
        self._cover()

    def _cover(self) -> None:
        if self.floating:
            top, height = self._columns.y(), self._columns.height()
            self._inspector.setGeometry(self._over.width() - INSPECTOR_WIDTH, top, INSPECTOR_WIDTH, height)
            self._inspector.raise_()
