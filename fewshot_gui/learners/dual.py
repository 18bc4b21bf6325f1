"""Closed-form heads in the span of the examples.

There are far fewer examples (n) than features (d), and every head here has weights that are combinations of the
examples: ``weights = transformed.T @ coefficients``. So each is solved from the Gram matrix, n by n, and
cross-validation scores held-out examples from the same matrix without touching the embeddings again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.core.support import SupportSet
from fewshot_gui.learners.features import EmbeddingTransform
from fewshot_gui.learners.observations import observation_counts, observation_weights


@dataclass(frozen=True, eq=False)
class DualProblem:
    """What a closed-form head is solved from.

    Attributes:
        gram: float64 (n, n), inner products of the transformed examples.
        columns: int64 (n,), the column (0..c-1) of each example's class.
        groups: int64 (n,); examples of one group count as one observation.
        classes: c, the number of columns; every one has an example.
        dimension: d, the length of an embedding.
    """

    gram: NDArray[np.float64]
    columns: NDArray[np.int64]
    groups: NDArray[np.int64]
    classes: int
    dimension: int

    @classmethod
    def of(cls, support: SupportSet, transform: EmbeddingTransform) -> DualProblem:
        """The problem of a support set."""
        transformed = transform.apply(support.embeddings).astype(np.float64)
        class_ids, columns = np.unique(support.labels, return_inverse=True)
        return cls(
            transformed @ transformed.T,
            columns.astype(np.int64),
            support.groups,
            len(class_ids),
            support.embeddings.shape[1],
        )

    def subset(self, rows: NDArray[np.int64]) -> DualProblem:
        """The problem of the examples at ``rows``, with the same columns."""
        return DualProblem(
            self.gram[np.ix_(rows, rows)], self.columns[rows], self.groups[rows], self.classes, self.dimension
        )

    @property
    def counts(self) -> NDArray[np.float64]:
        """How many groups each class has, float64 (c,)."""
        return observation_counts(self.columns, self.groups).astype(np.float64)

    @property
    def means(self) -> NDArray[np.float64]:
        """Each class's mean as a combination of the examples, float64 (n, c): a group weighs as much as one example."""
        means = np.zeros((len(self.columns), self.classes))
        means[np.arange(len(self.columns)), self.columns] = observation_weights(self.columns, self.groups)
        return means


@dataclass(frozen=True, eq=False)
class DualSolution:
    """An affine head written in the examples.

    Attributes:
        coefficients: float64 (n, c); the weights are ``transformed.T @ coefficients``.
        bias: float64 (c,).
    """

    coefficients: NDArray[np.float64]
    bias: NDArray[np.float64]

    def logits(self, products: NDArray[np.float64]) -> NDArray[np.float64]:
        """Score photos by their inner products with the examples, float64 (m, n), to float64 (m, c)."""
        scores: NDArray[np.float64] = products @ self.coefficients + self.bias
        return scores

    def scaled(self, factor: float) -> DualSolution:
        """The head whose logits are ``factor`` times as large."""
        return DualSolution(factor * self.coefficients, factor * self.bias)

    def __add__(self, other: DualSolution) -> DualSolution:
        return DualSolution(self.coefficients + other.coefficients, self.bias + other.bias)


class LinearRule(Protocol):
    """A closed-form head."""

    def solve(self, problem: DualProblem) -> DualSolution:
        """Find the head for these examples; every class has at least one."""
