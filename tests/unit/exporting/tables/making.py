"""Photos as cameras write them, and labels for them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from PIL import ExifTags, Image

from fewshot_gui.core.errors import Cancelled
from fewshot_gui.core.progress import Unwatched
from fewshot_gui.exporting.labels import LabelledPhoto, LabelSet
from fewshot_gui.exporting.table import TableRow

Base, GPS, IFD = ExifTags.Base, ExifTags.GPS, ExifTags.IFD
LABELLED_AT = datetime(2026, 11, 21, 18, 0, 5, 123, tzinfo=UTC)


def take_photo(
    path: Path,
    taken: str = "2024:05:04 03:02:01",
    *,
    zone: str = "",
    place: tuple[float, float] | None = None,
    camera: tuple[str, str] = ("RECONYX", "HC500"),
    size: tuple[int, int] = (32, 24),
    orientation: int = 1,
) -> Path:
    """Make a JPEG with the EXIF of a camera; ``taken`` may be empty."""
    exif = Image.Exif()
    exif.update({Base.Make: camera[0], Base.Model: camera[1], Base.Orientation: orientation})
    if taken:
        exif.get_ifd(IFD.Exif)[Base.DateTimeOriginal] = taken
    if zone:
        exif.get_ifd(IFD.Exif)[Base.OffsetTimeOriginal] = zone
    if place is not None:
        latitude, longitude = place
        exif.get_ifd(IFD.GPSInfo).update(
            {
                GPS.GPSLatitudeRef: "N" if latitude >= 0 else "S",
                GPS.GPSLatitude: (abs(latitude), 0, 0),
                GPS.GPSLongitudeRef: "E" if longitude >= 0 else "W",
                GPS.GPSLongitude: (abs(longitude), 0, 0),
            }
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, (90, 120, 60)).save(path, "JPEG", exif=exif.tobytes())
    return path


def by_machine(
    path: Path, label: str, confidence: float = 0.9, *, name: str = "", fingerprint: str = ""
) -> LabelledPhoto:
    """A photo with a label of the machine."""
    row = TableRow(name or path.name, label, confidence, "Fox", 0.05, 0.7, 0.88, "ridge", "efficientnet-lite0")
    return LabelledPhoto(path, row, fingerprint=fingerprint)


def by_person(path: Path, label: str, *, fingerprint: str = "") -> LabelledPhoto:
    """A photo with a label of a person."""
    row = TableRow(path.name, label, method="person", encoder="efficientnet-lite0")
    return LabelledPhoto(path, row, True, "Zoë Müller", "2026-11-20T08:00:00+00:00", fingerprint)


def unreadable(path: Path, error: str = "the file is cut off") -> LabelledPhoto:
    """A photo without label that could not be read."""
    return LabelledPhoto(path, TableRow(path.name, encoder="efficientnet-lite0", error=error))


def labels_of(photos: Iterable[LabelledPhoto], *roots: Path, classes: tuple[str, ...] = ("Fox", "Empty")) -> LabelSet:
    """The labels of ``photos`` in ``roots``."""
    facts = {"expected accuracy": "88 % ± 4"}
    return LabelSet("Forêt 2024", classes, tuple(photos), roots, LABELLED_AT, "fewshot-gui 0.3, ridge on Fast", facts)


class Impatient(Unwatched):
    """Progress of somebody who cancels before the photo of this number."""

    def __init__(self, number: int) -> None:
        self.left = number

    def check(self) -> None:
        if self.left == 0:
            raise Cancelled
        self.left -= 1


class Remembering(Unwatched):
    """Progress that remembers what was reported."""

    def __init__(self) -> None:
        self.reports: list[tuple[int, int | None]] = []

    def report(self, done: int, total: int | None = None, note: str = "") -> None:  # noqa: ARG002 - the protocol has it
        self.reports.append((done, total))
