"""Photos that appear in a folder and the folders in it, handed over once they are finished.

Systems can tell when a folder changes, but not on network drives, not for thousands of folders, and not reliably. So we
look again and again, and make looking cheap: a folder whose own time has not changed holds the same names as before and
is not listed again. Some file systems do not keep that time, and none changes it when a photo is overwritten, so now
and then every file is looked at.
"""

from __future__ import annotations

import enum
import logging
import os
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from fewshot_gui.core.progress import Progress
from fewshot_gui.imaging.arriving import Arrivals, Arrived, Condition, Stamp, condition_of, stamp_of
from fewshot_gui.imaging.formats import is_photo
from fewshot_gui.imaging.scan import is_hidden, natural_key

log = logging.getLogger(__name__)

_EVERY = 2.0
_EVERYTHING_EVERY = 30.0
_ARRIVING_EVERY = 1.1
"""Seconds between two looks: for new names, at every file, and at photos that are being written."""
_AT_MOST_EVERY = 0.5
"""Seconds between two looks when the system tells of one change after the other."""
_REST = 39
_REST_ARRIVING = 3
"""How many times as long as a look took there is none: looking takes 2.5 % of the time, for names and for files each,
and 25 % for photos that somebody is waiting for."""
_JUST_NOW = 60.0
"""A photo whose last change is no longer ago, in seconds, may still be being written when watching begins."""
_CLOCK_STEP = 3 * 10**9
"""Nanoseconds within which two changes of a folder may leave the same time on it."""
_CHECK_EVERY = 256


class _Depth(enum.IntEnum):
    """How closely folders are looked at: those that changed, the names in all, or every file."""

    CHANGED = 0
    NAMES = 1
    FILES = 2


