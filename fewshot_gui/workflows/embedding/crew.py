"""The threads of a run: they look photos up, read, decode and encode them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from fewshot_gui.core.errors import Cancelled
from fewshot_gui.core.processor import core_count
from fewshot_gui.core.progress import Progress
from fewshot_gui.workflows.embedding.board import Board, Encode, Job, LookUp, Read, ReadRefused
from fewshot_gui.workflows.embedding.keeping import see_to
from fewshot_gui.workflows.embedding.pace import Pace
from fewshot_gui.workflows.embedding.reading import encode, look_up, read, read_refused
from fewshot_gui.workflows.embedding.records import DecodedPhoto, Found, Outcome

if TYPE_CHECKING:
    from fewshot_gui.workflows.embedding_source import EmbeddingSource

log = logging.getLogger(__name__)


class Crew:
    """Begins with a thread for each core and gets more where they wait for files.

    On the processor a thread encodes the photo that it has decoded (docs/decisions/0006-one-photo-one-thread.md).
    Photos that are decoded before the encoder is open wait for it. On a device one thread of its own encodes batches
    of what the others have decoded.

    The threads are daemons: one that is in the middle of a long photo keeps neither the caller nor the end of the
    program waiting.

    Attributes:
        threads: Those that were started; they end when the board is stopped.
    """

    def __init__(self, board: Board, source: EmbeddingSource, progress: Progress) -> None:
        """Work for ``board``; nothing runs yet."""
        self._board = board
        self._source = source
        self._progress = _WhileWanted(board, progress)
        self._pace = Pace(core_count())
        self._decoders = 0
        self.threads: list[threading.Thread] = []
        self._opening = threading.Lock()

    def grow(self) -> None:
        """Start the threads that are missing."""
        wanted = self._pace.threads
        self._board.look_ups = 1 + max(0, wanted - core_count())
        while self._decoders < wanted:
            self._start(f"decode-{self._decoders}", self._decode)
            self._decoders += 1

    def _start(self, name: str, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, name=name, daemon=True)
        self.threads.append(thread)
        thread.start()

    def _decode(self) -> None:
        while (job := self._board.next_job()) is not None:
            self._do(job)

    def _encode_batches(self) -> None:
        while (batch := self._board.next_batch()) is not None:
            self._do(batch)

    def _open_encoder(self) -> None:
        try:
            encoder = self._source.encoder(self._progress)
        except BaseException as error:  # noqa: BLE001 - the caller raises it
            self._board.fail(error)
            return
        if self._board.equip(encoder) and encoder.encodes_in_batches:
            self._encode_batches()

    def _do(self, job: Job) -> None:
        try:
            found = self._find_out(job)
        except BaseException as error:
            if self._board.stopped:
                log.info("a photo was not embedded after the end of a run", exc_info=error)
            self._source.claims.release(_claimed(job))
            self._board.fail(error, job)
            return
        left = self._board.report(job, found)
        if left:
            see_to(left, self._source)

    def _find_out(self, job: Job) -> Found:
        match job:
            case LookUp(photos):
                found = look_up(photos, self._source, self._pace, lambda: not self._board.stopped)
                # The first that is unknown has the encoder opened, while others are being read.
                if found.files and self._opening.acquire(blocking=False):
                    self._start("encode", self._open_encoder)
                return found
            case Read(file):
                if not self._source.claims.take(file.stamp.path):
                    return Found(postponed=[file])
                return self._with_embedding(read(file, self._source, self._board.encoder, self._pace))
            case ReadRefused(photo):
                return self._with_embedding(read_refused(photo, self._source, self._pace))
            case Encode(photos):
                return self._encoded(photos)

    def _with_embedding(self, photo: DecodedPhoto | Outcome) -> Found:
        if isinstance(photo, Outcome):
            return Found(outcomes=[photo])
        encoder = self._board.encoder
        if encoder is None or encoder.encodes_in_batches:
            return Found(decoded=[photo])
        return self._encoded([photo])

    def _encoded(self, photos: Sequence[DecodedPhoto]) -> Found:
        encoder = self._board.encoder
        assert encoder is not None, "photos are only encoded once it is open"
        outcomes, refused = encode(photos, encoder)
        return Found(outcomes=outcomes, refused=refused)


class _WhileWanted:
    """The progress of opening the encoder, which may go on for a while after the run has ended."""

    def __init__(self, board: Board, progress: Progress) -> None:
        self._board = board
        self._progress = progress

    def report(self, done: int, total: int | None = None, note: str = "") -> None:
        """Tell whoever still listens."""
        if not self._board.stopped:
            self._progress.report(done, total, note)

    def check(self) -> None:
        """Wait while paused.

        Raises:
            Cancelled: The run is over.
        """
        if not self._board.stopped:
            self._progress.check()
        if self._board.stopped:
            raise Cancelled


def _claimed(job: Job) -> list[Path]:
    """The photos that are claimed while the job is done."""
    match job:
        case LookUp():
            return []
        case Read(file):
            return [file.stamp.path]
        case ReadRefused(photo):
            return [photo.file.stamp.path]
        case Encode(photos):
            return [photo.file.stamp.path for photo in photos]
