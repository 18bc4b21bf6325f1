"""Who answers to the learning lab, and opens it; the lab itself is loaded when it is first asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from fewshot_gui.encoders import DEFAULT_ENCODER
from fewshot_gui.ui.lab.teaching_state import FROM_SCRATCH
from fewshot_gui.ui.method_list import method_choices, teachable_choices
from fewshot_gui.ui.preferences import Preferences
from fewshot_gui.ui.session import LabellingSession
from fewshot_gui.ui.starting_point_flow import StartingPointFlow
from fewshot_gui.ui.tasks import TaskRunner
from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.widgets.choice_box import Choice
from fewshot_gui.ui.window_states import encoder_choices

if TYPE_CHECKING:
    from fewshot_gui.ui.lab.lab_window import LabPage, LearningLab

_COMPARED_AT_FIRST = ("auto", "ridge", "lda")
_FROM_SCRATCH = Choice(
    FROM_SCRATCH,
    "None, from scratch",
    "A small network learns to see by itself, from grey pictures of 28 x 28 pixels (Conv-4); for drawings and letters. "
    "Slow without a GPU.",
)


class LabFlows(QObject):
    """The lab, made when it is first opened.

    Signals:
        told: a sentence on what was done.
        use_requested: the reference of a method with its starting point, for the open project.
    """

    told = Signal(str)
    use_requested = Signal(str)

    def __init__(
        self,
        theme: Theme,
        session: LabellingSession,
        runner: TaskRunner,
        preferences: Preferences,
        points: StartingPointFlow,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._points = points
        self._theme = theme
        self._session = session
        self._runner = runner
        self._preferences = preferences
        self._window = window
        self.lab: LearningLab | None = None

    @Slot()
    def open(self) -> None:
        """Open the lab where it was left."""
        from fewshot_gui.ui.lab.lab_window import LabPage

        self.open_at(self.lab.page if self.lab is not None else LabPage.COMPARE)

    def open_at(self, page: LabPage) -> LearningLab:
        """Open the lab at a page."""
        if self.lab is None:
            self.lab = self._make()
        self.lab.show_page(page)
        return self.lab

    def close(self) -> None:
        """Close the window of the lab; what runs goes on."""
        if self.lab is not None:
            self.lab.close()

    def _make(self) -> LearningLab:
        from fewshot_gui.ui.lab.evaluation_flow import EvaluationFlow
        from fewshot_gui.ui.lab.lab_window import LearningLab
        from fewshot_gui.ui.lab.points_flow import PointsFlow
        from fewshot_gui.ui.lab.teaching_flow import TeachingFlow

        lab = LearningLab(self._theme, self._window)
        evaluation = EvaluationFlow(lab.comparing, self._session, self._runner, self._preferences, self._points, self)
        evaluation.told.connect(self.told)
        encoder = self._session.encoder_id or DEFAULT_ENCODER
        teaching = TeachingFlow(lab.teaching, self._session, self._runner, self._preferences, self)
        here = [one for one in encoder_choices() if one.download_bytes is None and one.id != FROM_SCRATCH]
        teaching.taught.connect(self._points.refresh)
        teaching.use_requested.connect(self.use_requested)
        teaching.save_requested.connect(self._points.save_copy)
        shelf = PointsFlow(lab.points, self._session, self._points, self)
        shelf.use_requested.connect(self.use_requested)
        lab.comparing.set_encoders((*here, _FROM_SCRATCH), encoder)
        lab.comparing.encoder_changed.connect(self._offer_methods)
        self._points.changed.connect(self._offer_methods)
        lab.comparing.set_methods(method_choices(encoder, self._points.points), _COMPARED_AT_FIRST)
        lab.teaching.set_methods(teachable_choices())
        lab.teaching.set_encoders((*here, _FROM_SCRATCH))
        return lab

    @Slot()
    def _offer_methods(self) -> None:
        if self.lab is not None:
            page = self.lab.comparing
            page.set_methods(method_choices(page.wish.encoder, self._points.points), _COMPARED_AT_FIRST)
