"""Asking where an export shall go."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from fewshot_gui.project.project import Project
from fewshot_gui.ui.preferences import Preferences
from fewshot_gui.workflows.exporting_labels import TableKind

_FILE_KINDS = {
    TableKind.EXCEL: ("labels.xlsx", "Excel workbooks (*.xlsx)"),
    TableKind.CSV: ("labels.csv", "Tables (*.csv)"),
    TableKind.JSON: ("labels.json", "JSON files (*.json)"),
    TableKind.DARWIN_CORE: ("occurrences.csv", "Tables (*.csv)"),
    TableKind.COCO: ("coco.json", "JSON files (*.json)"),
    TableKind.CAMTRAP: ("camtrap-dp.zip", "Camtrap DP packages (*.zip)"),
}


class ExportTargets:
    """The file dialogs of the exports; every answer is ``None`` if the person changed their mind."""

    def __init__(self, preferences: Preferences, window: QWidget) -> None:
        self._preferences = preferences
        self._window = window

    def of_table(self, kind: TableKind, project: Project) -> Path | None:
        """The file of a table, or the folder of the photos that it is written into."""
        if kind is not TableKind.IMAGE_FOLDER:
            return self._ask_file("Export the labels", *_FILE_KINDS[kind], project)
        sources = [source.path for source in project.sources.values()]
        start = sources[0] if len(sources) == 1 else self._preferences.last_folder
        return self._ask_folder("In which folder are the photos?", start)

    def of_model(self, project: Project) -> Path | None:
        """The file of a model."""
        return self._ask_file("Export the model", "model.onnx", "ONNX models (*.onnx)", project)

    def of_copies(self) -> Path | None:
        """The folder of copies, which is where the next file dialog begins."""
        folder = self._ask_folder("Where shall the class folders be?", self._preferences.last_folder)
        if folder is not None:
            self._preferences.last_folder = folder
        return folder

    def _ask_file(self, question: str, name: str, kinds: str, project: Project) -> Path | None:
        start = str(project.path.with_name(f"{project.path.stem} {name}"))
        chosen, _ = QFileDialog.getSaveFileName(self._window, question, start, kinds)
        if not chosen:
            return None
        path, suffix = Path(chosen), Path(name).suffix
        if path.suffix.lower() == suffix:
            return path
        path = path.with_name(path.name + suffix)
        return path if not path.exists() or self._may_replace(path) else None

    def _may_replace(self, path: Path) -> bool:
        """The file dialog has asked about another name."""
        question = f"“{path.name}” is there already; shall it be replaced?"
        box = QMessageBox(
            QMessageBox.Icon.Question, "Replace?", question, QMessageBox.StandardButton.Cancel, self._window
        )
        replace = box.addButton("Replace", QMessageBox.ButtonRole.AcceptRole)
        box.exec()
        return box.clickedButton() is replace

    def _ask_folder(self, question: str, start: Path) -> Path | None:
        chosen = QFileDialog.getExistingDirectory(self._window, question, str(start))
        return Path(chosen) if chosen else None
