"""When a photo that has just appeared is finished.

Cameras, microscopes and copying programs write a photo bit by bit, and no system tells when they are done. A photo
counts as finished when nothing about it has changed for a while, it can be opened, and it ends as files of its format
end. One that never ends so is handed over all the same after some time, so that it becomes a photo with an error.
"""

from __future__ import annotations

import enum
import logging
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from fewshot_gui.imaging.formats import HEADER_BYTES, recognise
from fewshot_gui.imaging.problems import ends_early

log = logging.getLogger(__name__)

_QUIET = 1.0
"""Seconds without a change before a photo may be finished."""
_QUIET_COARSE = 2.5
"""The same where times come in whole seconds: FAT, which memory cards have, counts in steps of two."""
_PATIENCE_CUT_OFF = 10.0
"""Seconds without a change after which a photo that ends too early is handed over all the same."""
_PATIENCE = 60.0
"""The same for a photo that is empty or that another program keeps for itself, as copying programs do for long."""
_CHECK_EVERY = 64

Stamp = tuple[int, int]
"""Size in bytes and time of the last change in nanoseconds."""


class Condition(enum.Enum):
    """What opening a photo tells."""

    WHOLE = "whole"
    CUT_OFF = "cut off"
    LOCKED = "locked"


class Arrived(NamedTuple):
    """A photo that is finished, and the time of its last change in seconds since 1970."""

    path: str
    time: float


@dataclass(slots=True)
class _Arriving:
    """A photo that is perhaps still being written.

    Attributes:
        stamp: As of the last look; ``None`` where that failed.
        since: When that stamp was first seen.
        before: The stamp with which it was handed over earlier, or ``None``.
    """

    stamp: Stamp | None
    since: float
    before: Stamp | None


def condition_of(path: str) -> Condition:
    """Whether a file can be opened and ends as its format says.

    Raises:
        OSError: It is gone, or cannot be read for another reason than that somebody keeps it.
    """
    try:
        with Path(path).open("rb") as file:
            photo_format = recognise(file.read(HEADER_BYTES), Path(path).suffix)
            cut_off = photo_format is not None and ends_early(file, photo_format)
    except PermissionError:  # on Windows: whoever writes it has it for themselves
        return Condition.LOCKED
    return Condition.CUT_OFF if cut_off else Condition.WHOLE


class Arrivals:
    """Photos that have appeared or changed and are not known to be finished."""

    def __init__(self, clock: Callable[[], float], condition: Callable[[str], Condition] = condition_of) -> None:
        """``clock`` gives seconds that only grow."""
        self._clock = clock
        self._condition = condition
        self._arriving: dict[str, _Arriving] = {}

    def expect(self, path: str, before: Stamp | None = None) -> None:
        """Hand over the photo at ``path`` once it is finished, unless it is then as it was ``before``."""
        if path not in self._arriving:
            try:
                stamp = stamp_of(os.stat(path))  # noqa: PTH116 - thousands of them
            except OSError:  # the next look tells more
                stamp = None
            self._arriving[path] = _Arriving(stamp, self._clock(), before)

    def look(self, check: Callable[[], None]) -> Iterator[tuple[Arrived | None, str, Stamp]]:
        """Look at each photo once.

        Args:
            check: Called now and then; what it raises ends the look.

        Yields:
            What is finished, with path and stamp; ``None`` in its place where it is as it was before.
        """
        for number, (path, arriving) in enumerate(list(self._arriving.items())):
            if number % _CHECK_EVERY == 0:
                check()
            try:
                finished = self._is_finished(path, arriving)
            except (FileNotFoundError, NotADirectoryError):  # had another name for a while, or was deleted
                del self._arriving[path]
                continue
            except OSError:
                log.debug("cannot look at %r now", path, exc_info=True)
                continue
            if finished and arriving.stamp is not None:
                del self._arriving[path]
                same = arriving.stamp == arriving.before
                yield None if same else Arrived(path, arriving.stamp[1] / 1e9), path, arriving.stamp

    def __contains__(self, path: str) -> bool:
        return path in self._arriving

    def __len__(self) -> int:
        return len(self._arriving)

    def _is_finished(self, path: str, arriving: _Arriving) -> bool:
        # The file itself is asked: what Windows lists of a folder is outdated while a file is being written.
        status = os.stat(path)  # noqa: PTH116 - thousands of them
        now, stamp = self._clock(), stamp_of(status)
        if stamp != arriving.stamp:
            arriving.stamp, arriving.since = stamp, now
            return False
        quiet = now - arriving.since
        if not stat.S_ISREG(status.st_mode):
            raise FileNotFoundError(path)
        if quiet < (_QUIET_COARSE if stamp[1] % 10**9 == 0 else _QUIET):
            return False
        if not stamp[0]:
            return quiet >= _PATIENCE
        condition = self._condition(path)
        if condition is Condition.WHOLE:
            return True
        return quiet >= (_PATIENCE_CUT_OFF if condition is Condition.CUT_OFF else _PATIENCE)


def stamp_of(status: os.stat_result) -> Stamp:
    """What tells a changed file from an unchanged one."""
    return status.st_size, status.st_mtime_ns
