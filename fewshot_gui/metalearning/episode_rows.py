"""Reading the rows of an episode as tensors, as they are or changed at random."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


class RowReader(Protocol):
    """Gives the rows of an episode to the outer loop."""

    def read(self, indices: NDArray[np.int64], rng: np.random.Generator) -> Tensor:
        """Rows float32 (n, inputs); the same generator state gives the same rows."""


class PlainRows:
    """Rows as they are."""

    def __init__(self, rows: NDArray[np.floating]) -> None:
        """``rows``: float16 or float32 (n, inputs); kept, not copied."""
        self._rows = rows

    def read(self, indices: NDArray[np.int64], rng: np.random.Generator) -> Tensor:  # noqa: ARG002 - nothing random
        """Rows float32 (n, inputs)."""
        return torch.from_numpy(self._rows[indices].astype(np.float32))
