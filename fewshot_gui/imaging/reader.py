"""From a file to pixels."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile

from fewshot_gui.imaging.colour import to_srgb
from fewshot_gui.imaging.exif import read_exif, turn_upright
from fewshot_gui.imaging.formats import PhotoFormat
from fewshot_gui.imaging.modes import plain_mode
from fewshot_gui.imaging.opening import open_photo
from fewshot_gui.imaging.raw import read_raw

_JPEG_FRACTIONS = (8, 4, 2)
"""Of its size at which a JPEG can be decoded, the quickest first."""

_STRIP_PIXELS = 1 << 16
"""Pixels taken out of Pillow at once: they stay in the processor's cache."""


def read_photo(path: str | os.PathLike[str], *, short_side: int | None = None) -> NDArray[np.uint8]:
    """Read a photo as a person would see it: upright, in sRGB, on white where it is transparent.

    Of an animation or a document of many pages this is the first. Grey pictures of more than 8 bits are stretched
    from their darkest to their brightest value (:func:`fewshot_gui.imaging.modes.stretched`).

    Args:
        path: The file. Its content decides how it is read, not its suffix.
        short_side: The smallest acceptable length of the short side, in pixels. With it large photos are decoded
            smaller and faster, at a fraction that divides both sides: else the last row or column of pixels would
            stand for less than the others, and what lies in the middle would no longer. The result may still be
            larger than asked, and is never enlarged.

    Returns:
        uint8 (h, w, 3), writable.

    Raises:
        PhotoError: The file is missing, empty, cut off, damaged, too large, or no image. Nothing else is raised,
            whatever the file contains.
        ValueError: ``short_side`` is less than 1.
    """
    if short_side is not None and short_side < 1:
        raise ValueError(f"short_side must be at least 1, not {short_side}")
    with open_photo(Path(path)) as photo:
        if photo.format is PhotoFormat.RAW:
            return read_raw(photo, short_side)
        image = photo.pillow_image()
        if short_side is None:
            return upright_rgb(image, lambda whole: whole)
        if photo.format is PhotoFormat.JPEG:  # others would give an embedded preview, which may differ from the photo
            fraction = _fraction(image.size, short_side, _JPEG_FRACTIONS)
            image.draft(None, (image.width // fraction, image.height // fraction))
        return upright_rgb(image, lambda whole: _reduced(whole, short_side))


def upright_rgb(image: ImageFile.ImageFile, shrink: Callable[[Image.Image], Image.Image]) -> NDArray[np.uint8]:
    """Decode an image and bring it to upright sRGB.

    Args:
        image: Opened, not yet decoded.
        shrink: Makes the decoded image, in mode L, RGB, RGBA or CMYK, as small as wanted. This comes before turning
            it and converting its colours, because those cost more.

    Returns:
        uint8 (h, w, 3), writable.
    """
    image.load()
    small = shrink(plain_mode(image))
    # Only now: a PNG may have its EXIF behind the pixels, and decoding makes TIFF upright and takes the tag away.
    return finished(small, turn_upright(read_exif(image)), image.info.get("icc_profile"))


def finished(image: Image.Image, turn: Image.Transpose | None, profile: bytes | None) -> NDArray[np.uint8]:
    """Turn an image in mode L, RGB, RGBA or CMYK upright and convert its colours.

    Returns:
        uint8 (h, w, 3), writable.
    """
    upright = image if turn is None else image.transpose(turn)
    return _pixels(to_srgb(upright, profile))


def _pixels(image: Image.Image) -> NDArray[np.uint8]:
    """The pixels of an image in mode RGB, uint8 (h, w, 3), writable.

    Strip by strip: as a whole, Pillow would write them to one bytes object in pieces, join these and have the result
    copied, and fresh memory for that costs more than decoding.
    """
    pixels = np.empty((image.height, image.width, 3), np.uint8)
    step = max(1, _STRIP_PIXELS // image.width)
    for top in range(0, image.height, step):
        strip = image.crop((0, top, image.width, min(image.height, top + step)))
        pixels[top : top + step] = np.asarray(strip)
    return pixels


def _reduced(image: Image.Image, short_side: int) -> Image.Image:
    """The image at the largest fraction that keeps ``short_side``, each pixel the mean of those it replaces."""
    fraction = _fraction(image.size, short_side, range(min(image.size) // short_side, 0, -1))
    return image.reduce(fraction) if fraction > 1 else image


def _fraction(size: tuple[int, int], short_side: int, offered: Iterable[int]) -> int:
    """The first of the fractions offered that keeps ``short_side`` and leaves no part of a pixel over, or 1."""
    return next((f for f in offered if min(size) >= f * short_side and not any(side % f for side in size)), 1)
