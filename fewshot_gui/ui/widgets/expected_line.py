"""The last line of a class card: how often the class is expected to be labelled right."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from fewshot_gui.ui import wording
from fewshot_gui.ui.theme import SPACE_8, Theme
from fewshot_gui.ui.widgets.class_card_state import ExpectedState
from fewshot_gui.ui.widgets.interval_bar import IntervalBar

TOO_FEW = "not enough examples yet"
HOW_MANY = "3 to 10 photos are enough"


class ExpectedLine(QWidget):
    """A figure with its interval, or what is missing for one."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = QLabel()
        self._label.setProperty("role", "small")
        self._bar = IntervalBar(theme)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_8)
        layout.addWidget(self._label)
        layout.addWidget(self._bar, 1)

    def show_expected(self, expected: ExpectedState | None, *, empty: bool) -> None:
        """Show ``expected``; without it say what to do, for a class without any example how many it needs."""
        self._bar.setVisible(expected is not None)
        self._label.setMinimumWidth(0)
        if expected is None:
            self._label.setText(HOW_MANY if empty else TOO_FEW)
            return
        self._bar.show_interval(expected.value, expected.low, expected.high)
        # As wide as the widest figure, so that the tracks of all cards begin at the same place.
        self._label.setText(_words(1.0))
        self._label.setMinimumWidth(self._label.sizeHint().width())
        self._label.setText(_words(expected.value))


def _words(share: float) -> str:
    return f"expected {wording.percent(share)}"
