"""Embeddings kept between runs, shared by all projects; safe to delete at any time."""

from __future__ import annotations

import json
import logging
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.core.folders import cache_folder
from fewshot_gui.encoders.cache_database import CacheDatabase, is_damage, transaction
from fewshot_gui.encoders.packing import pack, packed_size, unpack
from fewshot_gui.encoders.spec import EncoderSpec

_log = logging.getLogger(__name__)

DEFAULT_MAX_BYTES = 2 << 30
"""Room for about 800,000 photos with the default encoder, or 100,000 with its activations (21 KB each)."""

_MAX_FILES = 1_000_000
_KEPT_SHARE = 0.9
"""Of ``max_bytes`` after old entries were deleted, so that this does not happen with every new one."""
_USE_RESOLUTION = 24 * 3600
"""Seconds: a second use within a day is not written down."""
_BULKY_BYTES = 8192
"""Above this an entry holds activations; the longest embedding without, of two joined encoders, has 5124."""
_CHUNK = 2000
"""Embeddings fetched at once; the rows returned share the memory of their chunk."""

_CLOSING_SECONDS = 0.1
"""How long closing waits for others."""
_FILES_AT_ONCE = 500
"""Looked up by one statement; older builds of SQLite take no more than 999 values."""

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


class FileStamp(NamedTuple):
    """What tells a changed file from an unchanged one without reading it.

    Attributes:
        path: Of the file.
        size: Bytes.
        mtime_ns: Nanoseconds of its last change, as ``os.stat`` gives them.
    """

    path: Path
    size: int
    mtime_ns: int


