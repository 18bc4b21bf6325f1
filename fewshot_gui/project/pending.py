"""What the program found out and has still to write: in memory already, in the project file a moment later.

See docs/decisions/0015-what-is-found-is-written-behind.md.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from itertools import islice
from typing import Final

from fewshot_gui.project.database import Database
from fewshot_gui.project.edits import Change
from fewshot_gui.project.records import Key, Kind

_AT_ONCE: Final = 1000
"""Rows in one transaction: a person's edit waits for it where it falls into its time."""


class PendingChanges:
    """Resolved changes on their way to the file. All methods may be called from any thread.

    Whatever is written after them is written with them, in one transaction, so the file never holds a later change
    without the earlier ones.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._changes: dict[tuple[Kind, Key], Change] = {}
        self._changes_lock = threading.Lock()
        self._writing = threading.Lock()

    def __len__(self) -> int:
        return len(self._changes)

    def add(self, changes: Sequence[Change]) -> None:
        """Take changes in; of two of the same row the newer counts."""
        with self._changes_lock:
            self._changes.update(((change.kind, change.key), change) for change in changes)

    def forget(self) -> None:
        """Give up what is still to be written."""
        with self._changes_lock:
            self._changes.clear()

    def write_some(self) -> None:
        """Write the oldest.

        Raises:
            ProjectFileError: They could not be written and are still pending.
        """
        with self._writing:
            self._write(_AT_ONCE, ())

    def write_with(self, changes: Sequence[Change]) -> None:
        """Write all that is pending and then ``changes``, all or none.

        Raises:
            ProjectFileError: They could not be written; what was pending still is, and ``changes`` are forgotten.
        """
        with self._writing:
            self._write(len(self._changes), changes)

    def _write(self, most: int, changes: Sequence[Change]) -> None:
        with self._changes_lock:
            pending = list(islice(self._changes.values(), most))
        merged = {(change.kind, change.key): change for change in (*pending, *changes)}
        if not merged:
            return
        self._database.write(list(merged.values()))
        with self._changes_lock:
            for change in pending:
                key = (change.kind, change.key)
                if self._changes.get(key) is change:  # and no newer one that came meanwhile
                    del self._changes[key]
