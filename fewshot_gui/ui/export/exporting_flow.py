"""The way to the export dialog, which is loaded when it is first asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from fewshot_gui.ui.models.photo_model import PhotoModel
from fewshot_gui.ui.preferences import Preferences
from fewshot_gui.ui.session import LabellingSession
from fewshot_gui.ui.tasks import TaskRunner
from fewshot_gui.ui.theme import Theme

if TYPE_CHECKING:
    from fewshot_gui.ui.export.export_desk import ExportDesk


class ExportingFlow(QObject):
    """Opens the export dialog of the project.

    Signals:
        begun: an export was asked for.
        told: a sentence on what was written.
    """

    begun = Signal()
    told = Signal(str)

    def __init__(
        self,
        theme: Theme,
        session: LabellingSession,
        model: PhotoModel,
        runner: TaskRunner,
        preferences: Preferences,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._theme = theme
        self._session = session
        self._model = model
        self._runner = runner
        self._preferences = preferences
        self._window = window
        self._desk: ExportDesk | None = None

    @Slot()
    def open(self) -> None:
        """Ask what shall be exported, and how."""
        if self._desk is None:
            self._desk = self._make()
        self._desk.open()

    def _make(self) -> ExportDesk:
        from fewshot_gui.ui.export.export_desk import ExportDesk

        desk = ExportDesk(self._theme, self._session, self._model, self._runner, self._preferences, self._window, self)
        desk.begun.connect(self.begun)
        desk.told.connect(self.told)
        return desk
