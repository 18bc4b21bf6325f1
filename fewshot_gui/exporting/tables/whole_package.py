"""Writing a package of several files, as a folder or a zip file, whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import uuid
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.exporting.table import whole_table

DESCRIPTOR = "datapackage.json"
"""The file that makes a folder a data package."""

SOURCE_TITLE = "fewshot-gui"
"""What the descriptor of a package of ours names as the source of its data."""

_ZIP = ".zip"


@contextmanager
def whole_package(target: Path) -> Iterator[Path]:
    """Give an empty folder to write a data package to, and put it in place when the block ends well.

    Args:
        target: A folder, or a file if it ends in ``.zip``. It is new, an empty folder, or an earlier package of ours,
            which is replaced; other files in its folder stay. The folder is without descriptor, and so no package,
            while its tables are being replaced.

    Raises:
        FewshotError: The target is something else, or cannot be written.
    """
    require_free(target)
    draft = target.with_name(f".{uuid.uuid4().hex}")
    try:
        draft.mkdir(parents=True)
        yield draft
        _flush(draft)
        if _is_zip(target):
            _pack(draft, target)
        elif target.exists():
            _replace(draft, target)
        else:
            draft.rename(target)
    except OSError as error:
        reason = error.strerror or str(error)
        raise FewshotError(f"The package “{target}” could not be written ({reason}); choose another place.") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def require_free(target: Path) -> None:
    """Find out before long work whether :func:`whole_package` may write to ``target``.

    Raises:
        FewshotError: Something else is there already.
    """
    if not target.exists():
        return
    if target.is_dir() and not _is_zip(target):
        free = _is_ours(target / DESCRIPTOR) or not any(target.iterdir())
    else:
        free = _is_zip(target) and target.is_file() and _is_ours(target)
    if not free:
        raise FewshotError(f"“{target.name}” already holds something else; choose a new name for the package.")


def _is_zip(target: Path) -> bool:
    return target.suffix.lower() == _ZIP


def _is_ours(path: Path) -> bool:
    """Whether ``path`` is the descriptor of a package that this program wrote, or a zip file with one."""
    try:
        if _is_zip(path):
            with zipfile.ZipFile(path) as archive:
                text = archive.read(DESCRIPTOR)
        else:
            text = path.read_bytes()
        sources = json.loads(text)["sources"]
        return any(source["title"] == SOURCE_TITLE for source in sources)
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
        return False


def _flush(folder: Path) -> None:
    """Have the disk hold what was written, before anything is replaced by it."""
    for path in folder.iterdir():
        with path.open("rb+") as file:
            os.fsync(file.fileno())


def _pack(folder: Path, target: Path) -> None:
    with whole_table(target) as draft, zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.iterdir()):
            archive.write(path, path.name)


def _replace(draft: Path, target: Path) -> None:
    (target / DESCRIPTOR).unlink(missing_ok=True)
    for path in sorted(draft.iterdir(), key=lambda path: path.name == DESCRIPTOR):
        path.replace(target / path.name)
