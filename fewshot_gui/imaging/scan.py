"""Finding the photos in a folder."""

from __future__ import annotations

import heapq
import logging
import os
import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fewshot_gui.imaging.formats import is_photo
from fewshot_gui.imaging.problems import file_reason

logger = logging.getLogger(__name__)

OnProblem = Callable[[Path, str], None]
"""Is told what was skipped, and why, as a short clause."""

_SYSTEM_FOLDERS = frozenset({"$recycle.bin", "system volume information", "@eadir", "__macosx"})
"""Copies and thumbnails that systems and network drives keep; not hidden by a dot. In lower case."""

_NUMBER = re.compile(r"\d+")
_PORTION = 2000

_DEAD_LINK = "it is a link to something that is no longer there"
_NOT_A_PHOTO = "its name is not that of a photo"


def scan_photos(folder: str | os.PathLike[str], *, on_problem: OnProblem | None = None) -> Iterator[Path]:
    """Find the photos in a folder and in the folders within it.

    The first photos come before the whole tree is known. Within a folder the order is natural ("IMG_2" before
    "IMG_10"); a folder's own photos come before those of its subfolders. Links to folders are followed, after
    everything else, and no folder is entered twice. Hidden files and folders are skipped. A photo is found by its
    name: one that cannot be read is found too.

    Args:
        folder: Where to start; a single photo is found itself.
        on_problem: Called with each folder that cannot be listed and each dead link, and the reason. Without it they
            are only logged.

    Yields:
        Paths that begin with ``folder``.
    """
    report = on_problem or _log_problem
    start = Path(folder)
    if start.is_dir():
        yield from _walk(start, report)
    elif is_photo(start):
        yield start
    else:
        report(start, _NOT_A_PHOTO if start.exists() else file_reason(FileNotFoundError(2, "")))


@dataclass
class _Listing:
    """What one folder holds, in natural order: of photos the names, since 100,000 paths take a while to make."""

    photos: list[str] = field(default_factory=list)
    folders: list[Path] = field(default_factory=list)
    linked_folders: list[Path] = field(default_factory=list)


def _walk(start: Path, report: OnProblem) -> Iterator[Path]:
    seen: set[tuple[int, int]] = set()
    folders, linked_folders = [start], deque[Path]()
    # Links last, so that a photo is found at its own place rather than through a link to its folder.
    while folders or linked_folders:
        folder = folders.pop() if folders else linked_folders.popleft()
        try:
            identity = folder.stat()
            if (identity.st_dev, identity.st_ino) in seen:
                continue
            seen.add((identity.st_dev, identity.st_ino))
            listing = _list(folder, report)
        except OSError as error:
            report(folder, file_reason(error))
            continue
        yield from (folder / name for name in listing.photos)
        folders += reversed(listing.folders)
        linked_folders += listing.linked_folders


def _list(folder: Path, report: OnProblem) -> _Listing:
    with os.scandir(folder) as entries:
        visible = [entry for entry in entries if not is_hidden(entry.name)]
    listing = _Listing()
    for entry in _in_natural_order(visible):
        if _is_folder(entry):
            (listing.linked_folders if entry.is_symlink() else listing.folders).append(folder / entry.name)
        elif is_photo(entry.name):
            listing.photos.append(entry.name)
        elif entry.is_symlink() and not (folder / entry.name).exists():
            report(folder / entry.name, _DEAD_LINK)
    return listing


def is_hidden(name: str) -> bool:
    """Whether a scan passes over files and folders of that name."""
    return name.startswith(".") or name.casefold() in _SYSTEM_FOLDERS


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads back to itself
        return False


def natural_key(name: str) -> tuple[str, str]:
    """A key that orders the numbers in names by value, and before letters: each as its length and its digits."""
    return _NUMBER.sub(_sortable, name.casefold()), name


def _sortable(number: re.Match[str]) -> str:
    digits = str(int(number[0]))
    return f"\0{len(digits):03}{digits}"


def _in_natural_order(entries: Sequence[os.DirEntry[str]]) -> Iterator[os.DirEntry[str]]:
    """Sorted by portions: Python lets no other thread run while it sorts, and 100,000 names would stop the window."""
    keyed = [(natural_key(entry.name), entry) for entry in entries]
    portions = [sorted(keyed[start : start + _PORTION]) for start in range(0, len(keyed), _PORTION)]
    return (entry for _, entry in heapq.merge(*portions))


def _log_problem(path: Path, reason: str) -> None:
    logger.warning("skipped %r: %s", str(path), reason)
