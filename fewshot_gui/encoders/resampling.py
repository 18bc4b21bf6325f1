"""Scaling the middle of a photo in floating point, with matrix products.

Along each axis the photo is multiplied by a matrix, as in exported models
(:mod:`fewshot_gui.encoders.preprocess_operators`). Nearly all of such a matrix is 0: every output pixel sees a few
input pixels around its place. So neighbouring outputs make a band with a small matrix of its own, and all bands are
multiplied by one call: with a call for each, the threads that read photos would wait for the interpreter.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil, floor

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from fewshot_gui.encoders.preprocess_operators import CUBIC, REACH
from fewshot_gui.encoders.spec import Preprocess

_BAND_INPUTS, _BAND_OUTPUTS = 50, (8, 32)
"""A band has as many outputs, within these bounds, as there are for so many inputs. Fewer leave the processor idle;
more multiply by zeros."""

_VALUES_AT_ONCE = 1 << 20
"""Of a photo, in floating point: 4 MB, so that much of what is computed from them stays in the processor's cache."""

_AXES_KEPT = 64


@dataclass(frozen=True, eq=False)
class _Axis:
    """How an axis is resampled.

    Attributes:
        first: The first pixel that the first band sees; negative where that is before the photo.
        step: How many pixels further each band begins than the one before.
        weights: float32 (b, o, i), of the i inputs of b bands for their o outputs; 0 outside the photo.
    """

    first: int
    step: int
    weights: NDArray[np.float32]

    @property
    def window(self) -> int:
        """How many pixels a band sees."""
        return int(self.weights.shape[2])

    @property
    def inputs(self) -> int:
        """How many pixels all bands see, those outside the photo included."""
        return (len(self.weights) - 1) * self.step + self.window

    def seen(self, length: int) -> tuple[slice, slice]:
        """Those of :attr:`inputs` that are in the photo, by their places among the inputs and in the photo."""
        start, stop = max(0, self.first), min(length, self.first + self.inputs)
        return slice(start - self.first, stop - self.first), slice(start, stop)


def resample_middle(rgb: NDArray[np.uint8], preprocess: Preprocess) -> NDArray[np.float32]:
    """Scale the short side to ``resize_short_side`` and crop the middle.

    Only what can be seen in the middle is touched, also of a photo that is thousands of times longer than wide.

    Args:
        rgb: uint8 (h, w, 3), any size from 1 x 1 and any proportions.
        preprocess: Of the encoder.

    Returns:
        float32 (3, crop, crop), channels first; a cubic filter leaves 0..255 at edges.
    """
    height, width = rgb.shape[:2]
    crop = preprocess.crop
    down, across = (_axis(length, min(height, width), preprocess) for length in (height, width))
    planes = np.zeros((3, crop, across.inputs), np.float32)
    places, columns = across.seen(width)
    at_once = max(1, _VALUES_AT_ONCE // (3 * down.inputs))
    for start in range(0, columns.stop - columns.start, at_once):
        strip = rgb[:, columns][:, start : start + at_once]
        scaled = _scaled_down(strip, down)[:crop].reshape(crop, -1, 3)
        planes[:, :, places][:, :, start : start + at_once] = scaled.transpose(2, 0, 1)
    windows = sliding_window_view(planes.reshape(3 * crop, -1), across.window, axis=1)[:, :: across.step]
    square = np.matmul(windows.transpose(1, 0, 2), across.weights.transpose(0, 2, 1)).transpose(1, 0, 2)
    return np.ascontiguousarray(square.reshape(3, crop, -1)[:, :, :crop])


def _scaled_down(strip: NDArray[np.uint8], axis: _Axis) -> NDArray[np.float32]:
    """Some columns of a photo, uint8 (h, w, 3), resampled along the vertical axis: float32 (at least crop, 3 w)."""
    height, width = strip.shape[:2]
    pixels = np.empty((axis.inputs, width, 3), np.float32)
    places, rows = axis.seen(height)
    pixels[: places.start] = pixels[places.stop :] = 0
    pixels[places] = strip[rows]
    windows = sliding_window_view(pixels.reshape(-1, 3 * width), axis.window, axis=0)[:: axis.step]
    scaled: NDArray[np.float32] = np.matmul(axis.weights, windows.transpose(0, 2, 1))
    return scaled.reshape(-1, 3 * width)


@lru_cache(_AXES_KEPT)
def _axis(length: int, short_side: int, preprocess: Preprocess) -> _Axis:
    """How an axis of ``length`` pixels is resampled; most photos of a folder have the same few sizes."""
    scale = short_side / preprocess.resize_short_side
    spread = max(scale, 1.0)
    reach = spread * REACH[preprocess.interpolation]
    outputs = int(np.clip(_BAND_INPUTS / scale, *_BAND_OUTPUTS))
    # In input pixels, from the middle of the axis; the last band may have outputs too many.
    places = scale * (np.arange(ceil(preprocess.crop / outputs) * outputs) + 0.5 - preprocess.crop / 2)
    bands = places.reshape(-1, outputs)
    step = max(1, floor(scale * outputs))
    # Bands begin at whole pixels and at equal distances, so each sees a little more than it must.
    drift = step * np.arange(len(bands))
    first = floor((length / 2 + bands[:, 0] - reach - drift).min())
    last = ceil((length / 2 + bands[:, -1] + reach - drift).max())
    inputs = np.arange(first, last) + drift[:, None]
    distances = np.abs(inputs[:, None, :] + 0.5 - length / 2 - bands[:, :, None]) / spread
    weights = _filter(distances, preprocess) * ((inputs >= 0) & (inputs < length))[:, None, :]
    weights /= np.maximum(weights.sum(axis=2, keepdims=True), 1e-6)
    return _Axis(first, step, weights.astype(np.float32))


def _filter(distances: NDArray[np.float64], preprocess: Preprocess) -> NDArray[np.float64]:
    """The filter's value at distances of at least 0; see :data:`REACH`."""
    if preprocess.interpolation == "bilinear":
        return np.maximum(1 - distances, 0)
    near = ((CUBIC + 2) * distances - (CUBIC + 3)) * distances * distances + 1
    within = np.minimum(distances, 2)
    far = ((CUBIC * within - 5 * CUBIC) * within + 8 * CUBIC) * within - 4 * CUBIC
    return np.where(distances < 1, near, far)
