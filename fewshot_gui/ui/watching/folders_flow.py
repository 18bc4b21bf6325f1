"""The dialog where the person manages the folders of the project."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.project.edits import Edit
from fewshot_gui.project.photo_edits import remove_source
from fewshot_gui.project.project import Project
from fewshot_gui.project.records import Kind
from fewshot_gui.project.source_edits import count_photos, set_watched
from fewshot_gui.ui.dialogs.folders_dialog import FoldersDialog, FolderState
from fewshot_gui.ui.session import LabellingSession
from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.watching.folder_watcher import FolderWatcher


class FoldersFlow(QObject):
    """Shows the folders and does what the person wants with them.

    Signals:
        told: a sentence on what happened.
        failed: a sentence why nothing was done.
        add_requested: another folder of photos is wanted.
    """

    told = Signal(str)
    failed = Signal(str)
    add_requested = Signal()

    def __init__(self, theme: Theme, session: LabellingSession, watcher: FolderWatcher, window: QWidget) -> None:
        super().__init__(window)
        self._theme = theme
        self._session = session
        self._watcher = watcher
        self._window = window
        self._dialog: FoldersDialog | None = None
        session.opened.connect(self._close)
        session.edited.connect(self._follow)
        session.scanner.finished.connect(self._show)
        session.settled.connect(self._show)
        watcher.changed.connect(self._show_missing)

    @Slot()
    def open(self) -> None:
        """Show the folders of the project."""
        if self._session.project is None:
            return
        self._dialog = FoldersDialog(self._theme, self._window)
        self._dialog.watch_changed.connect(self._set_watched)
        self._dialog.remove_requested.connect(self._remove)
        self._dialog.add_requested.connect(self.add_requested)
        self._dialog.finished.connect(self._forget)
        self._show()
        self._dialog.open()

    @Slot()
    def _show(self) -> None:
        project = self._session.project
        if self._dialog is not None and project is not None:
            self._dialog.show_folders(
                [
                    FolderState(source.id, source.path, count_photos(project, source.id), source.watched)
                    for source in project.sources.values()
                ]
            )
            self._show_missing()

    @Slot()
    def _show_missing(self) -> None:
        if self._dialog is not None:
            self._dialog.show_missing(self._watcher.missing)

    @Slot(object)
    def _follow(self, edit: Edit) -> None:
        if Kind.SOURCES in edit.kinds:
            self._show()

    @Slot()
    def _close(self) -> None:
        if self._dialog is not None:
            self._dialog.reject()

    @Slot()
    def _forget(self) -> None:
        self._dialog = None

    @Slot(int, bool)
    def _set_watched(self, source_id: int, watched: bool) -> None:
        self._do(lambda project: set_watched(project, source_id, watched))

    @Slot(int)
    def _remove(self, source_id: int) -> None:
        edit = self._do(lambda project: remove_source(project, source_id))
        if edit is not None:
            self.told.emit(f"Done: {edit.description}; Undo brings it back")

    def _do(self, action: Callable[[Project], Edit]) -> Edit | None:
        project = self._session.project
        if project is None:
            return None
        try:
            edit = action(project)
        except FewshotError as error:
            self.failed.emit(str(error))
            self._show()  # a switch that was flipped flips back
            return None
        self._session.apply(edit)
        return edit
