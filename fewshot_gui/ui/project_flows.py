"""Making, opening, copying and leaving projects: the conversations around the project file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.project.errors import DamagedProjectError, OutsidePhotosError
from fewshot_gui.project.opening import SUFFIX, create_project, open_project, recover, save_copy
from fewshot_gui.project.project import Project
from fewshot_gui.ui.preferences import Preferences
from fewshot_gui.ui.session import LabellingSession
from fewshot_gui.ui.tasks import Lane, TaskProgress, TaskRunner

_FILES = f"Projects (*{SUFFIX})"

_Get = Callable[[bool], Project]
"""Opens a project; the argument allows photos outside its folder."""


@dataclass(frozen=True)
class _Question:
    """A project that opens only if the person agrees."""

    path: Path
    get: _Get
    error: OutsidePhotosError | DamagedProjectError


class ProjectFlows(QObject):
    """Asks where, opens, and says in a sentence what is wrong.

    Signals:
        failed: a sentence.
        told: a sentence on what was done.
    """

    failed = Signal(str)
    told = Signal(str)

    def __init__(
        self, session: LabellingSession, runner: TaskRunner, preferences: Preferences, window: QWidget
    ) -> None:
        super().__init__(window)
        self._session = session
        self._runner = runner
        self._preferences = preferences
        self._window = window

    @Slot()
    def new(self) -> None:
        """Ask for a file and start a new project in it."""
        start = self._preferences.last_folder / f"My photos{SUFFIX}"
        name, _ = QFileDialog.getSaveFileName(self._window, "New project: where shall it be kept?", str(start), _FILES)
        if name:
            path = Path(name)
            self._begin(lambda _: create_project(path, path.name.removesuffix(SUFFIX)), path)

    @Slot()
    def ask_and_open(self) -> None:
        """Ask for a project file and open it."""
        start = str(self._preferences.last_folder)
        name, _ = QFileDialog.getOpenFileName(self._window, "Open a project", start, _FILES)
        if name:
            self.open(Path(name))

    @Slot(object)
    def open(self, path: Path) -> None:
        """Open a project file, asking first where that is called for."""
        if self._session.project is not None and self._session.project.path == path.absolute():
            return
        self._begin(lambda outside: open_project(path, allow_outside=outside), path)

    @Slot()
    def open_sample(self) -> None:
        """Draw the sample if it is not there yet, and open it."""
        # Not in the encoder's lane, where this computer may be being tried.
        self._runner.start("Drawing the sample", _own_sample, lane=Lane.EXPORTS).succeeded.connect(self.open)

    @Slot()
    def save_copy(self) -> None:
        """Ask for a file and write a copy of the project to it."""
        project = self._session.project
        if project is None:
            return
        start = str(project.path.with_name(f"{project.path.stem} copy{SUFFIX}"))
        name, _ = QFileDialog.getSaveFileName(self._window, "Save a copy of the project", start, _FILES)
        if not name:
            return
        try:
            path = save_copy(project, Path(name))
        except FewshotError as error:
            self.failed.emit(str(error))
        else:
            self.told.emit(f"A copy was saved as “{path.name}”.")

    @Slot()
    def close(self) -> None:
        """Back to the start page."""
        self._session.close()

    def _begin(self, get: _Get, path: Path, *, allow_outside: bool = False) -> None:
        """Get a project in the background, since a large one takes seconds; questions come back as a result."""

        def work(_progress: TaskProgress) -> Project | _Question:
            try:
                return get(allow_outside)
            except (OutsidePhotosError, DamagedProjectError) as error:
                return _Question(path, get, error)

        self._runner.start("Opening the project", work, lane=Lane.ANSWERS).succeeded.connect(self._take)

    @Slot(object)
    def _take(self, result: Project | _Question) -> None:
        if isinstance(result, Project):
            self._preferences.last_folder = result.path.parent
            self._session.open(result)
            return
        path = result.path
        if isinstance(result.error, OutsidePhotosError):
            if self._agrees("Open it?", str(result.error), "Allow"):
                self._begin(result.get, path, allow_outside=True)
        elif result.error.backup is None:
            self.failed.emit(str(result.error))
        elif self._agrees("The project is damaged", str(result.error), "Recover"):
            self._begin(lambda outside: recover(path, allow_outside=outside), path)

    def _agrees(self, title: str, text: str, yes: str) -> bool:
        box = QMessageBox(QMessageBox.Icon.Question, title, text, QMessageBox.StandardButton.Cancel, self._window)
        agree = box.addButton(yes, QMessageBox.ButtonRole.AcceptRole)
        box.exec()
        return box.clickedButton() is agree


def _own_sample(progress: TaskProgress) -> Path:
    from fewshot_gui.workflows.sample_project import own_sample_project  # few starts draw the sample

    return own_sample_project(progress)
