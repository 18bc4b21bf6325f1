"""Asking for a second opinion: would adapting the encoder itself label better?"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from fewshot_gui.confidence.expected_accuracy import Estimate
from fewshot_gui.learners.registry import DEEP
from fewshot_gui.project.edits import Edit
from fewshot_gui.project.records import Kind
from fewshot_gui.ui import wording
from fewshot_gui.ui.session import LabellingSession
from fewshot_gui.ui.tasks import Lane, TaskProgress, TaskRunner, TaskSlot
from fewshot_gui.ui.widgets.opinion_strip import OpinionStrip
from fewshot_gui.workflows.adapt_snapshot import reads_activations
from fewshot_gui.workflows.second_opinion import SecondOpinionOutcome, ask_second_opinion

_WAITING = (
    "A second opinion is being worked out: the encoder itself is adapted to your examples, and tested on examples that "
    "are held back. This takes about 40 seconds; go on labelling meanwhile."
)
_IN_USE = "The second opinion is in use already: the method is “Deep”."
_CHANGED = "Your examples have changed since you asked for a second opinion; ask again."
_ADAPTS_TO = frozenset({Kind.CLASSES, Kind.EXAMPLES, Kind.CARRIED_EXAMPLES, Kind.DECISIONS})


class OpinionFlow(QObject):
    """One question at a time. An answer to examples that have changed since is not given.

    Signals:
        use_requested: the name of the method that was recommended.
    """

    use_requested = Signal(str)

    def __init__(self, session: LabellingSession, strip: OpinionStrip, runner: TaskRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._strip = strip
        self._runner = runner
        self._slot = TaskSlot(self)
        strip.cancel_requested.connect(self._slot.cancel)
        strip.use_requested.connect(self._use)
        session.edited.connect(self._outdate)
        session.opened.connect(self._forget)

    @Slot()
    def ask(self) -> None:
        """Ask about the examples as they are now."""
        project = self._session.project
        if project is None or self._slot.taken:
            return
        if reads_activations(project):
            self._strip.show_answer(_IN_USE, recommended=False)
            return
        snapshot = self._session.snapshot()
        if snapshot is None:
            return
        request, source = snapshot.request, snapshot.source

        def work(progress: TaskProgress) -> SecondOpinionOutcome:
            return ask_second_opinion(request, source, progress)

        self._strip.show_waiting(_WAITING)
        task = self._slot.put(self._runner.start("Second opinion", work, lane=Lane.ENGINE))
        task.progressed.connect(self._progress)
        task.succeeded.connect(self._answer)
        task.failed.connect(self._fail)
        task.cancelled.connect(self._strip.hide)
        task.finished.connect(self._finish)

    @Slot(int, object, str)
    def _progress(self, done: int, total: int | None, _note: str) -> None:
        self._strip.show_progress(done, total)

    @Slot(object)
    def _answer(self, outcome: SecondOpinionOutcome) -> None:
        present = self._session.outcome
        before = present.adapted.expected if present is not None else None
        self._strip.show_answer(answer(outcome, before), recommended=outcome.wins)

    @Slot(str)
    def _fail(self, sentence: str) -> None:
        self._strip.show_answer(sentence, recommended=False)

    @Slot()
    def _finish(self) -> None:
        self._slot.clear()

    @Slot()
    def _use(self) -> None:
        self.use_requested.emit(DEEP)

    @Slot(object)
    def _outdate(self, edit: Edit) -> None:
        """An answer, or the question, is about what was before ``edit``."""
        project = self._session.project
        if project is not None and Kind.SETTINGS in edit.kinds and reads_activations(project):
            self._forget()
            return
        if self._strip.isHidden() or not edit.kinds & _ADAPTS_TO:
            return
        self._slot.drop()
        self._strip.show_answer(_CHANGED, recommended=False)

    @Slot()
    def _forget(self) -> None:
        self._slot.drop()
        self._strip.hide()


def answer(outcome: SecondOpinionOutcome, before: Estimate | None) -> str:
    """What came of it, in one sentence with both expectations."""
    opinion, after = outcome.opinion, outcome.adapted.expected
    if opinion.quick_accuracy is None or opinion.joint_accuracy is None:
        return outcome.adapted.reason
    if not outcome.wins:
        return (
            "A second opinion does not help here, so nothing changes: adapting the encoder itself gets "
            f"{wording.percent(opinion.deep_accuracy or 0.0)} of the examples held back right, the quick methods "
            f"{wording.percent(opinion.quick_accuracy)}{_expected(before)}."
        )
    joint, quick = wording.percent(opinion.joint_accuracy), wording.percent(opinion.quick_accuracy)
    held_back = f"of examples held back it labels {joint} right, the quick methods {quick}"
    if opinion.joint_accuracy <= opinion.quick_accuracy:
        held_back = (
            f"it labels {joint} of the examples held back right, the quick methods {quick}, but it is surer of them"
        )
    expected = f"; {_figure(after)} expected right" if after is not None else ""
    return f"The second opinion is better: {held_back}{expected}{_instead(before) if after is not None else ''}."


def _figure(estimate: Estimate) -> str:
    return f"{wording.percent(estimate.value)} ({wording.percent_range(estimate.low, estimate.high)})"


def _instead(before: Estimate | None) -> str:
    return f" instead of {_figure(before)}" if before is not None else ""


def _expected(before: Estimate | None) -> str:
    return f"; {_figure(before)} expected right as before" if before is not None else ""
