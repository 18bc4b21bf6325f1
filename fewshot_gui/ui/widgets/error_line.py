"""What went wrong, as one line that the person dismisses."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from fewshot_gui.ui.theme import SPACE_8, Theme

_ICON_SIDE = 16


class ErrorLine(QWidget):
    """A sentence in the warning colour with a button that takes it away; long sentences wrap."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon = QLabel(self)
        self._sentence = QLabel(self)
        self._sentence.setProperty("role", "warning")
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        self._sentence.setWordWrap(True)
        self._sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._sentence.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._close = QToolButton(self)
        self._close.setAccessibleName("Dismiss")
        self._close.setToolTip("Dismiss")
        self._close.clicked.connect(self.dismiss)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_8)
        row.addWidget(self._icon)
        row.addWidget(self._sentence, 1)
        row.addWidget(self._close)
        theme.changed.connect(self._dress)
        self._dress()
        self.hide()

    @property
    def sentence(self) -> str:
        """What is shown; empty once dismissed."""
        return self._sentence.text()

    def show_sentence(self, sentence: str) -> None:
        """Show ``sentence`` in place of an earlier one."""
        self._sentence.setText(sentence)
        self.setAccessibleName(sentence)
        self.show()

    @Slot()
    def dismiss(self) -> None:
        """Take the sentence away."""
        self._sentence.clear()
        self.hide()

    @Slot()
    def _dress(self) -> None:
        self._icon.setPixmap(self._theme.icon("triangle-alert", "warning").pixmap(_ICON_SIDE, _ICON_SIDE))
        self._close.setIcon(self._theme.icon("x"))
