"""The yardstick that stands beside every figure: class means of raw embeddings, as few-shot libraries have them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FROZEN_PROTOTYPES = "frozen prototypes"
"""How the yardstick is called in tables."""


def frozen_prototypes(
    support: NDArray[np.float32], labels: NDArray[np.int64], queries: NDArray[np.float32]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Label queries by the nearest class mean (Snell et al. 2017, arXiv 1703.05175), without any adaptation.

    Args:
        support: (n, d).
        labels: int64 (n,), 0..ways-1; every class occurs.
        queries: (q, d).

    Returns:
        Probabilities (q, ways), the softmax of the negative squared Euclidean distances; and familiarity (q,), the
        negative of the smallest of them.
    """
    members = np.eye(labels.max() + 1)[labels]
    means = (members.T @ support) / members.sum(axis=0)[:, None]
    rows = queries.astype(np.float64)
    distances = (rows**2).sum(axis=1)[:, None] + (means**2).sum(axis=1) - 2 * rows @ means.T
    nearest = distances.min(axis=1)
    weights = np.exp(nearest[:, None] - distances)
    return weights / weights.sum(axis=1, keepdims=True), -nearest
