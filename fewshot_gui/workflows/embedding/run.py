"""One run from photos to embeddings, as its caller sees it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from fewshot_gui.core.progress import Progress
from fewshot_gui.workflows.embedding.board import Board
from fewshot_gui.workflows.embedding.crew import Crew
from fewshot_gui.workflows.embedding.keeping import keep, see_to
from fewshot_gui.workflows.embedding.records import EmbeddedPhoto, EmbeddingStats, Origin, Outcome

if TYPE_CHECKING:
    from fewshot_gui.workflows.embedding_source import EmbeddingSource

_FIRST_CHUNK, _MOST_AT_ONCE = 16, 256
"""Photos looked up together: few at first, so that reading begins at once."""
_TURN = 0.05
"""Seconds between two checks for a cancel, and between two batches of results at most."""
_PATIENCE = 0.2
"""Seconds at most that a cancel waits for what is under way."""


def embed_photos(
    paths: Iterable[Path], source: EmbeddingSource, progress: Progress, *, stats: EmbeddingStats | None = None
) -> Iterator[list[EmbeddedPhoto]]:
    """Embed ``paths``, yielding batches as they come, not always in order.

    A photo that is known and unchanged costs one look-up; one that was moved or copied is read to tell its content,
    but not decoded. A photo that cannot be read comes back with an error. What is yielded is in the cache.

    Whoever stops listening, or cancels, is not kept waiting by photos that take long; what the threads finish later
    still goes to the cache.

    Args:
        paths: The files; read lazily.
        source: The encoder and its cache.
        progress: Checked for cancel and pause; reports only while the encoder is being prepared.
        stats: Added to, if given.

    Raises:
        Cancelled: The person cancelled. What was embedded until then is in the cache.
        EncoderError: The encoder cannot be used.
    """
    run = _Run(source, progress, stats if stats is not None else EmbeddingStats())
    try:
        yield from run.results(paths)
    finally:
        run.end()


class _Run:
    def __init__(self, source: EmbeddingSource, progress: Progress, stats: EmbeddingStats) -> None:
        self._source = source
        self._progress = progress
        self._stats = stats
        self._board = Board()
        self._crew = Crew(self._board, source, progress)

    def results(self, paths: Iterable[Path]) -> Iterator[list[EmbeddedPhoto]]:
        numbered, size = iter(enumerate(paths)), _FIRST_CHUNK
        while not self._board.finished:
            while self._board.hungry:
                self._board.add(list(islice(numbered, size)))
                size = min(2 * size, _MOST_AT_ONCE)
            self._check()
            self._crew.grow()
            outcomes = self._board.collect(_TURN)
            if outcomes:
                keep(outcomes, self._source)
                self._count(outcomes)
                yield [outcome.photo for outcome in outcomes]

    def end(self) -> None:
        """Begin nothing more, and let what is done or almost done be kept."""
        until = time.monotonic() + _PATIENCE
        self._board.stop(_PATIENCE)
        threads = list(self._crew.threads)
        left = self._board.abandon()
        if left:
            # By a thread of its own, since another program may have the cache locked.
            threads.append(threading.Thread(target=see_to, args=(left, self._source), name="keep", daemon=True))
            threads[-1].start()
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _check(self) -> None:
        """While the person pauses, this does not return, and the crew begins nothing."""
        self._board.hold(True)
        self._progress.check()
        self._board.hold(False)

    def _count(self, outcomes: Sequence[Outcome]) -> None:
        for outcome in outcomes:
            self._stats.photos += 1
            self._stats.failed += outcome.photo.embedding is None
            self._stats.cached += outcome.origin is not Origin.FRESH
            self._stats.decode_core_seconds += outcome.decode_seconds
            self._stats.encode_core_seconds += outcome.encode_seconds
