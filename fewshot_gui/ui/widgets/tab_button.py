"""A tab: a button that stays down, with bold words while it is."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QPushButton, QWidget

from fewshot_gui.ui.widgets.fonts import strong


class TabButton(QPushButton):
    """Has room for its words in bold, which Qt does not count."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setProperty("role", "tab")
        self.setCheckable(True)

    def sizeHint(self) -> QSize:
        """Room for the bold words of the checked state."""
        bold, text = QFontMetrics(strong(self.font())), self.text()
        extra = bold.horizontalAdvance(text) - self.fontMetrics().horizontalAdvance(text)
        return super().sizeHint() + QSize(max(0, extra), 0)

    def minimumSizeHint(self) -> QSize:
        """A tab is never shortened."""
        return self.sizeHint()
