"""The embedding transform in front of every closed-form head: square root, length one, centre, length one.

The square root (power normalisation) evens out features that are zero for most photos and large for a few. It is legal
only for features that cannot be negative, such as those after a ReLU, and is decided once, from the examples.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.core.operator_graph import OperatorGraph, Value
from fewshot_gui.learners.operators import add_normalised

_BLOCK_ROWS = 512
"""Rows handled at once: 512 x 1280 float32 (2.6 MB) stay in the cache while four operations pass over them."""

_SAFE_SQUARES = (1e-24, 1e30)
"""Squared lengths outside these bounds are computed again on the rescaled row, away from underflow and overflow."""


@dataclass(frozen=True, eq=False)
class EmbeddingTransform:
    """A transform of embeddings to vectors of length one. Immutable: the centre is a read-only copy.

    Attributes:
        square_root: Whether to take the square root of the features first; negative ones count as zero.
        centre: float32 (d,), subtracted from the vector of length one, which is then brought to length one again.
            ``None``: nothing is subtracted.
    """

    square_root: bool
    centre: NDArray[np.float32] | None = None

    def __post_init__(self) -> None:
        if self.centre is not None:
            centre = np.array(self.centre, np.float32)
            centre.flags.writeable = False
            object.__setattr__(self, "centre", centre)

    @classmethod
    def fitted_to(cls, embeddings: NDArray[np.float32]) -> EmbeddingTransform:
        """The transform that suits these examples: with the square root if no feature is negative."""
        return cls(square_root=bool((embeddings >= 0).all()))

    def apply(self, embeddings: NDArray[np.floating]) -> NDArray[np.float32]:
        """Transform (n, d) to float32 (n, d) of length one; a zero vector without a centre stays zero."""
        transformed = np.empty(embeddings.shape, np.float32)
        for rows, roots, lengths in self._blocks(embeddings):
            np.divide(roots, lengths[:, None], out=transformed[rows])
        if self.centre is not None:
            transformed -= self.centre
            transformed /= np.maximum(np.linalg.norm(transformed, axis=1, keepdims=True), np.float32(1e-12))
        return transformed

    def project(self, embeddings: NDArray[np.floating], directions: NDArray[np.float32]) -> NDArray[np.float32]:
        """``apply(embeddings) @ directions`` without ever holding the transformed embeddings.

        Args:
            embeddings: Floating point (n, d).
            directions: float32 (d, k).

        Returns:
            float32 (n, k).
        """
        if self.centre is None:
            return self._project_directions(embeddings, directions)[0]
        products, own = self._project_directions(embeddings, np.column_stack([directions, self.centre]))
        on_directions, on_centre = products[:, :-1], products[:, -1]
        # |z - m|^2 = |z|^2 - 2 z.m + |m|^2.
        squares: NDArray[np.float32] = own - np.float32(2) * on_centre + np.float32(self.centre @ self.centre)
        centred: NDArray[np.float32] = on_directions - self.centre @ directions
        centred /= np.sqrt(np.maximum(squares, np.float32(1e-12)))[:, None]
        return centred

    def add_operators(self, graph: OperatorGraph, embedding: Value) -> Value:
        """Add what :meth:`apply` does to ``embedding`` float32 (n, d); gives float32 (n, d).

        Every row is rescaled first, which :meth:`apply` saves itself where the squared length is safe.
        """
        roots = graph.add("Sqrt", graph.add("Relu", embedding)) if self.square_root else embedding
        largest = graph.add("ReduceMax", graph.add("Abs", roots), graph.integers(1), keepdims=1)
        is_zero = graph.add("Equal", largest, graph.constant(0))
        scale = graph.add("Where", is_zero, graph.constant(1), largest)
        directions = add_normalised(graph, graph.add("Div", roots, scale))
        if self.centre is None:
            return directions
        return add_normalised(graph, graph.add("Sub", directions, graph.constant(self.centre)))

    def _project_directions(
        self, embeddings: NDArray[np.floating], directions: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The products, and the squared lengths of what was projected: 1, of a zero row 0."""
        projected = np.empty((len(embeddings), directions.shape[1]), np.float32)
        squares = np.empty(len(embeddings), np.float32)
        directions = np.ascontiguousarray(directions, np.float32)
        for rows, roots, lengths in self._blocks(embeddings):
            np.matmul(roots, directions, out=projected[rows])
            projected[rows] /= lengths[:, None]
            squares[rows] = roots.any(axis=1)
        return projected, squares

    def _blocks(
        self, embeddings: NDArray[np.floating]
    ) -> Iterator[tuple[slice, NDArray[np.float32], NDArray[np.float32]]]:
        """Rows, their (square-rooted) features in a buffer that is used again, and the lengths of these."""
        buffer = np.empty((min(_BLOCK_ROWS, len(embeddings)), embeddings.shape[1]), np.float32)
        for start in range(0, len(embeddings), _BLOCK_ROWS):
            # Half precision is converted first: arithmetic on it is many times slower.
            block = embeddings[start : start + _BLOCK_ROWS].astype(np.float32, copy=False)
            roots = buffer[: len(block)]
            if self.square_root:
                np.maximum(block, 0, out=roots)
                np.sqrt(roots, out=roots)
            else:
                roots[...] = block
            yield slice(start, start + len(block)), roots, _lengths(roots)


def _lengths(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """The length of each row, one for a zero row; rows too small or too large to square are rescaled in place."""
    with np.errstate(over="ignore"):
        squares = np.einsum("ij,ij->i", rows, rows)
    extreme = np.flatnonzero(~((squares > _SAFE_SQUARES[0]) & (squares < _SAFE_SQUARES[1])))
    if len(extreme):
        largest = np.abs(rows[extreme]).max(axis=1, keepdims=True)
        rows[extreme] /= np.where(largest > 0, largest, 1)
        squares[extreme] = np.where(largest[:, 0] > 0, np.einsum("ij,ij->i", rows[extreme], rows[extreme]), 1)
    lengths: NDArray[np.float32] = np.sqrt(squares)
    return lengths
