"""The examples a learner adapts to."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class SupportSet:
    """Embedded examples with their classes. Immutable: the arrays are read-only copies.

    Attributes:
        embeddings: float32 (n, d), finite.
        labels: int64 (n,), the class id of each example. Ids are arbitrary, not 0..c-1.
        groups: int64 (n,). Examples of one group (near-duplicates, a burst) are one observation and must stay on the
            same side of every held-out split. By default every example is its own group.
        activations: float32 (n, k), finite: what the encoder computed before its last blocks, for learners that adapt
            these; k is 0 where nobody asked for them.

    Raises:
        ValueError: The shapes disagree, there is no example, or a value is not finite.
    """

    embeddings: NDArray[np.float32]
    labels: NDArray[np.int64]
    groups: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    activations: NDArray[np.float32] = field(default_factory=lambda: np.empty((0, 0), np.float32))

    def __post_init__(self) -> None:
        embeddings = _frozen(self.embeddings, np.float32)
        labels = _frozen(self.labels, np.int64)
        groups = _frozen(self.groups if len(self.groups) else np.arange(len(labels)), np.int64)
        if embeddings.ndim != 2 or not len(embeddings):
            raise ValueError(f"embeddings must be (n, d) with n >= 1, not {embeddings.shape}")
        if labels.shape != (len(embeddings),) or groups.shape != labels.shape:
            raise ValueError(
                f"{len(embeddings)} embeddings need as many labels and groups, not {labels.shape}, {groups.shape}"
            )
        activations = _frozen(self.activations if len(self.activations) else np.empty((len(labels), 0)), np.float32)
        if activations.ndim != 2 or len(activations) != len(labels):
            raise ValueError(f"{len(embeddings)} embeddings need as many rows of activations, not {activations.shape}")
        if not (np.isfinite(embeddings).all() and np.isfinite(activations).all()):
            raise ValueError("embeddings and activations must be finite")
        object.__setattr__(self, "embeddings", embeddings)
        object.__setattr__(self, "labels", labels)
        object.__setattr__(self, "groups", groups)
        object.__setattr__(self, "activations", activations)

    @property
    def rows(self) -> NDArray[np.float32]:
        """Each embedding followed by its activations, float32 (n, d + k)."""
        return np.concatenate([self.embeddings, self.activations], axis=1)

    @property
    def class_ids(self) -> NDArray[np.int64]:
        """The distinct labels in ascending order, int64 (c,)."""
        return np.unique(self.labels)

    @property
    def class_counts(self) -> NDArray[np.int64]:
        """How many examples each of :attr:`class_ids` has, int64 (c,)."""
        return np.unique(self.labels, return_counts=True)[1].astype(np.int64)

    def subset(self, rows: NDArray[np.bool_] | NDArray[np.int64]) -> SupportSet:
        """The examples at ``rows``, a boolean mask (n,) or int64 indices."""
        return SupportSet(self.embeddings[rows], self.labels[rows], self.groups[rows], self.activations[rows])

    def __len__(self) -> int:
        return len(self.labels)


def _frozen(array: NDArray[np.generic], dtype: type[np.generic]) -> NDArray[np.generic]:
    copy = np.array(array, dtype=dtype, order="C")
    copy.flags.writeable = False
    return copy
