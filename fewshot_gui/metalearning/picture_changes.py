"""Small pictures that are a little different every time a training reads them."""

from __future__ import annotations

import math
from math import isqrt

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

_TURN = math.radians(10)
_SHIFT = 0.1
_STRETCH = 0.1


class ChangedPictures:
    """Rows of square grey pictures, each turned, moved and stretched at random; what moves in repeats the border.

    Turns are up to 10 degrees, moves up to a tenth of the side, sizes within a tenth.
    """

    def __init__(self, rows: NDArray[np.floating]) -> None:
        """``rows``: float16 or float32 (n, side x side); kept, not copied."""
        self._rows = rows
        self._side = isqrt(rows.shape[1])

    def read(self, indices: NDArray[np.int64], rng: np.random.Generator) -> Tensor:
        """Rows float32 (n, side x side)."""
        pictures = torch.from_numpy(self._rows[indices].astype(np.float32)).reshape(-1, 1, self._side, self._side)
        maps = torch.from_numpy(_affine_maps(len(indices), rng))
        grid = nn.functional.affine_grid(maps, list(pictures.shape), align_corners=False)
        return nn.functional.grid_sample(pictures, grid, padding_mode="border", align_corners=False).flatten(1)


def _affine_maps(count: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """From places in the new picture to places in the old, float32 (count, 2, 3), in units of half a side."""
    turn = rng.uniform(-_TURN, _TURN, count)
    width, height = rng.uniform(1 - _STRETCH, 1 + _STRETCH, (2, count))
    moves = rng.uniform(-2 * _SHIFT, 2 * _SHIFT, (2, count))
    maps = [
        [np.cos(turn) * width, -np.sin(turn) * height, moves[0]],
        [np.sin(turn) * width, np.cos(turn) * height, moves[1]],
    ]
    return np.array(maps, np.float32).transpose(2, 0, 1)
