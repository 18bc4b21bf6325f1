"""The buttons with which a person decides on the selected photos."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from fewshot_gui.ui import wording
from fewshot_gui.ui.theme import SPACE_4, SPACE_8, Theme
from fewshot_gui.ui.widgets.elided_button import ElidedButton
from fewshot_gui.ui.widgets.elided_label import ElidedLabel

_ENTER = "⏎"
_ICON_SIDE = 16


class DecisionBar(QWidget):
    """Confirm and "None of these" while nothing is decided; afterwards what was decided, and the way back.

    Signals:
        confirm_requested: the label that the machine gave is right.
        none_requested: the photos belong to none of the classes.
        undecide_requested: take the decision back.
    """

    confirm_requested = Signal()
    none_requested = Signal()
    undecide_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._confirm = ElidedButton(self)
        self._confirm.setProperty("role", "primary")
        self._confirm.clicked.connect(self.confirm_requested)
        self._none = QPushButton("None of these 0", self)
        self._none.setAccessibleName("None of these")
        self._none.setToolTip(wording.tooltip("The photo belongs to none of your classes (key 0)"))
        self._none.clicked.connect(self.none_requested)
        self._buttons = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._buttons.setSpacing(SPACE_4)
        self._buttons.addWidget(self._confirm)
        self._buttons.addWidget(self._none)
        self._buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_8)
        layout.addWidget(self._decided_row())
        layout.addLayout(self._buttons)
        theme.changed.connect(self._dress)
        self._dress()

    def show_choice(self, guess: str | None, decision: str | None, selected: int, *, stranger: bool) -> None:
        """Offer what can be decided.

        Args:
            guess: The class that the machine gave the photo; ``None`` without a guess.
            decision: What was decided, as a sentence; ``None`` while nothing is.
            selected: How many photos a click acts on.
            stranger: The machine says "none of these", so that is what Enter confirms.
        """
        open_ = decision is None or selected > 1
        none_first = stranger and selected == 1
        self._decided.setVisible(decision is not None)
        self._decision.set_full_text(decision or "")
        self._undecide.setText("Undo decisions" if selected > 1 else "Undo decision")
        self._confirm.setVisible(open_ and guess is not None and not none_first)
        self._none.setVisible(open_)
        if selected > 1:
            self._confirm.set_parts("Confirm ", wording.counted(selected, "photo"), f" {_ENTER}")
        else:
            self._confirm.set_parts("Confirm ", guess or "", f" {_ENTER}")
        self._none.setText(f"None of these {_ENTER}" if none_first else "None of these 0")
        self._none.setProperty("role", "primary" if none_first else "")
        self._none.style().polish(self._none)
        self._turn()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the buttons below each other where they don't fit side by side."""
        super().resizeEvent(event)
        self._turn()

    def minimumSizeHint(self) -> QSize:
        """As narrow as the wider button; the height follows the arrangement."""
        hint = super().minimumSizeHint()
        return QSize(max(self._none.sizeHint().width(), self._confirm.minimumSizeHint().width()), hint.height())

    def _decided_row(self) -> QWidget:
        self._decided = QWidget(self)
        self._tick = QLabel(self._decided)
        self._decision = ElidedLabel()
        self._decision.setProperty("role", "strong")
        self._undecide = QPushButton("Undo decision", self._decided)
        self._undecide.setProperty("role", "link")
        self._undecide.clicked.connect(self.undecide_requested)
        row = QHBoxLayout(self._decided)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_8)
        row.addWidget(self._tick)
        row.addWidget(self._decision)
        row.addWidget(self._undecide)
        row.addStretch(1)
        return self._decided

    def _turn(self) -> None:
        shown = [button for button in (self._confirm, self._none) if not button.isHidden()]
        needed = sum(button.sizeHint().width() for button in shown) + SPACE_4
        beside = needed <= self.width() or len(shown) < 2
        way = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        if way != self._buttons.direction():
            self._buttons.setDirection(way)
            self._buttons.setAlignment(Qt.AlignmentFlag.AlignLeft)

    @Slot()
    def _dress(self) -> None:
        self._tick.setPixmap(self._theme.icon("check", "decided").pixmap(_ICON_SIDE, _ICON_SIDE))
