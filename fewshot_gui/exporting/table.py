"""The table of labels as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.core.whole_file import whole_file

TABLE_COLUMNS = (
    "photo",
    "label",
    "confidence",
    "second_label",
    "second_confidence",
    "familiarity",
    "expected_accuracy",
    "method",
    "encoder",
    "error",
)


@dataclass(frozen=True)
class TableRow:
    """One photo. What is unknown, because the photo could not be read or a person decided, is ``None``.

    Attributes:
        photo: The path as it should stand in the table.
        label: The class name.
        confidence: Calibrated probability that the label is right, 0..1.
        second_label: The next most probable class.
        second_confidence: Its probability, 0..1.
        familiarity: How much the photo resembles the examples at all, 0..1.
        expected_accuracy: The share of right labels expected of this classifier, 0..1.
        method: How the label was found: a learner's name, or "person".
        encoder: The encoder's id.
        error: Why the photo has no label, or empty.
    """

    photo: str
    label: str = ""
    confidence: float | None = None
    second_label: str = ""
    second_confidence: float | None = None
    familiarity: float | None = None
    expected_accuracy: float | None = None
    method: str = ""
    encoder: str = ""
    error: str = ""


def write_csv(path: Path, rows: Iterable[TableRow]) -> int:
    r"""Write ``rows`` as UTF-8 with a byte order mark, so that Excel shows accents right. Returns the number of rows.

    The file appears whole or not at all: an existing table stays as it was until the new one is complete. Bytes of a
    file name that are not UTF-8 are written as ``\udcXX`` escapes, so that every reader can open the table.

    Names stand in the table exactly as they are, also those that begin with ``=``, ``+``, ``-`` or ``@`` and that a
    spreadsheet would take for a formula: CSV has no sign for "this is text", every prefix that spreadsheets respect
    is part of the name to every other program, and this table is read by programs first. The workbook that
    :func:`~fewshot_gui.exporting.tables.write_table` makes marks them as text.

    Raises:
        FewshotError: The table cannot be written there.
    """
    with whole_table(path) as draft:
        return _write_rows(draft, rows)


class GrowingTable:
    """A table as :func:`write_csv` writes it, to which rows are added; it is whole after every one of them."""

    def __init__(self, path: Path, rows: Iterable[TableRow]) -> None:
        """Begin with ``rows``, in place of any table of that name.

        Raises:
            FewshotError: The table cannot be written there.
        """
        self._path = path
        write_csv(path, rows)
        with _told(path):
            self._file = path.open("a", encoding="utf-8", errors="backslashreplace", newline="")

    def add(self, row: TableRow) -> None:
        """Add one row; when this returns the system has it.

        Raises:
            FewshotError: It could not be written.
        """
        line = io.StringIO(newline="")
        csv.writer(line).writerow(_cells(row))
        with _told(self._path):
            self._file.write(line.getvalue())
            self._file.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with _told(self._path):
            self._file.close()


@contextmanager
def whole_table(path: Path) -> Iterator[Path]:
    """Give a draft to write a table to, as :func:`~fewshot_gui.core.whole_file.whole_file`.

    Raises:
        FewshotError: The table cannot be written there.
    """
    with _told(path), whole_file(path) as draft:
        yield draft


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Say of what the system refuses that the table could not be written."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise FewshotError(f"The table “{path}” could not be written ({reason}); choose another place.") from error


def _write_rows(path: Path, rows: Iterable[TableRow]) -> int:
    count = 0
    with path.open("w", encoding="utf-8-sig", errors="backslashreplace", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(TABLE_COLUMNS)
        for count, row in enumerate(rows, 1):  # noqa: B007 - the last number is the result
            writer.writerow(_cells(row))
    return count


def _cells(row: TableRow) -> list[str]:
    return [_cell(getattr(row, column)) for column in TABLE_COLUMNS]


def _cell(value: str | float | None) -> str:
    if value is None:
        return ""
    return f"{value:.4f}" if isinstance(value, float) else value
