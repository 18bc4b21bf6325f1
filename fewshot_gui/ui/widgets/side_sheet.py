"""A sheet over the right side of the window, for what has no column of its own in a narrow one."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from fewshot_gui.ui.theme import SPACE_8, SPACE_12, Theme


class SideSheet(QFrame):
    """A title, a button that closes the sheet, and below them a widget; Escape closes it too.

    Signals:
        closed: the person wants it closed.
    """

    closed = Signal()

    def __init__(self, theme: Theme, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("role", "panel")
        self.setAccessibleName(title)
        self._close = QToolButton()
        self._close.setToolTip("Close (Esc)")
        self._close.setAccessibleName("Close")
        self._close.clicked.connect(self.closed)
        heading = QLabel(title)
        heading.setProperty("role", "heading")
        top = QHBoxLayout()
        top.setContentsMargins(SPACE_12, SPACE_8, SPACE_8, 0)
        top.addWidget(heading)
        top.addStretch(1)
        top.addWidget(self._close)
        self._content = QVBoxLayout()
        self._content.setSpacing(0)
        self._content.addLayout(top)
        edge = QFrame()
        edge.setProperty("role", "separator")
        edge.setFixedWidth(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(edge)
        row.addLayout(self._content, 1)
        theme.changed.connect(self._dress)
        self._dress()
        self.hide()

    def take(self, widget: QWidget) -> None:
        """Show ``widget`` below the title."""
        self._content.addWidget(widget, 1)
        widget.show()

    def focus_first(self) -> None:
        """Give the keyboard to the sheet."""
        self._close.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def _dress(self) -> None:
        self._close.setIcon(self._theme.icon("x"))
