"""The embeddings of a project's photos while it is open."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

_FIRST_ROWS = 1024
_MOVED_AT_LEAST = 256
_MOVED_WITH_EACH = 4
"""Rows that move whenever some are added: enough that all have moved long before the matrix is full."""
_ROOMY_BYTES = 2**29
"""Room up to this costs nothing while it is empty, since memory is only taken when it is written to."""
_NOBODY = 0
"""The photo of a row that is out of date; real photos have ids from 1."""


class PhotoEmbeddings:
    """A growing matrix of embeddings by photo id.

    Rows are only ever appended, so a view of the first n rows stays valid while more arrive: workers get views, not
    copies. float16 loses nothing, since encoders round to it; 100,000 photos of 1280 numbers take 256 MB. These move
    to a larger matrix bit by bit, with every append, since moving them at once would hold up who appends.
    """

    def __init__(self, dimension: int) -> None:
        self._matrix = np.empty((_FIRST_ROWS, dimension), np.float16)
        self._larger = self._matrix[:0]
        self._moved = 0
        self._ids = np.empty(_FIRST_ROWS, np.int64)
        self._sum = np.zeros(dimension, np.float64)
        self._rows: dict[int, int] = {}
        self._count = 0

    def reserve(self, rows: int) -> None:
        """Make room for this many photos and some more; those that are here move to it while others are added.

        Who says early how many there will be is never held up.
        """
        if rows > 0.75 * max(len(self._matrix), len(self._larger)):
            room = max(len(self._matrix), len(self._larger))
            dimension = self._matrix.shape[1]
            roomy = min(16 * room, _ROOMY_BYTES // (2 * dimension))
            self._larger = np.empty((max(4 * rows // 3 + 1, 2 * room, roomy), dimension), np.float16)
            self._moved = 0
            self._move(_MOVED_AT_LEAST)

    def append(self, photo_ids: Sequence[int], embeddings: NDArray[np.float32] | NDArray[np.float16]) -> None:
        """Add photos that are not there yet: float32 or, three times as fast, float16 (n, d)."""
        start, stop = len(self), len(self) + len(photo_ids)
        if stop > len(self._matrix):
            if stop > len(self._larger):
                self.reserve(stop)
            self._move(start)
        else:
            self._move(_MOVED_AT_LEAST + _MOVED_WITH_EACH * len(photo_ids))
        self._matrix[start:stop] = embeddings
        self._ids[start:stop] = photo_ids
        self._sum += embeddings.sum(axis=0, dtype=np.float64)
        self._rows.update(zip(photo_ids, range(start, stop), strict=True))
        self._count = stop

    def retire(self, photo_ids: Iterable[int]) -> None:
        """These photos have other content now: their rows stay, as nobody's, and they may be appended again."""
        for photo_id in photo_ids:
            row = self._rows.pop(photo_id, None)
            if row is not None:
                self._ids[row] = _NOBODY
                self._sum -= self._matrix[row]

    @property
    def ids(self) -> NDArray[np.int64]:
        """The photo of each row, int64 (n,), 0 where it was retired; a view."""
        return self._ids[: len(self)]

    @property
    def matrix(self) -> NDArray[np.float16]:
        """float16 (n, d); a view."""
        return self._matrix[: len(self)]

    @property
    def mean(self) -> NDArray[np.float32] | None:
        """The mean embedding, float32 (d,), or ``None`` while there is none."""
        return (self._sum / len(self._rows)).astype(np.float32) if self._rows else None

    def of(self, photo_ids: Collection[int]) -> tuple[list[int], NDArray[np.float16]]:
        """Those of ``photo_ids`` that are here, and their embeddings float16 (n, d)."""
        here = [photo_id for photo_id in photo_ids if photo_id in self._rows]
        return here, self._matrix[[self._rows[photo_id] for photo_id in here]]

    def __contains__(self, photo_id: int) -> bool:
        return photo_id in self._rows

    def __len__(self) -> int:
        return self._count

    def _move(self, rows: int) -> None:
        """Copy some rows to the larger matrix, if there is one, and use it once it holds all."""
        if not len(self._larger):
            return
        rows = min(rows, len(self) - self._moved)
        part = slice(self._moved, self._moved + rows)
        self._larger[part] = self._matrix[part]
        self._moved += rows
        if self._moved == len(self):
            ids = np.empty(len(self._larger), np.int64)
            ids[: len(self)] = self._ids[: len(self)]
            self._matrix, self._ids, self._larger = self._larger, ids, self._larger[:0]
