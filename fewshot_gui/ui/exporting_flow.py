"""Saving the labels of the open project as a table."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from fewshot_gui.exporting import TableRow, write_csv
from fewshot_gui.project.project import Project
from fewshot_gui.ui import wording
from fewshot_gui.ui.models.photo_model import PhotoModel
from fewshot_gui.ui.session import LabellingSession
from fewshot_gui.ui.tasks import Lane, TaskProgress, TaskRunner
from fewshot_gui.ui.window_states import table_row


class ExportingFlow(QObject):
    """Asks for a file and writes what the window shows.

    Signals:
        told: a sentence on what was written.
    """

    told = Signal(str)

    def __init__(self, session: LabellingSession, model: PhotoModel, runner: TaskRunner, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._model = model
        self._runner = runner
        self._window = window

    @Slot()
    def export_table(self) -> None:
        """Ask where, and write the table in the background."""
        project = self._session.project
        if project is None:
            return
        start = str(project.path.with_name(f"{project.name} labels.csv"))
        name, _ = QFileDialog.getSaveFileName(self._window, "Export the labels as a table", start, "Tables (*.csv)")
        if not name:
            return
        path = Path(name) if Path(name).suffix else Path(name).with_suffix(".csv")
        rows = self._rows(project)

        def work(progress: TaskProgress) -> str:
            progress.check()
            count = write_csv(path, rows)
            return f"“{path.name}” now holds {wording.counted(count, 'photo')}."

        task = self._runner.start("Exporting", work, lane=Lane.ANSWERS)
        task.succeeded.connect(self._tell)

    @Slot(object)
    def _tell(self, sentence: str) -> None:
        self.told.emit(sentence)

    def _rows(self, project: Project) -> Iterator[TableRow]:
        """What the window shows now, to be put into rows by whoever writes them."""
        names = {record.id: record.name for record in project.classes}
        folder, outcome, encoder = project.path.parent, self._session.outcome, self._session.encoder_id
        photos = self._model.snapshot()
        return (table_row(photo, _name(photo.path, folder), names, outcome, encoder) for photo in photos)


def _name(path: Path, folder: Path) -> str:
    """The path below the project's folder where it is there, so that both can move; else the whole path."""
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else os.fspath(path)
