"""From every pixel layout that Pillow knows to the four plain ones: L, RGB, RGBA and CMYK."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageChops

from fewshot_gui.imaging.formats import PhotoFormat

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PLAIN = frozenset({"L", "RGB", "RGBA", "CMYK"})
_WITH_ALPHA = frozenset({"LA", "La", "PA", "RGBa"})
_BITS_PER_SAMPLE, _PHOTOMETRIC, _COLOUR_MAP = 258, 262, 320  # TIFF tags
_WHITE_IS_ZERO = 0
_CLIPPED_PERCENT = 0.01
_SAMPLE_PIXELS = 4_000_000


def plain_mode(image: Image.Image) -> Image.Image:
    """A decoded image in mode L, RGB, RGBA or CMYK, 8 bits a channel; the same object if it is so already.

    Samples of more than 8 bits keep their upper 8 bits where they are colours, as in photos. Grey pictures of 16 or
    32 bits are measurements (microscopes, thermal cameras, scanners), which rarely use the whole range:
    see :func:`stretched`.
    """
    if image.mode.startswith("I") or image.mode == "F":
        return _from_deep_grey(image)
    if image.mode == "P":
        image = _whole_palette(image)
    if image.mode in _WITH_ALPHA or (image.mode != "RGBA" and image.has_transparency_data):
        # There is no direct way from the premultiplied modes to RGBA in grey.
        return (image.convert("LA") if image.mode == "La" else image).convert("RGBA")
    if image.mode == "CMYK":
        return _upright_ink(image)
    if image.mode not in _PLAIN:
        return image.convert("L" if image.mode == "1" else "RGB")
    return _lifted(image) if _is_deep_colour(image) else image


def stretched(values: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Grey values of any range as 8 bits, from the darkest at 0 to the brightest at 255, as ImageJ shows them.

    A camera of 12 bits writes 0..4095 into files of 16, and a thermal camera uses a few hundred of 65536 values:
    divided by 256 both are black. The price is that absolute brightness is lost, picture by picture. One value in
    10,000 is clipped at either end, so that a hot pixel does not darken everything else.

    Args:
        values: (h, w), integers or floats. What is not finite becomes black.

    Returns:
        uint8 (h, w). A picture of a single value keeps its place in the 16-bit range.
    """
    step = math.isqrt(values.size // _SAMPLE_PIXELS) + 1
    sample = values[::step, ::step].astype(np.float64)
    sample = sample[np.isfinite(sample)]
    if not sample.size:
        return np.zeros(values.shape, np.uint8)
    low, high = np.percentile(sample, (_CLIPPED_PERCENT, 100 - _CLIPPED_PERCENT))
    if low == high:
        low, high = sample.min(), sample.max()
    if low == high:
        low, high = 0.0, 65535.0
    scaled = values.astype(np.float32)
    scaled -= np.float32(low)
    scaled *= np.float32(255.0 / (high - low))
    np.nan_to_num(scaled, copy=False, nan=0.0, posinf=0.0, neginf=0.0)
    return np.clip(np.rint(scaled, out=scaled), 0, 255, out=scaled).astype(np.uint8)


def _from_deep_grey(image: Image.Image) -> Image.Image:
    values = np.asarray(image)
    if image.format == PhotoFormat.HEIF:  # a photo of 10 or 12 bits, spread by the decoder over all 16
        return Image.fromarray((values >> 8).astype(np.uint8))
    grey = Image.fromarray(stretched(values))
    # Pillow inverts white-is-zero TIFF files of up to 8 bits, but not these.
    return ImageChops.invert(grey) if _tiff_tag(image, _PHOTOMETRIC) == _WHITE_IS_ZERO else grey


def _whole_palette(image: Image.Image) -> Image.Image:
    """The palette of TIFF files has 16 bits a colour; some scanners fill only the lower 8, which Pillow drops."""
    colours = _tiff_tag(image, _COLOUR_MAP)
    if not isinstance(colours, tuple) or max(colours, default=256) > 255:
        return image
    filled = image.copy()
    filled.putpalette(np.array(colours, np.uint8).reshape(3, -1).T.tobytes())
    return filled


def _upright_ink(image: Image.Image) -> Image.Image:
    """CMYK with 255 for full ink.

    Pillow takes every CMYK JPEG to be inverted, as Adobe's are; those without Adobe's marker are not.
    """
    return ImageChops.invert(image) if image.format == PhotoFormat.JPEG and "adobe" not in image.info else image


def _is_deep_colour(image: Image.Image) -> bool:
    bits = _tiff_tag(image, _BITS_PER_SAMPLE)
    return image.mode == "RGB" and isinstance(bits, tuple) and max(bits, default=8) > 8


def _lifted(image: Image.Image) -> Image.Image:
    """A TIFF of 16 bits a colour, made visible where a camera of 10 to 14 bits used only the lower part of the range.

    Pillow keeps the upper 8 bits, so the full range of such a camera is 0..3, 0..15 or 0..63.
    """
    brightest = int(np.asarray(image).max())
    if not 0 < brightest < 64:
        return image
    return image.point([min(255, round(value * 255 / brightest)) for value in range(256)] * 3)


def _tiff_tag(image: Image.Image, tag: int) -> object:
    tags = getattr(image, "tag_v2", None)
    return None if tags is None else tags.get(tag)
