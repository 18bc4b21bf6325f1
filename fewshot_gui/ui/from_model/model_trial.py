"""Labelling a few photos in the background while the dialog on a model is open."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from fewshot_gui.ui.from_model.model_dialog import ModelDialog, NewProjectWish
from fewshot_gui.ui.tasks import Lane, TaskProgress, TaskRunner, TaskSlot
from fewshot_gui.workflows.trying_model import TriedPhoto, try_model


class ModelTrial(QObject):
    """Answers the wishes of one dialog for a trial, the newest of them only."""

    def __init__(self, runner: TaskRunner, dialog: ModelDialog) -> None:
        super().__init__(dialog)
        self._runner = runner
        self._strip = dialog.trial
        self._slot = TaskSlot(self)
        dialog.trial_requested.connect(self._try)
        dialog.finished.connect(self._stop)

    @Slot(object)
    def _try(self, wish: NewProjectWish) -> None:
        photos = wish.photos
        if photos is None:
            return

        def work(progress: TaskProgress) -> tuple[TriedPhoto, ...]:
            return try_model(wish.model, wish.input, photos, progress)

        task = self._slot.put(self._runner.start("Trying the model", work, lane=Lane.EXPORTS, quiet=True))
        task.succeeded.connect(self._show)
        task.failed.connect(self._say)
        task.finished.connect(self._finish)

    @Slot(object)
    def _show(self, tried: tuple[TriedPhoto, ...]) -> None:
        self._strip.show_photos(tried)

    @Slot(str)
    def _say(self, sentence: str) -> None:
        self._strip.show_sentence(sentence)

    @Slot()
    def _finish(self) -> None:
        self._slot.clear()

    @Slot()
    def _stop(self) -> None:
        self._slot.drop()
