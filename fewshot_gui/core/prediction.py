"""What the machine thinks of photos."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

NONE_OF_THESE = 0
"""The class id that stands for "none of these classes" in decisions. Real classes have ids from 1."""


class Ranked(NamedTuple):
    """The two most probable classes of n photos; confidences float32 (n,), ids int64 (n,).

    With a single class the second id is :data:`NONE_OF_THESE` with confidence 0.
    """

    first: NDArray[np.int64]
    first_confidence: NDArray[np.float32]
    second: NDArray[np.int64]
    second_confidence: NDArray[np.float32]

    def part(self, rows: slice) -> Ranked:
        """The same of some of the photos; views."""
        return Ranked(self.first[rows], self.first_confidence[rows], self.second[rows], self.second_confidence[rows])


@dataclass(frozen=True, eq=False)
class Predictions:
    """Calibrated class probabilities of n photos.

    Attributes:
        class_ids: int64 (c,), the class of each column.
        probabilities: float32 (n, c), rows sum to 1.
        familiarity: float32 (n,) in 0..1: how much the photo resembles the examples at all.
        stranger: bool (n,): familiarity is so low that the photo probably belongs to none of the classes.
    """

    class_ids: NDArray[np.int64]
    probabilities: NDArray[np.float32]
    familiarity: NDArray[np.float32]
    stranger: NDArray[np.bool_]

    def ranked(self) -> Ranked:
        """The best and second-best class of every photo; ties go to the smaller class id."""
        n, c = self.probabilities.shape
        rows = np.arange(n)
        best = self.probabilities.argmax(axis=1)
        if c == 1:
            none = np.full(n, NONE_OF_THESE, np.int64)
            return Ranked(self.class_ids[best], self.probabilities[rows, best], none, np.zeros(n, np.float32))
        without_best = self.probabilities.copy()
        without_best[rows, best] = -1.0
        second = without_best.argmax(axis=1)
        return Ranked(
            self.class_ids[best],
            self.probabilities[rows, best],
            self.class_ids[second],
            self.probabilities[rows, second],
        )

    def __len__(self) -> int:
        return len(self.probabilities)
