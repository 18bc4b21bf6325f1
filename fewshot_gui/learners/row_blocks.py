"""Embeddings by the hundred thousand, block by block: what is computed of a block stays in the processor's cache."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.core.processor import core_count

_BLOCK_ROWS = 256
"""Rows handled at once. At 1280 features 128 to 256 are best with two threads: smaller blocks hold the interpreter
more often than they compute, larger ones leave the cache."""

_PART_ROWS = 4096
"""Fewer rows than this are not worth a thread."""

_MOST_THREADS = 8
"""With more of them the memory is what limits, not the processors."""

_SAFE_SQUARES = (1e-24, 1e30)
"""Squared lengths outside these bounds are computed again on the rescaled row, away from underflow and overflow."""


class RowBlocks:
    """Embeddings, square-rooted or not, in float32 and in blocks."""

    def __init__(self, embeddings: NDArray[np.floating], *, square_root: bool) -> None:
        """Of floating point (n, d); with ``square_root`` of their square roots, negative features counting as zero."""
        self._embeddings = embeddings
        self._square_root = square_root

    def __iter__(self) -> Iterator[tuple[slice, NDArray[np.float32], NDArray[np.float32]]]:
        """Which rows, they as float32 (b, d) in a buffer that is used again, and their lengths (b,), 1 of zero rows."""
        n, d = self._embeddings.shape
        buffer = np.empty((min(_BLOCK_ROWS, n), d), np.float32)
        # Arithmetic on half precision is many times slower than on float32, and even converting it is slower than
        # looking up its square root: there are only 65,536 halves.
        places = np.empty(buffer.shape, np.intp) if self._embeddings.dtype == np.float16 else None
        for start in range(0, n, _BLOCK_ROWS):
            block = self._embeddings[start : start + _BLOCK_ROWS]
            rows = buffer[: len(block)]
            if places is not None:
                place = places[: len(block)]
                place[...] = block.view(np.uint16)
                # Nothing is out of bounds; numpy is fastest at "wrap".
                np.take(_by_half(self._square_root), place, out=rows, mode="wrap")
            elif self._square_root:
                np.maximum(block, 0, out=rows)
                np.sqrt(rows, out=rows)
            else:
                rows[...] = block
            yield slice(start, start + len(block)), rows, _lengths(rows)


def in_parts(rows: int, work: Callable[[slice], None]) -> None:
    """Call ``work`` with consecutive parts of ``rows`` rows, on several processors where that pays."""
    threads = min(core_count(), _MOST_THREADS, -(-rows // _PART_ROWS))
    if threads < 2:
        work(slice(0, rows))
        return
    parts = [slice(start, min(rows, start + _PART_ROWS)) for start in range(0, rows, _PART_ROWS)]
    with ThreadPoolExecutor(threads, thread_name_prefix="rows") as pool:
        for _ in pool.map(work, parts):
            pass


@cache
def _by_half(square_root: bool) -> NDArray[np.float32]:
    """The float32 value, or the square root of its positive part, of every half, by the number that its bits are."""
    values = np.arange(1 << 16, dtype=np.uint16).view(np.float16).astype(np.float32)
    if square_root:
        with np.errstate(invalid="ignore"):  # some of them are no numbers
            values = np.sqrt(np.maximum(values, 0))
    values.flags.writeable = False
    return values


def _lengths(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """The length of each row, one for a zero row; rows too small or too large to square are rescaled in place."""
    with np.errstate(over="ignore"):
        squares = np.einsum("ij,ij->i", rows, rows)
    extreme = np.flatnonzero(~((squares > _SAFE_SQUARES[0]) & (squares < _SAFE_SQUARES[1])))
    if len(extreme):
        largest = np.abs(rows[extreme]).max(axis=1, keepdims=True)
        rows[extreme] /= np.where(largest > 0, largest, 1)
        squares[extreme] = np.where(largest[:, 0] > 0, np.einsum("ij,ij->i", rows[extreme], rows[extreme]), 1)
    lengths: NDArray[np.float32] = np.sqrt(squares)
    return lengths
