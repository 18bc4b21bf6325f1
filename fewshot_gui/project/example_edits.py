"""What a person can do to examples: one function per action, each returning the edit it made.

A photo is an example of one class at most, told by its content: the same picture under two names is one example.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from fewshot_gui.core.errors import PhotoError
from fewshot_gui.core.progress import Progress, Unwatched
from fewshot_gui.imaging import fingerprint
from fewshot_gui.project.class_edits import new_class
from fewshot_gui.project.edits import Change, Edit, added, removed, updated
from fewshot_gui.project.paths import absolute, file_key
from fewshot_gui.project.project import Project
from fewshot_gui.project.records import ExampleRecord, Kind, PhotoFile


@dataclass(frozen=True)
class ReadFiles:
    """Files whose content is known, and why it is not for the others."""

    files: tuple[PhotoFile, ...]
    errors: tuple[PhotoError, ...]


def read_files(paths: Iterable[Path], progress: Progress | None = None) -> ReadFiles:
    """Read files once, so that :func:`add_examples` can tell them by content. Touches no project: fit for a worker.

    Raises:
        Cancelled: The person cancelled.
    """
    progress = progress or Unwatched()
    files: list[PhotoFile] = []
    errors: list[PhotoError] = []
    for done, path in enumerate(paths, start=1):
        progress.check()
        try:
            files.append(PhotoFile(absolute(path), path.stat().st_size, fingerprint(path)))
        except PhotoError as error:
            errors.append(error)
        except OSError as error:
            errors.append(PhotoError(path, error.strerror or "the file cannot be read"))
        progress.report(done)
    return ReadFiles(tuple(files), tuple(errors))


@dataclass(frozen=True)
class ExamplesAdded:
    """What became of the files dropped on a class.

    Attributes:
        edit: What was changed.
        added: Ids of the new examples.
        moved: Ids of the examples that were in another class and now are in this one.
        already_there: Files whose content this class had already; they were skipped.
    """

    edit: Edit
    added: tuple[int, ...]
    moved: tuple[int, ...]
    already_there: tuple[PhotoFile, ...]


def add_examples(project: Project, class_id: int, files: Iterable[PhotoFile]) -> ExamplesAdded:
    """Put photos in a class. One that is an example of another class moves here: that is how a mistake is put right.

    Raises:
        KeyError: There is no such class.
        ProjectFileError: The project could not be written.
    """
    target = project.class_record(class_id)
    sorting = _sort_in(project, class_id, files)
    edit = project.do(
        _counted("add {count} examples to “{name}”", "add an example to “{name}”", sorting.changes, target.name)
    )
    return ExamplesAdded(edit, tuple(sorting.new), tuple(sorting.moved), tuple(sorting.already_there))


def add_class_with_examples(project: Project, name: str, files: Iterable[PhotoFile]) -> ExamplesAdded:
    """Make a class of photos in one step of Undo, as when a folder is dropped.

    Args:
        project: The open project.
        name: Of the class; empty for the next free "Class 3".
        files: Its examples; those of other classes move here.

    Raises:
        EditRefusedError: As :func:`~fewshot_gui.project.class_edits.add_class`.
        ProjectFileError: The project could not be written.
    """
    record = new_class(project, name)
    sorting = _sort_in(project, record.id, files)
    edit = project.do(Edit("add class “{name}”", {"name": record.name}, (added(record), *sorting.changes)))
    return ExamplesAdded(edit, tuple(sorting.new), tuple(sorting.moved), tuple(sorting.already_there))


@dataclass
class _Sorting:
    """What becomes of files that go into a class: changes by id of the example, and files it has already."""

    new: dict[int, Change]
    moved: dict[int, Change]
    already_there: list[PhotoFile]

    @property
    def changes(self) -> tuple[Change, ...]:
        return (*self.new.values(), *self.moved.values())


def _sort_in(project: Project, class_id: int, files: Iterable[PhotoFile]) -> _Sorting:
    known: dict[str, ExampleRecord] = {}
    for example in project.examples.values():
        known[_file(example.file)] = example
        if example.fingerprint is not None:
            known[example.fingerprint] = example
    sorting = _Sorting({}, {}, [])
    for file in files:
        same = known.get(file.fingerprint) or known.get(_file(file.file))
        if same is None:
            same = ExampleRecord(project.new_id(Kind.EXAMPLES), class_id, file.file, file.size, file.fingerprint)
            known[file.fingerprint] = known[_file(file.file)] = same
            sorting.new[same.id] = added(same)
        elif same.class_id == class_id or same.id in sorting.moved:
            sorting.already_there.append(file)
        else:
            sorting.moved[same.id] = updated(same, replace(same, class_id=class_id))
    return sorting


def move_examples(project: Project, example_ids: Collection[int], class_id: int) -> Edit:
    """Put examples in another class; those that are in it already stay.

    Raises:
        KeyError: There is no such class or example.
        ProjectFileError: The project could not be written.
    """
    target = project.class_record(class_id)
    examples = [project.examples[example_id] for example_id in dict.fromkeys(example_ids)]
    changes = [updated(one, replace(one, class_id=class_id)) for one in examples if one.class_id != class_id]
    return project.do(
        _counted("move {count} examples to “{name}”", "move an example to “{name}”", changes, target.name)
    )


def remove_examples(project: Project, example_ids: Collection[int]) -> Edit:
    """Take photos out of their classes; the files stay where they are.

    Raises:
        KeyError: There is no such example.
        ProjectFileError: The project could not be written.
    """
    changes = [removed(project.examples[example_id]) for example_id in dict.fromkeys(example_ids)]
    return project.do(_counted("remove {count} examples", "remove an example", changes))


def _counted(many: str, one: str, changes: Collection[Change], name: str = "") -> Edit:
    return Edit(one if len(changes) == 1 else many, {"count": len(changes), "name": name}, tuple(changes))


def _file(file: str) -> str:
    # A fingerprint is hexadecimal and no absolute path, so both can be keys of one mapping.
    return file_key(file)
