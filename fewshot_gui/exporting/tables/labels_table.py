"""The table of labels in the format that its file name asks for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.core.progress import Progress, Unwatched
from fewshot_gui.exporting.labels import LabelSet
from fewshot_gui.exporting.table import TableRow, write_csv
from fewshot_gui.exporting.tables.json_table import write_json
from fewshot_gui.exporting.tables.workbook import write_workbook
from fewshot_gui.exporting.tables.written import Written, counted

TABLE_SUFFIXES = (".csv", ".xlsx", ".json")
"""The kinds of table that :func:`write_table` writes."""


def require_table_suffix(path: Path) -> None:
    """Find out before long work whether :func:`write_table` knows the format.

    Raises:
        FewshotError: The name of ``path`` ends in another suffix than those of :data:`TABLE_SUFFIXES`.
    """
    if path.suffix.lower() not in TABLE_SUFFIXES:
        raise FewshotError(f"“{path.name}” cannot be a table of labels; let its name end in .csv, .xlsx or .json.")


def write_table(path: Path, labels: LabelSet, progress: Progress | None = None) -> Written:
    """Write one row per photo, those without label and with an error included, and the facts where the format can.

    The file appears whole or not at all.

    Args:
        path: Ends in one of :data:`TABLE_SUFFIXES`, in any case.
        labels: What to write.
        progress: Told of every photo.

    Raises:
        FewshotError: The suffix is unknown, or the table cannot be written there.
        Cancelled: The person cancelled; what was at ``path`` is still there.
    """
    require_table_suffix(path)
    progress = progress or Unwatched()
    match path.suffix.lower():
        case ".xlsx":
            write_workbook(path, labels, progress)
        case ".json":
            write_json(path, labels, progress)
        case _:
            write_csv(path, _rows(labels, progress))
    progress.report(len(labels.photos), len(labels.photos))
    failed = sum(bool(photo.row.error) for photo in labels.photos)
    note = f"{counted(failed, 'photo', 'photos')} could not be read; the column “error” says why."
    return Written(len(labels.photos), (note,) if failed else ())


def _rows(labels: LabelSet, progress: Progress) -> Iterator[TableRow]:
    for number, photo in enumerate(labels.photos):
        progress.check()
        progress.report(number, len(labels.photos))
        yield photo.row
