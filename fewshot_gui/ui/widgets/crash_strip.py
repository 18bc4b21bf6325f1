"""The strip at the top that says quietly that the program ended by itself the last time."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from fewshot_gui.ui import wording
from fewshot_gui.ui.theme import SPACE_4, SPACE_12, SPACE_16, Theme
from fewshot_gui.ui.widgets.texts import label

_ICON_SIDE = 16
_SENTENCE = "fewshot-gui closed unexpectedly last time. Your decisions are saved."


class CrashStrip(QFrame):
    """Hidden unless there is something to say; gone for good once dismissed.

    Signals:
        report_requested: save a report for support.
    """

    report_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("role", "panel")
        self.setAccessibleName(_SENTENCE)
        self._icon = QLabel()
        sentence = label(_SENTENCE, "")
        sentence.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout()
        row.setContentsMargins(SPACE_16, SPACE_4, SPACE_16, SPACE_4)
        row.setSpacing(SPACE_12)
        row.addWidget(self._icon)
        row.addWidget(sentence, 1)
        for text, hint, answer in (
            ("Save a report…", "What happened, as a file that you can look through and send yourself", self._report),
            ("Dismiss", "The details stay in the log on this computer", self.hide),
        ):
            button = QPushButton(text)
            button.setToolTip(wording.tooltip(hint))
            button.clicked.connect(answer)
            row.addWidget(button)
        line = QFrame()
        line.setProperty("role", "separator")
        line.setFixedHeight(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(row)
        layout.addWidget(line)
        theme.changed.connect(self._dress)
        self._dress()
        self.hide()

    @Slot()
    def _report(self) -> None:
        self.hide()
        self.report_requested.emit()

    @Slot()
    def _dress(self) -> None:
        self._icon.setPixmap(self._theme.icon("info", "accent").pixmap(_ICON_SIDE, _ICON_SIDE))
