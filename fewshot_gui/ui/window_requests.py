"""Answers to the smaller wishes of the person that need the window as a whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QUrl, Slot
from PySide6.QtGui import QAction, QDesktopServices
from PySide6.QtWidgets import QFileDialog, QMenu

from fewshot_gui import __version__
from fewshot_gui.core.errors import FewshotError
from fewshot_gui.imaging import PHOTO_SUFFIXES
from fewshot_gui.project.edits import Edit
from fewshot_gui.project.project import Project
from fewshot_gui.project.setting_edits import rename_project
from fewshot_gui.ui.actions import key_rows
from fewshot_gui.ui.dialogs.about_dialog import AboutDialog, BundledLicence
from fewshot_gui.ui.dialogs.bundled_licences import bundled_licences
from fewshot_gui.ui.dialogs.failures_dialog import Failure, FailuresDialog
from fewshot_gui.ui.dialogs.keys_dialog import KeysDialog
from fewshot_gui.ui.models.photo_filter import FilterKind, PhotoFilter, SortKey
from fewshot_gui.ui.tasks import Lane

if TYPE_CHECKING:
    from fewshot_gui.ui.main_window import MainWindow


class WindowRequests(QObject):
    """One slot per wish."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._folder_to_add: Path | None = None
        window.session.opened.connect(self._add_waiting_folder)

    @Slot()
    def undo(self) -> None:
        """Take the last action back and say what it was."""
        self._step(self._window.session.undo, "Undone")

    @Slot()
    def redo(self) -> None:
        """Do it again and say what it was."""
        self._step(self._window.session.redo, "Done again")

    @Slot()
    def add_folder(self) -> None:
        """Ask for a folder of photos to label."""
        start = str(self._window.preferences.last_folder)
        name = QFileDialog.getExistingDirectory(self._window, "Which folder of photos shall be labelled?", start)
        if name:
            self._window.preferences.last_folder = Path(name)
            self._window.session.add_folders([Path(name)])

    @Slot(object)
    def start_with_folder(self, folder: Path) -> None:
        """A folder was dropped on the start page: ask for a project, then label the folder."""
        self._folder_to_add = folder
        self._window.projects.new()

    @Slot(int)
    def browse_examples(self, class_id: int) -> None:
        """Ask for example photos of a class."""
        kinds = " ".join(f"*{suffix}" for suffix in sorted(PHOTO_SUFFIXES))
        start = str(self._window.preferences.last_folder)
        names, _ = QFileDialog.getOpenFileNames(self._window, "Choose example photos", start, f"Photos ({kinds})")
        if names:
            self._window.preferences.last_folder = Path(names[0]).parent
            self._window.class_editing.drop_paths(class_id, [Path(name) for name in names])

    @Slot()
    def review(self) -> None:
        """Show the doubtful photos, the least certain first, and begin with the first."""
        self._window.model.set_sort(SortKey.LEAST_CERTAIN)
        self._window.model.set_filter(PhotoFilter(FilterKind.LOOK))
        self._window.photos.focus_grid()
        self._window.photos.go_to_row(0)

    @Slot()
    def show_all(self) -> None:
        """Clear the filter."""
        self._window.model.set_filter(PhotoFilter())

    @Slot(int)
    def show_class(self, class_id: int) -> None:
        """Show only the photos of a class."""
        self._window.model.set_filter(PhotoFilter(FilterKind.CLASS, class_id))

    @Slot()
    def move_on(self) -> None:
        """After a decision on one photo, go to the next; several stay chosen, so that one sees what became of them."""
        if len(self._window.photos.chosen_ids()) == 1:
            self._window.photos.go_by(1)

    @Slot()
    def next_photo(self) -> None:
        """Look at the next photo."""
        self._window.photos.go_by(1)

    @Slot()
    def previous_photo(self) -> None:
        """Look at the photo before."""
        self._window.photos.go_by(-1)

    @Slot(str)
    def rename_project(self, name: str) -> None:
        """Give the project another name."""
        self._do(lambda project: rename_project(project, name))

    @Slot(object)
    def forget_project(self, path: Path) -> None:
        """Take a project off the list of recent ones."""
        self._window.preferences.forget(path)
        self._window.start.set_recent(self._window.preferences.recent)

    @Slot(int)
    def open_example(self, example_id: int) -> None:
        """Show an example in the system's viewer."""
        project = self._window.session.project
        if project is not None and example_id in project.examples:
            self.open_file(project.examples[example_id].path)

    @Slot(object)
    def open_file(self, path: Path) -> None:
        """Show a file in the system's viewer."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))

    @Slot(object)
    def show_in_folder(self, path: Path) -> None:
        """Show the folder of a file in the system's file manager."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))

    @Slot(QPoint)
    def show_photo_menu(self, position: QPoint) -> None:
        """What can be done with the chosen photos."""
        project = self._window.session.project
        if project is None:
            return
        menu = QMenu(self._window)
        menu.addAction(self._window.actions_table["confirm"])
        labels = menu.addMenu("Label as")
        for record in project.classes:
            action = labels.addAction(record.name.replace("&", "&&"))
            action.setData(record.id)
        labels.triggered.connect(self._label_from_menu)
        for name in ("none", "undecide", "remove_photos"):
            menu.addAction(self._window.actions_table[name])
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(position)

    @Slot(object)
    def _label_from_menu(self, action: QAction) -> None:
        self._window.deciding.label(int(action.data()))

    @Slot()
    def show_failures(self) -> None:
        """List the photos that could not be read."""
        session = self._window.session
        photos = session.project.photos if session.project is not None else {}
        failures = [Failure(photos[one].path, why) for one, why in session.failures.items() if one in photos]
        dialog = FailuresDialog(failures, self._window)
        dialog.retry_requested.connect(session.retry_failures)
        dialog.open()

    @Slot(int)
    def remember_tile_side(self, side: int) -> None:
        """Keep the size of the tiles for the next time."""
        self._window.preferences.tile_side = side

    @Slot()
    def show_keys(self) -> None:
        """Show every key."""
        KeysDialog(self._window.theme, key_rows(), self._window).open()

    @Slot()
    def show_about(self) -> None:
        """Show version and licences."""
        task = self._window.runner.start("Reading the licences", bundled_licences, lane=Lane.ANSWERS, quiet=True)
        task.succeeded.connect(self._open_about)

    @Slot(object)
    def _open_about(self, bundled: Sequence[BundledLicence]) -> None:
        AboutDialog(self._window.theme, __version__, "Apache-2.0", bundled, self._window).open()

    @Slot()
    def use_light(self) -> None:
        """Light appearance."""
        self._use("light")

    @Slot()
    def use_dark(self) -> None:
        """Dark appearance."""
        self._use("dark")

    @Slot()
    def use_system(self) -> None:
        """The system's appearance."""
        self._use("system")

    def _use(self, appearance: str) -> None:
        self._window.preferences.appearance = appearance
        self._window.theme.set_appearance(appearance)

    def _step(self, step: Callable[[], Edit | None], said: str) -> None:
        try:
            edit = step()
        except FewshotError as error:
            self._window.task_bar.show_error(str(error))
        else:
            if edit is not None:
                self._window.task_bar.show_change(f"{said}: {edit.description}")

    def _do(self, action: Callable[[Project], Edit]) -> None:
        project = self._window.session.project
        if project is None:
            return
        try:
            self._window.session.apply(action(project))
        except FewshotError as error:
            self._window.task_bar.show_error(str(error))

    @Slot(object)
    def _add_waiting_folder(self, project: Project | None) -> None:
        if project is not None and self._folder_to_add is not None:
            self._window.session.add_folders([self._folder_to_add])
        self._folder_to_add = None
