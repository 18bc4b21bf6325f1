"""What the window tells about a photo, without decoding it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from PIL import Image, ImageFile

from fewshot_gui.imaging import exif
from fewshot_gui.imaging.formats import PhotoFormat
from fewshot_gui.imaging.opening import OpenPhoto, open_photo
from fewshot_gui.imaging.raw import raw_size


@dataclass(frozen=True)
class PhotoDetails:
    """Facts about a photo.

    Attributes:
        width: Pixels from left to right, once upright.
        height: Pixels from top to bottom, once upright.
        format: What the file is by its content: "JPEG", "PNG", "HEIF", "RAW"...
        taken: When it was taken, by the camera's clock and without time zone.
        camera: Maker and model.
        zone: How far the camera's clock was from UTC, where it tells.
        position: Latitude and longitude in degrees (WGS 84), where the camera tells.
    """

    width: int
    height: int
    format: str
    taken: datetime | None
    camera: str | None
    zone: timezone | None = None
    position: tuple[float, float] | None = None


def photo_details(path: str | os.PathLike[str]) -> PhotoDetails:
    """Read the header of a photo.

    Raises:
        PhotoError: As :func:`~fewshot_gui.imaging.reader.read_photo`; but damage behind the header is not noticed.
    """
    with open_photo(Path(path)) as photo:
        if photo.format is PhotoFormat.RAW:
            tags = exif.read_raw_exif(photo.file)
            width, height = raw_size(photo)
        else:
            image = photo.pillow_image()
            tags = _image_exif(photo, image)
            width, height = image.size
            # Pillow gives the upright size of TIFF files, and of no others.
            if photo.format is not PhotoFormat.TIFF and exif.swaps_sides(exif.turn_upright(tags)):
                width, height = height, width
        return PhotoDetails(
            width,
            height,
            photo.format.value,
            exif.date_taken(tags),
            exif.camera_name(tags),
            exif.utc_offset(tags),
            exif.position(tags),
        )


def _image_exif(photo: OpenPhoto, image: ImageFile.ImageFile) -> Image.Exif:
    if photo.format is PhotoFormat.PNG and "exif" not in image.info:
        behind = exif.png_exif_behind_pixels(photo.file)
        if behind is not None:
            image.info["exif"] = behind
    return exif.read_exif(image)
