"""A project file: opened for one window at a time, checked, and written one transaction per edit."""

from __future__ import annotations

import logging
import os
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from itertools import chain, groupby
from pathlib import Path
from shutil import copymode
from typing import Any, Final

from fewshot_gui.core.errors import ProjectFileError
from fewshot_gui.project import schema
from fewshot_gui.project.edits import Change
from fewshot_gui.project.inspection import connect, damaged, inspect, plain_errors, sidecars
from fewshot_gui.project.paths import StoredPaths
from fewshot_gui.project.records import Kind
from fewshot_gui.project.rows import Rows
from fewshot_gui.project.table_formats import FORMATS, WITH_PATHS

_logger = logging.getLogger(__name__)

_ROWS_AT_ONCE: Final = 100
"""Rows written by one statement; with up to five columns far from the fewest parameters that any SQLite takes, 999."""


class Database:
    """The open file.

    SQLite's exclusive locking keeps every other window out. The lock belongs to the process, so a crash lets go of it,
    and it needs no shared memory, so it also works on network drives. While open, changes go to a write-ahead log
    beside the file and are on the disk before :meth:`write` returns; :meth:`close` folds the log into the one file.
    Several threads may write; one waits for the other.
    """

    def __init__(self, path: Path) -> None:
        """Use :meth:`create` or :meth:`open`."""
        self.path = path
        self.paths = StoredPaths(path.parent)
        self._lock = threading.RLock()  # around whatever is more than one statement
        with plain_errors(path):
            self._connection = connect(path, "mode=rw")
            try:
                self._take()
            except BaseException:
                self._connection.close()
                raise

    @classmethod
    def create(cls, path: Path) -> Database:
        """A new project file.

        Raises:
            ProjectFileError: There is a file of that name, or the folder is missing or read-only.
        """
        try:
            path.open("xb").close()
        except FileExistsError as error:
            raise ProjectFileError(f"“{path.name}” exists already; open it or choose another name.") from error
        except OSError as error:
            raise ProjectFileError(
                f"“{path.name}” cannot be made in “{path.parent}”; choose another folder."
            ) from error
        try:
            with plain_errors(path), closing(connect(path, "mode=rw")) as connection:
                schema.migrate(
                    connection, schema.MIGRATIONS
                )  # before there is a log, so that the file itself says what it is
            return cls(path)
        except BaseException:
            path.unlink(missing_ok=True)
            raise

    @classmethod
    def open(cls, path: Path) -> Database:
        """An existing project file.

        Raises:
            ProjectFileError: It is missing, foreign, damaged, read-only, newer than this program, or open elsewhere.
        """
        inspect(path, newest=len(schema.MIGRATIONS))
        return cls(path)

    @property
    def is_older(self) -> bool:
        """Whether the file was last written by an older version of this program."""
        with plain_errors(self.path):
            return schema.version(self._connection) < len(schema.MIGRATIONS)

    def migrate(self) -> None:
        """Bring the tables to the newest version.

        Raises:
            ProjectFileError: That failed; the file is as before.
        """
        with plain_errors(self.path):
            schema.migrate(self._connection, schema.MIGRATIONS)

    def load(self) -> Rows:
        """All records.

        Raises:
            DamagedProjectError: The tables, or a row, are not what this program writes.
        """
        rows = Rows()
        with plain_errors(self.path):
            if not schema.is_sound(self._connection, schema.MIGRATIONS):
                _logger.error("%s holds other tables or values than a project", self.path)
                raise damaged(self.path)
            for kind, form in FORMATS.items():
                try:
                    found = self._connection.execute(form.select)
                    rows.fill(kind, (form.read(row, self.paths) for row in found))
                except (ValueError, TypeError) as error:
                    raise damaged(self.path) from error
        return rows

    def last_ids(self) -> dict[Kind, int]:
        """The highest id that each kind with ids of its own was ever given."""
        with plain_errors(self.path):
            found = dict(self._connection.execute("SELECT name, seq FROM sqlite_sequence"))
        return {kind: found.get(kind.value, 0) for kind in Kind}

    def write(self, changes: Sequence[Change]) -> None:
        """Write resolved changes to the disk, all or none.

        Raises:
            ProjectFileError: They could not be written; the file is as before.
        """
        with self._transaction():
            for kind, group in groupby(sorted(changes, key=lambda change: change.kind), lambda change: change.kind):
                form = FORMATS[kind]
                of_kind = list(group)
                gone = [(change.key,) for change in of_kind if change.after is None]
                there = [form.row(change.after, self.paths) for change in of_kind if change.after is not None]
                self._execute(form.delete, gone)
                self._execute(form.upsert, there)

    def meta(self, key: str) -> str | None:
        """A fact about the file itself."""
        with plain_errors(self.path):
            row = self._connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def set_meta(self, key: str, value: str) -> None:
        """Write a fact about the file itself."""
        with self._transaction():
            self._connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def copy_to(self, target: Path, folder: Path | None = None) -> None:
        """Write the project to another file, replacing that file only when the copy is whole.

        Args:
            target: The other file.
            folder: The folder that relative paths in the copy start from: by default the folder of this project.

        Raises:
            ProjectFileError: The copy could not be written; a file of that name is as before.
        """
        try:
            handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        except OSError as error:
            raise ProjectFileError(f"“{target.name}” cannot be written to “{target.parent}”.") from error
        os.close(handle)
        partial = Path(name)
        try:
            with self._lock, plain_errors(target), closing(connect(partial, "mode=rw")) as copy:
                self._connection.backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE").fetchone()
                if folder is not None and folder != self.path.parent:
                    _rewrite_paths(copy, self.paths, StoredPaths(folder))
            with suppress(FileNotFoundError):  # the project was moved while open; a copy is how it is rescued
                copymode(self.path, partial)
            for stale in sidecars(target):  # the log of a crashed project of that name would be played into the copy
                stale.unlink(missing_ok=True)
            partial.replace(target)
        except OSError as error:
            raise ProjectFileError(f"“{target.name}” cannot be written to “{target.parent}”.") from error
        finally:
            partial.unlink(missing_ok=True)

    def close(self) -> None:
        """Fold the log into the file and let go of it. Closing twice does nothing."""
        with self._lock:
            try:
                self._connection.execute("PRAGMA journal_mode = DELETE").fetchone()
            except sqlite3.ProgrammingError:
                return  # closed before
            except sqlite3.Error:
                # Nothing is lost: the log stays beside the file and is folded in when the project is next opened.
                _logger.exception("the log of %s stays beside it", self.path)
            self._connection.close()
        # Left by the look before opening, where another program had crashed.
        Path(f"{self.path}-shm").unlink(missing_ok=True)

    def _take(self) -> None:
        execute = self._connection.execute
        execute("PRAGMA trusted_schema = OFF")
        execute("PRAGMA cell_size_check = ON")
        execute("PRAGMA foreign_keys = ON")
        execute("PRAGMA locking_mode = EXCLUSIVE").fetchone()
        execute("PRAGMA journal_mode = WAL").fetchone()
        execute("PRAGMA synchronous = FULL")  # an edit survives a power cut, not only a crash
        execute("BEGIN IMMEDIATE")  # takes the lock now, not at the first edit
        execute("COMMIT")

    def _execute(self, statement: Callable[[int], str], rows: Sequence[tuple[Any, ...]]) -> None:
        """Write rows by few statements: with one for each, a thread gives way to the others at each."""
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            some = rows[start : start + _ROWS_AT_ONCE]
            self._connection.execute(statement(len(some)), list(chain.from_iterable(some)))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        if not self.path.exists():
            # The log would stay behind where the file was, and the moved file would lack these changes.
            raise ProjectFileError(
                f"“{self.path.name}” was moved or deleted while it was open; save a copy to keep your work."
            )
        with self._lock, plain_errors(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")


def _rewrite_paths(copy: sqlite3.Connection, old: StoredPaths, new: StoredPaths) -> None:
    copy.execute("BEGIN IMMEDIATE")
    for kind in WITH_PATHS:
        table = FORMATS[kind].table
        entries = copy.execute(f"SELECT path, id FROM {table}").fetchall()  # noqa: S608 - our names
        moved = [(new.encode(old.decode(entry)), key) for entry, key in entries]
        copy.executemany(f"UPDATE {table} SET path = ? WHERE id = ?", moved)  # noqa: S608 - our names
    copy.execute("COMMIT")