@dataclass(slots=True)
class _Folder:
    """What a folder held when it was last listed.

    Attributes:
        changed_ns: Its own time then.
        sure: Whether a later change would have changed that time.
        photos: By name, as they were when they were handed over or first seen; also those that are gone.
        gone: Names of photos that are not there now.
        folders: Paths of the folders in it.
        links: Paths of the links to folders in it.
        others: Names of everything else.
    """

    changed_ns: int = -1
    sure: bool = False
    photos: dict[str, Stamp] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    folders: dict[str, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    others: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Look:
    """What a look told.

    Attributes:
        finished: Photos that are new or have other content, folder by folder in natural order.
        unfinished: How many photos are still being written.
        gone: Whether the folder is not there.
        next_in: Seconds after which the next look is worthwhile.
    """

    finished: tuple[Arrived, ...]
    unfinished: int
    gone: bool
    next_in: float


class FolderWatch:
    """Repeated looks at one folder. Not for two threads at once, and of no use after a look was cancelled.

    Photos that are deleted stay known, so that a memory card that is pulled out and put back brings nothing new.
    """

    def __init__(
        self,
        root: str | os.PathLike[str],
        known: Collection[str] = (),
        *,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
        condition: Callable[[str], Condition] = condition_of,
    ) -> None:
        """Watch ``root``.

        Args:
            root: A folder; it need not be there yet. What is found comes with its absolute path.
            known: Photos that are not new, as absolute paths with the case of their letters as ``os.path.normcase``
                has it. They are handed over only if they change.
            clock: Seconds that only grow.
            wall_clock: Seconds since 1970.
            condition: Whether a photo that has become quiet is whole.
        """
        self._root = os.path.abspath(root)  # noqa: PTH100 - what comes back is text, thousands of times
        self._known = known
        self._clock = clock
        self._wall_clock = wall_clock
        self._folders: dict[str, _Folder] = {}
        self._arrivals = Arrivals(clock, condition)
        self._found: list[Arrived] = []
        self._is_first = True
        self._gone = False
        self._times_deceive = False
        self._names_due = self._files_due = self._arriving_due = clock()
        self._rest_until = clock()
        self._hinted = False

    def look(self, progress: Progress, *, hinted: bool = False) -> Look:
        """Look at whatever is due.

        Args:
            progress: Checked for cancel several times a second, unless the system itself hangs.
            hinted: Something has happened in the folder, so look for new names before that is due.

        Raises:
            Cancelled: The person cancelled.
        """
        self._found = []
        self._hinted |= hinted
        now = self._clock()
        if now >= self._files_due:
            self._look_at_folders(_Depth.FILES, progress)
        elif now >= self._names_due or (self._hinted and now >= self._rest_until):
            self._look_at_folders(_Depth.NAMES if self._times_deceive else _Depth.CHANGED, progress)
        if self._arrivals and self._clock() >= self._arriving_due:
            self._look_at_arrivals(progress)
        finished = sorted(self._found, key=lambda photo: _place(photo.path))
        return Look(tuple(finished), len(self._arrivals), self._gone, self._next_in())

    def _next_in(self) -> float:
        due = min(self._names_due, self._files_due)
        if self._arrivals:
            due = min(due, self._arriving_due)
        if self._hinted:
            due = min(due, self._rest_until)
        return max(0.0, due - self._clock())

    def _look_at_folders(self, depth: _Depth, progress: Progress) -> None:
        start, was_gone = self._clock(), self._gone
        self._hinted = False
        self._gone = not self._walk(depth, progress)
        end = self._clock()
        if depth is _Depth.FILES:
            self._files_due = end + max(_EVERYTHING_EVERY, _REST * (end - start))
            self._names_due = max(self._names_due, end + _EVERY)
        else:
            self._rest_until = end + max(_AT_MOST_EVERY, _REST * (end - start))
            self._names_due = max(end + _EVERY, self._rest_until)
        if was_gone and not self._gone:
            self._files_due = end  # while it was away everything may have changed

    def _look_at_arrivals(self, progress: Progress) -> None:
        start = self._clock()
        for arrived, path, stamp in self._arrivals.look(progress.check):
            folder, name = os.path.split(path)
            self._folders[folder].photos[name] = stamp
            if arrived is not None:
                self._found.append(arrived)
        end = self._clock()
        self._arriving_due = end + max(_ARRIVING_EVERY, _REST_ARRIVING * (end - start))

    def _walk(self, depth: _Depth, progress: Progress) -> bool:
        """Look for new names, and at every file if ``depth`` says so; returns whether the root is there."""
        seen: set[tuple[int, int]] = set()
        folders, links = [self._root], deque[str]()
        # Links last, so that a photo is found at its own place rather than through a link to its folder.
        while folders or links:
            progress.check()
            path = folders.pop() if folders else links.popleft()
            try:
                listed = self._visit(path, depth, seen, progress)
            except OSError:
                log.debug("cannot look into %r now", path, exc_info=True)
                if path == self._root:
                    return False
                continue
            if listed is not None:
                folders += listed.folders.values()
                links += listed.links.values()
        self._is_first, self._known = False, ()
        return True

    def _visit(self, path: str, depth: _Depth, seen: set[tuple[int, int]], progress: Progress) -> _Folder | None:
        """List a folder if that is called for; ``None`` if it was visited before."""
        status = os.stat(path)  # noqa: PTH116 - thousands of them
        identity = (status.st_dev, status.st_ino)
        if identity in seen:
            return None
        if status.st_ino:  # some network drives give every folder the number 0
            seen.add(identity)
        folder = self._folders.get(path)
        if folder is None:
            folder = self._folders[path] = _Folder()
        as_before = folder.sure and folder.changed_ns == status.st_mtime_ns
        if as_before and depth is _Depth.CHANGED:
            return folder
        now = self._wall_clock()
        news = self._list(path, folder, depth, progress)
        if news and as_before and os.stat(path).st_mtime_ns == folder.changed_ns:  # noqa: PTH116 - thousands of them
            self._times_deceive = True
        folder.changed_ns = status.st_mtime_ns
        folder.sure = now * 1e9 - status.st_mtime_ns > _CLOCK_STEP
        return folder

    def _list(self, path: str, folder: _Folder, depth: _Depth, progress: Progress) -> bool:
        """Take in what a folder holds; returns whether there was a photo or folder of a new name."""
        news = False
        present: set[str] = set()
        with os.scandir(path) as entries:
            for number, entry in enumerate(entries):
                if number % _CHECK_EVERY == 0:
                    progress.check()
                name = entry.name
                present.add(name)
                if name in folder.photos:
                    self._see_again(entry, folder, depth)
                elif name not in folder.others and name not in folder.folders and name not in folder.links:
                    news |= self._see_first(entry, folder)
        folder.gone = folder.photos.keys() - present
        for subfolders in (folder.folders, folder.links):
            for name in subfolders.keys() - present:
                del subfolders[name]
        return news

    def _see_again(self, entry: os.DirEntry[str], folder: _Folder, depth: _Depth) -> None:
        before = folder.photos[entry.name]
        if entry.name in folder.gone or (depth is _Depth.FILES and _stamp_of(entry) != before):
            self._arrivals.expect(entry.path, before)

    def _see_first(self, entry: os.DirEntry[str], folder: _Folder) -> bool:
        """Take in a name that is not known yet; returns whether it is that of a photo or folder."""
        if is_hidden(entry.name):
            folder.others.add(entry.name)
            return False
        is_link = entry.is_symlink()
        if _is_folder(entry):
            (folder.links if is_link else folder.folders)[entry.name] = entry.path
            return True
        if not is_photo(entry.name):
            folder.others.add(entry.name)
            return False
        is_new = entry.path not in self._arrivals
        if self._is_first:
            self._begin_with(entry, folder)
        else:
            self._arrivals.expect(entry.path)
        return is_new and not is_link  # a link that leads nowhere is never known and so always new

    def _begin_with(self, entry: os.DirEntry[str], folder: _Folder) -> None:
        """A photo that is there when watching begins: unless it may still be being written, it is finished."""
        stamp = _stamp_of(entry)
        if stamp is None or abs(self._wall_clock() - stamp[1] / 1e9) < _JUST_NOW:
            self._arrivals.expect(entry.path)
            return
        folder.photos[entry.name] = stamp
        if os.path.normcase(entry.path) not in self._known:
            self._found.append(Arrived(entry.path, stamp[1] / 1e9))


def _place(path: str) -> tuple[str, tuple[str, str]]:
    folder, name = os.path.split(path)
    return folder, natural_key(name)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads back to itself
        return False


def _stamp_of(entry: os.DirEntry[str]) -> Stamp | None:
    try:
        return stamp_of(entry.stat())
    except OSError:
        return None


def known_photos(files: Iterable[str]) -> frozenset[str]:
    """Photos as :class:`FolderWatch` wants to be told what it knows, from absolute paths."""
    return frozenset(map(os.path.normcase, files))
