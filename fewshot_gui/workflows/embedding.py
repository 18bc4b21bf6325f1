"""Photos to embeddings: the cache first, then the encoder, with reading and encoding spread over the cores."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.core.errors import PhotoError
from fewshot_gui.core.progress import Progress
from fewshot_gui.encoders import Encoder, FileStamp
from fewshot_gui.imaging import fingerprint, read_photo
from fewshot_gui.imaging.problems import file_reason
from fewshot_gui.workflows.embedding_source import EmbeddingSource

log = logging.getLogger(__name__)

_LOOK_UP = 128
"""Photos looked up in the cache at once."""
_QUEUED_PER_WORKER = 8
"""Photos waiting per worker: enough to keep it busy, few enough that a cancel is felt at once."""
_POLL = 0.1
"""Seconds between two checks for cancel while workers are busy."""


@dataclass(frozen=True, eq=False)
class EmbeddedPhoto:
    """One photo on its way through the encoder.

    Attributes:
        index: Its place in the sequence that was asked for.
        path: The file.
        fingerprint: Content hash, or ``None`` when the file could not be read at all.
        embedding: float32 (d,), or ``None`` when the photo could not be read.
        error: Why not, as a clause for a table cell.
    """

    index: int
    path: Path
    fingerprint: str | None
    embedding: NDArray[np.float32] | None
    error: str | None = None


@dataclass
class EmbeddingStats:
    """What the work cost; core-seconds are processor time, so they do not depend on how many cores shared it."""

    photos: int = 0
    failed: int = 0
    cached: int = 0
    decode_core_seconds: float = 0.0
    encode_core_seconds: float = 0.0


@dataclass(frozen=True, eq=False)
class _Read:
    """A worker's result: an embedding, pixels still to be encoded on a GPU, or an error.

    ``recalled`` says that the embedding is in the cache already, under the same content.
    """

    index: int
    file: FileStamp
    fingerprint: str | None = None
    pixels: NDArray[np.uint8] | None = None
    embedding: NDArray[np.float32] | None = None
    recalled: bool = False
    error: str | None = None
    decode_seconds: float = 0.0
    encode_seconds: float = 0.0


def worker_count() -> int:
    """How many processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def embed_photos(
    paths: Iterable[Path], source: EmbeddingSource, progress: Progress, *, stats: EmbeddingStats | None = None
) -> Iterator[list[EmbeddedPhoto]]:
    """Embed ``paths``, yielding batches as they come, not always in order.

    A photo that is known and unchanged costs one look-up; one that was moved or copied is read to tell its content,
    but not decoded. A photo that cannot be read comes back with an error.

    Args:
        paths: The files; read lazily.
        source: The encoder and its cache.
        progress: Checked for cancel; reports only while the encoder is being prepared.
        stats: Added to, if given.

    Raises:
        Cancelled: The person cancelled. What was embedded until then is in the cache.
        EncoderError: The encoder cannot be used.
    """
    stats = stats if stats is not None else EmbeddingStats()
    with ThreadPoolExecutor(worker_count(), thread_name_prefix="decode") as pool:
        pipeline = _Pipeline(source, progress, pool, stats)
        try:
            yield from pipeline.run(paths)
        finally:
            pipeline.abandon()


