"""Looking at a project file before it is opened for writing. Nothing here changes the file."""

import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote_from_bytes

from fewshot_gui.core.errors import ProjectFileError
from fewshot_gui.project.backups import backups_of
from fewshot_gui.project.errors import DamagedProjectError, file_error
from fewshot_gui.project.schema import APPLICATION_ID, version

_logger = logging.getLogger(__name__)

_BUSY_SECONDS = 0.2


def sidecars(path: Path) -> list[Path]:
    """The files that SQLite may keep beside the database ``path``."""
    return [Path(f"{path}{suffix}") for suffix in ("-wal", "-shm", "-journal")]


def connect(path: Path, query: str) -> sqlite3.Connection:
    """A connection to an existing file, in SQLite's URI mode ``query`` such as ``mode=ro``.

    It may move between threads, but only one may use it at a time.
    """
    name = path.absolute().as_posix()
    quoted = quote_from_bytes(os.fsencode(name if name.startswith("/") else f"/{name}"))
    return sqlite3.connect(
        f"file://{quoted}?{query}", uri=True, isolation_level=None, timeout=_BUSY_SECONDS, check_same_thread=False
    )


@contextmanager
def plain_errors(path: Path) -> Iterator[None]:
    """Turn SQLite's errors on the file ``path`` into sentences; the cause goes to the log."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        _logger.exception("SQLite failed on %s", path)
        if _code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise damaged(path) from error
        raise file_error(path, error) from error


def damaged(path: Path) -> DamagedProjectError:
    """The error that says that ``path`` is damaged and names its newest backup."""
    return DamagedProjectError(path, next(iter(backups_of(path)), None))


def inspect(path: Path, newest: int) -> None:
    """Make sure that ``path`` is an undamaged project of version ``newest`` or older that no window has open.

    Raises:
        ProjectFileError: It is not, in one sentence.
        DamagedProjectError: It is a project, or has backups of one, but cannot be trusted.
    """
    if not path.is_file():
        raise ProjectFileError(f"“{path.name}” is not in its folder any more; look for it where it was moved to.")
    if any(sidecar.is_symlink() for sidecar in sidecars(path)):
        # SQLite would follow the link and write wherever it points.
        raise ProjectFileError(f"“{path.name}” comes with a link in place of its journal; do not open it.")
    if not _is_ours(path):
        if backups_of(path):
            raise damaged(path)
        raise ProjectFileError(f"“{path.name}” is not a project; choose a file whose name ends in “.fewshot”.")
    with plain_errors(path), closing(connect(path, "mode=ro")) as connection:
        if version(connection) > newest:
            raise ProjectFileError(
                f"“{path.name}” was made by a newer version of this program; update it to open this."
            )
        problems = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        orphans = connection.execute("PRAGMA foreign_key_check").fetchone()
    if problems != "ok" or orphans:
        _logger.error("%s is damaged: %s, %s", path, problems, orphans)
        raise damaged(path)


def is_in_use(path: Path) -> bool:
    """Whether a window, of this program or another copy of it, has the project open."""
    try:
        with closing(connect(path, "mode=ro")) as connection:
            version(connection)
    except sqlite3.DatabaseError as error:
        return _code(error) == sqlite3.SQLITE_BUSY
    return False


def _is_ours(path: Path) -> bool:
    # "immutable" reads the header without locks, and without touching the journal a crashed program may have left.
    try:
        with closing(connect(path, "mode=ro&immutable=1")) as connection:
            return bool(connection.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID)
    except sqlite3.DatabaseError as error:
        _logger.info("the header of %s cannot be read", path, exc_info=True)
        if _code(error) == sqlite3.SQLITE_CORRUPT:  # a SQLite file, but cut off
            raise damaged(path) from error
        return False


def _code(error: sqlite3.DatabaseError) -> int:
    """The primary result code: the low byte of the extended one."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF
