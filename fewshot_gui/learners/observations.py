"""Independent observations: the examples of one group, a burst or copies of a photo, count as one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def observation_counts(labels: NDArray[np.int64], groups: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many groups each class has, int64 (c,), the classes in ascending order.

    Args:
        labels: int64 (n,), the class of each example.
        groups: int64 (n,), the group of each example.
    """
    pairs = np.unique(np.column_stack([labels, groups]), axis=0)
    return np.unique(pairs[:, 0], return_counts=True)[1].astype(np.int64)


def observation_weights(labels: NDArray[np.int64], groups: NDArray[np.int64]) -> NDArray[np.float64]:
    """What each example weighs in the mean of its class, float64 (n,); the weights of a class sum to one.

    Args:
        labels: int64 (n,), the class of each example.
        groups: int64 (n,), the group of each example.
    """
    _, columns = np.unique(labels, return_inverse=True)
    _, pair, sizes = np.unique(np.column_stack([labels, groups]), axis=0, return_inverse=True, return_counts=True)
    weights: NDArray[np.float64] = 1.0 / (sizes[pair.ravel()] * observation_counts(labels, groups)[columns])
    return weights
