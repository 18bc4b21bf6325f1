"""How each kind of record is written as a row of its table."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np

from fewshot_gui.core.prediction import NONE_OF_THESE
from fewshot_gui.encoders.packing import packed_size, unpack
from fewshot_gui.project.paths import StoredPaths
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

R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class TableFormat(Generic[R]):
    """The columns of a table, the key first, and the translation of its rows.

    ``read`` raises ValueError or TypeError for a row that this program never writes.
    """

    table: str
    columns: tuple[str, ...]
    row: Callable[[R, StoredPaths], tuple[Any, ...]]
    read: Callable[[tuple[Any, ...], StoredPaths], R]

    @property
    def select(self) -> str:
        """The statement that reads all rows in ascending order of key."""
        return f"SELECT {', '.join(self.columns)} FROM {self.table} ORDER BY {self.columns[0]}"  # noqa: S608 - our names

    def upsert(self, rows: int) -> str:
        """The statement that writes that many rows, new or not; its parameters are their values in turn."""
        key, *others = self.columns
        marks = f"({', '.join('?' * len(self.columns))})"
        updates = ", ".join(f"{column} = excluded.{column}" for column in others)
        return (
            f"INSERT INTO {self.table} ({', '.join(self.columns)}) VALUES {', '.join([marks] * rows)} "  # noqa: S608 - our names
            f"ON CONFLICT ({key}) DO UPDATE SET {updates}"
        )

    def delete(self, rows: int) -> str:
        """The statement that removes the rows of that many keys."""
        marks = ", ".join("?" * rows)
        return f"DELETE FROM {self.table} WHERE {self.columns[0]} IN ({marks})"  # noqa: S608 - our names


def _setting(row: tuple[Any, ...], _: StoredPaths) -> SettingRecord:
    value = json.loads(row[1])
    if not isinstance(value, str | int | float):
        raise TypeError(f"the setting {row[0]!r} is no text, number or truth value")
    return SettingRecord(row[0], value)


def _carried_example(row: tuple[Any, ...], _: StoredPaths) -> CarriedExampleRecord:
    dimension, left_over = divmod(len(row[4]) - packed_size(0), packed_size(1) - packed_size(0))
    with np.errstate(over="ignore", invalid="ignore"):  # told apart below
        if dimension < 1 or left_over or not np.isfinite(unpack([row[4]], dimension)).all():
            raise ValueError(f"the carried example {row[0]} is no embedding")
    return CarriedExampleRecord(*row)


_CLASSES = TableFormat[ClassRecord](
    "classes",
    ("id", "name", "colour_index", "position"),
    lambda record, _: (record.id, record.name, record.colour_index, record.position),
    lambda row, _: ClassRecord(*row),
)
_EXAMPLES = TableFormat[ExampleRecord](
    "examples",
    ("id", "class_id", "path", "size", "fingerprint"),
    lambda record, paths: (record.id, record.class_id, paths.encode(record.file), record.size, record.fingerprint),
    lambda row, paths: ExampleRecord(row[0], row[1], paths.decode(row[2]), row[3], row[4]),
)
_PHOTOS = TableFormat[PhotoRecord](
    "photos",
    ("id", "path", "size", "fingerprint"),
    lambda record, paths: (record.id, paths.encode(record.file), record.size, record.fingerprint),
    lambda row, paths: PhotoRecord(row[0], paths.decode(row[1]), row[2], row[3]),
)
_DECISIONS = TableFormat[DecisionRecord](
    "decisions",
    ("photo_id", "class_id", "decided_at", "decided_by"),
    lambda record, _: (record.photo_id, record.class_id or None, record.decided_at, record.decided_by),
    lambda row, _: DecisionRecord(row[0], row[1] or NONE_OF_THESE, row[2], row[3]),
)
_SOURCES = TableFormat[SourceRecord](
    "sources",
    ("id", "path", "watched"),
    lambda record, paths: (record.id, paths.encode(record.file), int(record.watched)),
    lambda row, paths: SourceRecord(row[0], paths.decode(row[1]), bool(row[2])),
)
_SETTINGS = TableFormat[SettingRecord](
    "settings", ("key", "value"), lambda record, _: (record.key, json.dumps(record.value)), _setting
)
_CARRIED_EXAMPLES = TableFormat[CarriedExampleRecord](
    "carried_examples",
    ("id", "class_id", "encoder", "observation", "embedding"),
    lambda record, _: (record.id, record.class_id, record.encoder, record.observation, record.embedding),
    _carried_example,
)

FORMATS: Mapping[Kind, TableFormat[Any]] = {
    Kind.CLASSES: _CLASSES,
    Kind.EXAMPLES: _EXAMPLES,
    Kind.PHOTOS: _PHOTOS,
    Kind.DECISIONS: _DECISIONS,
    Kind.SOURCES: _SOURCES,
    Kind.SETTINGS: _SETTINGS,
    Kind.CARRIED_EXAMPLES: _CARRIED_EXAMPLES,
}

WITH_PATHS = (Kind.EXAMPLES, Kind.PHOTOS, Kind.SOURCES)
"""The tables that have a ``path`` column."""
