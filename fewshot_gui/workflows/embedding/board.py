"""Where the caller of a run and its crew meet: what is to be done, and what has been found out."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fewshot_gui.encoders import Encoder
from fewshot_gui.workflows.embedding.records import DecodedPhoto, Found, Outcome, PhotoFile
from fewshot_gui.workflows.embedding.waiting import WaitingPhotos

_ENOUGH = 64
"""Outcomes that are worth waking the caller for."""
_FILES_AHEAD = 128
"""Unknown photos beside which no more are looked up."""
_POSTPONED = 0.05
"""Seconds until a photo that another run is working on is looked up again."""


@dataclass(frozen=True)
class LookUp:
    """Find out which of these photos, each with its index, are known."""

    photos: Sequence[tuple[int, Path]]


@dataclass(frozen=True)
class Read:
    """Read and decode a photo, and encode it if that is not done in batches."""

    file: PhotoFile


@dataclass(frozen=True, eq=False)
class ReadRefused:
    """Decode a JPEG that the encoder's device could not."""

    photo: DecodedPhoto


@dataclass(frozen=True, eq=False)
class Encode:
    """Encode photos."""

    photos: Sequence[DecodedPhoto]


Job = LookUp | Read | ReadRefused | Encode


@dataclass(frozen=True)
class Leftover:
    """What somebody else has to see to after the end of a run: keep these outcomes, and let other runs have these."""

    outcomes: Sequence[Outcome]
    given_up: Sequence[DecodedPhoto]

    def __bool__(self) -> bool:
        return bool(self.outcomes or self.given_up)


