"""The list of copies: a table in the target that says where each copy comes from.

It says what is there, not what a run did, so that sorting twice leaves it as it was. Copies that earlier runs made
stay in it.
"""

from __future__ import annotations

import csv
import logging
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path, PurePosixPath

from fewshot_gui.core.whole_file import whole_file
from fewshot_gui.exporting.folders.names import numbered
from fewshot_gui.exporting.folders.plan import PlannedCopy

logger = logging.getLogger(__name__)

LOG_NAME = "copies.csv"
COLUMNS = ("source", "target", "label", "confidence", "status", "reason")

OUTDATED = "outdated"
"""The status of a copy whose photo now belongs elsewhere."""

_THERE = frozenset({"copy", "hard link", OUTDATED})


@dataclass(frozen=True)
class LogRow:
    """One line of the list.

    Attributes:
        source: The original's path.
        target: The copy's path within the target folder, with ``/``; empty if there is none.
        label: The class name.
        confidence: 0..1 with four decimals, or empty.
        status: ``"copy"``, ``"hard link"``, ``"left out"``, ``"failed"``, ``"not done"`` or :data:`OUTDATED`.
        reason: Why there is no copy, or what is to be known of it.
    """

    source: str
    target: str
    label: str
    confidence: str
    status: str
    reason: str


def row_of(copy: PlannedCopy, folder: Path, status: str, reason: str) -> LogRow:
    """The line for one photo."""
    row = copy.photo.row
    confidence = "" if row.confidence is None else f"{row.confidence:.4f}"
    return LogRow(_source(copy), _target(copy, folder), row.label, confidence, status, reason)


def outdated_copies(folder: Path, copies: Sequence[PlannedCopy]) -> tuple[Path, ...]:
    """The copies of earlier runs whose photo is among ``copies`` but has another place there, or none."""
    _, earlier = _read(folder)
    return tuple(folder / row.target for row in _outdated(earlier, _places(folder, copies), folder))


def write_log(folder: Path, copies: Sequence[PlannedCopy], rows: Iterable[LogRow]) -> Path:
    """Write the list, whole or not at all, with the lines of earlier runs for other photos.

    Args:
        folder: The target.
        copies: The photos of this run.
        rows: Their lines.

    Returns:
        Where it is.

    Raises:
        OSError: It can't be written.
    """
    path, earlier = _read(folder)
    places = _places(folder, copies)
    others = [row for row in earlier if row.source not in places]
    lines = [*others, *_outdated(earlier, places, folder), *rows]
    with whole_file(path) as draft, draft.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(astuple(line) for line in lines)
    return path


def _read(folder: Path) -> tuple[Path, list[LogRow]]:
    """Where the list is, or may be written, and what is in it. Another file of that name is left alone."""
    number = 1
    while True:
        path = folder / numbered(LOG_NAME, number)
        if not path.exists():
            return path, []
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                header, *lines = list(csv.reader(file)) or [[]]
            if tuple(header) == COLUMNS:
                return path, [LogRow(*line) for line in lines]
        except (OSError, UnicodeDecodeError, csv.Error, TypeError):
            logger.info("%r is not a list of copies", str(path), exc_info=True)
        number += 1


def _outdated(earlier: Iterable[LogRow], places: dict[str, str], folder: Path) -> list[LogRow]:
    in_use = set(places.values())
    return [
        LogRow(row.source, row.target, row.label, row.confidence, OUTDATED, "its photo belongs elsewhere now")
        for row in earlier
        if row.status in _THERE and row.source in places and row.target not in in_use and _is_there(folder, row.target)
    ]


def _is_there(folder: Path, target: str) -> bool:
    # The list could have been changed by anyone: what it says leads nowhere else.
    place = PurePosixPath(target)
    return bool(target) and not place.is_absolute() and ".." not in place.parts and (folder / place).is_file()


def _places(folder: Path, copies: Iterable[PlannedCopy]) -> dict[str, str]:
    return {_source(copy): _target(copy, folder) for copy in copies}


def _source(copy: PlannedCopy) -> str:
    return _printable(str(copy.photo.path))


def _target(copy: PlannedCopy, folder: Path) -> str:
    return _printable(copy.target.relative_to(folder).as_posix()) if copy.target else ""


def _printable(path: str) -> str:
    r"""Bytes of a file name that are not UTF-8 as ``\udcXX``, so that every reader can open the list."""
    return path.encode("utf-8", "backslashreplace").decode()
