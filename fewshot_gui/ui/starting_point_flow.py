"""The starting points on this computer: adding, copying, removing them."""

from __future__ import annotations

import shutil
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.core.whole_file import whole_file
from fewshot_gui.ui.preferences import Preferences
from fewshot_gui.ui.tasks import Lane, TaskProgress, TaskRunner
from fewshot_gui.workflows.starting_points import (
    InstalledStartingPoint,
    install_starting_point,
    remove_starting_point,
    starting_points,
)

_FILES = "Starting points (*.safetensors)"


class StartingPointFlow(QObject):
    """Knows what is installed and tells when that changes.

    Signals:
        changed: others are installed now.
        added: the :class:`InstalledStartingPoint` that was taken from a file.
        told, failed: a sentence.

    Attributes:
        points: What is installed.
        problems: Files that cannot be used, each as a sentence.
    """

    changed = Signal()
    added = Signal(object)
    told = Signal(str)
    failed = Signal(str)

    def __init__(self, runner: TaskRunner, preferences: Preferences, window: QWidget) -> None:
        super().__init__(window)
        self._runner = runner
        self._preferences = preferences
        self._window = window
        self.points: tuple[InstalledStartingPoint, ...] = ()
        self.problems: tuple[str, ...] = ()
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Look what is installed."""
        found = starting_points()
        self.points, self.problems = found.installed, found.problems
        self.changed.emit()

    def point(self, point_id: str) -> InstalledStartingPoint | None:
        """The one with this id."""
        return next((point for point in self.points if point.id == point_id), None)

    @Slot()
    def add(self) -> None:
        """Ask for a file and take the starting point in it."""
        start = str(self._preferences.last_folder)
        name, _ = QFileDialog.getOpenFileName(self._window, "Add a starting point", start, _FILES)
        if not name:
            return
        path = Path(name)
        self._preferences.last_folder = path.parent

        def work(_progress: TaskProgress) -> InstalledStartingPoint:
            return install_starting_point(path)

        task = self._runner.start("Adding a starting point", work, lane=Lane.ANSWERS)
        task.succeeded.connect(self._take)

    @Slot(object)
    def _take(self, point: InstalledStartingPoint) -> None:
        self.refresh()
        self.added.emit(point)
        self.told.emit(f"The starting point “{point.header.title}” is in the list of methods now.")

    @Slot(str)
    def save_copy(self, point_id: str) -> None:
        """Ask where, and copy the file there."""
        point = self.point(point_id)
        if point is None:
            return
        start = str(self._preferences.last_folder / f"{point.id}.safetensors")
        name, _ = QFileDialog.getSaveFileName(self._window, "Save a copy of the starting point", start, _FILES)
        if not name:
            return
        path = Path(name) if Path(name).suffix else Path(name).with_suffix(".safetensors")
        try:
            with whole_file(path) as draft:
                shutil.copyfile(point.path, draft)
        except OSError as error:
            self.failed.emit(f"“{path.name}” could not be written ({error.strerror or error}); choose another place.")
        else:
            self.told.emit(f"“{path.name}” now holds the starting point “{point.header.title}”.")

    @Slot(str)
    def remove(self, point_id: str) -> None:
        """Ask, and delete the file."""
        point = self.point(point_id)
        if point is None or not self._agrees(point):
            return
        try:
            remove_starting_point(point_id)
        except FewshotError as error:
            self.failed.emit(str(error))
        self.refresh()

    def _agrees(self, point: InstalledStartingPoint) -> bool:
        text = (
            f"“{point.header.title}” will be deleted from this computer. Projects that use it will say so and need "
            "another method. A copy that you saved elsewhere stays."
        )
        box = QMessageBox(
            QMessageBox.Icon.Question,
            "Remove a starting point?",
            text,
            QMessageBox.StandardButton.Cancel,
            self._window,
        )
        agree = box.addButton("Remove", QMessageBox.ButtonRole.DestructiveRole)
        box.exec()
        return box.clickedButton() is agree
