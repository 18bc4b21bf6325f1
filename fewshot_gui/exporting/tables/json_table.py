"""The table as JSON, for programs."""

from __future__ import annotations

import json
import math
from pathlib import Path

from fewshot_gui.core.progress import Progress
from fewshot_gui.exporting.labels import LabelledPhoto, LabelSet
from fewshot_gui.exporting.table import TABLE_COLUMNS, whole_table
from fewshot_gui.exporting.tables.captures import iso_time
from fewshot_gui.exporting.tables.plain_text import plain_text

_FORMAT = "fewshot-gui labels"
_VERSION = 1


def write_json(path: Path, labels: LabelSet, progress: Progress) -> None:
    """Write one object: the facts of the set, and ``photos`` with one record per row of the CSV table.

    A record has the columns of the CSV table (``null`` for what is not known) and ``by_person``, ``decided_by``,
    ``decided_at`` and ``fingerprint``. No path is given that is not in the CSV table.
    """
    with whole_table(path) as draft, draft.open("w", encoding="utf-8") as file:
        head = json.dumps(_facts(labels), ensure_ascii=False, indent=2)
        file.write(head.removesuffix("\n}") + ',\n  "photos": [')
        for number, photo in enumerate(labels.photos):
            progress.check()
            progress.report(number, len(labels.photos))
            file.write(",\n    " if number else "\n    ")
            file.write(json.dumps(_record(photo), ensure_ascii=False, allow_nan=False))
        file.write("\n  ]\n}\n")


def _facts(labels: LabelSet) -> dict[str, object]:
    return {
        "format": _FORMAT,
        "version": _VERSION,
        "name": plain_text(labels.name),
        "classes": [plain_text(name) for name in labels.classes],
        "classifier": plain_text(labels.classifier),
        "labelled_at": iso_time(labels.labelled_at),
        "facts": {plain_text(name): plain_text(value) for name, value in labels.facts.items()},
    }


def _record(photo: LabelledPhoto) -> dict[str, object]:
    columns = {column: _value(getattr(photo.row, column)) for column in TABLE_COLUMNS}
    return {
        **columns,
        "by_person": photo.by_person,
        "decided_by": plain_text(photo.decided_by),
        "decided_at": photo.decided_at,
        "fingerprint": photo.fingerprint,
    }


def _value(value: str | float | None) -> str | float | None:
    if value is None or isinstance(value, str):
        return None if value is None else plain_text(value)
    number = float(value)
    return number if math.isfinite(number) else None
