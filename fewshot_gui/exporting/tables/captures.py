"""When, where and by which camera a photo was taken."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

from fewshot_gui.core.errors import PhotoError
from fewshot_gui.imaging import photo_details

_EARTH_RADIUS_M = 6_371_000
_MEDIA_TYPES = {
    **dict.fromkeys((".jpg", ".jpeg", ".jpe", ".jfif"), "image/jpeg"),
    **dict.fromkeys((".tif", ".tiff"), "image/tiff"),
    **dict.fromkeys((".heif", ".hif"), "image/heif"),
    **dict.fromkeys((".bmp", ".dib"), "image/bmp"),
}


@dataclass(frozen=True)
class Capture:
    """What is known of the taking of a photo.

    Attributes:
        file_time: When the file was last changed; UTC.
        camera_time: What the camera's clock said: with a time zone if that is known, ``None`` if the camera does not
            tell.
        position: Latitude and longitude in degrees (WGS 84), if the camera tells.
        camera: Maker and model, or empty.
    """

    file_time: datetime
    camera_time: datetime | None = None
    position: tuple[float, float] | None = None
    camera: str = ""


def read_capture(path: Path, zone: tzinfo | None) -> Capture | None:
    """Read what the file tells without decoding the pixels.

    Args:
        path: The photo; it may be damaged.
        zone: The time zone of clocks that do not tell theirs, if it is known.

    Returns:
        ``None`` if there is no such file.
    """
    try:
        file_time = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except (OSError, OverflowError, ValueError):
        return None
    try:
        details = photo_details(path)
    except PhotoError:
        return Capture(file_time)
    taken = details.taken
    if taken is not None:
        taken = taken.replace(tzinfo=details.zone or zone)
    return Capture(file_time, taken, details.position, details.camera or "")


def in_local_time(moment: datetime) -> datetime:
    """``moment`` with the time zone that this computer had then, where it has none."""
    try:
        return moment.astimezone()
    except (OSError, OverflowError, ValueError):  # some systems know no zones before 1970
        return moment.replace(tzinfo=UTC)


def iso_time(moment: datetime) -> str:
    """ISO 8601 with seconds: ``2020-03-24T11:21:46+01:00``, with ``Z`` for UTC, and no offset where it is unknown."""
    offset = moment.utcoffset()
    if offset is not None and offset % timedelta(minutes=1):  # local mean times of the 19th century
        moment = moment.astimezone(UTC)
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def iso_time_of(text: str) -> str:
    """An ISO 8601 time of which the offset may be missing, which means UTC, as :func:`iso_time`; or empty."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return ""
    return iso_time(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def media_type(path: Path) -> str:
    """The media type that goes with the name of a photo, such as ``image/jpeg``."""
    suffix = path.suffix.lower()
    return _MEDIA_TYPES.get(suffix, f"image/{suffix[1:] or 'unknown'}")


def distance_m(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Metres between two positions on a sphere (haversine formula)."""
    latitude_a, longitude_a, latitude_b, longitude_b = (math.radians(angle) for angle in (*a, *b))
    half_chord = (
        math.sin((latitude_b - latitude_a) / 2) ** 2
        + math.cos(latitude_a) * math.cos(latitude_b) * math.sin((longitude_b - longitude_a) / 2) ** 2
    )
    return 2 * _EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, half_chord)))
