"""Choosing a model for a new project; what follows is loaded when one has been chosen for the first time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from fewshot_gui.ui.models.thumbnails import ThumbnailStore
from fewshot_gui.ui.preferences import Preferences
from fewshot_gui.ui.tasks import TaskRunner
from fewshot_gui.ui.theme import Theme

if TYPE_CHECKING:
    from fewshot_gui.ui.from_model.model_desk import ModelDesk


class ModelFlow(QObject):
    """Asks for a model and begins with it.

    Signals:
        made: the path of the new project's file, to be opened.
    """

    made = Signal(object)

    def __init__(
        self, theme: Theme, thumbnails: ThumbnailStore, runner: TaskRunner, preferences: Preferences, window: QWidget
    ) -> None:
        super().__init__(window)
        self._theme = theme
        self._thumbnails = thumbnails
        self._runner = runner
        self._preferences = preferences
        self._window = window
        self._desk: ModelDesk | None = None

    @Slot()
    def ask(self) -> None:
        """Ask for a model and begin with it."""
        start = str(self._preferences.last_folder)
        kinds = "Models (*.onnx signature.json);;All files (*)"
        name, _ = QFileDialog.getOpenFileName(self._window, "New project: from which model?", start, kinds)
        if name:
            self.begin(Path(name))

    @Slot(object)
    def begin(self, path: Path) -> None:
        """Open a model and show what it is."""
        if self._desk is None:
            self._desk = self._make()
        self._desk.begin(path)

    def _make(self) -> ModelDesk:
        from fewshot_gui.ui.from_model.model_desk import ModelDesk

        desk = ModelDesk(self._theme, self._thumbnails, self._runner, self._preferences, self._window, self)
        desk.made.connect(self.made)
        return desk
