"""What cameras write beside the pixels: orientation, date, camera, preview. All of it may be missing or broken."""

import io
import logging
import math
import re
import struct
from datetime import datetime, timedelta, timezone
from typing import BinaryIO

from PIL import ExifTags, Image, ImageFile

logger = logging.getLogger(__name__)

Base, GPS, IFD = ExifTags.Base, ExifTags.GPS, ExifTags.IFD
_COMPRESSION_JPEG = 6
_DATE = re.compile(r"(\d{4})\D(\d{1,2})\D(\d{1,2})\D+(\d{1,2}):(\d{1,2}):(\d{1,2})")
_DATE_TAGS = (
    (Base.DateTimeOriginal, Base.SubsecTimeOriginal, Base.OffsetTimeOriginal),
    (Base.DateTimeDigitized, Base.SubsecTimeDigitized, Base.OffsetTimeDigitized),
    (Base.DateTime, Base.SubsecTime, Base.OffsetTime),
)
_OFFSET = re.compile(r"([+-])(\d{2}):?([0-5]\d)$")
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def read_exif(image: ImageFile.ImageFile) -> Image.Exif:
    """The EXIF of an image, empty if there is none or it is broken.

    Args:
        image: With its header read; a PNG is not decoded for this, so EXIF behind its pixels shows only once it is.
    """
    try:
        # Not image.getexif(): Pillow's PNG class decodes all pixels first.
        return Image.Image.getexif(image)
    except Exception:  # broken EXIF makes Pillow raise anything, and the photo is fine without it
        logger.debug("broken EXIF is ignored", exc_info=True)
        return Image.Exif()


def read_raw_exif(file: BinaryIO) -> Image.Exif:
    """The EXIF of a camera raw that is built as a TIFF file, as most are; of others nothing."""
    tags = Image.Exif()
    try:
        tags.load_from_fp(file)
        dict(tags)  # Pillow reads the values only now
    except Exception:  # as in read_exif
        logger.debug("no EXIF in a raw file", exc_info=True)
        return Image.Exif()
    return tags


def read_ifd(exif: Image.Exif, ifd: ExifTags.IFD) -> dict[int, object]:
    """One of the directories inside EXIF, empty if there is none or it is broken."""
    try:
        return dict(exif.get_ifd(ifd))
    except Exception:
        logger.debug("a broken EXIF directory is ignored", exc_info=True)
        return {}


def turn_upright(exif: Image.Exif) -> Image.Transpose | None:
    """The rotation or reflection that makes the picture upright; ``None`` if it is so already."""
    orientation = exif.get(Base.Orientation)
    return _TURNS.get(orientation) if isinstance(orientation, int) else None


def swaps_sides(turn: Image.Transpose | None) -> bool:
    """Whether ``turn`` exchanges width and height."""
    T = Image.Transpose  # noqa: N806 - a short name for a class
    return turn in {T.TRANSPOSE, T.ROTATE_270, T.TRANSVERSE, T.ROTATE_90}


def date_taken(exif: Image.Exif) -> datetime | None:
    """When the photo was taken, by the camera's own clock and without time zone; ``None`` if it does not tell."""
    return _date_and_offset(exif)[0]


def utc_offset(exif: Image.Exif) -> timezone | None:
    """How far the clock that :func:`date_taken` reads is from UTC; ``None`` if the camera does not tell."""
    return _offset(_date_and_offset(exif)[1])


def position(exif: Image.Exif) -> tuple[float, float] | None:
    """Where the photo was taken: latitude -90..90 and longitude -180..180, in degrees (WGS 84).

    Returns:
        ``None`` if the camera does not tell, or tells exactly 0, 0, as cameras without reception do.
    """
    tags = read_ifd(exif, IFD.GPSInfo)
    latitude = _angle(tags.get(GPS.GPSLatitude), _text(tags.get(GPS.GPSLatitudeRef)), "NS", limit=90)
    longitude = _angle(tags.get(GPS.GPSLongitude), _text(tags.get(GPS.GPSLongitudeRef)), "EW", limit=180)
    if latitude is None or longitude is None or latitude == longitude == 0:
        return None
    return latitude, longitude


