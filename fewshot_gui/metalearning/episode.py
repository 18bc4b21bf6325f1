"""One small task, and what draws them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

STRANGER = -1
"""The label of a query that belongs to none of the episode's classes."""


@dataclass(frozen=True, eq=False)
class Episode:
    """A task as rows of :class:`~fewshot_gui.metalearning.labelled_rows.LabelledRows`. Immutable.

    Attributes:
        support: int64 (s,), rows to learn from.
        support_labels: int64 (s,), 0..ways-1; every class occurs.
        queries: int64 (q,), rows to be asked about; none is among ``support``, nor in a group with one of it.
        query_labels: int64 (q,), 0..ways-1 or :data:`STRANGER`.
        ways: How many classes the task has.
    """

    support: NDArray[np.int64]
    support_labels: NDArray[np.int64]
    queries: NDArray[np.int64]
    query_labels: NDArray[np.int64]
    ways: int


class EpisodeSampler(Protocol):
    """Draws episodes from the classes it was given."""

    def draw(self, rng: np.random.Generator) -> Episode:
        """The next episode; the same generator state gives the same episode."""
