"""The page that teaches starting points: a form, live curves, and what came of it."""

from __future__ import annotations

import enum
import math
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from fewshot_gui.ui import wording
from fewshot_gui.ui.lab.teaching_form import TeachingForm
from fewshot_gui.ui.lab.teaching_state import TeachingState, TeachingWish
from fewshot_gui.ui.theme import SPACE_8, SPACE_12, SPACE_16, SPACE_24, Theme
from fewshot_gui.ui.widgets.choice_box import Choice
from fewshot_gui.ui.widgets.curve_plot import CurvePlot, CurvePoint
from fewshot_gui.ui.widgets.elided_label import ElidedLabel
from fewshot_gui.ui.widgets.error_line import ErrorLine

_EMPTY = (
    "While it learns you see here how well it does on classes that it does not learn from, beside what the encoder "
    "does by itself. You can go on labelling meanwhile, and close the program: it goes on where it was."
)
_BASELINE = "without learning"


class Phase(enum.Enum):
    """Where a training is."""

    IDLE = "nothing was started"
    RUNNING = "it learns"
    PAUSED = "it waits"
    INTERRUPTED = "it was stopped and can go on"
    DONE = "there is a starting point"


class TeachingPage(QWidget):
    """Shows what it is told.

    Signals:
        start_requested: a :class:`TeachingWish`.
        pause_requested, resume_requested, cancel_requested: of the training that is shown.
        discard_requested: throw away what was interrupted.
        use_requested, save_requested: the starting point that came of it.
        folder_requested: ask for another folder.
    """

    start_requested = Signal(object)
    pause_requested = Signal()
    resume_requested = Signal()
    cancel_requested = Signal()
    discard_requested = Signal()
    use_requested = Signal()
    save_requested = Signal()
    folder_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._phase = Phase.IDLE
        self._state = TeachingState(0)
        self.pause = _button("Pause", self.pause_requested, "Hold it; the processor is free meanwhile")
        self.resume = _button("Resume", self.resume_requested, "Go on where it was", role="primary")
        self.cancel = _button("Stop", self.cancel_requested, "Stop it; it can be resumed later")
        self.discard = _button("Discard", self.discard_requested, "Throw away what was learned and begin anew")
        self.use = _button(
            "Use it in this project", self.use_requested, "Label with this starting point", role="primary"
        )
        self.save = _button("Save a copy…", self.save_requested, "Save it as a file that can be passed on")
        self.form = TeachingForm(theme, (self.pause, self.resume, self.cancel, self.discard))
        self.form.start_requested.connect(self._start)
        self.form.folder_requested.connect(self.folder_requested)
        self.error = ErrorLine(theme)
        self._sentence = QLabel(_EMPTY)
        self._bar = QProgressBar()
        self._detail = ElidedLabel()
        self._accuracy = CurvePlot(
            theme, "Right on classes it does not learn from", wording.percent, ink="accent", bounds=(0.0, 1.0), span=0.1
        )
        self._loss = CurvePlot(
            theme, "Loss on the classes it learns from", _plain, ink="stranger", bounds=(0.0, math.inf), span=0.2
        )
        self._lay_out()
        self.show_phase(Phase.IDLE)

    def set_methods(self, choices: Sequence[Choice]) -> None:
        """Offer methods that can be taught."""
        self.form.set_methods(choices)

    def set_encoders(self, choices: Sequence[Choice]) -> None:
        """Offer what a method can look through."""
        self.form.set_encoders(choices)

    @property
    def sentence(self) -> str:
        """What is said of what is or was."""
        return self._sentence.text()

    @property
    def detail(self) -> str:
        """What is said of the progress."""
        return self._detail.full_text

    @property
    def state(self) -> TeachingState:
        """What the curves show."""
        return self._state

    @property
    def phase(self) -> Phase:
        """Where the training is that is shown."""
        return self._phase

    def show_phase(self, phase: Phase, sentence: str = "") -> None:
        """Show the buttons that make sense, and a sentence on what is or was."""
        self._phase = phase
        self._sentence.setText(sentence or (_EMPTY if phase is Phase.IDLE else ""))
        self._sentence.setVisible(bool(self._sentence.text()))
        running = phase in (Phase.RUNNING, Phase.PAUSED)
        self.form.set_editable(phase in (Phase.IDLE, Phase.DONE))
        self.pause.setVisible(phase is Phase.RUNNING)
        self.resume.setVisible(phase in (Phase.PAUSED, Phase.INTERRUPTED))
        self.cancel.setVisible(running)
        self.discard.setVisible(phase is Phase.INTERRUPTED)
        for button in (self.use, self.save):
            button.setVisible(phase is Phase.DONE)
        for widget in (self._bar, self._detail):
            widget.setVisible(running)
        for plot in (self._accuracy, self._loss):
            plot.setVisible(phase is not Phase.IDLE)

    def set_can_use(self, can_use: bool, why_not: str = "") -> None:
        """Whether the open project can start from it."""
        self.use.setEnabled(can_use)
        self.use.setToolTip(wording.tooltip(why_not or "Label with this starting point"))

    def show_progress(self, done: int, total: int | None, note: str) -> None:
        """What is being done: reading photos, searching, learning."""
        self._bar.setRange(0, total or 0)
        self._bar.setValue(done if total else -1)
        counted = f"{note} {wording.count(done)} of {wording.count(total)}" if total else note
        left = self._state.seconds_left
        words = [counted, f"{wording.duration(left)} left" if left and done else "", self._best()]
        self._detail.set_full_text(" · ".join(word for word in words if word))

    def show_state(self, state: TeachingState) -> None:
        """Draw the curves."""
        self._state = state
        self._accuracy.show_points(tuple(CurvePoint(*look) for look in state.course), state.steps)
        self._accuracy.show_level(state.baseline, _BASELINE)
        self._loss.show_points(tuple(CurvePoint(step, loss) for step, loss in state.losses), state.steps)

    def _best(self) -> str:
        best, baseline = self._state.best, self._state.baseline
        if best is None:
            return ""
        compared = f", {_BASELINE} {wording.percent(baseline)}" if baseline is not None else ""
        return f"best so far {wording.percent(best[1])}{compared}"

    def _lay_out(self) -> None:
        self._sentence.setWordWrap(True)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Training")
        self._detail.setProperty("role", "dim")
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_8)
        buttons.addWidget(self.use)
        buttons.addWidget(self.save)
        buttons.addStretch(1)
        right = QVBoxLayout()
        right.setContentsMargins(SPACE_24, SPACE_16, SPACE_24, SPACE_16)
        right.setSpacing(SPACE_12)
        right.addWidget(self.error)
        right.addWidget(self._bar)
        right.addWidget(self._detail)
        right.addWidget(self._sentence)
        right.addLayout(buttons)
        right.addWidget(self._accuracy, 3)
        right.addWidget(self._loss, 2)
        right.addStretch(0)
        right.setAlignment(Qt.AlignmentFlag.AlignTop)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.form)
        row.addLayout(right, 1)

    @Slot(object)
    def _start(self, wish: TeachingWish) -> None:
        self.error.dismiss()
        self.start_requested.emit(wish)


def _plain(value: float) -> str:
    return f"{value:.2f}"


def _button(text: str, wish: object, tip: str, role: str = "") -> QPushButton:
    button = QPushButton(text)
    button.setAutoDefault(False)
    button.setToolTip(wording.tooltip(tip))
    if role:
        button.setProperty("role", role)
    button.clicked.connect(wish)
    return button
