"""The table as a workbook for Excel, LibreOffice and their like."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from fewshot_gui.core.progress import Progress
from fewshot_gui.exporting.labels import LabelledPhoto, LabelSet
from fewshot_gui.exporting.table import TABLE_COLUMNS, whole_table
from fewshot_gui.exporting.tables.captures import iso_time
from fewshot_gui.exporting.tables.plain_text import plain_text

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

ROWS_PER_SHEET = 1_048_576
"""What Excel can open, the header included."""

_COLUMNS = (*TABLE_COLUMNS, "decided_by", "decided_at")
_PERCENT = "0.0%"
_WIDTHS_FROM_ROWS = 1000
_NARROWEST, _WIDEST = 10, 60
# What XML cannot hold, and text that looks like the escape for it: Excel reads _x0041_ as "A".
_ESCAPED = re.compile("[\x00-\x08\x0b\x0c\x0d\x0e-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
# With what spreadsheets begin a formula or an error.
_NEEDS_QUOTE = ("=", "+", "-", "@", "#", "\t")


def write_workbook(path: Path, labels: LabelSet, progress: Progress) -> None:
    """Write a sheet "Labels" with one row per photo, and a sheet "About" with the facts of the set.

    The header is frozen and filters, probabilities are percentages, and every text is marked as text: a photo named
    ``=1+1.jpg`` is no formula. Rows beyond what a sheet can hold follow on "Labels 2" and so on.
    """
    rows = ROWS_PER_SHEET - 1
    with whole_table(path) as draft, _streamed_workbook() as workbook:
        for start in range(0, max(1, len(labels.photos)), rows):
            number = start // rows + 1
            photos = labels.photos[start : start + rows]
            sheet = _new_sheet(workbook, "Labels" if number == 1 else f"Labels {number}", photos)
            for done, photo in enumerate(photos, start):
                progress.check()
                progress.report(done, len(labels.photos))
                sheet.append(list(_cells(sheet, photo)))
        _add_facts(workbook, labels)
        workbook.save(draft)


@contextmanager
def _streamed_workbook() -> Iterator[Workbook]:
    """A workbook whose sheets go to temporary files row by row."""
    from openpyxl import Workbook
    from openpyxl.utils.exceptions import WorkbookAlreadySaved

    workbook = Workbook(write_only=True)
    try:
        yield workbook
    except BaseException:
        # Left open, the generators behind the sheets would fail on their closed files when they are collected.
        for sheet in workbook.worksheets:
            with suppress(WorkbookAlreadySaved):
                sheet.close()
        raise


def _new_sheet(workbook: Workbook, title: str, photos: Sequence[LabelledPhoto]) -> WriteOnlyWorksheet:
    from openpyxl.utils import get_column_letter

    sheet = workbook.create_sheet(title)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(_COLUMNS))}{len(photos) + 1}"
    for number, column in enumerate(_COLUMNS, 1):
        sheet.column_dimensions[get_column_letter(number)].width = _width(column, photos)
    sheet.append([_heading(sheet, column) for column in _COLUMNS])
    return sheet


def _width(column: str, photos: Sequence[LabelledPhoto]) -> int:
    """In characters, from the heading and the first photos: what comes later is not known while a row is written."""
    texts = (value for photo in photos[:_WIDTHS_FROM_ROWS] if isinstance(value := _value(photo, column), str))
    # Two more for the arrow of the filter.
    return min(_WIDEST, max(_NARROWEST, len(column), *map(len, texts)) + 2)


def _cells(sheet: WriteOnlyWorksheet, photo: LabelledPhoto) -> Iterator[WriteOnlyCell | str | None]:
    from openpyxl.cell import WriteOnlyCell

    for column in _COLUMNS:
        value = _value(photo, column)
        if isinstance(value, str):
            yield _text(sheet, value)
        elif value is None or not math.isfinite(value):
            yield None
        else:
            cell = WriteOnlyCell(sheet, float(value))
            cell.number_format = _PERCENT
            yield cell


def _value(photo: LabelledPhoto, column: str) -> str | float | None:
    value: str | float | None = getattr(photo.row if column in TABLE_COLUMNS else photo, column)
    return value


def _text(sheet: WriteOnlyWorksheet, text: str) -> WriteOnlyCell | str | None:
    """A cell that no program takes for anything but text; ``None`` for no text."""
    from openpyxl.cell import WriteOnlyCell

    escaped = _ESCAPED.sub(lambda match: f"_x{ord(match[0]):04X}_", plain_text(text))
    if not escaped.startswith(_NEEDS_QUOTE):
        return escaped or None
    cell = WriteOnlyCell(sheet, escaped)
    cell.data_type = "s"
    # As if typed with an apostrophe before it, so that it remains text when it is edited.
    cell.quotePrefix = True
    return cell


def _heading(sheet: WriteOnlyWorksheet, text: str) -> WriteOnlyCell:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    cell = WriteOnlyCell(sheet, text)
    cell.font = Font(bold=True)
    return cell


def _add_facts(workbook: Workbook, labels: LabelSet) -> None:
    sheet = workbook.create_sheet("About")
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, _WIDEST
    facts = {
        "Name": labels.name,
        "Classes": ", ".join(labels.classes),
        "Photos": str(len(labels.photos)),
        "Labelled by": labels.classifier,
        "Labelled at": iso_time(labels.labelled_at),
        **labels.facts,
    }
    for name, value in facts.items():
        sheet.append([_text(sheet, name), _text(sheet, value)])
