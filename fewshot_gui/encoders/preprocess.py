"""From a photo to the input of an encoder: the one path for adapting, labelling and exported models."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.encoders.spec import Preprocess

_REACH = 2
"""Beyond this many output pixels (or input pixels, where a photo is enlarged) every filter is 0."""


def central_square(width: int, height: int, preprocess: Preprocess) -> tuple[float, float, float, float]:
    """The part of a photo an encoder sees, in the photo's own pixels.

    Scaling the short side to ``resize_short_side`` and cropping ``crop`` from the middle shows the same as scaling
    this square to ``crop``; the square keeps the middle exact and needs no huge image between for a photo that is
    thousands of times longer than wide.

    Args:
        width: Pixels, at least 1.
        height: Pixels, at least 1.
        preprocess: Of the encoder.

    Returns:
        Left, top, right, bottom; fractions of pixels are meant.
    """
    side = min(width, height) * preprocess.crop / preprocess.resize_short_side
    left, top = (width - side) / 2, (height - side) / 2
    return left, top, left + side, top + side


def prepare(rgb: NDArray[np.uint8], preprocess: Preprocess) -> NDArray[np.float32]:
    """Scale, crop and normalise one upright photo.

    Args:
        rgb: uint8 (h, w, 3), any size from 1 x 1 and any proportions.
        preprocess: Of the encoder.

    Returns:
        float32 (3, crop, crop), channels first, ``(value / 255 - mean) / std``.

    Raises:
        ValueError: ``rgb`` is not an RGB array of bytes, or has no pixels.
    """
    from PIL import Image

    if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.dtype != np.uint8 or not rgb.size:
        raise ValueError(f"a photo must be uint8 (h, w, 3), not {rgb.dtype} {rgb.shape}")
    resampling = {"bicubic": Image.Resampling.BICUBIC, "bilinear": Image.Resampling.BILINEAR}[preprocess.interpolation]
    left, top, right, bottom = central_square(rgb.shape[1], rgb.shape[0], preprocess)
    reach = ceil(_REACH * max(1.0, (right - left) / preprocess.crop)) + 1
    first_row, first_column = max(0, floor(top) - reach), max(0, floor(left) - reach)
    seen = rgb[first_row : ceil(bottom) + reach, first_column : ceil(right) + reach]
    box = left - first_column, top - first_row, right - first_column, bottom - first_row
    pixels = np.empty((3, preprocess.crop, preprocess.crop), np.float32)
    # In floating point: rounding to bytes, which Pillow would do after each axis, turns invisible differences between
    # two readings of a photo into differences of a whole level, and an encoder answers to them.
    for plane, band in zip(pixels, Image.fromarray(np.ascontiguousarray(seen)).split(), strict=True):
        plane[...] = np.asarray(band.convert("F").resize((preprocess.crop, preprocess.crop), resampling, box))
    pixels.clip(0, 255, out=pixels)
    mean, std = (
        np.array(values, np.float32)[:, np.newaxis, np.newaxis] for values in (preprocess.mean, preprocess.std)
    )
    pixels *= 1 / (255 * std)
    pixels -= mean / std
    return pixels


def prepare_batch(photos: Sequence[NDArray[np.uint8]], preprocess: Preprocess) -> NDArray[np.float32]:
    """:func:`prepare` n photos; returns float32 (n, 3, crop, crop)."""
    batch = np.empty((len(photos), 3, preprocess.crop, preprocess.crop), np.float32)
    for row, rgb in enumerate(photos):
        batch[row] = prepare(rgb, preprocess)
    return batch
