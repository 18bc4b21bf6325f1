"""Arrays to which values are added again and again at the end; no Qt."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

_FIRST_ROOM: Final = 256


class GrowingArray:
    """A one-dimensional array that grows at the end.

    Its room doubles when it is full, so adding k values takes time for k values however many are there already.
    """

    def __init__(self, dtype: type[np.generic | object]) -> None:
        self._room: NDArray[Any] = np.empty(0, dtype)
        self._length = 0

    @property
    def values(self) -> NDArray[Any]:
        """The values, (n,): a view that sees changes of values but not that others are added."""
        return self._room[: self._length]

    def extend(self, values: ArrayLike, count: int) -> None:
        """Add ``count`` values, (count,), or one value as often."""
        needed = self._length + count
        if needed > len(self._room):
            larger = np.empty(max(_FIRST_ROOM, needed, 2 * len(self._room)), self._room.dtype)
            larger[: self._length] = self.values
            self._room = larger
        self._room[self._length : needed] = values
        self._length = needed

    def replace(self, values: NDArray[Any]) -> None:
        """Hold these values, (m,), instead; they are not copied."""
        self._room, self._length = values, len(values)
