"""Writing a file whole or not at all."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a draft path beside ``path`` to write to, and put it in place when the block ends well.

    Until then a file that is already at ``path`` stays untouched, also when the disk fills up or the process is
    killed. The draft has the same suffix, since some writers choose the format by it. Of a link the file that it
    leads to is replaced; a device such as ``/dev/null`` is written to as it is.

    Raises:
        OSError: The folder cannot be made or written to.
    """
    if _is_device(path):
        yield path
        return
    path = _followed(path)
    draft = _draft_beside(path)
    try:
        yield draft
        with draft.open("rb+") as file:
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def require_writable(path: Path) -> None:
    """Find out before long work whether :func:`whole_file` will be able to write ``path``; makes its folder.

    Raises:
        OSError: It cannot be written.
    """
    if not _is_device(path):
        draft = _draft_beside(_followed(path))
        draft.touch()
        draft.unlink()


def _is_device(path: Path) -> bool:
    return path.exists() and not path.is_file() and not path.is_dir()


def _followed(path: Path) -> Path:
    # Unlike Path.resolve, this does not fail on a link that leads back to itself.
    return Path(os.path.realpath(path))


def _draft_beside(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Not derived from the name, which may already be as long as the file system allows.
    return path.with_name(f".{uuid.uuid4().hex}{path.suffix}")
