"""Loading what the person has not asked for yet, so that it is there when they do.

The window appears without the code of its larger dialogs. A moment later, when everything else is still, their modules
are imported in a worker; whoever is quicker than that waits for the rest of it. Only modules are loaded there: widgets
are made in the GUI thread, by the flow that shows them.
"""

from __future__ import annotations

from importlib import import_module
from typing import Final

from PySide6.QtCore import QObject, QTimer, Slot

from fewshot_gui.core.progress import Progress
from fewshot_gui.ui.tasks import Lane, TaskRunner

LATER: Final = (
    "fewshot_gui.ui.export.export_desk",
    "fewshot_gui.ui.lab.lab_window",
    "fewshot_gui.ui.lab.evaluation_flow",
    "fewshot_gui.ui.lab.teaching_flow",
    "fewshot_gui.ui.lab.points_flow",
    "fewshot_gui.ui.computer.computer_dialog",
    "fewshot_gui.ui.from_model.model_desk",
    "fewshot_gui.workflows.diagnostics",
    "fewshot_gui.ui.dialogs.diagnostics_dialog",
)
"""The modules, those first that are likely to be wanted first."""

_AFTER_MS = 1000
"""When the window has been painted and a project that was named on the command line is being opened."""


class LoadingAhead(QObject):
    """Loads once, in the lane that only exporting uses, which cannot begin before that anyway."""

    def __init__(self, runner: TaskRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._runner = runner
        self._timer = QTimer(self, singleShot=True, interval=_AFTER_MS)
        self._timer.timeout.connect(self._load)

    def begin(self) -> None:
        """The window is being shown."""
        self._timer.start()

    @Slot()
    def _load(self) -> None:
        self._runner.start("Loading ahead", load, lane=Lane.EXPORTS, quiet=True)


def load(progress: Progress) -> None:
    """Import the modules one by one.

    Raises:
        Cancelled: The program ends.
    """
    for name in LATER:
        progress.check()
        import_module(name)
