"""Finding photos that were moved since the project was made."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.project.records import ExampleRecord, PhotoRecord
from fewshot_gui.project.relink import Moves, find_missing, find_moved, relink
from fewshot_gui.ui.session import LabellingSession
from fewshot_gui.ui.tasks import Lane, TaskProgress, TaskRunner


class MovingFlow(QObject):
    """Asks for a folder, looks there for what is missing, and points the project to it.

    Signals:
        told: a sentence on what was found.
        failed: a sentence.
    """

    told = Signal(str)
    failed = Signal(str)

    def __init__(self, session: LabellingSession, runner: TaskRunner, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._runner = runner
        self._window = window

    @Slot()
    def find(self) -> None:
        """Ask where to look, and look in the background."""
        project = self._session.project
        if project is None:
            return
        name = QFileDialog.getExistingDirectory(self._window, "Where are the photos now?", str(project.path.parent))
        if not name:
            return
        folder = Path(name)
        records: list[PhotoRecord | ExampleRecord] = [*project.photos.values(), *project.examples.values()]

        def work(progress: TaskProgress) -> Moves:
            return find_moved(find_missing(records, progress), folder, progress)

        task = self._runner.start("Looking for moved photos", work, lane=Lane.ANSWERS)
        task.succeeded.connect(self._take)

    @Slot(object)
    def _take(self, moves: Moves) -> None:
        project = self._session.project
        if project is None:
            return
        if not moves.found and not moves.still_missing:
            self.told.emit("No photo is missing.")
            return
        try:
            edit = relink(project, moves.found)
        except FewshotError as error:
            self.failed.emit(str(error))
            return
        self._session.apply(edit)
        self._session.look_again([Path(new) for new in moves.found.values()])
        self.told.emit(f"{len(moves.found):,} photos were found; {len(moves.still_missing):,} are still missing.")
