"""JPEGs that any decoder reads alike, so that a graphics card may decode them in Pillow's place."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageFile

from fewshot_gui.core.errors import PhotoError
from fewshot_gui.imaging.colour import is_srgb
from fewshot_gui.imaging.exif import read_exif, turn_upright
from fewshot_gui.imaging.formats import PhotoFormat
from fewshot_gui.imaging.opening import open_photo

_MOST_PIXELS = 100_000_000
"""Larger photos would fill the memory of many graphics cards; Pillow reads them at a fraction of their size."""

_START, _SCAN, _END = 0xD8, 0xDA, 0xD9
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PLAIN_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
"""Baseline, extended and progressive, all with Huffman codes: the others are arithmetic, lossless or hierarchical."""

_SAMPLINGS = frozenset({(1, 1), (2, 1), (1, 2), (2, 2)})
"""Of brightness, across and down, where both colours have one sample: 4:4:4, 4:2:2, 4:4:0 and 4:2:0."""

_TAIL_BYTES = 16


@dataclass(frozen=True, eq=False)
class JpegFile:
    """A JPEG in YCbCr whose numbers mean sRGB, read from its file but not decoded.

    Attributes:
        content: All bytes of the file.
        turn: What makes the decoded picture upright; ``None`` if it is so already.
        width: Pixels, before it is turned.
        height: Pixels, before it is turned.
    """

    content: bytes
    turn: Image.Transpose | None
    width: int
    height: int


def plain_jpeg(path: str | os.PathLike[str]) -> JpegFile | None:
    """Read the bytes of a JPEG that decoders agree upon; pixels are not decoded.

    Returns:
        ``None`` when the photo should be read with :func:`~fewshot_gui.imaging.reader.read_photo`: it is of another
        format, grey or CMYK, has a colour profile other than sRGB, a rare coding or sampling, more than 100
        megapixels, is cut off, damaged, or cannot be read at all. That function then says what is wrong.
    """
    try:
        with open_photo(Path(path)) as photo:
            if photo.format is not PhotoFormat.JPEG:
                return None
            content = photo.file.read()
            photo.file.seek(0)
            image = photo.pillow_image()
            if not _is_whole(content) or not _has_plain_frame(content) or not _has_plain_colours(image):
                return None
            return JpegFile(content, turn_upright(read_exif(image)), *image.size)
    except PhotoError:
        return None


def jpeg_in_memory(content: bytes) -> JpegFile:
    """A JPEG that the program made itself: upright, and plain without looking."""
    with Image.open(io.BytesIO(content), formats=("JPEG",)) as image:
        return JpegFile(content, None, *image.size)


def _is_whole(content: bytes) -> bool:
    """Decoders fill the missing part of a file with grey and do not all say so."""
    return bytes((0xFF, _END)) in content[-_TAIL_BYTES:]


def _has_plain_frame(content: bytes) -> bool:
    """Walk the segments before the pixels (ITU-T T.81, B.1.1) to the one that says how they are coded."""
    position = 2
    while position + 4 <= len(content) and content[position] == 0xFF:
        marker = content[position + 1]
        if marker == 0xFF:  # a fill byte
            position += 1
        elif marker in _FRAMES:
            return marker in _PLAIN_FRAMES
        elif marker in {_START, _SCAN, _END}:
            return False
        else:
            position += 2 + int.from_bytes(content[position + 2 : position + 4], "big")
    return False


def _has_plain_colours(image: ImageFile.ImageFile) -> bool:
    if image.mode != "RGB" or image.width * image.height > _MOST_PIXELS:
        return False
    profile = image.info.get("icc_profile")
    return _is_ycbcr(image) and _sampling_is_plain(image) and (not profile or is_srgb(profile))


def _is_ycbcr(image: ImageFile.ImageFile) -> bool:
    """As libjpeg decides it; without the marks of JFIF or Adobe, other decoders may decide otherwise."""
    if "jfif" in image.info:
        return True
    if "adobe" in image.info:
        return image.info.get("adobe_transform") == 1
    return [layer[0] for layer in _layers(image)] == [1, 2, 3]


def _sampling_is_plain(image: ImageFile.ImageFile) -> bool:
    brightness, *colours = ((across, down) for _, across, down, _ in _layers(image))
    return brightness in _SAMPLINGS and colours == [(1, 1), (1, 1)]


def _layers(image: ImageFile.ImageFile) -> list[tuple[int, int, int, int]]:
    """Identifier, samples across and down, and table of every component, as Pillow's JPEG class read them."""
    layers: list[tuple[int, int, int, int]] = getattr(image, "layer", [])
    return layers
