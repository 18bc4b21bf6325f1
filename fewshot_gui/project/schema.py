"""The tables of a project file and the way from every older version to this one.

Every column checks the type of its values, and a file is opened only if its tables are exactly these. So whatever
``quick_check`` passes can be loaded without checking each value again, whoever made the file.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import TypeAlias

APPLICATION_ID = 0x46455753
"""``FEWS`` in the header of every project file."""

Migration: TypeAlias = Callable[[sqlite3.Connection], None]

_ID = "id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id >= 1)"  # AUTOINCREMENT: an id is never given twice
_PATH = "path NOT NULL CHECK (typeof(path) IN ('text', 'blob'))"
_CONTENT = (
    "size INTEGER CHECK (typeof(size) IN ('integer', 'null')), "
    "fingerprint TEXT CHECK (typeof(fingerprint) IN ('text', 'null'))"
)
# Deferred: one edit may remove a class and its examples in any order.
_CLASS = "REFERENCES classes (id) DEFERRABLE INITIALLY DEFERRED"


def _text(column: str) -> str:
    return f"{column} TEXT NOT NULL CHECK (typeof({column}) = 'text')"


def _whole(column: str) -> str:
    return f"{column} INTEGER NOT NULL CHECK (typeof({column}) = 'integer' AND {column} >= 0)"


def _create(connection: sqlite3.Connection) -> None:
    for statement in (
        f"CREATE TABLE meta (key TEXT PRIMARY KEY NOT NULL, {_text('value')})",
        f"CREATE TABLE classes ({_ID}, {_text('name')}, {_whole('colour_index')}, {_whole('position')})",
        f"CREATE TABLE examples ({_ID}, class_id INTEGER NOT NULL {_CLASS}, {_PATH}, {_CONTENT})",
        f"CREATE TABLE photos ({_ID}, {_PATH}, {_CONTENT})",
        # A NULL class is "none of these".
        "CREATE TABLE decisions (photo_id INTEGER PRIMARY KEY REFERENCES photos (id) DEFERRABLE INITIALLY DEFERRED, "
        f"class_id INTEGER {_CLASS}, {_text('decided_at')})",
        f"CREATE TABLE sources ({_ID}, {_PATH})",
        f"CREATE TABLE settings (key TEXT PRIMARY KEY NOT NULL, {_text('value')})",
    ):
        connection.execute(statement)


def _add_people_and_carried_examples(connection: sqlite3.Connection) -> None:
    connection.execute(
        "ALTER TABLE decisions ADD COLUMN decided_by TEXT NOT NULL DEFAULT '' CHECK (typeof(decided_by) = 'text')"
    )
    connection.execute(
        f"CREATE TABLE carried_examples ({_ID}, class_id INTEGER NOT NULL {_CLASS}, {_text('encoder')}, "
        f"{_whole('observation')}, embedding BLOB NOT NULL CHECK (typeof(embedding) = 'blob'))"
    )


def _add_watched_folders(connection: sqlite3.Connection) -> None:
    connection.execute(
        "ALTER TABLE sources ADD COLUMN watched INTEGER NOT NULL DEFAULT 0 "
        "CHECK (typeof(watched) = 'integer' AND watched IN (0, 1))"
    )


MIGRATIONS: tuple[Migration, ...] = (_create, _add_people_and_carried_examples, _add_watched_folders)
"""The n-th function takes a file from version n to version n + 1, inside a transaction. Append; never change one."""


def version(connection: sqlite3.Connection) -> int:
    """The version of the tables; 0 is an empty file."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: sqlite3.Connection, migrations: tuple[Migration, ...]) -> None:
    """Bring the tables to version ``len(migrations)``, all or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        for migration in migrations[version(connection) :]:
            migration(connection)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {len(migrations)}")
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def is_sound(connection: sqlite3.Connection, migrations: tuple[Migration, ...]) -> bool:
    """Whether a migrated file holds exactly the tables that a new file would, and values of the right types in them.

    Args:
        connection: Open for writing: SQLite leaves out the checks of values in a file that is open for reading only.
        migrations: All of them.
    """
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as reference:
        migrate(reference, migrations)
        if _objects(connection) != _objects(reference):
            return False
    return bool(connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")


def _objects(connection: sqlite3.Connection) -> list[tuple[str, str, str | None]]:
    # sqlite_stat tables are statistics that any SQLite tool may add.
    query = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_stat%' ORDER BY name"
    return connection.execute(query).fetchall()
