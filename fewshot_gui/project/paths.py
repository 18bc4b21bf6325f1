"""How a photo's path is written in a project file, and what a project file may name.

A file below the folder of the project is written relative to it, so that the two can move together: ``./cams/a.jpg``;
the folder itself is ``.``.
Any other file is written absolute: ``/data/a.jpg``, ``D:/data/a.jpg``, ``//server/share/a.jpg``. Separators are ``/``
on every system. A name that is not valid Unicode is written as its bytes.

A project file may come from a stranger. A relative entry that climbs (``./../a.jpg``) is never written by this program,
so a file that holds one is refused as damaged. Absolute entries are honoured only in a project that this computer
has worked on, or after the person allowed it: see :mod:`fewshot_gui.project.trust`.
"""

import os
import re
from collections.abc import Iterable
from pathlib import Path, PurePath

_HERE = "./"
_ABSOLUTE = re.compile(r"[/\\]|[A-Za-z]:[/\\]")  # on any system: the file may come from another one
# An empty part, "." or ".."; on Windows also a backslash inside a part, or a drive or stream behind a colon.
_CLIMBING = re.compile(r"(?:^|/)\.{0,2}(?:/|$)" + (r"|[\\:]" if os.name == "nt" else ""))


def absolute(path: str | os.PathLike[str]) -> str:
    """``path`` as absolute text without ``..``; links are kept as the person named them."""
    return os.path.abspath(path)  # noqa: PTH100 - Path.resolve() follows links and stats every part


def file_key(file: str) -> str:
    """What two spellings of the same absolute path have in common on this system."""
    return os.path.normcase(file)


def is_below(file: str, folder: str) -> bool:
    """Whether the absolute path ``file`` lies in ``folder`` or deeper."""
    return file_key(file).startswith(_with_separator(file_key(folder)))


class StoredPaths:
    """Translates between absolute paths in memory and the entries of a project file in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)
        self._prefix = _with_separator(self._folder)
        self._prefix_key = file_key(self._prefix)

    def encode(self, file: str) -> str | bytes:
        """The entry for an absolute path."""
        if not self.is_inside(file):
            text = file
        elif len(file) <= len(self._folder):
            return "."
        else:
            text = _HERE + file[len(self._prefix) :]
        if os.sep != "/":
            text = text.replace(os.sep, "/")
        try:
            text.encode()
        except UnicodeEncodeError:
            return os.fsencode(text)
        return text

    def decode(self, entry: str | bytes) -> str:
        """The absolute path of an entry.

        Raises:
            ValueError: The entry is one that this program never writes.
        """
        text = os.fsdecode(entry) if isinstance(entry, bytes) else entry
        if text == ".":
            return self._folder
        if text.startswith(_HERE):
            inner = text[len(_HERE) :]
            if _CLIMBING.search(inner):
                raise ValueError(f"the entry {text!r} leaves the folder of the project")
            return self._prefix + (inner if os.sep == "/" else inner.replace("/", os.sep))
        if not _ABSOLUTE.match(text):
            raise ValueError(f"the entry {text!r} is neither relative to the project nor absolute")
        return text if os.sep == "/" else text.replace("/", os.sep)

    def is_inside(self, file: str) -> bool:
        """Whether an absolute path is the folder of the project or lies below it."""
        key = file_key(file)
        return key.startswith(self._prefix_key) or key == file_key(self._folder)


def topmost(folders: Iterable[str]) -> tuple[str, ...]:
    """The folders that lie in none of the others, sorted."""
    kept: list[str] = []
    for folder in sorted(set(folders), key=lambda folder: PurePath(file_key(folder)).parts):
        if not kept or not is_below(folder, kept[-1]):
            kept.append(folder)
    return tuple(kept)


def _with_separator(folder: str) -> str:
    return folder if folder.endswith(os.sep) else folder + os.sep
