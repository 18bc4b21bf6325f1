"""The person's labels on photos: keys, buttons, bars."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal, Slot

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.core.prediction import NONE_OF_THESE
from fewshot_gui.project.decision_edits import decide, decide_each, undecide
from fewshot_gui.project.edits import Edit
from fewshot_gui.project.photo_edits import remove_photos
from fewshot_gui.project.project import Project
from fewshot_gui.ui.models.photo_model import PhotoModel
from fewshot_gui.ui.preferences import Preferences
from fewshot_gui.ui.session import LabellingSession


class Deciding(QObject):
    """Turns what the person does to the chosen photos into edits.

    Signals:
        decided: the chosen photos have a decision now, so the next one may be shown.
        refused: a sentence why nothing was done.
    """

    decided = Signal()
    refused = Signal(str)

    def __init__(
        self, session: LabellingSession, model: PhotoModel, preferences: Preferences, parent: QObject | None = None
    ) -> None:
        """``preferences`` know who decides."""
        super().__init__(parent)
        self._preferences = preferences
        self._session = session
        self._model = model
        self._chosen: list[int] = []

    def choose(self, photo_ids: Sequence[int]) -> None:
        """From now on, act on these photos."""
        self._chosen = list(photo_ids)

    @Slot(int)
    def label_by_key(self, digit: int) -> None:
        """Give the label whose number key was pressed; 0 is "none of these"."""
        project = self._session.project
        if project is None:
            return
        if digit == 0:
            self.label(NONE_OF_THESE)
        elif digit <= len(project.classes):
            self.label(project.classes[digit - 1].id)
        else:
            self.refused.emit(f"There is no class with the key {digit}.")

    @Slot(int)
    def label(self, class_id: int) -> None:
        """Give the chosen photos this label."""
        self._do(lambda project, photo_ids: decide(project, photo_ids, class_id, by=self._who), moves_on=True)

    @Slot()
    def none_of_these(self) -> None:
        """The chosen photos belong to none of the classes."""
        self.label(NONE_OF_THESE)

    @Slot()
    def confirm(self) -> None:
        """The labels shown on the chosen photos are right."""
        project = self._session.project
        if project is None or not self._chosen:
            return
        labels = self._model.labels_of(self._chosen)
        if not labels:
            self.refused.emit("There is no label to confirm yet.")
            return
        self._do(lambda project, _: decide_each(project, labels, by=self._who), moves_on=True)

    @Slot()
    def undecide(self) -> None:
        """Take the decisions on the chosen photos back."""
        self._do(undecide)

    @Slot()
    def remove(self) -> None:
        """Take the chosen photos out of the project."""
        self._do(remove_photos)

    @property
    def _who(self) -> str:
        return self._preferences.reviewer

    def _do(self, action: Callable[[Project, list[int]], Edit], *, moves_on: bool = False) -> None:
        project = self._session.project
        if project is None or not self._chosen:
            return
        try:
            self._session.apply(action(project, self._chosen))
        except FewshotError as error:
            self.refused.emit(str(error))
        else:
            if moves_on:
                self.decided.emit()
