"""How fast counted work goes and how long it will still take; no Qt, and no clock of its own."""

from __future__ import annotations

import math

_MEMORY = 8.0
"""Seconds after which an observation counts 1/e: long enough to be calm, short enough to follow a slower folder."""

_SETTLED = 1.5
"""Seconds to observe before anything is said; the first photos are never typical."""


class Pace:
    """The rate of counted work as an exponentially weighted mean over time.

    Both the work done and the time it took decay alike and are divided only when asked for, so neither the first
    observations nor uneven intervals between reports bias the mean.
    """

    def __init__(self) -> None:
        self._last: tuple[int, float] | None = None
        self._work = 0.0
        self._time = 0.0
        self._skipping = False

    def observe(self, done: int, now: float) -> None:
        """Take in that ``done`` steps are finished at ``now`` (seconds of any steady clock).

        A count that falls back means that other work began: the mean starts afresh.
        """
        if self._last is None or done < self._last[0]:
            self._last, self._work, self._time, self._skipping = (done, now), 0.0, 0.0, False
            return
        if self._skipping:
            self._last, self._skipping = (done, now), False
            return
        steps, seconds = done - self._last[0], max(0.0, now - self._last[1])
        fading = math.exp(-seconds / _MEMORY)
        self._work = self._work * fading + steps
        self._time = self._time * fading + seconds
        self._last = (done, now)

    def skip(self) -> None:
        """Leave what happens until the next observation out, as around a pause; what was learnt before stays."""
        self._skipping = True

    @property
    def per_second(self) -> float | None:
        """Steps per second, or ``None`` while that cannot be said yet."""
        if self._time < _SETTLED or self._work <= 0:
            return None
        return self._work / self._time

    def seconds_left(self, total: int | None) -> float | None:
        """Seconds until ``total`` steps are done at this pace, or ``None`` while that cannot be said."""
        rate = self.per_second
        if rate is None or total is None or self._last is None:
            return None
        return max(0, total - self._last[0]) / rate
