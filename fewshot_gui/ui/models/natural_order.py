"""File names in the order a person expects: IMG_2 before IMG_10; no Qt."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

_NUMBER = re.compile("[0-9]+")

_PORTION: Final = 1000
"""Names sorted in together. At 100,000 that takes 3 ms, not much longer than for a single one."""


def natural_key(name: str) -> str:
    """A text that sorts like ``name`` does for a person: case aside, and each number by its value.

    Every number is written as its length in three digits and then its digits without leading zeros, so that comparing
    letter by letter compares values.
    """
    return _NUMBER.sub(_sortable, name.casefold())


def _sortable(number: re.Match[str]) -> str:
    digits = number[0].lstrip("0")
    return f"{len(digits):03}{digits}"


class NaturalOrder:
    """The natural order of a growing list of names, kept nearly sorted so that asking for it costs next to nothing.

    Equal keys keep the order of arrival.
    """

    def __init__(self) -> None:
        self._keys: NDArray[Any] = np.empty(0, object)
        self._order: NDArray[np.int64] = np.empty(0, np.int64)
        self._waiting: list[str] = []

    def append(self, names: Sequence[str]) -> None:
        """Add names at the end of the list."""
        self._waiting += names
        if len(self._waiting) >= _PORTION:
            self._sort_in()

    def keep(self, kept: NDArray[np.bool_]) -> None:
        """Take out the names where ``kept``, bool (n,), is false; those behind them move up."""
        self._sort_in()
        still_there = kept[self._order]
        new_positions = np.cumsum(kept) - 1
        self._keys = self._keys[still_there]
        self._order = new_positions[self._order[still_there]]

    def order(self) -> NDArray[np.int64]:
        """Positions in the list in natural order of their names, int64 (n,). Not to be written to."""
        self._sort_in()
        return self._order

    def copy(self) -> NaturalOrder:
        """The same list, which does not grow with this one."""
        other = NaturalOrder()
        other._keys, other._order, other._waiting = self._keys, self._order, list(self._waiting)
        return other

    def _sort_in(self) -> None:
        if not self._waiting:
            return
        keys = np.array([natural_key(name) for name in self._waiting], object)
        order = np.array(sorted(range(len(keys)), key=keys.__getitem__), np.int64)
        self._waiting = []
        places = np.searchsorted(self._keys, keys[order], side="right")
        added = order + len(self._order)
        self._keys = np.insert(self._keys, places, keys[order])
        self._order = np.insert(self._order, places, added)
