"""The rows a project is made of: immutable, one class per table."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import ClassVar, TypeAlias


class Kind(StrEnum):
    """The kinds of record; a view refreshes when a kind it shows has changed."""

    CLASSES = "classes"
    EXAMPLES = "examples"
    PHOTOS = "photos"
    DECISIONS = "decisions"
    SOURCES = "sources"
    SETTINGS = "settings"
    CARRIED_EXAMPLES = "carried_examples"


Key: TypeAlias = int | str
SettingValue: TypeAlias = str | int | float | bool


@dataclass(frozen=True, slots=True)
class ClassRecord:
    """A label the user defined.

    Attributes:
        id: From 1, never used again after the class is gone.
        name: Unique without regard to case, one line, not empty.
        colour_index: From 0, an index into the palette of the theme.
        position: Classes are shown in ascending position.
    """

    kind: ClassVar[Kind] = Kind.CLASSES
    id: int
    name: str
    colour_index: int
    position: int

    @property
    def key(self) -> int:
        """The id."""
        return self.id


@dataclass(frozen=True, slots=True)
class ExampleRecord:
    """A photo the user put in a class.

    Attributes:
        id: From 1, never used again.
        class_id: Its class.
        file: Absolute path as text: a project holds 100,000 of them, and text is eight times smaller than a ``Path``.
        size: Bytes of the file when its fingerprint was taken, or ``None``.
        fingerprint: Of its content, or ``None`` while unknown.
    """

    kind: ClassVar[Kind] = Kind.EXAMPLES
    id: int
    class_id: int
    file: str
    size: int | None = None
    fingerprint: str | None = None

    @property
    def key(self) -> int:
        """The id."""
        return self.id

    @property
    def path(self) -> Path:
        """The absolute path of the file."""
        return Path(self.file)


@dataclass(frozen=True, slots=True)
class PhotoRecord:
    """An image file to be labelled; see :class:`ExampleRecord` for the attributes."""

    kind: ClassVar[Kind] = Kind.PHOTOS
    id: int
    file: str
    size: int | None = None
    fingerprint: str | None = None

    @property
    def key(self) -> int:
        """The id."""
        return self.id

    @property
    def path(self) -> Path:
        """The absolute path of the file."""
        return Path(self.file)


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """A label given or confirmed by a person.

    Attributes:
        photo_id: The photo.
        class_id: The class, or :data:`~fewshot_gui.core.prediction.NONE_OF_THESE`.
        decided_at: UTC in ISO 8601 with seconds, such as ``2026-11-21T12:53:20+00:00``.
        decided_by: Who that was, or empty.
    """

    kind: ClassVar[Kind] = Kind.DECISIONS
    photo_id: int
    class_id: int
    decided_at: str
    decided_by: str = ""

    @property
    def key(self) -> int:
        """The id of the photo: a photo has at most one decision."""
        return self.photo_id


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """A folder whose photos are labelled, with the folders in it.

    Attributes:
        id: From 1, never used again.
        file: Absolute path of the folder as text.
        watched: Whether photos that appear in it are labelled while the project is open.
    """

    kind: ClassVar[Kind] = Kind.SOURCES
    id: int
    file: str
    watched: bool = False

    @property
    def key(self) -> int:
        """The id."""
        return self.id

    @property
    def path(self) -> Path:
        """The absolute path of the folder."""
        return Path(self.file)


@dataclass(frozen=True, slots=True)
class SettingRecord:
    """One choice that belongs to the project, such as the method."""

    kind: ClassVar[Kind] = Kind.SETTINGS
    key: str
    value: SettingValue


@dataclass(frozen=True, slots=True)
class CarriedExampleRecord:
    """An example without a photo, which came with a model that the project started from.

    Attributes:
        id: From 1, never used again.
        class_id: Its class.
        encoder: The id of the encoder that embedded it; it says nothing to any other.
        observation: Carried examples of the same number are near-duplicates, one observation together; from 0.
        embedding: Its d numbers as :mod:`fewshot_gui.encoders.packing` packs them.
    """

    kind: ClassVar[Kind] = Kind.CARRIED_EXAMPLES
    id: int
    class_id: int
    encoder: str
    observation: int
    embedding: bytes

    @property
    def key(self) -> int:
        """The id."""
        return self.id


Record: TypeAlias = (
    ClassRecord | ExampleRecord | PhotoRecord | DecisionRecord | SourceRecord | SettingRecord | CarriedExampleRecord
)
"""Any row."""


@dataclass(frozen=True, slots=True)
class PhotoFile:
    """A file that was read once, so that its content is known.

    Attributes:
        file: Absolute path as text.
        size: Bytes.
        fingerprint: Of its content.
    """

    file: str
    size: int
    fingerprint: str
