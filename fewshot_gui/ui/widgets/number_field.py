"""Fields for whole numbers: one, a range of them, a few of them."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QSpinBox, QWidget

from fewshot_gui.ui.theme import SPACE_4, SPACE_8

_MOST_NUMBERS = 8


class NumberField(QSpinBox):
    """A spin box that leaves the wheel to the page, which scrolls."""

    def __init__(self, name: str, low: int, high: int, value: int, parent: QWidget | None = None) -> None:
        """A number ``low``..``high``, called ``name`` for those who hear it."""
        super().__init__(parent)
        self.setRange(low, high)
        self.setValue(value)
        self.setGroupSeparatorShown(True)
        self.setAccessibleName(name)
        self.lineEdit().setTextMargins(SPACE_4, 0, 0, 0)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the page."""
        event.ignore()


class RangeField(QWidget):
    """Two numbers, the first of which is never the larger one."""

    def __init__(self, name: str, low: int, high: int, values: tuple[int, int], parent: QWidget | None = None) -> None:
        """Numbers ``low``..``high``; ``values`` stand in it at first."""
        super().__init__(parent)
        self._least = NumberField(f"{name}, at least", low, high, values[0])
        self._most = NumberField(f"{name}, at most", low, high, values[1])
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_8)
        row.addWidget(self._least)
        row.addWidget(QLabel("to"))
        row.addWidget(self._most)
        row.addStretch(1)
        self.setFocusProxy(self._least)
        self._least.valueChanged.connect(self._raise_most)
        self._most.valueChanged.connect(self._lower_least)

    @property
    def values(self) -> tuple[int, int]:
        """The least and the most."""
        return self._least.value(), self._most.value()

    def set_values(self, least: int, most: int) -> None:
        """Show another range."""
        self._most.setValue(most)
        self._least.setValue(least)

    @Slot(int)
    def _raise_most(self, least: int) -> None:
        self._most.setValue(max(least, self._most.value()))

    @Slot(int)
    def _lower_least(self, most: int) -> None:
        self._least.setValue(min(most, self._least.value()))


class NumbersField(QLineEdit):
    """A few numbers with commas between them, such as "1, 5, 10".

    Signals:
        changed: the text is another one now; :attr:`numbers` tells whether it makes sense.
    """

    changed = Signal()

    def __init__(self, name: str, low: int, high: int, values: tuple[int, ...], parent: QWidget | None = None) -> None:
        """Numbers ``low``..``high``; ``values`` stand in it at first."""
        super().__init__(", ".join(map(str, values)), parent)
        self._low, self._high = low, high
        self.setAccessibleName(name)
        self.textChanged.connect(self.changed)

    @property
    def numbers(self) -> tuple[int, ...]:
        """In ascending order, each once; none if the text is anything else than such numbers."""
        words = [word for word in re.split(r"[,;\s]+", self.text().strip()) if word]
        if not all(word.isascii() and word.isdigit() and len(word) <= _MOST_NUMBERS for word in words):
            return ()
        numbers = sorted({int(word) for word in words})
        fits = bool(numbers) and len(numbers) <= _MOST_NUMBERS and self._low <= numbers[0] <= numbers[-1] <= self._high
        return tuple(numbers) if fits else ()
