"""Made-up embeddings that behave like those of a network: non-negative, sparse, varying alike in all classes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from fewshot_gui.core.support import SupportSet

DIMENSION = 96
Photos = tuple[NDArray[np.float32], NDArray[np.int64]]


class World:
    """Classes that photos can be drawn from; every draw is new."""

    def __init__(self, classes: int, *, seed: int = 0, spread: float = 0.5) -> None:
        self._rng = np.random.default_rng(seed)
        self._means = self._rng.normal(0, 0.5, (classes, DIMENSION))
        self._nuisance = self._rng.normal(0, spread, (6, DIMENSION))

    def draw(self, counts: Sequence[int]) -> Photos:
        """``counts[i]`` photos of class id ``10 * i + 7``."""
        columns = np.repeat(np.arange(len(counts)), counts)
        shared = self._rng.normal(size=(len(columns), 6)) @ self._nuisance
        raw = self._means[columns] + shared + self._rng.normal(0, 0.4, (len(columns), DIMENSION))
        return np.maximum(raw, 0).astype(np.float32), (10 * columns + 7).astype(np.int64)

    def support(self, counts: Sequence[int]) -> SupportSet:
        return SupportSet(*self.draw(counts))


@pytest.fixture
def world() -> Callable[..., World]:
    return World
