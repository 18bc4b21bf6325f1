"""A new project from a model: what it is, which photos, and where the project shall be kept."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from fewshot_gui.exporting.folders.names import safe_name
from fewshot_gui.exporting.model.reading import LabelsMissingError, OpenedModel, open_model
from fewshot_gui.project.opening import SUFFIX
from fewshot_gui.ui import wording
from fewshot_gui.ui.export.export_report import ExportReport
from fewshot_gui.ui.export.report_dialog import ReportDialog
from fewshot_gui.ui.from_model.model_dialog import ModelDialog, NewProjectWish
from fewshot_gui.ui.from_model.model_trial import ModelTrial
from fewshot_gui.ui.models.thumbnails import ThumbnailStore
from fewshot_gui.ui.preferences import Preferences
from fewshot_gui.ui.tasks import Lane, TaskProgress, TaskRunner
from fewshot_gui.ui.theme import Theme
from fewshot_gui.workflows.project_from_model import ProjectFromModel, project_from_model


@dataclass(frozen=True)
class _Nameless:
    """A model that does not say what its classes are called."""

    path: Path
    sentence: str


class ModelDesk(QObject):
    """Opens the model, asks, and makes the project in the background; made when a model is first chosen.

    Signals:
        made: the path of the new project's file, to be opened.
    """

    made = Signal(object)

    def __init__(
        self,
        theme: Theme,
        thumbnails: ThumbnailStore,
        runner: TaskRunner,
        preferences: Preferences,
        window: QWidget,
        parent: QObject,
    ) -> None:
        """Dialogs belong to ``window``; it lives as long as ``parent``."""
        super().__init__(parent)
        self._theme = theme
        self._thumbnails = thumbnails
        self._runner = runner
        self._preferences = preferences
        self._window = window

    def begin(self, path: Path, labels: Path | None = None) -> None:
        """Open a model and show what it is; ``labels`` is the file with the names of its classes."""

        def work(_progress: TaskProgress) -> OpenedModel | _Nameless:
            try:
                return open_model(path, labels)
            except LabelsMissingError as error:
                return _Nameless(path, str(error))

        self._runner.start("Opening the model", work, lane=Lane.ANSWERS).succeeded.connect(self._show)

    @Slot(object)
    def _show(self, opened: OpenedModel | _Nameless) -> None:
        if isinstance(opened, _Nameless):
            self._ask_for_names(opened)
            return
        dialog = ModelDialog(self._theme, self._thumbnails, opened, self._window)
        dialog.folder_requested.connect(self._ask_for_photos)
        dialog.agreed.connect(self._ask_where)
        ModelTrial(self._runner, dialog)
        dialog.open()

    def _ask_for_names(self, nameless: _Nameless) -> None:
        box = QMessageBox(
            QMessageBox.Icon.Question,
            "Names of the classes",
            nameless.sentence,
            QMessageBox.StandardButton.Cancel,
            self._window,
        )
        choose = box.addButton("Choose the label file…", QMessageBox.ButtonRole.AcceptRole)
        box.exec()
        if box.clickedButton() is not choose:
            return
        start = str(nameless.path.parent)
        kinds = "Label files (*.txt *.json);;All files (*)"
        name, _ = QFileDialog.getOpenFileName(self._window, "Where are the names of the classes?", start, kinds)
        if name:
            self.begin(nameless.path, Path(name))

    @Slot()
    def _ask_for_photos(self) -> None:
        dialog, start = self.sender(), str(self._preferences.last_folder)
        name = QFileDialog.getExistingDirectory(self._window, "Which folder of photos shall be labelled?", start)
        if name and isinstance(dialog, ModelDialog):
            self._preferences.last_folder = Path(name)
            dialog.set_photos(Path(name))

    @Slot(object)
    def _ask_where(self, wish: NewProjectWish) -> None:
        dialog = self.sender()
        folder = wish.photos.parent if wish.photos is not None else self._preferences.last_folder
        start = folder / f"{safe_name(wish.model.title)}{SUFFIX}"
        question = "New project: where shall it be kept?"
        name, _ = QFileDialog.getSaveFileName(self._window, question, str(start), f"Projects (*{SUFFIX})")
        if not name:
            return
        if isinstance(dialog, ModelDialog):
            dialog.accept()
        path = Path(name)

        def work(progress: TaskProgress) -> ProjectFromModel:
            model = wish.model if wish.input is None else wish.model.with_input(wish.input)
            return project_from_model(model, path, progress, photos=wish.photos)

        self._runner.start("Making the project", work, lane=Lane.EXPORTS).succeeded.connect(self._tell)

    @Slot(object)
    def _tell(self, result: ProjectFromModel) -> None:
        self.made.emit(result.path)
        photos = wording.counted(len(result.failures), "photo")
        notes = (f"The model could not label {photos}.",) if result.failures else ()
        ReportDialog(ExportReport("The project is made", result.sentence, notes=notes), self._window).open()
