"""Comparing methods: from the wish on the page to its results, and to a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.ui import wording
from fewshot_gui.ui.lab.evaluation_page import EvaluationPage
from fewshot_gui.ui.lab.evaluation_state import EvaluationWish, ScoreState
from fewshot_gui.ui.lab.score_model import points
from fewshot_gui.ui.method_list import title_of
from fewshot_gui.ui.preferences import Preferences
from fewshot_gui.ui.session import LabellingSession
from fewshot_gui.ui.starting_point_flow import StartingPointFlow
from fewshot_gui.ui.tasks import Lane, TaskProgress, TaskRunner, TaskSlot
from fewshot_gui.workflows.evaluating import Evaluation, EvaluationRequest, evaluate
from fewshot_gui.workflows.evaluation_files import write_evaluation

if TYPE_CHECKING:
    from fewshot_gui.metalearning.evaluation import Figures

_QUERIES = 15
"""Photos to label of each class of a practice task; more would hardly make the intervals narrower."""


class EvaluationFlow(QObject):
    """Runs one comparison at a time; what is there when it is cancelled stays.

    Signals:
        told: a sentence on what was written.
    """

    told = Signal(str)

    def __init__(
        self,
        page: EvaluationPage,
        session: LabellingSession,
        runner: TaskRunner,
        preferences: Preferences,
        points: StartingPointFlow,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._points = points
        self._page = page
        self._session = session
        self._runner = runner
        self._preferences = preferences
        self._slot = TaskSlot(self)
        self._scores: list[ScoreState] = []
        self._evaluation: Evaluation | None = None
        page.start_requested.connect(self.start)
        page.cancel_requested.connect(self.cancel)
        page.export_requested.connect(self.export)
        page.folder_requested.connect(self._add_folder)

    def _title(self, reference: str) -> str:
        """What a method is called in the results; with a starting point by both names."""
        name, _, point_id = reference.partition(":")
        point = self._points.point(point_id) if point_id else None
        return f"{title_of(name)} · {point.header.title}" if point is not None else title_of(name)

    @Slot(object)
    def start(self, wish: EvaluationWish) -> None:
        """Compare the methods in the background."""
        try:
            source = self._session.source_for(wish.encoder)
        except FewshotError as error:
            self._page.error.show_sentence(str(error))
            return
        request = EvaluationRequest(
            folders=wish.folders,
            methods=wish.methods,
            ways=wish.ways,
            shots=wish.shots,
            queries=_QUERIES,
            episodes=wish.tasks,
            query_mix="dirichlet" if wish.uneven else "balanced",
            unknown_share=wish.strangers,
        )

        def work(progress: TaskProgress) -> Evaluation:
            return evaluate(request, source, progress, on_result=progress.partial)

        self._scores, self._evaluation = [], None
        self._page.show_scores(())
        self._page.show_summary("")
        self._page.set_running(True)
        task = self._slot.put(self._runner.start("Comparing methods", work, lane=Lane.LEARNING))
        task.progressed.connect(self._progress)
        task.partial.connect(self._take)
        task.succeeded.connect(self._succeed)
        task.failed.connect(self._page.error.show_sentence)
        task.cancelled.connect(self._stop)
        task.finished.connect(self._finish)

    @Slot()
    def cancel(self) -> None:
        """Stop; the results so far stay on the page."""
        self._slot.cancel()

    @Slot()
    def export(self) -> None:
        """Ask where, and write the results."""
        evaluation = self._evaluation
        if evaluation is None:
            return
        start = str(self._preferences.last_folder / "Comparison of methods.csv")
        name, _ = QFileDialog.getSaveFileName(
            self._page, "Export the comparison", start, "Table (*.csv);;All details (*.json)"
        )
        if not name:
            return
        path = Path(name) if Path(name).suffix else Path(name).with_suffix(".csv")
        try:
            write_evaluation(evaluation, path)
        except FewshotError as error:
            self._page.error.show_sentence(str(error))
        else:
            self.told.emit(f"“{path.name}” now holds the comparison.")

    @Slot()
    def _add_folder(self) -> None:
        start = str(self._preferences.last_folder)
        name = QFileDialog.getExistingDirectory(self._page, "Which folder holds the folders of classes?", start)
        if name:
            self._preferences.last_folder = Path(name)
            self._page.folders.add(Path(name))

    @Slot(int, object, str)
    def _progress(self, done: int, total: int | None, note: str) -> None:
        """Say how far it is, with methods by their titles."""
        method, comma, rest = note.partition(",")
        self._page.show_progress(done, total, f"{self._title(method)},{rest}" if comma else note)

    @Slot(object)
    def _take(self, figures: Figures) -> None:
        self._scores.append(_score(figures, self._title(figures.method)))
        self._page.show_scores(self._scores)
        self._page.show_summary(summary(self._scores))

    @Slot(object)
    def _succeed(self, evaluation: Evaluation) -> None:
        self._evaluation = evaluation
        left_out = [*evaluation.notes, *evaluation.skipped]
        if evaluation.failures:
            left_out.append(f"{wording.counted(len(evaluation.failures), 'photo')} could not be read.")
        self._page.show_summary("\n".join([summary(self._scores), *left_out]))

    @Slot()
    def _stop(self) -> None:
        if self._scores:
            self._page.show_summary(f"Stopped early. {summary(self._scores)}")

    @Slot()
    def _finish(self) -> None:
        self._slot.clear()
        self._page.set_running(False)
        self._page.set_can_export(self._evaluation is not None)


def _score(figures: Figures, title: str) -> ScoreState:
    from fewshot_gui.metalearning.frozen_prototypes import FROZEN_PROTOTYPES

    reference = figures.method == FROZEN_PROTOTYPES
    return ScoreState(
        method="Plain prototypes" if reference else title,
        shots=figures.shots or 0,
        tasks=figures.episodes,
        accuracy=figures.accuracy.mean,
        half_width=figures.accuracy.half_width,
        gain=None if reference else figures.gain.mean,
        gain_half_width=figures.gain.half_width,
        seconds=figures.seconds,
        is_reference=reference,
    )


def summary(scores: list[ScoreState]) -> str:
    """The best method for each number of examples, one sentence each."""
    sentences = []
    for shots in dict.fromkeys(score.shots for score in scores):
        better = [one for one in scores if one.shots == shots and one.verdict == "better"]
        compared = [one for one in scores if one.shots == shots and one.gain is not None]
        examples = f"With {wording.counted(shots, 'example')} per class"
        best = max(better, key=lambda one: one.gain or 0.0, default=None)
        if best is not None and best.gain is not None:
            sentences.append(
                f"{examples}, {best.method} does best: {points(best.gain)} points against plain prototypes "
                f"(± {best.gain_half_width * 100:.1f})."
            )
        elif compared:
            sentences.append(f"{examples}, nothing does surely better than plain prototypes.")
    return " ".join(sentences)
