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
    columns, pairs = _numbered(labels, groups)
    return np.bincount(columns[np.unique(pairs, return_index=True)[1]]).astype(np.int64)


def observation_weights(labels: NDArray[np.int64], groups: NDArray[np.int64]) -> NDArray[np.float64]:
    """What each example weighs in the mean of its class, float64 (n,); the weights of a class sum to one.

    Args:
        labels: int64 (n,), the class of each example.
        groups: int64 (n,), the group of each example.
    """
    columns, pairs = _numbered(labels, groups)
    _, first, pair, sizes = np.unique(pairs, return_index=True, return_inverse=True, return_counts=True)
    weights: NDArray[np.float64] = 1.0 / (sizes[pair] * np.bincount(columns[first])[columns])
    return weights


def _numbered(labels: NDArray[np.int64], groups: NDArray[np.int64]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The number of each example's class, from 0, and a number that only examples of one class and group share.

    Every held-out split asks for these, and rows of pairs take numpy several times as long to compare as numbers.
    """
    _, columns = np.unique(labels, return_inverse=True)
    _, numbers = np.unique(groups, return_inverse=True)
    return columns, columns * len(groups) + numbers
