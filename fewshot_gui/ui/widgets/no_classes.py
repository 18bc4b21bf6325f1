"""What the left column says before there is any class."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from fewshot_gui.ui.theme import SPACE_8, SPACE_16, SPACE_24, Theme

_TEACHING = "Make a class for each thing you want to tell apart, then drop 3 to 10 example photos on it."


class NoClasses(QWidget):
    """An icon and two lines that teach how to begin."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon = QLabel()
        title = QLabel("No classes yet")
        title.setProperty("role", "strong")
        words = QLabel(_TEACHING)
        words.setProperty("role", "dim")
        words.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_8, SPACE_24, SPACE_8, SPACE_16)
        layout.setSpacing(SPACE_8)
        for label in (self._icon, title, words):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            layout.addWidget(label)
        theme.changed.connect(self._dress)
        self._dress()

    @Slot()
    def _dress(self) -> None:
        side = SPACE_16 * 2
        self._icon.setPixmap(self._theme.icon("images", "dim").pixmap(QSize(side, side), self.devicePixelRatioF()))
