"""What the person does in the left column, as edits of the project."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.imaging import scan_photos
from fewshot_gui.project.class_edits import add_class, merge_classes, remove_class, rename_class, reorder_classes
from fewshot_gui.project.edits import Edit
from fewshot_gui.project.example_edits import (
    ExamplesAdded,
    ReadFiles,
    add_class_with_examples,
    add_examples,
    move_examples,
    read_files,
    remove_examples,
)
from fewshot_gui.project.project import Project
from fewshot_gui.ui import wording
from fewshot_gui.ui.session import LabellingSession
from fewshot_gui.ui.tasks import Lane, TaskProgress, TaskRunner


@dataclass(frozen=True)
class _Dropped:
    """Files for one class, read: an existing class by id, or a new one by name (empty for a name of our own)."""

    class_id: int | None
    name: str
    read: ReadFiles


class ClassEditing(QObject):
    """Turns the wishes of the class panel into edits.

    Signals:
        class_added: the id of a class that has no proper name yet, so that the person can type one.
        refused: a sentence why something was not done, or not all of it.
        told: a sentence on what was done, where that is not plain to see.
    """

    class_added = Signal(int)
    refused = Signal(str)
    told = Signal(str)

    def __init__(self, session: LabellingSession, runner: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._runner = runner

    @Slot()
    def add(self) -> None:
        """Make an empty class."""
        if self._do(add_class) and self._session.project is not None:
            self.class_added.emit(self._session.project.classes[-1].id)

    @Slot(int, str)
    def rename(self, class_id: int, name: str) -> None:
        """Give a class another name."""
        self._do(lambda project: rename_class(project, class_id, name))

    @Slot(int)
    def remove(self, class_id: int) -> None:
        """Remove a class; Undo brings it back."""
        self._do(lambda project: remove_class(project, class_id))

    @Slot(int, int)
    def merge(self, class_id: int, into: int) -> None:
        """Make a class part of another."""
        self._do(lambda project: merge_classes(project, class_id, into))

    @Slot(int, int)
    def reorder(self, class_id: int, position: int) -> None:
        """Move a class to a position from 0."""

        def moved(project: Project) -> Edit:
            others = [record.id for record in project.classes if record.id != class_id]
            return reorder_classes(project, [*others[:position], class_id, *others[position:]])

        self._do(moved)

    @Slot(object, int)
    def move_examples(self, example_ids: list[int], class_id: int) -> None:
        """Put examples in another class."""
        self._do(lambda project: move_examples(project, example_ids, class_id))

    @Slot(object)
    def remove_examples(self, example_ids: list[int]) -> None:
        """Take examples out of their class."""
        self._do(lambda project: remove_examples(project, example_ids))

    @Slot(int, object)
    def drop_paths(self, class_id: int, paths: list[Path]) -> None:
        """Put the photos in files and folders in a class."""
        self._read(lambda progress: [_read_drop(class_id, "", paths, progress)])

    @Slot(object)
    def drop_paths_on_empty(self, paths: list[Path]) -> None:
        """Make classes: one per folder, one per folder in a folder of folders, one for loose files."""

        def work(progress: TaskProgress) -> list[_Dropped]:
            dropped = [_read_drop(None, folder.name, [folder], progress) for folder in _class_folders(paths)]
            files = [path for path in paths if not path.is_dir()]
            if files:
                dropped.append(_read_drop(None, "", files, progress))
            return dropped

        self._read(work)

    @Slot(int, object)
    def drop_photos(self, class_id: int, photo_ids: list[int]) -> None:
        """Make photos of the gallery examples of a class."""
        self.drop_paths(class_id, self._paths_of(photo_ids))

    @Slot(object)
    def drop_photos_on_empty(self, photo_ids: list[int]) -> None:
        """Make photos of the gallery the examples of a new class."""
        self.drop_paths_on_empty(self._paths_of(photo_ids))

    @Slot(int, object)
    def drop_images(self, class_id: int, images: list[QImage]) -> None:
        """Keep pictures that came without a file, from a browser say, beside the project, as examples of a class."""
        self.drop_paths(class_id, self._kept(images))

    @Slot(object)
    def drop_images_on_empty(self, images: list[QImage]) -> None:
        """As :meth:`drop_images`, for a new class."""
        self.drop_paths_on_empty(self._kept(images))

    def _paths_of(self, photo_ids: Sequence[int]) -> list[Path]:
        photos = self._session.project.photos if self._session.project is not None else {}
        return [photos[photo_id].path for photo_id in photo_ids if photo_id in photos]

    def _kept(self, images: Sequence[QImage]) -> list[Path]:
        if self._session.project is None:
            return []
        project_file = self._session.project.path
        folder = project_file.with_name(f"{project_file.stem} pictures")
        kept = []
        try:
            folder.mkdir(exist_ok=True)
        except OSError as error:
            self.refused.emit(f"The picture could not be kept in “{folder}” ({error.strerror}).")
            return []
        for image in images:
            path = folder / f"dropped-{uuid.uuid4().hex[:12]}.png"
            if image.save(str(path)):
                kept.append(path)
            else:
                self.refused.emit(f"The picture could not be kept in “{folder}”; is the disk full?")
        return kept

    def _read(self, work: Callable[[TaskProgress], list[_Dropped]]) -> None:
        """Read dropped files in the background; hashing a folder of large photos takes a while."""
        if self._session.project is None:
            return
        task = self._runner.start("Reading the examples", work, lane=Lane.ANSWERS)
        task.succeeded.connect(self._take)

    @Slot(object)
    def _take(self, drops: list[_Dropped]) -> None:
        for dropped in drops:
            if not dropped.read.files:
                self.refused.emit(_nothing_found(dropped.read))
                continue
            self._take_one(dropped)

    def _take_one(self, dropped: _Dropped) -> None:
        said: list[ExamplesAdded] = []

        def add(project: Project) -> Edit:
            said.append(_added(dropped, project))
            return said[0].edit

        if self._do(add) is None:
            return
        if dropped.read.errors:
            self.refused.emit(str(dropped.read.errors[0]))
        elif not said[0].edit:
            self.told.emit("These photos are examples of this class already.")
        elif said[0].moved:
            number = wording.counted(len(said[0].moved), "photo")
            self.told.emit(f"{number} had been examples of another class and moved here.")

    def _do(self, action: Callable[[Project], Edit]) -> Edit | None:
        project = self._session.project
        if project is None:
            return None
        try:
            edit = action(project)
        except KeyError:
            return None  # the class or example is gone: an answer to a drop that came after its removal
        except FewshotError as error:
            self.refused.emit(str(error))
            return None
        self._session.apply(edit)
        return edit


def _added(dropped: _Dropped, project: Project) -> ExamplesAdded:
    existing = next((one.id for one in project.classes if one.name.casefold() == dropped.name.casefold()), None)
    class_id = dropped.class_id if dropped.class_id is not None else existing
    if class_id is None:
        return add_class_with_examples(project, dropped.name, dropped.read.files)
    return add_examples(project, class_id, dropped.read.files)


def _class_folders(paths: Sequence[Path]) -> list[Path]:
    """The folders that become classes: dropped folders with photos in them, or else the folders inside them."""
    folders = []
    for path in paths:
        if not path.is_dir():
            continue
        inside = sorted((entry for entry in path.iterdir() if entry.is_dir()), key=lambda entry: entry.name.casefold())
        has_photos = any(entry.is_file() for entry in path.iterdir() if not entry.name.startswith("."))
        folders += [path] if has_photos or not inside else [one for one in inside if not one.name.startswith(".")]
    return folders


def _read_drop(class_id: int | None, name: str, paths: Sequence[Path], progress: TaskProgress) -> _Dropped:
    photos = [photo for path in paths for photo in scan_photos(path)]
    return _Dropped(class_id, name, read_files(photos, progress))


def _nothing_found(read: ReadFiles) -> str:
    if read.errors:
        return str(read.errors[0])
    return "There are no photos in what was dropped; drop image files or folders that hold some."