class Board:
    """Safe to use from any thread; nothing here takes long but waiting for something to do.

    Attributes:
        encoder: From when it is open.
        stopped: Nothing more is begun; only photos that are decoded already are still encoded.
        look_ups: How many may be under way at once.
    """

    def __init__(self) -> None:
        self.encoder: Encoder | None = None
        self.stopped = False
        self.look_ups = 1
        self._lock = threading.Lock()
        self._work, self._batches, self._news = (threading.Condition(self._lock) for _ in range(3))
        self._lists: deque[LookUp] = deque()
        self._postponed: deque[tuple[float, PhotoFile]] = deque()
        self._files: deque[PhotoFile] = deque()
        self._refused: deque[DecodedPhoto] = deque()
        self._waiting = WaitingPhotos()
        self._under_way: list[Job] = []
        self._outcomes: list[Outcome] = []
        self._failure: BaseException | None = None
        self._held = self._complete = self._heard = self._abandoned = False

    @property
    def hungry(self) -> bool:
        """Whether more photos should be added, so that no thread runs out of work."""
        return not self._complete and len(self._lists) <= self.look_ups and not self._has_plenty()

    def add(self, photos: Sequence[tuple[int, Path]]) -> None:
        """Have these photos embedded, each given with its index; none means that no more will come."""
        with self._lock:
            self._complete = not photos
            if photos:
                self._lists.append(LookUp(photos))
                self._work.notify()

    def hold(self, held: bool) -> None:
        """Begin nothing for now, or go on."""
        with self._lock:
            self._held = held
            if not held:
                self._work.notify_all()

    def collect(self, seconds: float) -> list[Outcome]:
        """What has been found out; waits for something worth while, at most ``seconds``.

        Raises:
            BaseException: What a thread failed with, once all that came before has been collected.
        """
        with self._lock:
            self._news.wait_for(self._is_worth_while, seconds)
            outcomes, self._outcomes = self._outcomes, []
            self._heard = self._heard or bool(outcomes)
            if not outcomes and self._failure is not None:
                raise self._failure
            return outcomes

    @property
    def finished(self) -> bool:
        """Whether all photos that were added have been collected, and no more will come."""
        with self._lock:
            return self._is_all_done() and not self._outcomes

    def stop(self, seconds: float) -> None:
        """Begin nothing more, and wait for what is under way, at most so long."""
        with self._lock:
            self.stopped = True
            self._work.notify_all()
            self._batches.notify_all()
            self._news.wait_for(self._is_quiet, seconds)

    def abandon(self) -> Leftover:
        """From now on, after a stop, nobody collects; returns what is left."""
        with self._lock:
            self._abandoned = True
            outcomes, self._outcomes = self._outcomes, []
            return Leftover(outcomes, [*self._refused, *(self._waiting.take_all() if self.encoder is None else ())])

    def equip(self, encoder: Encoder) -> bool:
        """The encoder is open; returns whether it is still wanted."""
        with self._lock:
            if self.stopped:
                return False
            self.encoder = encoder
            self._waiting.batch_size = encoder.batch_size
            self._work.notify_all()
            return True

    def next_job(self) -> Job | None:
        """Waits for something to do; ``None`` when no more will come. Ends with a :meth:`report`, or :meth:`fail`."""
        with self._lock:
            while (job := self._startable()) is None:
                if self.stopped:
                    return None
                again = self._postponed[0][0] - time.monotonic() if self._postponed and not self._held else None
                self._work.wait(None if again is None else max(0.0, again))
            self._under_way.append(job)
            return job

    def next_batch(self) -> Encode | None:
        """Waits for photos to be encoded at once; ``None`` when no more will come. Ends like :meth:`next_job`."""
        with self._lock:
            while True:
                due = self._waiting.due_in
                if due == 0 or (due is not None and not self._more_is_coming()):
                    job = Encode(self._waiting.take_batch())
                    self._under_way.append(job)
                    self._work.notify_all()
                    return job
                if due is None and self.stopped and not self._under_way:
                    return None
                self._batches.wait(due)

    def report(self, job: Job, found: Found) -> Leftover:
        """A job is done; returns what its thread must see to itself since nobody else does any more."""
        given_up: list[DecodedPhoto] = []
        with self._lock:
            self._under_way.remove(job)
            self._files += found.files
            self._postponed += [(time.monotonic() + _POSTPONED, file) for file in found.postponed]
            (given_up if self.stopped else self._refused).extend(found.refused)
            if self.stopped and self.encoder is None:
                given_up += found.decoded
            else:
                self._waiting.add(found.decoded)
            if found.files or found.postponed or found.refused or isinstance(job, LookUp):
                self._work.notify_all()
            self._batches.notify()
            if not self._abandoned:
                self._outcomes += found.outcomes
            if self._is_worth_while() or self._is_quiet():
                self._news.notify()
            return Leftover(found.outcomes if self._abandoned else [], given_up)

    def fail(self, error: BaseException, job: Job | None = None) -> None:
        """A job, or opening the encoder, failed: the caller is told."""
        with self._lock:
            if job is not None:
                self._under_way.remove(job)
            self._failure = self._failure or error
            self._news.notify()
            self._batches.notify()

    def _startable(self) -> Job | None:
        if self._waiting and self.encoder is not None and not self.encoder.encodes_in_batches:
            return None if self._held and not self.stopped else Encode(self._waiting.take(1))
        if self._held or self.stopped:
            return None
        if self._postponed and self._postponed[0][0] <= time.monotonic():
            file = self._postponed.popleft()[1]
            return LookUp([(file.index, file.stamp.path)])
        looking_up = sum(isinstance(job, LookUp) for job in self._under_way)
        if self._lists and looking_up < self.look_ups and not self._has_plenty():
            return self._lists.popleft()
        if self._waiting.full:
            return None
        if self._refused:
            return ReadRefused(self._refused.popleft())
        return Read(self._files.popleft()) if self._files else None

    def _has_plenty(self) -> bool:
        """Whether so many unknown photos wait that no more need be looked up."""
        return len(self._files) + len(self._postponed) >= _FILES_AHEAD

    def _more_is_coming(self) -> bool:
        """Whether the photos that wait for the encoder may become more."""
        return bool(self._under_way) or (not self.stopped and bool(self._files or self._refused))

    def _is_all_done(self) -> bool:
        idle = not (self._lists or self._postponed or self._files or self._refused or self._waiting or self._under_way)
        return self._complete and idle

    def _is_quiet(self) -> bool:
        """Whether nothing is under way any more after a stop."""
        return self.stopped and not self._under_way and not (self._waiting and self.encoder is not None)

    def _is_worth_while(self) -> bool:
        """Whether there is something for the caller to do."""
        enough = 1 if not self._heard else _ENOUGH
        return len(self._outcomes) >= enough or self._failure is not None or self.hungry or self._is_all_done()
