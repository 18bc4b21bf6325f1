"""Labels that spread among photos that look alike (Zhou et al. 2003, "Learning with local and global consistency").

Every photo and example is linked to those nearest to it, and passes on most of the label it holds. Nothing is assumed
of how frequent the classes are: methods that spread photos evenly over the classes gain more where they are so, and
lose more than they gain where they are not.

Two graphs are averaged, both of the leading principal components: with these as they are, and with the largest of them
evened out a little. The first is better on everyday photos, the second on drawings and degraded photos.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_NEIGHBOURS = 10
_COMPONENTS = 30
_EVENED_OUT = (0.0, 0.5)
"""The power of the component's variance by which each graph divides: 0 leaves it, 1 would make all alike."""

_SHARPNESS = 3
"""The power of the cosine that is the weight of a link."""

_PASSED_ON = 0.8
"""The part of what a photo holds that comes from its neighbours; the rest is what it held at the start."""


@dataclass(frozen=True, eq=False)
class Propagation:
    """How labels spread among fixed points.

    Attributes:
        spreads: float64 (n, n) each; row i is what point i receives of what every point holds at the start.
    """

    spreads: tuple[NDArray[np.float64], ...]

    @classmethod
    def among(cls, gram: NDArray[np.float64]) -> Propagation:
        """The propagation among at least two points with these inner products, float64 (n, n)."""
        values, vectors = np.linalg.eigh(gram)
        values, vectors = values[::-1][:_COMPONENTS], vectors[:, ::-1][:, :_COMPONENTS]
        values = np.maximum(values, 1e-9 * max(float(values[0]), 1e-9))
        return cls(tuple(_spread(vectors * values ** (0.5 * (1.0 - power))) for power in _EVENED_OUT))

    def of(self, held: NDArray[np.float64]) -> NDArray[np.float64]:
        """Spread labels.

        Args:
            held: What each point holds of each class at the start, float64 (n, c), at least 0.

        Returns:
            float64 (n, c); the share of each class in what a point has in the end. Evenly shared where nothing arrives.
        """
        shares = [_shares(spread @ held) for spread in self.spreads]
        mean: NDArray[np.float64] = sum(shares[1:], start=shares[0]) / len(shares)
        return mean


def _spread(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """``(I - a D^-1/2 W D^-1/2)^-1`` with W the links among vectors (n, r)."""
    n = len(vectors)
    units = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    cosines = units @ units.T
    np.fill_diagonal(cosines, -1.0)
    count = min(_NEIGHBOURS, n - 1)
    nearest = np.argpartition(-cosines, count - 1, axis=1)[:, :count]
    links = np.zeros((n, n))
    np.put_along_axis(links, nearest, np.maximum(np.take_along_axis(cosines, nearest, axis=1), 0.0), axis=1)
    weights = np.maximum(links, links.T) ** _SHARPNESS
    root = np.sqrt(np.maximum(weights.sum(axis=1), 1e-9))
    flow: NDArray[np.float64] = weights / (root[:, None] * root)
    spread: NDArray[np.float64] = np.linalg.inv(np.eye(n) - _PASSED_ON * flow).astype(np.float64)
    return spread


def _shares(held: NDArray[np.float64]) -> NDArray[np.float64]:
    total = held.sum(axis=1, keepdims=True)
    even = np.full_like(held, 1.0 / held.shape[1])
    shares: NDArray[np.float64] = np.divide(held, total, out=even, where=total > 1e-12)
    return shares
