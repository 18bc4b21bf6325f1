"""The preprocessing of an encoder on a graphics card: what :func:`fewshot_gui.encoders.preprocess.prepare` makes.

Photos arrive there as bytes. Each axis is resampled by a matrix product, as in exported models
(:mod:`fewshot_gui.encoders.preprocess_operators`), so that no floating point is left for the processor.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from math import floor
from typing import TYPE_CHECKING

from fewshot_gui.encoders.preprocess_operators import CUBIC, REACH
from fewshot_gui.encoders.spec import Preprocess

if TYPE_CHECKING:
    import torch

_MATRICES_KEPT = 64
_FLOATS_AT_ONCE = 1 << 26
"""Photos are turned into floating point piece by piece, a quarter of a GiB at most, or one photo where that is more."""


def unseen_border(length: int, short_side: int, preprocess: Preprocess) -> int:
    """How many pixels no filter reaches at either end of an axis.

    Args:
        length: Of the axis, in pixels.
        short_side: Of the whole photo, in pixels.
        preprocess: Of the encoder.
    """
    scale = short_side / preprocess.resize_short_side
    half_seen = scale * preprocess.crop / 2 + max(scale, 1.0) * REACH[preprocess.interpolation]
    return max(0, floor(length / 2 - half_seen))


class TorchPreparation:
    """Scales, crops and normalises photos on one device, for one encoder. Any number of threads may use it at once."""

    def __init__(self, preprocess: Preprocess, device: torch.device, *, half_precision: bool | None = None) -> None:
        """Nothing is computed yet.

        Args:
            preprocess: Of the encoder.
            device: Where to compute.
            half_precision: In the first and by far the largest of the two products, by default on a GPU, where that
                is ten times faster. Bytes are exact in it and its errors are averaged out by the second product:
                what is left is an eighth of a level at most, as much as the rounding of a network's input.
        """
        import torch

        self._preprocess = preprocess
        self._device = device
        half = device.type == "cuda" if half_precision is None else half_precision
        self._dtype = torch.float16 if half else torch.float32
        mean, std = (torch.tensor(values)[:, None, None] for values in (preprocess.mean, preprocess.std))
        # Computed here and copied, which waits: whatever stream uses them first, they are there.
        self._gain, self._offset = (1 / (255 * std)).to(device), (mean / std).to(device)
        self._matrices: OrderedDict[tuple[int, int], torch.Tensor] = OrderedDict()
        self._lock = threading.Lock()

    def prepare(self, photos: torch.Tensor, short_side: int) -> torch.Tensor:
        """Prepare upright photos of one size.

        Args:
            photos: uint8 (n, 3, h, w) on the device, in any order in memory, n >= 1; or of each only the middle, as
                long as the border that is missing at either end is one that :func:`unseen_border` says is unseen.
            short_side: Of the whole photos, in pixels.

        Returns:
            float32 (n, 3, crop, crop) on the device.
        """
        import torch

        rows, columns = (unseen_border(length, short_side, self._preprocess) for length in photos.shape[2:])
        height, width = photos.shape[2], photos.shape[3]
        seen = photos[:, :, rows : height - rows, columns : width - columns]
        at_once = max(1, _FLOATS_AT_ONCE // seen[0].numel())
        return torch.cat([self._resampled(piece, short_side) for piece in torch.split(seen, at_once)])

    def _resampled(self, photos: torch.Tensor, short_side: int) -> torch.Tensor:
        import torch

        down, across = (self._matrix(length, short_side) for length in photos.shape[2:])
        across = across.to(self._dtype)
        pixels = photos.to(self._dtype, memory_format=torch.contiguous_format)
        # The sum that rounded weights no longer have would make whole columns brighter or darker.
        columns = (pixels @ across.T).float() / across.float().sum(dim=1)
        square = down @ columns
        # A cubic filter overshoots at edges.
        return square.clamp_(0, 255).mul_(self._gain).sub_(self._offset)

    def _matrix(self, length: int, short_side: int) -> torch.Tensor:
        with self._lock:
            matrix = self._matrices.pop((length, short_side), None)
            if matrix is None:
                matrix = resampling_matrix(length, short_side, self._preprocess, self._device)
            self._matrices[length, short_side] = matrix  # the last one is the one that was used last
            if len(self._matrices) > _MATRICES_KEPT:
                self._matrices.popitem(last=False)
            return matrix


def resampling_matrix(length: int, short_side: int, preprocess: Preprocess, device: torch.device) -> torch.Tensor:
    """The matrix that resamples the middle of an axis, float32 (crop, length); every row sums to 1.

    Args:
        length: Of the axis, in pixels.
        short_side: Of the whole photo, in pixels; it fixes the scale of both axes.
        preprocess: Of the encoder.
        device: Where it is computed and stays.
    """
    import torch

    scale = short_side / preprocess.resize_short_side
    outputs = torch.arange(preprocess.crop, device=device) + (0.5 - preprocess.crop / 2)
    inputs = torch.arange(length, device=device) + (0.5 - length / 2)
    distances = (inputs - scale * outputs[:, None]).abs_() / max(scale, 1.0)
    weights = {"bilinear": _triangle, "bicubic": _cubic}[preprocess.interpolation](distances)
    return weights / weights.sum(dim=1, keepdim=True)


def _triangle(distances: torch.Tensor) -> torch.Tensor:
    return (1 - distances).clamp_(min=0)


def _cubic(distances: torch.Tensor) -> torch.Tensor:
    """Keys's cubic convolution kernel; 0 from 2 on."""
    import torch

    near = ((CUBIC + 2) * distances - (CUBIC + 3)) * distances * distances + 1
    within = distances.clamp(max=2)
    far = ((CUBIC * within - 5 * CUBIC) * within + 8 * CUBIC) * within - 4 * CUBIC
    return torch.where(distances < 1, near, far)
