"""The data that episodes are drawn from: rows with their classes, held in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from math import isqrt

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.core.errors import NotEnoughExamplesError

SMALLEST_TASK = 2
"""Classes of the smallest task there is."""


@dataclass(frozen=True, eq=False)
class LabelledRows:
    """Rows (embeddings, activations or pixels) of one or more data sets, by class. Immutable: the arrays are read-only.

    Attributes:
        rows: float16 or float32 (n, inputs).
        labels: int64 (n,), 0..classes-1; every class has a row.
        groups: int64 (n,): rows of one group (near-duplicates, a burst) are one observation and never stand on both
            sides of an episode. All rows of a group are of one class.
        class_names: Of each class, unique together with its source.
        sources: The data set of each class; an episode never mixes two.

    Raises:
        ValueError: The shapes disagree, a class has no row or no name of its own, or a group spans classes.
    """

    rows: NDArray[np.floating]
    labels: NDArray[np.int64]
    groups: NDArray[np.int64]
    class_names: tuple[str, ...]
    sources: tuple[str, ...]

    def __post_init__(self) -> None:
        n = len(self.rows)
        if self.rows.ndim != 2 or self.labels.shape != (n,) or self.groups.shape != (n,):
            raise ValueError(
                f"rows {self.rows.shape} need as many labels and groups, not {self.labels.shape}, {self.groups.shape}"
            )
        if not np.array_equal(np.unique(self.labels), np.arange(self.classes)):
            raise ValueError(f"labels must be 0..{self.classes - 1}, each with a row")
        if (
            len(self.sources) != self.classes
            or len(set(zip(self.sources, self.class_names, strict=True))) != self.classes
        ):
            raise ValueError("every class needs a source, and a name that is its own there")
        if len(np.unique(np.column_stack([self.labels, self.groups]), axis=0)) != len(np.unique(self.groups)):
            raise ValueError("all rows of a group must be of one class")
        for name in ("rows", "labels", "groups"):
            view = getattr(self, name).view()
            view.flags.writeable = False
            object.__setattr__(self, name, view)

    @property
    def classes(self) -> int:
        """How many classes there are."""
        return len(self.class_names)

    def of_classes(self, classes: NDArray[np.int64]) -> LabelledRows:
        """The rows of these classes (k distinct ones, int64), renumbered 0..k-1 in the order given."""
        renumbered = np.full(self.classes, -1, np.int64)
        renumbered[classes] = np.arange(len(classes))
        kept = np.flatnonzero(renumbered[self.labels] >= 0)
        return LabelledRows(
            rows=self.rows[kept],
            labels=renumbered[self.labels[kept]],
            groups=self.groups[kept],
            class_names=tuple(self.class_names[one] for one in classes),
            sources=tuple(self.sources[one] for one in classes),
        )


def joined(parts: Sequence[LabelledRows]) -> LabelledRows:
    """Several data sets as one; their rows must have equally many values.

    Raises:
        ValueError: The rows differ in length, or two classes of one source have the same name.
    """
    first_class = np.cumsum([0, *(part.classes for part in parts)])
    first_row = np.cumsum([0, *(len(part.rows) for part in parts)])
    groups = [np.unique(part.groups, return_inverse=True)[1].ravel() for part in parts]
    return LabelledRows(
        rows=np.concatenate([part.rows for part in parts]),
        labels=np.concatenate([part.labels + first for part, first in zip(parts, first_class, strict=False)]),
        groups=np.concatenate([own + first for own, first in zip(groups, first_row, strict=False)]),
        class_names=tuple(name for part in parts for name in part.class_names),
        sources=tuple(source for part in parts for source in part.sources),
    )


def split_classes(
    data: LabelledRows, shares: tuple[float, float, float] = (0.6, 0.2, 0.2), seed: int = 0
) -> tuple[LabelledRows, LabelledRows, LabelledRows]:
    """Divide the classes of every data set among training, validation and test.

    Which part a class goes to depends on its name, its data set and the seed, not on the order of the classes. A part
    with a share above zero gets at least two classes of a data set, the smallest task; a data set that has too few
    classes for that goes to training whole.

    Args:
        data: One or more data sets.
        shares: Of training, validation and test; they sum to one.
        seed: Fixes the draw.

    Returns:
        Training, validation, test; without classes where the share is zero.

    Raises:
        NotEnoughExamplesError: No data set has enough classes to be divided.
        ValueError: The shares do not sum to one.
    """
    if min(shares) < 0 or abs(sum(shares) - 1) > 1e-9:
        raise ValueError(f"shares must sum to one, not {shares}")
    smallest = SMALLEST_TASK * sum(share > 0 for share in shares)
    parts: tuple[list[int], list[int], list[int]] = ([], [], [])
    divided = False
    for source in sorted(set(data.sources)):
        classes = [number for number in range(data.classes) if data.sources[number] == source]
        if len(classes) < smallest:
            parts[0].extend(classes)
            continue
        divided = True
        classes.sort(key=lambda number: _draw(seed, source, data.class_names[number]))
        start = 0
        for part, count in zip(parts, _counts(len(classes), shares), strict=True):
            part.extend(classes[start : start + count])
            start += count
    if not divided:
        raise NotEnoughExamplesError(
            f"At least {smallest} classes are needed to keep some unseen for the test; add classes, or use all of them."
        )
    training, validation, test = (data.of_classes(np.array(sorted(part), np.int64)) for part in parts)
    return training, validation, test


def rotated(data: LabelledRows) -> LabelledRows:
    """The classes of square pictures, and each turned by 90, 180 and 270 degrees as three new classes.

    The custom with Omniglot (Santoro et al. 2016, arXiv 1605.06065). Divide the classes before, not after: a class and
    the same class turned must not stand on both sides.

    Args:
        data: Rows of side x side values, n of them in c classes.

    Returns:
        4 n rows in 4 c classes, the first c of them those of ``data``.

    Raises:
        ValueError: The rows are not square pictures.
    """
    side = isqrt(data.rows.shape[1])
    if side * side != data.rows.shape[1]:
        raise ValueError(f"rows of {data.rows.shape[1]} values are not square pictures")
    pictures = data.rows.reshape(-1, side, side)
    groups = np.unique(data.groups, return_inverse=True)[1].ravel()
    return LabelledRows(
        rows=np.concatenate([np.rot90(pictures, turns, axes=(1, 2)).reshape(data.rows.shape) for turns in range(4)]),
        labels=np.concatenate([data.labels + turns * data.classes for turns in range(4)]),
        groups=np.concatenate([groups + turns * len(groups) for turns in range(4)]),
        class_names=data.class_names
        + tuple(f"{name}, turned by {90 * turns}°" for turns in range(1, 4) for name in data.class_names),
        sources=data.sources * 4,
    )


def _counts(classes: int, shares: tuple[float, float, float]) -> list[int]:
    """How many classes each part gets: by largest remainder, but no part with a share fewer than the smallest task."""
    wanted = np.array(shares) * classes
    counts = np.floor(wanted).astype(int)
    for part in np.argsort(counts - wanted, kind="stable")[: classes - counts.sum()]:
        counts[part] += 1
    for part in np.flatnonzero(np.array(shares) > 0):
        while counts[part] < SMALLEST_TASK:
            counts[counts.argmax()] -= 1
            counts[part] += 1
    return [int(count) for count in counts]


def _draw(seed: int, source: str, name: str) -> bytes:
    return hashlib.blake2b(f"{seed}\0{source}\0{name}".encode(), digest_size=16).digest()
