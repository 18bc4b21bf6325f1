"""Which names are free in the target folder, and which copies are there already."""

from __future__ import annotations

import os
import stat
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from fewshot_gui.exporting.folders.content import CopyContent, Match
from fewshot_gui.exporting.folders.names import numbered, same_name_key, without_number


class UnusableFolderError(Exception):
    """Copies can't go to a folder; the text is a short clause for people."""


@dataclass
class _Folder:
    """One folder in the target.

    Attributes:
        path: Where it is; it need not exist.
        variants: The files in it that may be copies of earlier runs, by the key of the name that was wanted for them:
            the number that they have beside it, and their names.
        claimed: The names among them whose photo has been found.
        taken: What is there or is going to be, as keys of :func:`same_name_key`.
        next_numbers: The number to try first for a name.
    """

    path: Path
    variants: dict[str, list[tuple[int, str]]] = field(default_factory=lambda: defaultdict(list))
    claimed: set[str] = field(default_factory=set)
    taken: set[str] = field(default_factory=set)
    next_numbers: dict[str, int] = field(default_factory=dict)


class Places:
    """Gives each copy a place of its own in the target folder, and finds the copies of earlier runs again."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._folders: dict[str, _Folder] = {}

    def find(self, wanted: PurePosixPath, content: CopyContent) -> tuple[Path, Match]:
        """The place of a copy.

        Args:
            wanted: Where it should go, relative to the target.
            content: What it holds.

        Returns:
            Its place, and what is there: :attr:`Match.DIFFERENT` says that the place is free.

        Raises:
            UnusableFolderError: The folder can't be used.
            OSError: The photo or what is there can't be read.
        """
        folder = self._folder(wanted.parent)
        renewable = None
        for _, name in folder.variants.get(same_name_key(wanted.name), ()):
            if name in folder.claimed:
                continue
            match = _compare(content, folder.path / name)
            if match is Match.SAME:
                folder.claimed.add(name)
                return folder.path / name, match
            if match is Match.OTHER_LABEL and renewable is None:
                renewable = name
        if renewable is not None:
            folder.claimed.add(renewable)
            return folder.path / renewable, Match.OTHER_LABEL
        return folder.path / self._free_name(folder, wanted.name), Match.DIFFERENT

    def _free_name(self, folder: _Folder, name: str) -> str:
        key = same_name_key(name)
        number = folder.next_numbers.get(key, 1)
        while same_name_key(numbered(name, number)) in folder.taken:
            number += 1
        folder.next_numbers[key] = number + 1
        folder.taken.add(same_name_key(numbered(name, number)))
        return numbered(name, number)

    def _folder(self, relative: PurePosixPath) -> _Folder:
        key = same_name_key(str(relative))
        if key not in self._folders:
            self._folders[key] = self._listed(self._target / relative)
        return self._folders[key]

    def _listed(self, path: Path) -> _Folder:
        require_inside(path, self._target)
        folder = _Folder(path)
        if not path.is_dir():
            return folder
        with os.scandir(path) as entries:
            for entry in entries:
                folder.taken.add(same_name_key(entry.name))
                # A link's own content is elsewhere: it is never taken for a copy.
                if stat.S_ISREG(entry.stat(follow_symlinks=False).st_mode):
                    base, number = without_number(entry.name)
                    folder.variants[same_name_key(base)].append((number, entry.name))
                    if number > 1:  # a photo may be called "IMG (2).jpg" itself
                        folder.variants[same_name_key(entry.name)].append((1, entry.name))
        for variants in folder.variants.values():
            variants.sort()  # in the order in which an earlier run gave them away
        return folder


def _compare(content: CopyContent, existing: Path) -> Match:
    try:
        return content.compare(existing)
    except OSError as error:
        if error.filename is not None and Path(error.filename) == existing:
            return Match.DIFFERENT  # what can't be read is not taken for a copy
        raise


def require_inside(folder: Path, target: Path) -> None:
    """Make sure that writing into ``folder`` writes into ``target``.

    Raises:
        UnusableFolderError: A part of it is a file, or a link to another place.
    """
    part = target
    for name in folder.relative_to(target).parts:
        part /= name
        if part.is_symlink():
            raise UnusableFolderError(f"“{name}” in the target folder is a link to another place")
        if part.exists() and not part.is_dir():
            raise UnusableFolderError(f"“{name}” in the target folder is a file, not a folder")
