"""Drawing the rows of an episode once its classes and their numbers of rows are decided."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.core.errors import NotEnoughExamplesError
from fewshot_gui.metalearning.episode import STRANGER, Episode
from fewshot_gui.metalearning.labelled_rows import LabelledRows


class RowDrawer:
    """Draws rows of classes, at most one of a group, so that support and queries are independent observations.

    Attributes:
        counts: int64 (classes,), how many observations (groups) each class has.
        sources: int64 arrays, one per data set: the classes it has.
    """

    def __init__(self, data: LabelledRows) -> None:
        self._class_names = data.class_names
        self._classes = [_Class(data, rows) for rows in _rows_by_class(data)]
        self.counts = np.array([len(one) for one in self._classes], np.int64)
        names = np.array(data.sources)
        self.sources = tuple(np.flatnonzero(names == source).astype(np.int64) for source in sorted(set(data.sources)))
        self._source_of = {int(number): classes for classes in self.sources for number in classes}

    def sources_of(self, ways: int, *, strangers: bool) -> tuple[NDArray[np.int64], ...]:
        """The data sets that have classes for tasks of ``ways`` classes, and one more if there are to be strangers.

        Raises:
            NotEnoughExamplesError: None has.
        """
        wanted = ways + strangers
        enough = tuple(classes for classes in self.sources if len(classes) >= wanted)
        if enough:
            return enough
        most = max((len(classes) for classes in self.sources), default=0)
        beyond = f" and one more for photos of none of them, {wanted} in all" if strangers else ""
        raise NotEnoughExamplesError(
            f"Tasks of {ways} classes{beyond} cannot be drawn from {most}; add classes or ask for smaller tasks."
        )

    def require(self, observations: int) -> None:
        """Make sure that every class has at least so many observations.

        Raises:
            NotEnoughExamplesError: One has fewer.
        """
        few = np.flatnonzero(self.counts < observations)
        if len(few):
            raise NotEnoughExamplesError(
                f"“{self._class_names[few[0]]}” has {self.counts[few[0]]} different photos, and {observations} are "
                "needed of every class; add photos, leave the class out, or ask for fewer."
            )

    def episode(
        self,
        classes: NDArray[np.int64],
        shots: NDArray[np.int64],
        queries: NDArray[np.int64],
        unknown_share: float,
        rng: np.random.Generator,
    ) -> Episode:
        """An episode of these classes; class ``classes[i]`` gets the label i.

        Args:
            classes: int64 (ways,), of one data set.
            shots: int64 (ways,), support rows of each class.
            queries: int64 (ways,), query rows of each class; with the shots no more than it has observations.
            unknown_share: So many of all queries are strangers, in 0..1 without 1, as far as there are any.
            rng: Is drawn from.
        """
        drawn = [
            self._classes[one].draw(shot + query, rng)
            for one, shot, query in zip(classes.tolist(), shots.tolist(), queries.tolist(), strict=True)
        ]
        labels = np.arange(len(classes), dtype=np.int64)
        asked = [rows[shot:] for rows, shot in zip(drawn, shots, strict=True)]
        known = int(queries.sum())
        unknown = known * unknown_share / (1 - unknown_share)
        strangers = self._strangers(classes, max(round(unknown), int(unknown > 0)), rng)
        return Episode(
            support=np.concatenate([rows[:shot] for rows, shot in zip(drawn, shots, strict=True)]),
            support_labels=np.repeat(labels, shots),
            queries=np.concatenate([*asked, strangers]),
            query_labels=np.concatenate([np.repeat(labels, queries), np.full(len(strangers), STRANGER, np.int64)]),
            ways=len(classes),
        )

    def _strangers(self, known: NDArray[np.int64], count: int, rng: np.random.Generator) -> NDArray[np.int64]:
        """Rows of the other classes of the data set, as evenly over them as they have rows."""
        if not count:
            return np.empty(0, np.int64)
        others = np.setdiff1d(self._source_of[int(known[0])], known)
        shares = evenly(count, self.counts[others], rng)
        return np.concatenate(
            [np.empty(0, np.int64), *(self._classes[o].draw(n, rng) for o, n in zip(others, shares, strict=True) if n)]
        )


def evenly(count: int, available: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Spread ``count`` over classes as evenly as what they have allows: int64 like ``available``.

    Who gets one more where it does not come out even is drawn.
    """
    shares = np.zeros_like(available)
    while (left := min(count, int(available.sum())) - int(shares.sum())) > 0:
        open_to = rng.permutation(np.flatnonzero(shares < available))
        if left < len(open_to):
            shares[open_to[:left]] += 1
        else:
            shares[open_to] += np.minimum(left // len(open_to), available[open_to] - shares[open_to])
    return shares


class _Class:
    """The rows of one class, by group."""

    def __init__(self, data: LabelledRows, rows: NDArray[np.int64]) -> None:
        self._rows = rows[np.argsort(data.groups[rows], kind="stable")]
        _, self._first, self._sizes = np.unique(data.groups[self._rows], return_index=True, return_counts=True)

    def __len__(self) -> int:
        return len(self._first)

    def draw(self, count: int, rng: np.random.Generator) -> NDArray[np.int64]:
        """``count`` rows of different groups in random order."""
        groups = rng.choice(len(self._first), count, replace=False)
        rows: NDArray[np.int64] = self._rows[self._first[groups] + rng.integers(self._sizes[groups])]
        return rows


def _rows_by_class(data: LabelledRows) -> list[NDArray[np.int64]]:
    order = np.argsort(data.labels, kind="stable").astype(np.int64)
    return np.split(order, np.cumsum(np.bincount(data.labels, minlength=data.classes))[:-1]) if data.classes else []
