"""What stands where there is nothing to show: what it is for and how to begin."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from fewshot_gui.ui.theme import SPACE_8, SPACE_12, SPACE_16, SPACE_24, Theme

_ICON_SIDE = 48


class EmptyState(QWidget):
    """An icon, a heading, a line and one thing to do.

    Signals:
        acted: the button was pressed.
    """

    acted = Signal()

    def __init__(  # one text for each of its parts
        self, theme: Theme, icon: str, heading: str, line: str, action: str, *, role: str, parent: QWidget
    ) -> None:
        """Show these words; ``role`` is that of the button, "primary" or "link"."""
        super().__init__(parent)
        self._theme = theme
        self._icon_name = icon
        self._icon = QLabel(self)
        self.heading = QLabel(heading, self)
        self.heading.setProperty("role", "heading")
        self.line = QLabel(line, self)
        self.line.setProperty("role", "dim")
        self.button = QPushButton(action, self)
        self.button.setProperty("role", role)
        self.button.clicked.connect(self._act)
        self.setFocusProxy(self.button)
        self._lay_out()
        theme.changed.connect(self._draw_icon)
        self._draw_icon()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_24, SPACE_24, SPACE_24, SPACE_24)
        layout.setSpacing(SPACE_8)
        layout.addStretch()
        layout.addWidget(self._icon, alignment=Qt.AlignmentFlag.AlignHCenter)
        layout.addSpacing(SPACE_12)
        for label in (self.heading, self.line):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            label.setWordWrap(True)
            layout.addWidget(label)
        layout.addSpacing(SPACE_16)
        layout.addWidget(self.button, alignment=Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch()

    @Slot()
    def _act(self) -> None:
        self.acted.emit()

    @Slot()
    def _draw_icon(self) -> None:
        icon = self._theme.icon(self._icon_name, "stranger")
        self._icon.setPixmap(icon.pixmap(QSize(_ICON_SIDE, _ICON_SIDE), self.devicePixelRatioF()))
