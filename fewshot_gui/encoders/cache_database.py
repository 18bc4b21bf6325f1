"""The SQLite file below the embedding cache: opening it, and starting afresh when it is damaged."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_log = logging.getLogger(__name__)

_PATIENCE = 5.0
"""Seconds to wait for another process that has the file locked."""
_RETRY_AFTER = 0.02
_SCHEMA_VERSION = 1
_SCHEMA = (
    """CREATE TABLE spaces (
        id INTEGER PRIMARY KEY, encoder TEXT NOT NULL, version INTEGER NOT NULL, UNIQUE (encoder, version)
    ) STRICT""",
    # apart from vectors, so that noting a use rewrites a few bytes and not the vector beside them
    """CREATE TABLE entries (
        id INTEGER PRIMARY KEY, space INTEGER NOT NULL, fingerprint TEXT NOT NULL, used INTEGER NOT NULL,
        bytes INTEGER NOT NULL, UNIQUE (space, fingerprint)
    ) STRICT""",
    "CREATE TABLE vectors (id INTEGER PRIMARY KEY, vector BLOB NOT NULL) STRICT",
    """CREATE TABLE files (
        number INTEGER PRIMARY KEY, path BLOB NOT NULL UNIQUE, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
        fingerprint TEXT NOT NULL
    ) STRICT""",
    # kept by triggers, because summing up hundreds of thousands of entries with every write would be slow
    "CREATE TABLE total (bytes INTEGER NOT NULL) STRICT",
    "INSERT INTO total VALUES (0)",
    """CREATE TRIGGER entry_added AFTER INSERT ON entries
        BEGIN UPDATE total SET bytes = bytes + new.bytes; END""",
    """CREATE TRIGGER entry_resized AFTER UPDATE OF bytes ON entries
        BEGIN UPDATE total SET bytes = bytes + new.bytes - old.bytes; END""",
    """CREATE TRIGGER entry_deleted AFTER DELETE ON entries
        BEGIN UPDATE total SET bytes = bytes - old.bytes; END""",
)

_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


class CacheDatabase:
    """A connection that one caller at a time may use, from any thread.

    Attributes:
        path: Of the file.
        connection: In autocommit mode; writers use :func:`transaction`.
    """

    def __init__(self, path: Path) -> None:
        """Open the file, or make it. A damaged one is set aside, one of another version of the program emptied.

        Raises:
            sqlite3.Error, OSError: No database can be opened there.
        """
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self.connection = _connect(path)
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            _log.warning("the embedding cache %s is damaged and starts afresh", path, exc_info=True)
            self._set_aside()
            self.connection = _connect(path)
        self._inode = path.stat().st_ino

    def reopen_afresh(self) -> None:
        """Replace a file that turned out damaged, unless another process has done so already.

        Raises:
            sqlite3.Error, OSError: No database can be opened there.
        """
        _log.warning("the embedding cache %s is damaged and starts afresh", self.path)
        self.connection.close()
        if self.path.exists() and self.path.stat().st_ino == self._inode:
            self._set_aside()
        self.connection = _connect(self.path)
        self._inode = self.path.stat().st_ino

    def _set_aside(self) -> None:
        self.path.replace(self.path.with_name(self.path.name + ".damaged"))
        for suffix in ("-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)


def is_damage(error: sqlite3.Error) -> bool:
    """Whether the file itself is bad, rather than locked, full or read-only."""
    return (getattr(error, "sqlite_errorcode", 0) & 0xFF) in _DAMAGED


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA page_size = 16384")  # several vectors to a page
        _use_wal(connection)
        connection.execute("PRAGMA synchronous = NORMAL")  # a crash may lose the last entries, never the file
        _prepare(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch to WAL. SQLite does not wait when two processes switch a new file at the same moment, so we do."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if (error.sqlite_errorcode & 0xFF) != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(_RETRY_AFTER)
        else:
            return


def _prepare(connection: sqlite3.Connection) -> None:
    if _version(connection) == _SCHEMA_VERSION:
        return
    with transaction(connection):
        if _version(connection) == _SCHEMA_VERSION:  # another process was faster
            return
        tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        for (name,) in tables:  # of another version of the program
            connection.execute(f'DROP TABLE "{name}"')
        for statement in _SCHEMA:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {_SCHEMA_VERSION}")


def _version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Everything in the block is written, or nothing. Waits for other writers at the beginning."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk has already rolled it back
            connection.execute("ROLLBACK")
        raise
