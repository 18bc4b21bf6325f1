"""Draws of examples and of a folder to label: how many classes, in what mix, with how many strangers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.core.support import SupportSet

QUERY_MIXES = ("all", "balanced", "dirichlet")
"""All photos that are no examples; as many of every class; or a mix drawn from Dirichlet(2), as folders are."""

_PER_CLASS = 15
"""Photos per class of a balanced folder, and on average of an uneven one."""

_CONCENTRATION = 2.0


@dataclass(frozen=True, eq=False)
class Task:
    """A folder of classes.

    Attributes:
        name: The folder's.
        embeddings: float32 (n, d).
        labels: int64 (n,).
    """

    name: str
    embeddings: NDArray[np.float32]
    labels: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class FolderDraw:
    """Examples, and the folder they are to label.

    Attributes:
        support: The examples.
        known: float32 (m, d), the photos of its classes.
        truth: int64 (m,), their labels.
        strangers: float32 (u, d), photos of none of the classes.
    """

    support: SupportSet
    known: NDArray[np.float32]
    truth: NDArray[np.int64]
    strangers: NDArray[np.float32]

    @property
    def folder(self) -> NDArray[np.float32]:
        """float32 (m + u, d), the known photos first."""
        return np.concatenate([self.known, self.strangers])


@dataclass(frozen=True)
class DrawOptions:
    """How to draw.

    Attributes:
        shots: Examples per class; fewer where a class has no more photos.
        ways: Most classes at once; a task with more gives as many of them at random.
        query_mix: One of :data:`QUERY_MIXES`.
        unknown_share: The share of strangers in the folder, from 0 up to below 1.
    """

    shots: int
    ways: int
    query_mix: str
    unknown_share: float

    def draw(self, task: Task, others: NDArray[np.float32], seed: int) -> FolderDraw:
        """Draw from a task; strangers come from its other classes if it has any, else from ``others``."""
        rng = np.random.default_rng(seed)
        classes = rng.permutation(np.unique(task.labels))
        used, unused = np.sort(classes[: self.ways]), classes[self.ways :]
        examples, pools = [], []
        for one in used:
            members = rng.permutation(np.flatnonzero(task.labels == one))
            count = min(self.shots, len(members) - 1)
            examples.append(members[:count])
            pools.append(members[count:])
        sizes = self._sizes([len(pool) for pool in pools], rng)
        known = np.concatenate([pool[:size] for pool, size in zip(pools, sizes, strict=True)])
        wanted = round(len(known) * self.unknown_share / (1 - self.unknown_share))
        sources = task.embeddings[np.isin(task.labels, unused)] if len(unused) else others
        strangers = (
            sources[rng.choice(len(sources), min(wanted, len(sources)), replace=False)] if wanted else others[:0]
        )
        rows = np.concatenate(examples)
        support = SupportSet(task.embeddings[rows], task.labels[rows])
        return FolderDraw(support, task.embeddings[known], task.labels[known], strangers)

    def _sizes(self, available: list[int], rng: np.random.Generator) -> list[int]:
        """How many photos of each class the folder has."""
        classes = len(available)
        if self.query_mix == "all":
            return available
        if self.query_mix == "balanced":
            return [min(_PER_CLASS, most) for most in available]
        mix = rng.dirichlet(np.full(classes, _CONCENTRATION))
        wanted = rng.multinomial(_PER_CLASS * classes, mix).tolist()
        return [min(size, most) for size, most in zip(wanted, available, strict=True)]
