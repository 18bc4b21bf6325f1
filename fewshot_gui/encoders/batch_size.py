"""How many photos at once are fastest: found out by trying."""

from __future__ import annotations

import logging
from collections.abc import Callable

_log = logging.getLogger(__name__)

_FIRST = 8
_MOST = 512
_WORTH_IT = 1.05
"""A batch of twice as many photos takes twice the memory and makes a person wait longer for the first label; this much
faster per photo it has to be."""


def fastest_batch(seconds: Callable[[int], float], *, most: int = _MOST) -> int:
    """Double the batch as long as that pays.

    Args:
        seconds: What a batch of so many photos takes; raises MemoryError where it does not fit.
        most: The largest batch to consider.

    Returns:
        8 or more by powers of two, up to ``most``; 1 where not even 8 photos fit.
    """
    best, best_rate = 1, 0.0
    size = min(_FIRST, most)
    while size <= most:
        try:
            rate = size / seconds(size)
        except MemoryError:
            _log.info("a batch of %d photos does not fit", size)
            break
        _log.info("%d photos at once: %.0f per second", size, rate)
        if rate < _WORTH_IT * best_rate:
            break
        best, best_rate = size, rate
        size *= 2
    return best
