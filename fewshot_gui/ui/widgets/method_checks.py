"""Methods to tick, in groups, with a line below that explains the one at hand."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QCheckBox, QLabel, QVBoxLayout, QWidget

from fewshot_gui.ui import wording
from fewshot_gui.ui.theme import SPACE_4, SPACE_8
from fewshot_gui.ui.widgets.choice_box import Choice

_HINT = "Point at a method to read when it pays."


class MethodChecks(QWidget):
    """Reports every change of what is ticked.

    Signals:
        changed: other methods are ticked now.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices: tuple[Choice, ...] = ()
        self._boxes: dict[str, QCheckBox] = {}
        self._list = QVBoxLayout()
        self._list.setSpacing(SPACE_4)
        self._help = QLabel(_HINT)
        self._help.setProperty("role", "dim")
        self._help.setWordWrap(True)
        self._help.setMinimumHeight(3 * self._help.fontMetrics().lineSpacing())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_8)
        layout.addLayout(self._list)
        layout.addWidget(self._help)

    @property
    def checked(self) -> tuple[str, ...]:
        """The ids of what is ticked, in the order of the list."""
        return tuple(name for name, box in self._boxes.items() if box.isChecked())

    @property
    def explained(self) -> str:
        """What stands in the line below."""
        return self._help.text()

    def set_choices(self, choices: Sequence[Choice], checked: Sequence[str]) -> None:
        """Offer ``choices``; what is ticked stays so, and at first it is ``checked``."""
        if tuple(choices) == self._choices:
            return
        kept = self.checked if self._boxes else tuple(checked)
        self._choices = tuple(choices)
        self._clear()
        for group, members in groupby(choices, key=lambda choice: choice.group):
            if group:
                heading = QLabel(group)
                heading.setProperty("role", "small")
                heading.setContentsMargins(0, SPACE_4, 0, 0)
                self._list.addWidget(heading)
            for choice in members:
                self._list.addWidget(self._box(choice, choice.id in kept))
        self.changed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Explain the method that is pointed at or has the keyboard."""
        if event.type() in (QEvent.Type.Enter, QEvent.Type.FocusIn) and isinstance(watched, QCheckBox):
            self._help.setText(watched.accessibleDescription())
        return super().eventFilter(watched, event)

    def _box(self, choice: Choice, checked: bool) -> QCheckBox:
        box = QCheckBox(wording.button_text(choice.title))
        box.setChecked(checked and not choice.why_not)
        box.setEnabled(not choice.why_not)
        box.setAccessibleDescription(choice.explanation)
        box.setToolTip(wording.tooltip(choice.explanation))
        box.installEventFilter(self)
        box.toggled.connect(self.changed)
        self._boxes[choice.id] = box
        return box

    def _clear(self) -> None:
        self._boxes = {}
        while (item := self._list.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