def camera_name(exif: Image.Exif) -> str | None:
    """Maker and model, the maker only once: "NIKON CORPORATION" and "NIKON D70" are "NIKON D70"."""
    maker, model = _text(exif.get(Base.Make)), _text(exif.get(Base.Model))
    if maker and model and model.casefold().startswith(maker.split()[0].casefold()):
        return model
    return f"{maker} {model}".strip() or None


def preview(image: ImageFile.ImageFile, exif: Image.Exif) -> ImageFile.ImageFile | None:
    """The small copy that a camera puts into the EXIF of a JPEG, turned and coloured as the image itself is.

    Returns:
        ``None`` if there is none, or its sides are of another proportion: some cameras add black bars.
    """
    ifd = read_ifd(exif, IFD.IFD1)
    start, length = ifd.get(Base.JpegIFOffset), ifd.get(Base.JpegIFByteCount)
    data = image.info.get("exif")
    if ifd.get(Base.Compression) != _COMPRESSION_JPEG or not isinstance(data, bytes):
        return None
    if not isinstance(start, int) or not isinstance(length, int):
        return None
    tiff = data.removeprefix(b"Exif\x00\x00")
    try:
        small = Image.open(io.BytesIO(tiff[start : start + length]), formats=("JPEG",))
        small.load()
    except Exception:
        logger.debug("a broken preview is ignored", exc_info=True)
        return None
    (width, height), (small_width, small_height) = image.size, small.size
    # Equal up to the rounding of the smaller sides to whole pixels.
    same_shape = abs(small_width * height - small_height * width) <= max(width, height)
    return small if same_shape else None


def png_exif_behind_pixels(file: BinaryIO) -> bytes | None:
    """The ``eXIf`` chunk of a PNG that has it after the pixels, found without decoding them.

    Args:
        file: A PNG file, at any position; its position is changed.
    """
    file.seek(8)
    while len(head := file.read(8)) == 8:
        length, kind = struct.unpack(">I4s", head)
        if kind == b"eXIf":
            return file.read(length)
        file.seek(length + 4, 1)
    return None


def _date_and_offset(exif: Image.Exif) -> tuple[datetime | None, str]:
    tags = {**dict(exif), **read_ifd(exif, IFD.Exif)}
    for date_tag, fraction_tag, offset_tag in _DATE_TAGS:
        date = _date(_text(tags.get(date_tag)), _text(tags.get(fraction_tag)))
        if date is not None:
            return date, _text(tags.get(offset_tag))
    return None, ""


def _offset(text: str) -> timezone | None:
    match = _OFFSET.match(text)
    if match is None:
        return None
    offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
    # No clock on Earth is further from UTC than 14 hours.
    return timezone(-offset if match[1] == "-" else offset) if offset <= timedelta(hours=14) else None


def _angle(parts: object, direction: str, directions: str, *, limit: int) -> float | None:
    """Degrees, minutes and seconds in decimal degrees; negative for the second of ``directions``."""
    if not isinstance(parts, tuple) or len(parts) != 3 or not direction or direction[0] not in directions:
        return None
    try:
        degrees, minutes, seconds = (float(part) for part in parts)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    angle = degrees + minutes / 60 + seconds / 3600
    if not math.isfinite(angle) or not 0 <= angle <= limit:
        return None
    return -angle if direction[0] == directions[1] else angle


def _date(text: str, fraction: str) -> datetime | None:
    match = _DATE.match(text)
    if match is None:
        return None
    micros = int(fraction[:6].ljust(6, "0")) if fraction.isascii() and fraction.isdecimal() else 0
    try:
        return datetime(*(int(part) for part in match.groups()), microsecond=micros)  # type: ignore[misc, arg-type]  # mypy cannot count the groups
    except ValueError:  # "0000:00:00 00:00:00", from a clock that was never set
        return None


def _text(value: object) -> str:
    if isinstance(value, bytes):
        value = value.decode("utf-8", errors="replace")
    if not isinstance(value, str):
        return ""
    visible = "".join(character if character.isprintable() else " " for character in value.split("\x00")[0])
    return " ".join(visible.split())
