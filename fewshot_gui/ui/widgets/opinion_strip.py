"""The strip below the header in which a second opinion is awaited and told."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from fewshot_gui.ui import wording
from fewshot_gui.ui.theme import SPACE_4, SPACE_12, SPACE_16, Theme

_ICON_SIDE = 16
_BAR_WIDTH = 160


class OpinionStrip(QFrame):
    """Hidden until something is asked; never in the way of labelling.

    Signals:
        cancel_requested: do not wait any longer.
        use_requested: use the method that was recommended.
    """

    cancel_requested = Signal()
    use_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("role", "panel")
        self.setAccessibleName("Second opinion")
        self._icon, self._sentence = QLabel(), QLabel()
        self._sentence.setWordWrap(True)
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        self._sentence.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(_BAR_WIDTH)
        self._bar.setAccessibleName("Second opinion")
        self._use = QPushButton("Use it")
        self._use.setProperty("role", "primary")
        self._use.setToolTip(wording.tooltip("Label with this method from now on; Undo takes it back"))
        self._use.clicked.connect(self._agree)
        self._cancel = QPushButton("Cancel")
        self._cancel.clicked.connect(self.cancel_requested)
        self._close = QPushButton("Close")
        self._close.clicked.connect(self.hide)
        row = QHBoxLayout()
        row.setContentsMargins(SPACE_16, SPACE_4, SPACE_16, SPACE_4)
        row.setSpacing(SPACE_12)
        row.addWidget(self._icon)
        row.addWidget(self._sentence, 1)
        for widget in (self._bar, self._use, self._cancel, self._close):
            row.addWidget(widget)
        line = QFrame()
        line.setProperty("role", "separator")
        line.setFixedHeight(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(line)
        layout.addLayout(row)
        theme.changed.connect(self._dress)
        self._dress()
        self.hide()

    @property
    def sentence(self) -> str:
        """What is shown."""
        return self._sentence.text()

    def show_waiting(self, sentence: str) -> None:
        """It is being worked out; ``sentence`` says what and about how long."""
        self._show(sentence, waiting=True, recommended=False)
        self.show_progress(0, None)

    def show_progress(self, done: int, total: int | None) -> None:
        """How far it is."""
        self._bar.setRange(0, total or 0)
        self._bar.setValue(done if total else -1)

    def show_answer(self, sentence: str, *, recommended: bool) -> None:
        """What came of it; ``recommended`` offers to use the other method."""
        self._show(sentence, waiting=False, recommended=recommended)

    @Slot()
    def _agree(self) -> None:
        self.hide()
        self.use_requested.emit()

    def _show(self, sentence: str, *, waiting: bool, recommended: bool) -> None:
        self._sentence.setText(sentence)
        self.setAccessibleDescription(sentence)
        for widget, shown in (
            (self._bar, waiting),
            (self._cancel, waiting),
            (self._use, recommended),
            (self._close, not waiting),
        ):
            widget.setVisible(shown)
        self.show()

    @Slot()
    def _dress(self) -> None:
        icon = self._theme.icon("message-circle-question-mark", "accent")
        self._icon.setPixmap(icon.pixmap(_ICON_SIDE, _ICON_SIDE))
