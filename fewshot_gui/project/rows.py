"""All records of a project in memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any

from fewshot_gui.project.edits import Change
from fewshot_gui.project.paths import file_key
from fewshot_gui.project.records import (
    CarriedExampleRecord,
    ClassRecord,
    DecisionRecord,
    ExampleRecord,
    Kind,
    PhotoRecord,
    Record,
    SettingRecord,
    SourceRecord,
)


class Rows:
    """The records by key, each kind in ascending order of key, which for photos is the order of arrival.

    The dictionaries stay the same objects for life, so that live views of them can be handed out.
    """

    def __init__(self) -> None:
        self.classes: dict[int, ClassRecord] = {}
        self.examples: dict[int, ExampleRecord] = {}
        self.photos: dict[int, PhotoRecord] = {}
        self.decisions: dict[int, DecisionRecord] = {}
        self.sources: dict[int, SourceRecord] = {}
        self.settings: dict[str, SettingRecord] = {}
        self.carried_examples: dict[int, CarriedExampleRecord] = {}
        self._photo_ids: dict[str, int] = {}
        self._tables: dict[Kind, dict[Any, Any]] = {kind: getattr(self, kind.value) for kind in Kind}

    def table(self, kind: Kind) -> dict[Any, Any]:
        """The records of one kind."""
        return self._tables[kind]

    def fill(self, kind: Kind, records: Iterable[Record]) -> None:
        """Take over the records of one kind, in ascending order of key, where there are none yet."""
        self._tables[kind].update((record.key, record) for record in records)
        if kind is Kind.PHOTOS:
            self._photo_ids.update((file_key(photo.file), photo.id) for photo in self.photos.values())

    def photo_id(self, file: str) -> int | None:
        """The photo at an absolute path."""
        return self._photo_ids.get(file_key(file))

    def source_id(self, file: str) -> int | None:
        """The source folder at an absolute path."""
        wanted = file_key(file)
        return next((source.id for source in self.sources.values() if file_key(source.file) == wanted), None)

    def resolve(self, changes: Iterable[Change]) -> list[Change]:
        """The changes as they apply to the records of now.

        An update writes only the fields in which its two sides differ. So undoing a move leaves alone a fingerprint
        that became known after it.
        """
        resolved = []
        for change in changes:
            after = self._onto_current(change)
            resolved.append(change if after is change.after else change._replace(after=after))
        return resolved

    def write(self, changes: Iterable[Change]) -> None:
        """Take over resolved changes."""
        unsorted: set[Kind] = set()
        for kind, key, _, after in changes:
            table = self._tables[kind]
            current = table.get(key)
            if kind is Kind.PHOTOS:
                self._reindex(current, after)
            if after is None:
                table.pop(key, None)
                continue
            if current is None and table and next(reversed(table)) > key:
                unsorted.add(kind)
            table[key] = after
        for kind in unsorted:
            table = self._tables[kind]
            in_order = sorted(table.items())
            table.clear()
            table.update(in_order)

    def _onto_current(self, change: Change) -> Record | None:
        current = self._tables[change.kind].get(change.key)
        before, after = change.before, change.after
        if current is None or before is None or after is None or current == before:
            return after
        kept = {
            field.name: getattr(current, field.name)
            for field in fields(after)
            if getattr(before, field.name) == getattr(after, field.name)
        }
        return replace(after, **kept)

    def _reindex(self, before: PhotoRecord | None, after: Record | None) -> None:
        if before is not None and self.photo_id(before.file) == before.id:
            del self._photo_ids[file_key(before.file)]
        if isinstance(after, PhotoRecord):
            self._photo_ids[file_key(after.file)] = after.id
