"""From a photo to the input of an encoder: the one path for adapting, labelling and exported models."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.encoders.resampling import resample_middle
from fewshot_gui.encoders.spec import Preprocess


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
    if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.dtype != np.uint8 or not rgb.size:
        raise ValueError(f"a photo must be uint8 (h, w, 3), not {rgb.dtype} {rgb.shape}")
    # In floating point: rounding to bytes, as Pillow does after each axis, turns invisible differences between two
    # readings of a photo into differences of a whole level, and an encoder answers to them.
    pixels = resample_middle(rgb, preprocess)
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
