"""A project in memory, always equal to its file."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from types import MappingProxyType, TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.core.errors import ProjectFileError
from fewshot_gui.project.database import Database
from fewshot_gui.project.edits import Change, Edit, removed
from fewshot_gui.project.history import History
from fewshot_gui.project.paths import absolute
from fewshot_gui.project.pending import PendingChanges
from fewshot_gui.project.records import (
    CarriedExampleRecord,
    ClassRecord,
    DecisionRecord,
    ExampleRecord,
    Kind,
    PhotoRecord,
    SettingValue,
    SourceRecord,
)
from fewshot_gui.project.rows import Rows

NAME_SETTING = "name"
"""The setting that holds the name of the project."""

_logger = logging.getLogger(__name__)


class Project:
    """One labelling job: its records, and the one way to change them.

    The functions in the ``*_edits`` modules build edits; :meth:`do` writes an edit to the file and then takes it over
    in memory, so the two never differ in what a person did. It is not safe to use from two threads at once, but for
    :meth:`write_pending`: hand workers copies, such as ``tuple(project.photos.values())``.

    Attributes:
        path: The project file.
        revision: Grows with every edit, undo, redo and batch of added photos, so that a result of older work can be
            told to be stale.
        history: What can be undone and redone.
        database: The open file, for copies of it.
        examples: By id. These mappings are live, read-only views in ascending order of id.
        photos: By id, so in order of arrival.
        decisions: By id of the photo.
        sources: The folders whose photos are labelled, by id.
        carried_examples: Examples without photos, which came with a model, by id.
    """

    def __init__(self, database: Database, rows: Rows) -> None:
        """Use :func:`~fewshot_gui.project.opening.open_project` or ``create_project``."""
        self.database = database
        self._rows = rows
        self._pending = PendingChanges(database)
        self._last_ids = database.last_ids()
        self._revisions = dict.fromkeys(Kind, 0)
        self._photo_ids: NDArray[np.int64] | None = None
        self.path = database.path
        self.revision = 0
        self.history = History()
        self.examples: Mapping[int, ExampleRecord] = MappingProxyType(rows.examples)
        self.photos: Mapping[int, PhotoRecord] = MappingProxyType(rows.photos)
        self.decisions: Mapping[int, DecisionRecord] = MappingProxyType(rows.decisions)
        self.sources: Mapping[int, SourceRecord] = MappingProxyType(rows.sources)
        self.carried_examples: Mapping[int, CarriedExampleRecord] = MappingProxyType(rows.carried_examples)

    @property
    def name(self) -> str:
        """The name of the project."""
        return str(self._rows.settings[NAME_SETTING].value) if NAME_SETTING in self._rows.settings else self.path.stem

    @property
    def classes(self) -> tuple[ClassRecord, ...]:
        """The classes in the order in which they are shown."""
        return tuple(sorted(self._rows.classes.values(), key=lambda record: (record.position, record.id)))

    @property
    def settings(self) -> dict[str, SettingValue]:
        """The choices that belong to the project, by key; a copy."""
        return {record.key: record.value for record in self._rows.settings.values()}

    @property
    def photo_ids(self) -> NDArray[np.int64]:
        """The ids of all photos in order of arrival, int64 (n,), ascending, read-only."""
        if self._photo_ids is None:
            self._photo_ids = np.fromiter(self.photos, np.int64, len(self.photos))
            self._photo_ids.flags.writeable = False
        return self._photo_ids

    def class_record(self, class_id: int) -> ClassRecord:
        """The class with that id; KeyError where there is none."""
        return self._rows.classes[class_id]

    def examples_of(self, class_id: int) -> tuple[ExampleRecord, ...]:
        """The examples of one class in the order in which they were added."""
        return tuple(example for example in self.examples.values() if example.class_id == class_id)

    def photo_id(self, path: str) -> int | None:
        """The photo at a path, or ``None``."""
        return self._rows.photo_id(absolute(path))

    def photo_ids_at(self, files: Iterable[str]) -> list[int | None]:
        """The photos at absolute paths, ``None`` where there is none."""
        return [self._rows.photo_id(file) for file in files]

    def revision_of(self, *kinds: Kind) -> int:
        """The revision at which one of ``kinds`` last changed: what work that depends on those alone compares."""
        return max(self._revisions[kind] for kind in kinds)

    def new_id(self, kind: Kind) -> int:
        """An id that no record of that kind ever had."""
        self._last_ids[kind] += 1
        return self._last_ids[kind]

    def do(self, edit: Edit) -> Edit:
        """Apply an edit of a person, so that it can be undone. An edit without changes does nothing.

        Returns:
            The edit.

        Raises:
            ProjectFileError: The file could not be written; nothing was changed, on disk or in memory.
        """
        if edit:
            self._apply(edit)
            self.history.push(edit)
        return edit

    def record(self, edit: Edit, *, revise: bool = True, at_once: bool = True) -> Edit:
        """Apply what the program found out, such as new photos in a folder. It is no step of Undo.

        Args:
            edit: What was found out.
            revise: Whether it can make running work stale.
            at_once: Whether it is in the file when this returns. Else it is written by :meth:`write_pending`, with the
                next edit, or on closing, whichever comes first.

        Raises:
            ProjectFileError: As :meth:`do`; never when not ``at_once``.
        """
        if edit:
            self._apply(edit, revise=revise, at_once=at_once)
        return edit

    @property
    def pending(self) -> int:
        """How many rows are in memory and not in the file yet."""
        return len(self._pending)

    def write_pending(self) -> None:
        """Write some of the rows that are not in the file yet. For a worker, while this thread goes on.

        Raises:
            ProjectFileError: They could not be written; they are still pending.
        """
        self._pending.write_some()

    def write_all_pending(self) -> None:
        """Have everything in the file, as before it is copied.

        Raises:
            ProjectFileError: It could not be written; it is still pending.
        """
        self._pending.write_with(())

    def undo(self) -> Edit | None:
        """Take the last edit back.

        Returns:
            The inverse edit, as it was applied, or ``None`` if there was nothing to undo.

        Raises:
            ProjectFileError: As :meth:`do`.
        """
        edit = self.history.next_undo
        if edit is None:
            return None
        inverse = self._apply(self._making_way(edit.inverse()))
        self.history.stepped_back()
        return inverse

    def redo(self) -> Edit | None:
        """Apply the edit that was last taken back again; returns and raises as :meth:`undo`."""
        edit = self.history.next_redo
        if edit is None:
            return None
        applied = self._apply(self._making_way(edit))
        self.history.stepped_forward()
        return applied

    def close(self) -> None:
        """Let go of the file, which then is one file with everything in it. Closing twice does nothing."""
        try:
            self.write_all_pending()
        except ProjectFileError:
            _logger.exception("%d rows that were found out are not in %s", len(self._pending), self.path)
            self._pending.forget()
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _apply(self, edit: Edit, *, revise: bool = True, at_once: bool = True) -> Edit:
        changes = self._rows.resolve(edit.changes)
        if at_once:
            self._pending.write_with(changes)
        else:
            self._pending.add(changes)
        self._rows.write(changes)
        if Kind.PHOTOS in edit.kinds:
            self._photo_ids = None
        if revise:
            self.revision += 1
            self._revisions.update(dict.fromkeys(edit.kinds, self.revision))
        return edit

    def _making_way(self, edit: Edit) -> Edit:
        """``edit``, and the removal of what a scan has since added at the paths that come back.

        Nothing of a person's goes with those: a decision on them would be a newer edit, undone before this one.
        """
        touched = {(change.kind, change.key) for change in edit.changes}
        extra: dict[tuple[Kind, int], Change] = {}
        for change in edit.changes:
            other = None
            if isinstance(change.after, PhotoRecord):
                other = self._rows.photo_id(change.after.file)
            elif isinstance(change.after, SourceRecord):
                other = self._rows.source_id(change.after.file)
            if other is not None and (change.kind, other) not in touched:
                extra[change.kind, other] = removed(self._rows.table(change.kind)[other])
        return Edit(edit.template, edit.values, (*extra.values(), *edit.changes))
