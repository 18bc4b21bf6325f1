"""Teaching a starting point: from the wish on the page to what was learned, across the end of the program."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.ui import wording
from fewshot_gui.ui.lab.score_model import points
from fewshot_gui.ui.lab.teaching_page import Phase, TeachingPage
from fewshot_gui.ui.lab.teaching_state import TeachingState, TeachingWish
from fewshot_gui.ui.lab.training_desk import TrainingDesk
from fewshot_gui.ui.method_list import why_it_does_not_fit
from fewshot_gui.ui.preferences import Preferences
from fewshot_gui.ui.session import LabellingSession
from fewshot_gui.ui.tasks import Lane, TaskProgress, TaskRunner, TaskSlot
from fewshot_gui.workflows.meta_training import MetaTrained, meta_train
from fewshot_gui.workflows.meta_training_request import MetaTrainRequest, TaskShape
from fewshot_gui.workflows.starting_points import InstalledStartingPoint, install_starting_point

if TYPE_CHECKING:
    from fewshot_gui.metalearning.training_report import TrainingReport


_RADIUS = 0.05
"""How far photos are changed against the method: enough to be felt, too little to make another photo of it."""


@dataclass(frozen=True, eq=False)
class _Taught:
    """What a training came to, and the starting point among the others on this computer."""

    trained: MetaTrained
    point: InstalledStartingPoint


class TeachingFlow(QObject):
    """Runs one training at a time.

    Signals:
        taught: there is another starting point on this computer.
        use_requested: the reference of the method with what was learned, for the open project.
        save_requested: the id of what was learned, to be copied.
    """

    taught = Signal()
    use_requested = Signal(str)
    save_requested = Signal(str)

    def __init__(
        self,
        page: TeachingPage,
        session: LabellingSession,
        runner: TaskRunner,
        preferences: Preferences,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._page = page
        self._session = session
        self._runner = runner
        self._preferences = preferences
        self._desk = TrainingDesk()
        self._slot = TaskSlot(self)
        self._reports: dict[int, TrainingReport] = {}
        self._point: InstalledStartingPoint | None = None
        page.start_requested.connect(self.start)
        page.pause_requested.connect(self.pause)
        page.resume_requested.connect(self.resume)
        page.cancel_requested.connect(self._slot.cancel)
        page.discard_requested.connect(self.discard)
        page.folder_requested.connect(self._add_folder)
        page.use_requested.connect(self._use)
        page.save_requested.connect(self._save)
        session.opened.connect(self._show_use)
        session.edited.connect(self._show_use)
        self._offer_interrupted("A training was not finished when the program ended.")

    @Slot(object)
    def start(self, wish: TeachingWish) -> None:
        """Begin anew."""
        try:
            self._desk.begin(wish)
        except FewshotError as error:
            self._page.error.show_sentence(str(error))
            return
        self._run(wish, resume=False)

    @Slot()
    def pause(self) -> None:
        """Hold it."""
        self._slot.set_paused(True)

    @Slot()
    def resume(self) -> None:
        """Go on, in this run of the program or after another one."""
        if self._slot.taken:
            self._slot.set_paused(False)
            return
        wish = self._desk.pending
        if wish is None:
            self._page.show_phase(Phase.IDLE)
        else:
            self._run(wish, resume=True)

    @Slot()
    def discard(self) -> None:
        """Throw away what was interrupted."""
        self._desk.clear()
        self._page.show_phase(Phase.IDLE)

    def _run(self, wish: TeachingWish, *, resume: bool) -> None:
        try:
            source = self._session.source_for(wish.encoder)
        except FewshotError as error:
            self._page.error.show_sentence(str(error))
            return
        request = _request(wish, self._desk.out, resume=resume)

        def work(progress: TaskProgress) -> _Taught:
            for report in _earlier_reports(request):
                progress.partial(report)
            trained = meta_train(request, source, progress, on_report=progress.partial)
            return _Taught(trained, install_starting_point(trained.path))

        if not resume:
            self._reports = {}
        self._show_reports()
        self._page.error.dismiss()
        self._page.show_phase(Phase.RUNNING)
        self._page.show_progress(0, None, "Reading the photos")
        task = self._slot.put(self._runner.start(f"Teaching “{wish.title}”", work, lane=Lane.LEARNING))
        task.progressed.connect(self._page.show_progress)
        task.partial.connect(self._take)
        task.paused_changed.connect(self._show_paused)
        task.succeeded.connect(self._succeed)
        task.failed.connect(self._fail)
        task.cancelled.connect(self._stop)
        task.finished.connect(self._slot_freed)

    @Slot(object)
    def _take(self, report: TrainingReport) -> None:
        self._reports[report.step] = report
        self._show_reports()

    def _show_reports(self) -> None:
        reports = [self._reports[step] for step in sorted(self._reports)]
        last = reports[-1] if reports else None
        self._page.show_state(
            TeachingState(
                steps=last.steps if last else 1,
                course=tuple((one.step, one.accuracy, one.half_width) for one in reports),
                losses=tuple((one.step, one.loss) for one in reports if one.loss is not None),
                baseline=last.frozen if last else None,
                seconds_left=last.seconds_left if last else None,
            )
        )

    @Slot(bool)
    def _show_paused(self, paused: bool) -> None:
        self._page.show_phase(Phase.PAUSED if paused else Phase.RUNNING)

    @Slot(object)
    def _succeed(self, taught: _Taught) -> None:
        self._point = taught.point
        self._reports = {report.step: report for report in taught.trained.reports}
        self._show_reports()
        self._page.show_phase(Phase.DONE, verdict(taught.trained))
        self._desk.clear()
        self._show_use()
        self.taught.emit()

    @Slot()
    def _show_use(self) -> None:
        """Whether the open project can use what was learned."""
        if self._point is not None:
            why_not = why_it_does_not_fit(self._point, self._session.encoder_id)
            why_not = why_not if self._session.project is not None else "Open a project to use it."
            self._page.set_can_use(not why_not, why_not)

    @Slot()
    def _use(self) -> None:
        if self._point is not None:
            self.use_requested.emit(self._point.reference)

    @Slot()
    def _save(self) -> None:
        if self._point is not None:
            self.save_requested.emit(self._point.id)

    @Slot(str)
    def _fail(self, sentence: str) -> None:
        self._page.error.show_sentence(sentence)
        self._offer_interrupted("It did not come to its end.")

    @Slot()
    def _stop(self) -> None:
        self._offer_interrupted("You stopped it.")

    @Slot()
    def _slot_freed(self) -> None:
        self._slot.clear()

    def _offer_interrupted(self, why: str) -> None:
        wish = self._desk.pending
        if wish is None:
            self._page.show_phase(Phase.IDLE)
            return
        self._page.form.show_wish(wish)
        self._page.show_phase(
            Phase.INTERRUPTED, f"“{wish.title}”: {why} Resume goes on from where it was; Discard begins anew."
        )

    @Slot()
    def _add_folder(self) -> None:
        start = str(self._preferences.last_folder)
        name = QFileDialog.getExistingDirectory(self._page, "Which folder holds the folders of classes?", start)
        if name:
            self._preferences.last_folder = Path(name)
            self._page.form.folders.add(Path(name))


def _request(wish: TeachingWish, out: Path, *, resume: bool) -> MetaTrainRequest:
    return MetaTrainRequest(
        folders=wish.folders,
        method=wish.method,
        out=out,
        title=wish.title,
        licence=wish.licence,
        steps=wish.steps,
        tasks=TaskShape(ways=wish.ways, shots=wish.shots),
        augment=wish.augment,
        adversarial=_RADIUS if wish.adversarial else 0.0,
        trials=wish.trials,
        resume=resume,
    )


def _earlier_reports(request: MetaTrainRequest) -> tuple[TrainingReport, ...]:
    """What was seen of a training before it was interrupted."""
    from fewshot_gui.metalearning.training_checkpoint import read_checkpoint

    return read_checkpoint(request.checkpoint).reports if request.resume and request.checkpoint.exists() else ()


def verdict(trained: MetaTrained) -> str:
    """Whether practice helps on classes that it has not learned from, and by how much.

    It has to be ahead of plain prototypes and of the same method without practice.
    """
    test = trained.test
    compared = (test.gain, test.learned)
    plain, unpractised = (f"{points(each.mean)} ± {each.half_width * 100:.1f}" for each in compared)
    figures = (
        f"{test.trained.mean * 100:.1f} % are right, {plain} points against plain prototypes and {unpractised} against "
        f"the method without practice, in {wording.counted(test.tasks, 'practice task')}"
    )
    if all(each.mean > each.half_width for each in compared):
        return f"It helps: on classes that it has not learned from, {figures}."
    if any(each.mean < -each.half_width for each in compared):
        return f"It does not help: on classes that it has not learned from, {figures}."
    return f"It makes no sure difference: on classes that it has not learned from, {figures}."
