"""What becomes of a photo on its way to an embedding."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.encoders import FileStamp
from fewshot_gui.imaging.jpeg_file import JpegFile


@dataclass(frozen=True, eq=False)
class EmbeddedPhoto:
    """One photo on its way through the encoder.

    Attributes:
        index: Its place in the sequence that was asked for.
        path: The file.
        fingerprint: Content hash, or ``None`` when the file could not be read at all.
        embedding: float32 (d,), or ``None`` when the photo could not be read.
        error: Why not, as a clause for a table cell.
    """

    index: int
    path: Path
    fingerprint: str | None
    embedding: NDArray[np.float32] | None
    error: str | None = None


@dataclass
class EmbeddingStats:
    """What the work cost; core-seconds are processor time, so they do not depend on how many cores shared it."""

    photos: int = 0
    failed: int = 0
    cached: int = 0
    decode_core_seconds: float = 0.0
    encode_core_seconds: float = 0.0


@dataclass(frozen=True)
class PhotoFile:
    """A photo that is not known: its place in the sequence, and its file as it was when it was looked up."""

    index: int
    stamp: FileStamp


@dataclass(frozen=True, eq=False)
class DecodedPhoto:
    """A photo that waits for the encoder.

    Attributes:
        file: Which it is.
        fingerprint: Of its content.
        picture: uint8 (h, w, 3), or a JPEG that the encoder's device decodes.
        decode_seconds: Processor time spent on it so far.
    """

    file: PhotoFile
    fingerprint: str
    picture: NDArray[np.uint8] | JpegFile
    decode_seconds: float

    @property
    def size_bytes(self) -> int:
        """The memory it takes."""
        return self.picture.nbytes if isinstance(self.picture, np.ndarray) else len(self.picture.content)

    def encoded(self, embedding: NDArray[np.float32], *, decode_seconds: float, encode_seconds: float) -> Outcome:
        """The end of its way; the encoder took these seconds of processor time for it."""
        photo = EmbeddedPhoto(self.file.index, self.file.stamp.path, self.fingerprint, embedding)
        return Outcome(photo, self.file.stamp, Origin.FRESH, self.decode_seconds + decode_seconds, encode_seconds)


class Origin(enum.Enum):
    """Where an embedding comes from: the cache by file or by content, or neither."""

    KNOWN = "known"
    RECALLED = "recalled"
    FRESH = "fresh"


@dataclass(frozen=True, eq=False)
class Outcome:
    """The end of a photo's way, with what it cost in seconds of processor time."""

    photo: EmbeddedPhoto
    stamp: FileStamp | None = None
    origin: Origin = Origin.FRESH
    decode_seconds: float = 0.0
    encode_seconds: float = 0.0


@dataclass(frozen=True)
class Found:
    """What a thread of the crew has found out.

    Attributes:
        outcomes: Photos that are done with.
        files: Photos that are not known and want to be read.
        postponed: Photos that another run is working on.
        decoded: Photos that want to be encoded.
        refused: JPEGs that the encoder's device could not decode.
    """

    outcomes: list[Outcome] = field(default_factory=list)
    files: list[PhotoFile] = field(default_factory=list)
    postponed: list[PhotoFile] = field(default_factory=list)
    decoded: list[DecodedPhoto] = field(default_factory=list)
    refused: list[DecodedPhoto] = field(default_factory=list)
