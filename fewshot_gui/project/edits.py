"""What a person did, as row changes that can be applied, undone and redone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from fewshot_gui.project.records import Key, Kind, Record


class Change(NamedTuple):
    """One row before and after; ``None`` where it does not exist."""

    kind: Kind
    key: Key
    before: Record | None
    after: Record | None


def added(record: Record) -> Change:
    """The change that adds ``record``."""
    return Change(record.kind, record.key, None, record)


def removed(record: Record) -> Change:
    """The change that removes ``record``."""
    return Change(record.kind, record.key, record, None)


def updated(before: Record, after: Record) -> Change:
    """The change of one record into another with the same key. Only the fields in which they differ are written."""
    return Change(before.kind, before.key, before, after)


@dataclass(frozen=True)
class Edit:
    """One action of a person. Applying it is one transaction; its inverse undoes it.

    Attributes:
        template: What it does, in the imperative and lower case, with fields: ``remove class “{name}”``. Kept apart
            from ``values`` so that the window can translate it.
        values: The fields of the template.
        changes: At most one change per row.
    """

    template: str
    values: Mapping[str, str | int] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()

    @property
    def description(self) -> str:
        """What it does, fit behind "Undo ": ``remove class “Oak”``."""
        return self.template.format(**self.values)

    @property
    def kinds(self) -> frozenset[Kind]:
        """The kinds of record that change."""
        return frozenset(change.kind for change in self.changes)

    def keys(self, kind: Kind) -> list[Key]:
        """The keys of the records of one kind that change, in order."""
        return [change.key for change in self.changes if change.kind is kind]

    def inverse(self) -> Edit:
        """The edit that takes this one back, under the same description."""
        changes = (Change(kind, key, after, before) for kind, key, before, after in reversed(self.changes))
        return Edit(self.template, self.values, tuple(changes))

    def __bool__(self) -> bool:
        """Whether it changes anything."""
        return bool(self.changes)
