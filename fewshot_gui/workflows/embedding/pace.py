"""How many threads keep the cores busy."""

from __future__ import annotations

import threading
import time

_MOST_PER_CORE = 4
_EVIDENCE = 0.2
"""Seconds of waiting below which nothing is concluded."""


class Stopwatch:
    """Processor time and waiting of the thread that starts it."""

    def __init__(self) -> None:
        self._wall, self._processor = time.perf_counter(), time.thread_time()

    @property
    def worked(self) -> float:
        """Seconds of processor time since the start."""
        return time.thread_time() - self._processor

    @property
    def waited(self) -> float:
        """Seconds since the start in which the thread did not compute."""
        return max(0.0, time.perf_counter() - self._wall - self.worked)


class Pace:
    """Finds the number of threads by what they wait for files, as on a network, and what they compute.

    Where files come at once there is one thread per core, which is fastest; where a thread waits as long as it
    computes, two. Only waiting for files counts: threads that wait for one another, or for a core that other programs
    use, would not be helped by more of them.
    """

    def __init__(self, cores: int) -> None:
        """Begin with a thread for each of ``cores``."""
        self._cores = cores
        self._lock = threading.Lock()
        self._waited = self._worked = 0.0

    def note(self, *, waited: float = 0.0, worked: float = 0.0) -> None:
        """Take a thread's seconds of waiting for files, or of computing, into account."""
        with self._lock:
            self._waited += waited
            self._worked += worked

    @property
    def threads(self) -> int:
        """From the number of cores to four times that."""
        if self._waited < _EVIDENCE:
            return self._cores
        share = self._waited / max(self._worked, self._waited / _MOST_PER_CORE)
        return min(_MOST_PER_CORE * self._cores, int(self._cores * (1 + share)))
