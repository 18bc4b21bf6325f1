"""Familiarity: how much a photo resembles the examples at all, the basis of "none of these".

The cosine to the nearest class mean, after part of what all photos have in common is taken away. Which part was chosen
on 15 development tasks with half of the classes held out as strangers: at five examples per class the AUROC is 73.5
without, 74.6 with half of the mean of the examples, 77.3 with 0.7 of the mean of the folder (half of it strangers). All
of the mean is worse than a part of it when strangers are few. A threshold finds strangers of another world, not a
species next to one of ours: no promise is made, and a low familiarity only asks for a look.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.core.operator_graph import OperatorGraph, Value
from fewshot_gui.core.support import SupportSet
from fewshot_gui.learners import EmbeddingTransform, Projection

STRANGER_BELOW = 0.5
"""Familiarity below which a photo probably belongs to none of the classes."""

_AS_THE_EXAMPLES = 0.9
"""Familiarity of a photo that resembles the examples as much as they resemble one another."""

_OF_THE_EXAMPLES, _OF_THE_FOLDER = 0.5, 0.7
"""The part taken away of the mean of the examples, or of the folder if it is known."""

_USUAL_THRESHOLD, _USUAL_COSINE, _USUAL_SPREAD = 0.05, 0.45, 0.09
"""Where examples cannot tell: a threshold below which 1 % of known photos lie, and mean and spread of theirs."""

_QUANTILE = 2.6
"""The threshold lies this many spreads below the held-out cosines, so that at most 1 to 3 % of known photos do too."""

_WEIGHT_OF_THE_USUAL = 10
"""How many held-out cosines the usual spread is worth."""


@dataclass(frozen=True, eq=False)
class Familiarity:
    """A frozen measure of familiarity: a centred cosine, the largest over the classes, and a logistic curve.

    Attributes:
        transform: With the centre that is taken away.
        prototypes: float32 (d, c), the class means at length one.
        threshold: The cosine that maps to :data:`STRANGER_BELOW`.
        typical: The cosine that maps to 0.9; above ``threshold``.
    """

    transform: EmbeddingTransform
    prototypes: NDArray[np.float32]
    threshold: float
    typical: float

    def __post_init__(self) -> None:
        prototypes = np.array(self.prototypes, np.float32, order="C")
        prototypes.flags.writeable = False
        object.__setattr__(self, "prototypes", prototypes)

    @classmethod
    def fitted_to(cls, support: SupportSet, folder_mean: NDArray[np.float32] | None = None) -> Familiarity:
        """The measure for these examples.

        Args:
            support: The examples.
            folder_mean: float32 (d,), the mean embedding of the photos to label.
        """
        plain = EmbeddingTransform.fitted_to(support.embeddings)
        vectors, columns = _observations(plain, support)
        common = _class_means(vectors, columns).mean(axis=0)
        centre = _OF_THE_EXAMPLES * common
        if folder_mean is not None:
            centre = _OF_THE_FOLDER * np.linalg.norm(common) * plain.apply(folder_mean[None])[0]
        transform = EmbeddingTransform(plain.square_root, centre.astype(np.float32))
        vectors, columns = _observations(transform, support)
        threshold, typical = _levels(_held_out_cosines(vectors, columns))
        prototypes = _unit(_class_sums(vectors, columns)).astype(np.float32).T
        return cls(transform, prototypes, threshold, typical)

    def of(self, embeddings: NDArray[np.floating]) -> NDArray[np.float32]:
        """The familiarity of photos, floating point (n, d) to float32 (n,) in 0..1; activations behind are ignored."""
        return self.of_cosines(self.transform.project(embeddings[:, : len(self.prototypes)], self.prototypes))

    @property
    def projection(self) -> Projection:
        """What :meth:`of_cosines` wants to be given, for whoever projects the same photos on something else too."""
        return Projection(self.transform, self.prototypes)

    def of_cosines(self, cosines: NDArray[np.float32]) -> NDArray[np.float32]:
        """The familiarity, float32 (n,) in 0..1, of photos projected by :attr:`projection`, float32 (n, c)."""
        above = cosines.max(axis=1) - np.float32(self.threshold)
        familiarity: NDArray[np.float32] = 1 / (1 + np.exp(-self._slope * above))
        return familiarity

    def add_operators(self, graph: OperatorGraph, embedding: Value) -> Value:
        """Add what :meth:`of` does to float32 (n, d), without activations; gives float32 (n,)."""
        vectors = self.transform.add_operators(graph, embedding)
        cosines = graph.add("MatMul", vectors, graph.constant(self.prototypes))
        largest = graph.add("ReduceMax", cosines, graph.integers(1), keepdims=0)
        above = graph.add("Sub", largest, graph.constant(self.threshold))
        return graph.add("Sigmoid", graph.add("Mul", above, graph.constant(self._slope)))

    @property
    def _slope(self) -> np.float32:
        """Of the logistic curve."""
        return np.float32(np.log(_AS_THE_EXAMPLES / (1 - _AS_THE_EXAMPLES)) / (self.typical - self.threshold))

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """The arrays of a ``safetensors`` file; read back by :meth:`from_arrays`."""
        return {
            "square_root": np.array([self.transform.square_root], np.uint8),
            "centre": np.zeros(0, np.float32) if self.transform.centre is None else self.transform.centre,
            "prototypes": self.prototypes,
            "levels": np.array([self.threshold, self.typical], np.float64),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> Familiarity:
        """The measure that :meth:`to_arrays` wrote down."""
        threshold, typical = np.asarray(arrays["levels"], np.float64).tolist()
        transform = EmbeddingTransform(bool(arrays["square_root"][0]), np.asarray(arrays["centre"], np.float32))
        return cls(transform, np.asarray(arrays["prototypes"], np.float32), threshold, typical)


def _levels(cosines: NDArray[np.float64]) -> tuple[float, float]:
    """Threshold and typical cosine, from what held-out examples reach."""
    if len(cosines) < 3:
        return _USUAL_THRESHOLD, _USUAL_COSINE
    usual = _WEIGHT_OF_THE_USUAL
    variance = (len(cosines) * cosines.var() + usual * _USUAL_SPREAD**2) / (len(cosines) + usual)
    typical = float(cosines.mean())
    return typical - _QUANTILE * float(np.sqrt(variance)), typical


def _held_out_cosines(vectors: NDArray[np.float64], columns: NDArray[np.int64]) -> NDArray[np.float64]:
    """The largest cosine of each observation to the class means without it; classes of a single one can't tell."""
    sums = _class_sums(vectors, columns)
    rows = np.flatnonzero(np.bincount(columns)[columns] > 1)
    own = vectors[rows]
    cosines = own @ _unit(sums).T
    cosines[np.arange(len(rows)), columns[rows]] = (own * _unit(sums[columns[rows]] - own)).sum(axis=1)
    largest: NDArray[np.float64] = cosines.max(axis=1, initial=-1.0)
    return largest


def _observations(transform: EmbeddingTransform, support: SupportSet) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """One vector of length one per group and class, float64 (u, d), and its class's column, int64 (u,)."""
    examples = transform.apply(support.embeddings).astype(np.float64)
    columns = np.searchsorted(support.class_ids, support.labels)
    pairs, observation = np.unique(np.column_stack([columns, support.groups]), axis=0, return_inverse=True)
    vectors = np.zeros((len(pairs), examples.shape[1]))
    np.add.at(vectors, observation.ravel(), examples)
    return _unit(vectors), pairs[:, 0].astype(np.int64)


def _class_means(vectors: NDArray[np.float64], columns: NDArray[np.int64]) -> NDArray[np.float64]:
    return _class_sums(vectors, columns) / np.bincount(columns)[:, None]


def _class_sums(vectors: NDArray[np.float64], columns: NDArray[np.int64]) -> NDArray[np.float64]:
    sums = np.zeros((int(columns.max()) + 1, vectors.shape[1]))
    np.add.at(sums, columns, vectors)
    return sums


def _unit(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    unit: NDArray[np.float64] = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return unit
