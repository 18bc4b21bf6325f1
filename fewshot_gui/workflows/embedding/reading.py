"""What is done to photos one by one or in a row: looking them up, reading and encoding them."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from fewshot_gui.core.errors import PhotoError
from fewshot_gui.encoders import Encoder, FileStamp
from fewshot_gui.imaging import fingerprint, read_photo
from fewshot_gui.imaging.jpeg_file import JpegFile, plain_jpeg
from fewshot_gui.imaging.problems import file_reason
from fewshot_gui.workflows.embedding.pace import Pace, Stopwatch
from fewshot_gui.workflows.embedding.records import DecodedPhoto, EmbeddedPhoto, Found, Origin, Outcome, PhotoFile

if TYPE_CHECKING:
    from fewshot_gui.workflows.embedding_source import EmbeddingSource

log = logging.getLogger(__name__)

_LOCAL_WAIT = 0.0002
"""Seconds that looking at a file waits at most where no network is in between: for other threads, not for the disk."""


def look_up(
    photos: Sequence[tuple[int, Path]], source: EmbeddingSource, pace: Pace, wanted: Callable[[], bool]
) -> Found:
    """Tell the photos that need no decoding from those that do; not all of them if they are no longer ``wanted``."""
    found, stamps = Found(), []
    watch = Stopwatch()
    for index, path in photos:
        if not wanted():
            break
        try:
            status = path.stat()
            stamps.append((index, FileStamp(path, status.st_size, status.st_mtime_ns)))
        except OSError as error:
            found.outcomes.append(Outcome(EmbeddedPhoto(index, path, None, None, file_reason(error))))
    pace.note(waited=max(0.0, watch.waited - _LOCAL_WAIT * len(photos)))
    known = source.cached([stamp for _, stamp in stamps])
    for index, stamp in stamps:
        if photo := known.get(stamp):
            embedded = EmbeddedPhoto(index, stamp.path, photo.fingerprint, photo.embedding)
            found.outcomes.append(Outcome(embedded, stamp, Origin.KNOWN))
        else:
            found.files.append(PhotoFile(index, stamp))
    pace.note(worked=watch.worked)
    return found


def read(file: PhotoFile, source: EmbeddingSource, encoder: Encoder | None, pace: Pace) -> DecodedPhoto | Outcome:
    """Bring a photo to the encoder, or recognise its content, or find out why it cannot be read.

    Args:
        file: Which.
        source: Its cache.
        encoder: Where it is open already; what it decodes itself is only read.
        pace: Is told what was waited for.
    """
    watch, path, content = Stopwatch(), file.stamp.path, None
    try:
        content = fingerprint(path)
        pace.note(waited=watch.waited)
        known = source.recall(content)
        if known is not None:
            photo = EmbeddedPhoto(file.index, path, content, known)
            return Outcome(photo, file.stamp, Origin.RECALLED, decode_seconds=watch.worked)
        jpeg = plain_jpeg(path) if encoder is not None and encoder.takes_jpeg else None
        picture = jpeg or read_photo(path, short_side=source.read_short_side)
        return DecodedPhoto(file, content, picture, watch.worked)
    except PhotoError as error:
        return _unreadable(file, content, error, watch.worked)
    finally:
        pace.note(worked=watch.worked)


def read_refused(jpeg: DecodedPhoto, source: EmbeddingSource, pace: Pace) -> DecodedPhoto | Outcome:
    """Read a JPEG that the encoder's device could not decode."""
    watch = Stopwatch()
    try:
        picture = read_photo(jpeg.file.stamp.path, short_side=source.read_short_side)
        return DecodedPhoto(jpeg.file, jpeg.fingerprint, picture, jpeg.decode_seconds + watch.worked)
    except PhotoError as error:
        return _unreadable(jpeg.file, jpeg.fingerprint, error, jpeg.decode_seconds + watch.worked)
    finally:
        pace.note(worked=watch.worked)


def encode(photos: Sequence[DecodedPhoto], encoder: Encoder) -> tuple[list[Outcome], list[DecodedPhoto]]:
    """Embed photos; returns them, and the JPEGs among them that the device could not decode."""
    started = time.thread_time()
    jpegs = [photo.picture for photo in photos if isinstance(photo.picture, JpegFile)]
    on_device = iter(encoder.decode(jpegs) if jpegs else ())
    decode_seconds = (time.thread_time() - started) / max(1, len(jpegs))
    pictures = [next(on_device) if isinstance(photo.picture, JpegFile) else photo.picture for photo in photos]
    ready = [(photo, picture) for photo, picture in zip(photos, pictures, strict=True) if picture is not None]
    started = time.thread_time()
    embeddings = encoder.embed([picture for _, picture in ready])
    seconds = (time.thread_time() - started) / max(1, len(ready))
    outcomes = [
        photo.encoded(
            embedding,
            decode_seconds=decode_seconds if isinstance(photo.picture, JpegFile) else 0.0,
            encode_seconds=seconds,
        )
        for (photo, _), embedding in zip(ready, embeddings, strict=True)
    ]
    return outcomes, [photo for photo, picture in zip(photos, pictures, strict=True) if picture is None]


def _unreadable(file: PhotoFile, content: str | None, error: PhotoError, seconds: float) -> Outcome:
    log.info("%s", error, exc_info=error)
    photo = EmbeddedPhoto(file.index, file.stamp.path, content, None, error.reason)
    return Outcome(photo, file.stamp, decode_seconds=seconds)
