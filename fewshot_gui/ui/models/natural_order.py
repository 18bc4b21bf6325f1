"""File names in the order a person expects: IMG_2 before IMG_10; no Qt."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_NUMBER = re.compile("[0-9]+")


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
    """The natural order of a growing list of names, kept sorted so that asking for it costs nothing.

    Adding some thousands of names to 100,000 takes a few milliseconds; equal keys keep the order of arrival.
    """

    def __init__(self) -> None:
        self._keys: NDArray[Any] = np.empty(0, object)
        self._order: NDArray[np.int64] = np.empty(0, np.int64)

    def append(self, names: Sequence[str]) -> None:
        """Add names at the end of the list."""
        keys = np.array([natural_key(name) for name in names], object)
        order = np.array(sorted(range(len(names)), key=keys.__getitem__), np.int64)
        places = np.searchsorted(self._keys, keys[order], side="right")
        added = order + len(self._order)
        self._keys = np.insert(self._keys, places, keys[order])
        self._order = np.insert(self._order, places, added)

    def keep(self, kept: NDArray[np.bool_]) -> None:
        """Take out the names where ``kept``, bool (n,), is false; those behind them move up."""
        still_there = kept[self._order]
        new_positions = np.cumsum(kept) - 1
        self._keys = self._keys[still_there]
        self._order = new_positions[self._order[still_there]]

    def order(self) -> NDArray[np.int64]:
        """Positions in the list in natural order of their names, int64 (n,). Not to be written to."""
        return self._order
