"""Small pictures for the grid."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile

from fewshot_gui.imaging.exif import preview, read_exif, turn_upright
from fewshot_gui.imaging.formats import PhotoFormat
from fewshot_gui.imaging.modes import plain_mode
from fewshot_gui.imaging.opening import OpenPhoto, open_photo
from fewshot_gui.imaging.raw import raw_preview, read_raw
from fewshot_gui.imaging.reader import finished, upright_rgb

_WITH_PREVIEW = frozenset({"JPEG", "MPO"})


def thumbnail(path: str | os.PathLike[str], side: int) -> NDArray[np.uint8]:
    """A small copy of a photo, from the preview the camera put into the file where that is large enough.

    Args:
        path: The file.
        side: The longest side of the result, in pixels. A smaller photo keeps its size.

    Returns:
        Upright sRGB, uint8 (h, w, 3), writable.

    Raises:
        PhotoError: As :func:`~fewshot_gui.imaging.reader.read_photo`.
        ValueError: ``side`` is less than 1.
    """
    if side < 1:
        raise ValueError(f"side must be at least 1, not {side}")
    with open_photo(Path(path)) as photo:
        if photo.format is PhotoFormat.RAW:
            return _of_raw(photo, side)
        return _of_image(photo.pillow_image(), side)


def _of_image(image: ImageFile.ImageFile, side: int) -> NDArray[np.uint8]:
    size = _fitted(image.size, side)
    if image.format in _WITH_PREVIEW and size != image.size:
        tags = read_exif(image)
        small = preview(image, tags)
        if small is not None and small.width >= size[0] and small.height >= size[1]:
            return finished(_resized(plain_mode(small), size), turn_upright(tags), image.info.get("icc_profile"))
    image.draft(None, size)  # JPEG decodes at a fraction of its size, HEIF its embedded preview
    return upright_rgb(image, lambda whole: _resized(whole, size))


def _of_raw(photo: OpenPhoto, side: int) -> NDArray[np.uint8]:
    small = raw_preview(photo, side)
    if small is None:
        small = Image.fromarray(read_raw(photo, short_side=side))
    return finished(_resized(plain_mode(small), _fitted(small.size, side)), None, small.info.get("icc_profile"))


def _fitted(size: tuple[int, int], side: int) -> tuple[int, int]:
    """The size whose longest side is ``side``, in the same proportion; ``size`` itself if it is no longer than that."""
    width, height = size
    longest = max(size)
    if longest <= side:
        return size
    return max(1, round(width * side / longest)), max(1, round(height * side / longest))


def _resized(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    # The gap makes Pillow average whole blocks first: as good to the eye, and several times as fast on large photos.
    return image if image.size == size else image.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)
