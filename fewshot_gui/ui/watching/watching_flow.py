"""Which folders of the project are watched, and what came in them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QAbstractItemView

from fewshot_gui.project.edits import Edit
from fewshot_gui.project.records import Kind
from fewshot_gui.ui.folder_scanner import FoundPhoto
from fewshot_gui.ui.models.photo_filter import PhotoFilter, SortKey
from fewshot_gui.ui.models.photo_model import PhotoModel
from fewshot_gui.ui.models.thumbnails import ThumbnailStore
from fewshot_gui.ui.session import LabellingSession
from fewshot_gui.ui.tasks import TaskRunner
from fewshot_gui.ui.watching.folder_watcher import FolderWatcher
from fewshot_gui.ui.widgets.photos_panel import PhotosPanel
from fewshot_gui.ui.widgets.watch_chip import WatchChip


class WatchingFlow(QObject):
    """Keeps what is watched in step with the project, and takes in what comes.

    Signals:
        told: a sentence on what happened.
        failed: a sentence that the person should act on.
    """

    told = Signal(str)
    failed = Signal(str)

    def __init__(
        self,
        session: LabellingSession,
        model: PhotoModel,
        photos: PhotosPanel,
        chip: WatchChip,
        thumbnails: ThumbnailStore,
        runner: TaskRunner,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._model = model
        self._photos = photos
        self._chip = chip
        self._thumbnails = thumbnails
        self._new: set[int] = set()
        self.watcher = FolderWatcher(runner, self)
        self.watcher.found.connect(self._take)
        self.watcher.gone.connect(self._say_gone)
        self.watcher.back.connect(self._say_back)
        self.watcher.changed.connect(self._show)
        session.opened.connect(self._start_over)
        session.edited.connect(self._follow)
        session.scanner.finished.connect(self._watch)
        session.overwritten.connect(self._take_overwritten)
        chip.new_requested.connect(self.go_to_new)

    @Slot()
    def go_to_new(self) -> None:
        """Show the photos in the order in which they came, and go to the first that the person has not gone to yet."""
        if not self._new:
            self.told.emit("No new photos have come in since you last looked.")
            return
        if not self._model.photo_filter.shows_all:
            self._model.set_filter(PhotoFilter())
        self._model.set_sort(SortKey.ADDED)
        rows = self._model.rows_of(sorted(self._new))
        self._new.clear()
        self._show()
        self._photos.focus_grid()
        if len(rows):
            first = int(rows.min())
            self._photos.go_to_row(first)
            self._photos.grid.scrollTo(self._model.index(first), QAbstractItemView.ScrollHint.PositionAtTop)

    @Slot(object)
    def _start_over(self, _project: object) -> None:
        """Watching begins when the folders were scanned, so that only what comes after counts as new."""
        self.watcher.stop()
        self._new.clear()
        self._show()

    @Slot(object)
    def _follow(self, edit: Edit) -> None:
        gone = {int(change.key) for change in edit.changes if change.kind is Kind.PHOTOS and change.after is None}
        if gone & self._new:
            self._new -= gone
            self._show()
        if Kind.SOURCES in edit.kinds:
            self._watch()

    @Slot()
    def _watch(self) -> None:
        """Watch what is to be watched; no other folder as long as photos are being looked for, which are not new."""
        project = self._session.project
        if project is None:
            return
        wanted = [source.path for source in project.sources.values() if source.watched]
        if self._session.scanner.running:
            wanted = [folder for folder in wanted if folder in self.watcher.folders]
        self.watcher.watch(wanted, tuple(project.photos.values()) if wanted else ())

    @Slot(object)
    def _take(self, found: list[FoundPhoto]) -> None:
        project = self._session.project
        if project is None:
            return
        here = [photo_id for photo in found if (photo_id := project.photo_id(str(photo.path))) is not None]
        new = self._session.take_found(found)
        self._session.read_again([photo_id for photo_id in here if photo_id not in new])
        self._add_new(new)

    @Slot(object)
    def _take_overwritten(self, photo_ids: list[int]) -> None:
        project = self._session.project
        if project is None:
            return
        paths = {project.photos[photo_id].path for photo_id in photo_ids if photo_id in project.photos}
        self._thumbnails.discard(paths)
        for path in paths:
            self._thumbnails.ready.emit(path)
        decided = [project.photos[one].path.name for one in photo_ids if one in project.decisions]
        if decided:
            who = f"“{decided[0]}” was" if len(decided) == 1 else f"{len(decided):,} photos were"
            self.failed.emit(f"{who} overwritten after you decided; check whether that decision still holds.")
        self._add_new(photo_ids)

    def _add_new(self, photo_ids: list[int]) -> None:
        if photo_ids:
            self._new.update(photo_ids)
            self._show()

    @Slot(object)
    def _say_gone(self, folder: Path) -> None:
        self.failed.emit(f"The watched folder “{folder}” is not there; watching goes on when it is back.")

    @Slot(object)
    def _say_back(self, folder: Path) -> None:
        self.told.emit(f"The folder “{folder.name}” is there again")

    @Slot()
    def _show(self) -> None:
        watcher = self.watcher
        self._chip.show_state(watcher.folders, watcher.missing, watcher.unfinished, len(self._new))