class _Pipeline:
    """One run of :func:`embed_photos`."""

    def __init__(
        self, source: EmbeddingSource, progress: Progress, pool: ThreadPoolExecutor, stats: EmbeddingStats
    ) -> None:
        self._source = source
        self._progress = progress
        self._pool = pool
        self._stats = stats
        self._pending: set[Future[_Read]] = set()
        self._to_encode: list[_Read] = []

    def run(self, paths: Iterable[Path]) -> Iterator[list[EmbeddedPhoto]]:
        numbered = iter(enumerate(paths))
        while chunk := list(islice(numbered, _LOOK_UP)):
            self._progress.check()
            ready, unknown = self._look_up(chunk)
            if ready:
                yield ready
            for index, file in unknown:
                self._submit(index, file)
                while len(self._pending) >= worker_count() * _QUEUED_PER_WORKER:
                    yield from self._collect()
        while self._pending or self._to_encode:
            yield from self._collect(last=True)

    def abandon(self) -> None:
        """Begin nothing more, and keep what workers have done or are just doing."""
        begun = [future for future in self._pending if not future.cancel()]
        wait(begun)
        self._remember([future.result() for future in begun if future.exception() is None])

    def _look_up(self, chunk: Sequence[tuple[int, Path]]) -> tuple[list[EmbeddedPhoto], list[tuple[int, FileStamp]]]:
        """The photos of ``chunk`` that need no decoding, and those that do."""
        files: list[tuple[int, FileStamp]] = []
        ready: list[EmbeddedPhoto] = []
        for index, path in chunk:
            try:
                status = path.stat()
                files.append((index, FileStamp(path, status.st_size, status.st_mtime_ns)))
            except OSError as error:
                ready.append(EmbeddedPhoto(index, path, None, None, file_reason(error)))
        self._stats.failed += len(ready)
        known = self._source.cached([file for _, file in files])
        for index, file in files:
            if photo := known.get(file):
                ready.append(EmbeddedPhoto(index, file.path, photo.fingerprint, photo.embedding))
                self._stats.cached += 1
        self._stats.photos += len(ready)
        return ready, [(index, file) for index, file in files if file not in known]

    def _submit(self, index: int, file: FileStamp) -> None:
        encoder = self._source.encoder(self._progress)
        self._pending.add(self._pool.submit(_read, index, file, self._source, encoder))

    def _collect(self, *, last: bool = False) -> Iterator[list[EmbeddedPhoto]]:
        """Wait a moment for workers and pass on what they have done; ``last``: no more photos will be submitted."""
        self._progress.check()
        done, _ = wait(self._pending, _POLL, return_when=FIRST_COMPLETED)
        results = [future.result() for future in done]
        self._pending -= done
        for result in results:
            self._stats.decode_core_seconds += result.decode_seconds
            self._stats.encode_core_seconds += result.encode_seconds
            self._stats.cached += result.recalled
        self._to_encode += [result for result in results if result.pixels is not None]
        finished = [result for result in results if result.pixels is None]
        encoder = self._source.encoder(self._progress)
        if len(self._to_encode) >= encoder.batch_size or (last and self._to_encode and not self._pending):
            finished += self._encode_batch(encoder)
        if finished:
            yield self._keep(finished)

    def _encode_batch(self, encoder: Encoder) -> list[_Read]:
        # No more than fit at once: the rest joins the next photos instead of making a small batch of its own.
        batch, self._to_encode = self._to_encode[: encoder.batch_size], self._to_encode[encoder.batch_size :]
        started = time.thread_time()
        embeddings = encoder.embed([read.pixels for read in batch if read.pixels is not None])
        self._stats.encode_core_seconds += time.thread_time() - started
        return [
            _Read(read.index, read.file, read.fingerprint, embedding=embedding)
            for read, embedding in zip(batch, embeddings, strict=True)
        ]

    def _keep(self, results: Sequence[_Read]) -> list[EmbeddedPhoto]:
        """Put results into the cache and turn them into what the caller gets."""
        self._remember(results)
        self._stats.photos += len(results)
        self._stats.failed += sum(read.embedding is None for read in results)
        return [
            EmbeddedPhoto(read.index, read.file.path, read.fingerprint, read.embedding, read.error) for read in results
        ]

    def _remember(self, results: Iterable[_Read]) -> None:
        contents: dict[FileStamp, str] = {}
        embeddings: dict[str, NDArray[np.float32]] = {}
        for read in results:
            if read.fingerprint is not None and read.embedding is not None:
                contents[read.file] = read.fingerprint
                if not read.recalled:
                    embeddings[read.fingerprint] = read.embedding
        self._source.keep(contents, embeddings)


def _read(index: int, file: FileStamp, source: EmbeddingSource, encoder: Encoder) -> _Read:
    """Decode a photo and, on the processor, encode it in the same thread: photos then need no other coordination."""
    started = time.thread_time()
    content = None
    try:
        content = fingerprint(file.path)
        known = source.recall(content)
        if known is not None:
            seconds = time.thread_time() - started
            return _Read(index, file, content, embedding=known, recalled=True, decode_seconds=seconds)
        pixels = read_photo(file.path, short_side=encoder.read_short_side)
    except PhotoError as error:
        log.info("%s", error, exc_info=error)
        return _Read(index, file, content, error=error.reason, decode_seconds=time.thread_time() - started)
    decoded = time.thread_time()
    if encoder.device.kind != "cpu":
        return _Read(index, file, content, pixels=pixels, decode_seconds=decoded - started)
    embedding = encoder.embed([pixels])[0]
    return _Read(
        index,
        file,
        content,
        embedding=embedding,
        decode_seconds=decoded - started,
        encode_seconds=time.thread_time() - decoded,
    )
