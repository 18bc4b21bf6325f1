"""What draws episodes: fixed tasks, tasks of varying size, and Meta-Dataset's procedure.

All of them draw from one data set at a time, every data set as often as any other; all keep rows of one group on one
side, and count a group as one photo.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.metalearning.drawing import RowDrawer
from fewshot_gui.metalearning.episode import Episode
from fewshot_gui.metalearning.labelled_rows import SMALLEST_TASK, LabelledRows

QueryMix = Literal["balanced", "dirichlet"]
"""How many queries each class gets: equally many, or shares drawn from a Dirichlet distribution, as in real folders."""

DIRICHLET_CONCENTRATION = 2.0
"""Of the shares of the classes (Veilleux et al. 2021, arXiv 2204.11181)."""


class FixedSampler:
    """Episodes that all have the same numbers of classes and examples."""

    def __init__(
        self,
        data: LabelledRows,
        ways: int,
        shots: int,
        queries: int,
        *,
        query_mix: QueryMix = "balanced",
        unknown_share: float = 0.0,
    ) -> None:
        """Prepare to draw.

        Args:
            data: Where the rows come from.
            ways: Classes of an episode, at least 2.
            shots: Support rows of every class, at least 1.
            queries: Query rows of every class, at least 1. With the query mix ``"dirichlet"`` their mean, less where
                a class has not as many as its share would be.
            query_mix: How the queries are spread over the classes.
            unknown_share: So many of all queries are strangers, in 0..1 without 1.

        Raises:
            NotEnoughExamplesError: There are too few classes, or one has fewer observations than shots and queries.
            FewshotError: A number is out of its range.
        """
        _require_range(ways, SMALLEST_TASK, "classes of a task")
        _require_range(shots, 1, "examples of a class")
        _require_range(queries, 1, "queries of a class")
        _require_share(unknown_share)
        self._drawer = RowDrawer(data)
        self._sources = self._drawer.sources_of(ways, strangers=unknown_share > 0)
        self._drawer.require(shots + queries)
        self._ways, self._shots, self._queries = ways, shots, queries
        self._query_mix = query_mix
        self._unknown_share = unknown_share

    def draw(self, rng: np.random.Generator) -> Episode:
        """The next episode."""
        classes = _classes(self._sources, self._ways, rng)
        shots = np.full(self._ways, self._shots, np.int64)
        left = self._drawer.counts[classes] - shots
        queries = _queries(self._query_mix, self._queries, left, rng)
        return self._drawer.episode(classes, shots, queries, self._unknown_share, rng)


class RangeSampler:
    """Episodes with numbers of classes and examples drawn from ranges: what meta-training wants, also of small data.

    The number of classes is drawn evenly from its range, as far as the data set has so many; the number of examples,
    one for all classes, evenly from its range as far as every class keeps a query. There are as many queries as asked
    for, or as the smallest class has left.
    """

    def __init__(
        self,
        data: LabelledRows,
        ways: tuple[int, int],
        shots: tuple[int, int],
        queries: int,
        *,
        query_mix: QueryMix = "balanced",
        unknown_share: float = 0.0,
    ) -> None:
        """Prepare to draw.

        Args:
            data: Where the rows come from.
            ways: Fewest and most classes of an episode.
            shots: Fewest and most support rows of every class.
            queries: Query rows of every class at most.
            query_mix: How the queries are spread over the classes.
            unknown_share: So many of all queries are strangers, in 0..1 without 1.

        Raises:
            NotEnoughExamplesError: There are too few classes, or one has not more observations than the fewest shots.
            FewshotError: A number is out of its range.
        """
        _require_range(ways[0], SMALLEST_TASK, "classes of a task", ways[1])
        _require_range(shots[0], 1, "examples of a class", shots[1])
        _require_range(queries, 1, "queries of a class")
        _require_share(unknown_share)
        self._drawer = RowDrawer(data)
        self._sources = self._drawer.sources_of(ways[0], strangers=unknown_share > 0)
        self._drawer.require(shots[0] + 1)
        self._ways, self._shots, self._queries = ways, shots, queries
        self._query_mix = query_mix
        self._unknown_share = unknown_share

    def draw(self, rng: np.random.Generator) -> Episode:
        """The next episode."""
        source = self._sources[rng.integers(len(self._sources))]
        most = min(self._ways[1], len(source) - (self._unknown_share > 0))
        classes = rng.choice(source, rng.integers(self._ways[0], most + 1), replace=False)
        smallest = int(self._drawer.counts[classes].min())
        shot = int(rng.integers(self._shots[0], min(self._shots[1], smallest - 1) + 1))
        shots = np.full(len(classes), shot, np.int64)
        left = self._drawer.counts[classes] - shots
        queries = _queries(self._query_mix, min(self._queries, smallest - shot), left, rng)
        return self._drawer.episode(classes, shots, queries, self._unknown_share, rng)


@dataclass(frozen=True)
class VariableSizes:
    """The bounds of Meta-Dataset's procedure; the defaults are the paper's.

    Attributes:
        ways: Fewest and most classes of an episode.
        queries: Queries of a class at most.
        support: Support rows of an episode at most.
        support_of_class: What a class adds to the size of the support set at most.
        log_weight: Classes are over- or under-represented by a factor whose logarithm is drawn evenly from plus-minus
            this.
    """

    ways: tuple[int, int] = (5, 50)
    queries: int = 10
    support: int = 500
    support_of_class: int = 100
    log_weight: float = float(np.log(2))


class VariableSampler:
    """Episodes of varying ways and unequal shots, by Meta-Dataset's procedure (Triantafillou et al. 2020, 1903.03096).

    Section 3.2 of the paper, for data without a hierarchy of classes. The number of classes is drawn evenly; every
    class gets the same number of queries, at most half of the smallest class; the size of the support set is a share,
    drawn evenly, of what the classes have; it is divided among them by their size, weighted at random.
    """

    def __init__(
        self, data: LabelledRows, *, unknown_share: float = 0.0, sizes: VariableSizes = VariableSizes()
    ) -> None:
        """Prepare to draw.

        Args:
            data: Where the rows come from.
            unknown_share: So many of all queries are strangers, in 0..1 without 1.
            sizes: The bounds.

        Raises:
            NotEnoughExamplesError: There are too few classes, or one has fewer than two observations.
            FewshotError: A number is out of its range.
        """
        _require_share(unknown_share)
        self._drawer = RowDrawer(data)
        self._sources = self._drawer.sources_of(sizes.ways[0], strangers=unknown_share > 0)
        self._drawer.require(2)
        self._sizes = sizes
        self._unknown_share = unknown_share

    def draw(self, rng: np.random.Generator) -> Episode:
        """The next episode."""
        source = self._sources[rng.integers(len(self._sources))]
        most = min(self._sizes.ways[1], len(source) - (self._unknown_share > 0))
        classes = rng.choice(source, rng.integers(self._sizes.ways[0], most + 1), replace=False)
        counts = self._drawer.counts[classes]
        query = min(self._sizes.queries, int(counts.min()) // 2)
        shots = self._shots(counts, query, rng)
        return self._drawer.episode(classes, shots, np.full(len(classes), query, np.int64), self._unknown_share, rng)

    def _shots(self, counts: NDArray[np.int64], query: int, rng: np.random.Generator) -> NDArray[np.int64]:
        """Support rows of each class: one, and its share of the others as far as it has any left."""
        sizes = self._sizes
        share = 1 - rng.random()  # evenly in (0, 1]
        wanted = np.ceil(share * np.minimum(sizes.support_of_class, counts - query)).sum()
        support = min(sizes.support, int(wanted))
        weights = np.exp(rng.uniform(-sizes.log_weight, sizes.log_weight, len(counts))) * counts
        shots = np.floor(weights / weights.sum() * (support - len(counts))).astype(np.int64) + 1
        limited: NDArray[np.int64] = np.minimum(shots, counts - query)
        return limited


def _classes(sources: tuple[NDArray[np.int64], ...], ways: int, rng: np.random.Generator) -> NDArray[np.int64]:
    classes: NDArray[np.int64] = rng.choice(sources[rng.integers(len(sources))], ways, replace=False)
    return classes


def _queries(mix: QueryMix, mean: int, available: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Queries of each class, int64 like ``available``: ``mean``, or random shares of so many times the classes."""
    if mix == "balanced":
        return np.full(len(available), mean, np.int64)
    wanted = rng.dirichlet(np.full(len(available), DIRICHLET_CONCENTRATION)) * mean * len(available)
    queries = np.floor(wanted).astype(np.int64)
    # The largest remainders are rounded up, so that the total is right.
    queries[np.argsort(queries - wanted)[: mean * len(available) - queries.sum()]] += 1
    return np.minimum(queries, available)


def _require_range(least: int, bound: int, what: str, most: int | None = None) -> None:
    if least < bound or (most is not None and most < least):
        asked = str(least) if most is None else f"{least} to {most}"
        raise FewshotError(f"The number of {what} cannot be {asked}; it starts at {bound}.")


def _require_share(unknown_share: float) -> None:
    if not 0 <= unknown_share < 1:
        raise FewshotError(f"The share of unknown photos cannot be {unknown_share:g}; it lies between 0 and 1.")
