"""The embedding transform in front of every closed-form head: square root, length one, centre, length one.

The square root (power normalisation) evens out features that are zero for most photos and large for a few. It is legal
only for features that cannot be negative, such as those after a ReLU, and is decided once, from the examples.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.core.operator_graph import OperatorGraph, Value
from fewshot_gui.learners.operators import add_normalised
from fewshot_gui.learners.row_blocks import RowBlocks, in_parts


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
        for rows, roots, lengths in RowBlocks(embeddings, square_root=self.square_root):
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
        return project_together(embeddings, [Projection(self, directions)])[0]

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


@dataclass(frozen=True, eq=False)
class Projection:
    """Transformed embeddings on some directions.

    Attributes:
        transform: What is done to an embedding first.
        directions: float32 (d, k).
    """

    transform: EmbeddingTransform
    directions: NDArray[np.float32]

    @property
    def columns(self) -> NDArray[np.float32]:
        """What rows of length one are multiplied with: the directions, and the centre behind them if there is one."""
        centre = self.transform.centre
        return self.directions if centre is None else np.column_stack([self.directions, centre])

    def finished(self, products: NDArray[np.float32], squares: NDArray[np.float32]) -> NDArray[np.float32]:
        """The projections, float32 (n, k).

        Args:
            products: float32 (n, k) or (n, k + 1), of rows with :attr:`columns`.
            squares: float32 (n,), the squared lengths of these rows: 1, or 0 of a zero row.
        """
        centre = self.transform.centre
        if centre is None:
            return products
        on_directions, on_centre = products[:, :-1], products[:, -1]
        # |z - m|^2 = |z|^2 - 2 z.m + |m|^2.
        squares = squares - np.float32(2) * on_centre + np.float32(centre @ centre)
        centred: NDArray[np.float32] = on_directions - centre @ self.directions
        centred /= np.sqrt(np.maximum(squares, np.float32(1e-12)))[:, None]
        return centred


def project_together(
    embeddings: NDArray[np.floating], projections: Sequence[Projection]
) -> tuple[NDArray[np.float32], ...]:
    """Several projections of the same embeddings, with one matrix product if all transforms take square roots alike.

    The transformed embeddings are never held as a whole, and large numbers of rows are spread over the processors.

    Args:
        embeddings: Floating point (n, d).
        projections: At least one, of k directions each.

    Returns:
        float32 (n, k) for each projection.
    """
    square_root = projections[0].transform.square_root
    if any(projection.transform.square_root != square_root for projection in projections):
        return tuple(project_together(embeddings, [projection])[0] for projection in projections)
    columns = np.ascontiguousarray(np.hstack([projection.columns for projection in projections]), np.float32)
    products = np.empty((len(embeddings), columns.shape[1]), np.float32)
    squares = np.empty(len(embeddings), np.float32)

    def multiply(part: slice) -> None:
        blocks = RowBlocks(embeddings[part], square_root=square_root)
        for rows, roots, lengths in blocks:
            block = np.matmul(roots, columns, out=products[part][rows])
            block /= lengths[:, None]
            squares[part][rows] = roots.any(axis=1)

    in_parts(len(embeddings), multiply)
    ends = np.cumsum([projection.columns.shape[1] for projection in projections])[:-1]
    return tuple(
        projection.finished(own, squares)
        for projection, own in zip(projections, np.split(products, ends, axis=1), strict=True)
    )
