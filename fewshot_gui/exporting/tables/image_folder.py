"""The ``metadata.csv`` that makes a folder of photos an image data set for Hugging Face ``datasets``."""

from __future__ import annotations

import csv
import os
from pathlib import Path

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.core.progress import Progress, Unwatched
from fewshot_gui.exporting.labels import LabelledPhoto, LabelSet
from fewshot_gui.exporting.table import whole_table
from fewshot_gui.exporting.tables.plain_text import plain_text
from fewshot_gui.exporting.tables.written import Written, counted

METADATA_NAME = "metadata.csv"
"""The name by which ``datasets`` finds the table."""

_COLUMNS = ("file_name", "label", "confidence", "familiarity", "by_person")


def write_image_folder(folder: Path, labels: LabelSet, progress: Progress | None = None) -> Written:
    """Write ``folder / "metadata.csv"``, with which ``load_dataset("imagefolder", data_dir=folder)`` reads the labels.

    ``datasets`` opens every photo in the table, by its path from the folder on. Photos are therefore left out that
    could not be read, have no label, lie elsewhere, or have a name that is not Unicode.
    Versions of ``datasets`` before 3 refuse a folder that also holds photos without a row.

    Args:
        folder: The folder that holds the photos, directly or in folders below; it exists.
        labels: What to write.
        progress: Told of every photo.

    Raises:
        FewshotError: No labelled photo lies in the folder, it holds a ``metadata.csv`` of something else, or it
            cannot be written to.
        Cancelled: The person cancelled; no file was changed.
    """
    folder = _plain(folder)
    path = folder / METADATA_NAME
    _require_ours(path)
    progress = progress or Unwatched()
    count = 0
    with whole_table(path) as draft, draft.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_COLUMNS)
        for number, photo in enumerate(labels.photos):
            progress.check()
            progress.report(number, len(labels.photos))
            if photo.row.label and _is_readable_in(folder, photo):
                count += 1
                writer.writerow(_row(folder, photo))
        if not count:
            raise FewshotError(
                f"None of the labelled photos lies in “{folder.name}”; choose the folder that holds them."
            )
    left_out = len(labels.photos) - count
    note = (
        f"{counted(left_out, 'photo was', 'photos were')} left out: without label, unreadable, outside the folder, "
        "or with a name that is not Unicode."
    )
    return Written(count, (note,) if left_out else ())


def _is_readable_in(folder: Path, photo: LabelledPhoto) -> bool:
    return _plain(photo.path).is_relative_to(folder) and plain_text(str(photo.path)) == str(photo.path)


def _row(folder: Path, photo: LabelledPhoto) -> tuple[str, ...]:
    row = photo.row
    shares = ("" if value is None else f"{value:.4f}" for value in (row.confidence, row.familiarity))
    by_person = "true" if photo.by_person else "false"
    return (_plain(photo.path).relative_to(folder).as_posix(), plain_text(row.label), *shares, by_person)


def _plain(path: Path) -> Path:
    """The same place, written absolute and without ``..``, as people on a command line do not write it."""
    return Path(os.path.abspath(path))  # noqa: PTH100 - a photo keeps the name of the link that leads to it


def _require_ours(path: Path) -> None:
    """Raise unless ``path`` is new or has our columns: a data set may have come with a table of its own."""
    try:
        with path.open(encoding="utf-8", errors="replace", newline="") as file:
            header = file.readline(1000)
    except FileNotFoundError:
        return
    except OSError as error:
        raise FewshotError(f"“{path}” could not be read ({error.strerror}); choose another folder.") from error
    if header.strip() != ",".join(_COLUMNS):
        raise FewshotError(f"“{path.parent.name}” already has another {METADATA_NAME}; move it away first.")
