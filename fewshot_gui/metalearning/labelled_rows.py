"""The data that episodes are drawn from: rows with their classes, held in memory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class LabelledRows:
    """Rows (embeddings, activations or pixels) of one or more data sets, by class. Immutable.

    Attributes:
        rows: float16 or float32 (n, inputs).
        labels: int64 (n,), 0..classes-1; every class has a row.
        groups: int64 (n,): rows of one group (near-duplicates, a burst) never stand on both sides of an episode.
        class_names: Of each class, unique together with its source.
        sources: The data set of each class; an episode never mixes two unless it is asked to.
    """

    rows: NDArray[np.floating]
    labels: NDArray[np.int64]
    groups: NDArray[np.int64]
    class_names: tuple[str, ...]
    sources: tuple[str, ...]

    @property
    def classes(self) -> int:
        """How many classes there are."""
        return len(self.class_names)
