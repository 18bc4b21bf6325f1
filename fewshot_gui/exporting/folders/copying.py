"""Making one copy: complete or not at all, and never in place of something else."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from fewshot_gui.exporting.folders.content import CopyContent

DRAFTS_FOLDER = ".unfinished-copies"
"""Where copies are made before they are put in place: on the same disk, and easily found after a power cut."""

_DRAFT_PREFIX = "draft-"
_BLOCK_BYTES = 1 << 20
_NO_LINKS = (errno.EPERM, errno.EXDEV, errno.EMLINK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS)


class TakenError(Exception):
    """Something else has come to the place of a copy since the plan was made."""


@contextmanager
def drafts_folder(target: Path) -> Iterator[Path]:
    """A folder for unfinished copies, without any at first and gone at the end, unless somebody else uses it.

    Raises:
        OSError: The target can't be written to, or something else has the folder's name.
    """
    folder = target / DRAFTS_FOLDER
    if folder.is_symlink():
        raise FileExistsError(errno.EEXIST, f"“{DRAFTS_FOLDER}” in it is a link", str(folder))
    folder.mkdir(parents=True, exist_ok=True)
    _clear(folder)
    try:
        yield folder
    finally:
        with contextlib.suppress(OSError):  # an empty folder left behind does no harm
            folder.rmdir()


def make_copy(content: CopyContent, target: Path, drafts: Path, check: Callable[[], None]) -> None:
    """Put the copy of a photo at ``target``, with the time of the original.

    Args:
        content: What it holds.
        target: A free name in a folder that exists.
        drafts: Of :func:`drafts_folder`.
        check: Called after every block; what it raises ends the copy without a trace.

    Raises:
        TakenError: The name is not free any more.
        OSError: The original can't be read, or the copy not be written.
    """
    with _draft(content, drafts, check) as draft:
        _move_without_replacing(draft, target)


def renew_copy(content: CopyContent, target: Path, drafts: Path, check: Callable[[], None]) -> None:
    """Replace a copy that :func:`make_copy` has made by one with another label; arguments as there."""
    with _draft(content, drafts, check) as draft:
        draft.replace(target)


def make_link(source: Path, target: Path) -> bool:
    """Put a hard link to a photo at ``target``. Returns whether the file system can do so.

    Raises:
        TakenError: The name is not free any more.
        OSError: The link can't be made for another reason.
    """
    try:
        # On Linux a link to a symbolic link would lead wherever that leads.
        os.link(os.path.realpath(source), target)
    except FileExistsError as error:
        raise TakenError from error
    except OSError as error:
        if error.errno in _NO_LINKS:
            return False
        raise
    return True


@contextmanager
def _draft(content: CopyContent, drafts: Path, check: Callable[[], None]) -> Iterator[Path]:
    draft = drafts / (_DRAFT_PREFIX + uuid.uuid4().hex)
    times = content.source.stat()
    try:
        with draft.open("xb") as file:
            labelled = content.with_metadata()
            if labelled is None:
                with content.source.open("rb") as source:
                    while block := source.read(_BLOCK_BYTES):
                        file.write(block)
                        check()
            else:
                file.write(labelled)
            file.flush()
            os.fsync(file.fileno())
        os.utime(draft, ns=(times.st_atime_ns, times.st_mtime_ns))
        yield draft
    finally:
        draft.unlink(missing_ok=True)


def _move_without_replacing(draft: Path, target: Path) -> None:
    try:
        if sys.platform == "win32":
            draft.rename(target)  # refuses to replace
        else:
            os.link(draft, target)  # so does this, in one step; the draft's own name is taken away afterwards
    except FileExistsError as error:
        raise TakenError from error
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if target.exists():
            raise TakenError from error
        draft.rename(target)


def _clear(folder: Path) -> None:
    for draft in folder.glob(f"{_DRAFT_PREFIX}*"):
        draft.unlink()