class EmbeddingCache:
    """Embeddings by (content fingerprint, encoder id, preprocess version), and fingerprints by file.

    Any number of threads and processes may use one file. Nothing here raises: when the disk is full, read-only or
    locked for long, that is logged and the cache behaves as if it were empty.

    Attributes:
        max_bytes: The most that the kept embeddings may take.
    """

    def __init__(
        self,
        path: Path | None = None,
        max_bytes: int = DEFAULT_MAX_BYTES,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Open the cache.

        Args:
            path: The SQLite file; by default ``embeddings.sqlite`` in the cache folder.
            max_bytes: Of embeddings; beyond, those used longest ago are deleted.
            clock: Seconds since the epoch; replaced in tests.
        """
        self.max_bytes = max_bytes
        self._lock = threading.Lock()
        self._clock = clock
        self._used: set[int] = set()
        self._complained: set[str] = set()
        self._database: CacheDatabase | None = None
        try:
            self._database = CacheDatabase(path or cache_folder() / "embeddings.sqlite")
        except (sqlite3.Error, OSError):
            _log.warning("the embedding cache cannot be opened; working without it", exc_info=True)

    @property
    def path(self) -> Path | None:
        """The SQLite file, beside which SQLite keeps two more; ``None`` while there is none that can be used."""
        return self._database.path if self._database else None

    def get_many(self, fingerprints: Sequence[str], spec: EncoderSpec) -> dict[str, NDArray[np.float32]]:
        """The cached embeddings among ``fingerprints``.

        Args:
            fingerprints: Of the photos' content.
            spec: The encoder that made the embeddings.

        Returns:
            float32 (spec.dimension,) by fingerprint, to the last bit what ``rounded`` of the original gives; without
            those that are not cached.
        """
        found: dict[str, NDArray[np.float32]] = {}
        for chunk in _chunks(fingerprints, _CHUNK):
            found |= self._attempt(partial(self._get, fingerprints=chunk, spec=spec), dict[str, NDArray[np.float32]]())
        return found

    def put_many(self, embeddings: Mapping[str, NDArray[np.float32]], spec: EncoderSpec) -> None:
        """Keep embeddings.

        Args:
            embeddings: float32 (spec.dimension,) by fingerprint. Any that is not finite is not kept.
            spec: The encoder that made them.
        """
        finite = [(name, row) for name, row in embeddings.items() if np.isfinite(row).all()]
        if len(finite) < len(embeddings):
            _log.warning("%d embeddings are not finite and were not cached", len(embeddings) - len(finite))
        for chunk in _chunks(finite, _CHUNK):
            self._attempt(partial(self._put, chunk=chunk, spec=spec), None)

    def fingerprint_of(self, path: Path, size: int, mtime_ns: int) -> str | None:
        """The fingerprint remembered for a file, or ``None`` if it is unknown or has changed since."""
        stamp = FileStamp(path, size, mtime_ns)
        return self.fingerprints_of([stamp]).get(stamp)

    def fingerprints_of(self, files: Sequence[FileStamp]) -> dict[FileStamp, str]:
        """The fingerprints remembered for ``files``, without those that are unknown or have changed since."""
        found: dict[FileStamp, str] = {}
        for chunk in _chunks(files, _CHUNK):
            found |= self._attempt(partial(_find_files, files=chunk), dict[FileStamp, str]())
        return found

    def remember_fingerprints(self, fingerprints: Mapping[FileStamp, str]) -> None:
        """Remember the content fingerprints of files, so that unchanged files need not be read again."""
        for chunk in _chunks(fingerprints.items(), _CHUNK):
            self._attempt(partial(_remember_files, chunk=chunk), None)

    def clear(self) -> None:
        """Forget everything and give the disk space back."""
        self._attempt(self._clear, None)

    def size_bytes(self) -> int:
        """The bytes the kept embeddings take; the file is somewhat larger."""
        return self._attempt(_total_bytes, 0)

    def close(self) -> None:
        """Write down what was used and close the file. From then on the cache behaves as if it were empty.

        The end of the program is not held up by another program that has the file locked, or a thread that waits for
        it: the file then stays open, which harms nothing.
        """
        if not self._lock.acquire(timeout=_CLOSING_SECONDS):
            _log.info("the embedding cache is left open, since a thread is using it")
            return
        try:
            self._attempt_alone(_hurry, None)
            self._attempt_alone(self._note_uses, None)
            if self._database:
                self._database.connection.close()
                self._database = None
        finally:
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _attempt(self, work: Callable[[sqlite3.Connection], _Result], otherwise: _Result) -> _Result:
        """Do ``work``; ``otherwise`` is returned when that is impossible."""
        with self._lock:
            return self._attempt_alone(work, otherwise)

    def _attempt_alone(self, work: Callable[[sqlite3.Connection], _Result], otherwise: _Result) -> _Result:
        """The same for who holds the lock."""
        if self._database is None:
            return otherwise
        try:
            return work(self._database.connection)
        except sqlite3.Error as error:
            self._recover(self._database, error)
            return otherwise

    def _recover(self, database: CacheDatabase, error: sqlite3.Error) -> None:
        kind = getattr(error, "sqlite_errorname", type(error).__name__)
        level = logging.DEBUG if kind in self._complained else logging.WARNING
        self._complained.add(kind)
        _log.log(level, "the embedding cache %s failed (%s); going on without", database.path, kind, exc_info=error)
        if is_damage(error):
            try:
                database.reopen_afresh()
            except (sqlite3.Error, OSError):
                _log.warning("the embedding cache cannot be made anew; working without it", exc_info=True)
                self._database = None

    def _get(
        self, connection: sqlite3.Connection, fingerprints: Sequence[str], spec: EncoderSpec
    ) -> dict[str, NDArray[np.float32]]:
        rows = connection.execute(
            "SELECT fingerprint, vector, entries.id, used FROM spaces"
            " CROSS JOIN entries ON space = spaces.id"  # CROSS: in this order, else the whole cache may be scanned
            " CROSS JOIN vectors ON vectors.id = entries.id"
            " WHERE encoder = ? AND version = ? AND length(vector) = ?"
            " AND fingerprint IN (SELECT value FROM json_each(?))",
            (spec.id, spec.preprocess.version, packed_size(spec.dimension), json.dumps(fingerprints)),
        ).fetchall()
        recently = self._clock() - _USE_RESOLUTION
        self._used.update(row[2] for row in rows if row[3] < recently)
        embeddings = unpack([row[1] for row in rows], spec.dimension)
        return {row[0]: embedding for row, embedding in zip(rows, embeddings, strict=True)}

    def _put(
        self, connection: sqlite3.Connection, chunk: Sequence[tuple[str, NDArray[np.float32]]], spec: EncoderSpec
    ) -> None:
        self._note_uses(connection)
        key = (spec.id, spec.preprocess.version)
        now = int(self._clock())
        vectors = pack(np.stack([embedding for _, embedding in chunk]))
        with transaction(connection):
            connection.execute("INSERT OR IGNORE INTO spaces (encoder, version) VALUES (?, ?)", key)
            (space,) = connection.execute("SELECT id FROM spaces WHERE encoder = ? AND version = ?", key).fetchone()
            for (fingerprint, _), vector in zip(chunk, vectors, strict=True):
                (entry,) = connection.execute(
                    "INSERT INTO entries (space, fingerprint, used, bytes) VALUES (?, ?, ?, ?)"
                    " ON CONFLICT DO UPDATE SET used = excluded.used, bytes = excluded.bytes RETURNING id",
                    (space, fingerprint, now, len(vector)),
                ).fetchone()
                connection.execute("INSERT OR REPLACE INTO vectors VALUES (?, ?)", (entry, vector))
            _evict(connection, self.max_bytes)

    def _note_uses(self, connection: sqlite3.Connection) -> None:
        if self._used:
            uses = [(int(self._clock()), entry) for entry in self._used]
            self._used.clear()
            with transaction(connection):
                connection.executemany("UPDATE entries SET used = ? WHERE id = ?", uses)

    def _clear(self, connection: sqlite3.Connection) -> None:
        self._used.clear()
        with transaction(connection):
            for table in ("vectors", "entries", "spaces", "files"):
                connection.execute(f"DELETE FROM {table}")  # noqa: S608 - the names are those above
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # only now does the file itself shrink


def _hurry(connection: sqlite3.Connection) -> None:
    connection.execute(f"PRAGMA busy_timeout = {int(1000 * _CLOSING_SECONDS)}")


def _total_bytes(connection: sqlite3.Connection) -> int:
    (total,) = connection.execute("SELECT bytes FROM total").fetchone()
    return int(total)


def _evict(connection: sqlite3.Connection, max_bytes: int) -> None:
    """Delete what was used longest ago, and of that what was added first, if there is more than ``max_bytes``.

    Embeddings with activations go before all others: in the room of one, eight photos stay known.
    """
    total = _total_bytes(connection)
    if total <= max_bytes:
        return
    excess = total - int(max_bytes * _KEPT_SHARE)
    doomed = []
    order = "SELECT id, bytes FROM entries ORDER BY bytes > ? DESC, used, id"
    for entry, size in connection.execute(order, (_BULKY_BYTES,)):
        if excess <= 0:
            break
        doomed.append((entry,))
        excess -= size
    connection.executemany("DELETE FROM entries WHERE id = ?", doomed)
    connection.executemany("DELETE FROM vectors WHERE id = ?", doomed)


def _find_files(connection: sqlite3.Connection, files: Sequence[FileStamp]) -> dict[FileStamp, str]:
    found = {}
    for some in _chunks(files, _FILES_AT_ONCE):
        keys = [_path_key(stamp.path) for stamp in some]
        places = ",".join("?" * len(keys))
        rows = connection.execute(
            f"SELECT path, size, mtime_ns, fingerprint FROM files WHERE path IN ({places})",  # noqa: S608 - only ?,?
            keys,
        ).fetchall()
        by_path = {row[0]: row for row in rows}
        for stamp, key in zip(some, keys, strict=True):
            row = by_path.get(key)
            if row is not None and row[1] == stamp.size and row[2] == stamp.mtime_ns:
                found[stamp] = row[3]
    return found


def _remember_files(connection: sqlite3.Connection, chunk: Sequence[tuple[FileStamp, str]]) -> None:
    rows = [(_path_key(stamp.path), stamp.size, stamp.mtime_ns, fingerprint) for stamp, fingerprint in chunk]
    with transaction(connection):
        connection.executemany(
            "INSERT OR REPLACE INTO files (path, size, mtime_ns, fingerprint) VALUES (?, ?, ?, ?)", rows
        )
        connection.execute("DELETE FROM files WHERE number <= (SELECT max(number) FROM files) - ?", (_MAX_FILES,))


def _path_key(path: Path) -> bytes:
    """As bytes: names that are not valid text can be opened, but not stored as text."""
    text = os.fspath(path)
    return os.fsencode(text if os.path.isabs(text) else path.absolute())  # noqa: PTH117 - of 100,000 paths at once


def _chunks(items: Iterable[_Item], size: int) -> Iterator[list[_Item]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk
