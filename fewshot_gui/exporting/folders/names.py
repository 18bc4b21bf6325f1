"""Names that every file system takes, whatever people call their classes.

The rules of Windows are kept everywhere: sorted copies are carried to other computers.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import PurePath

MAX_BYTES = 255
"""The longest name that file systems in use take; in UTF-8."""

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f]')
# Marks that turn the direction of text can make a name look like another one.
_DIRECTION_MARKS = re.compile(r"[\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\.|$)", re.IGNORECASE)
_ROOM_FOR_NUMBER = len(" (1234567)")
_MAX_LABEL_BYTES = 200  # the rest is for what a pattern writes beside the label


def safe_name(text: str) -> str:
    """A name for a file or folder that is as near to ``text`` as can be. Never empty, ``"."`` or ``".."``."""
    name = _DIRECTION_MARKS.sub("", _FORBIDDEN.sub("_", text))
    name = name.strip(" ").rstrip(". ")
    if name.startswith("."):
        name = "_" + name.lstrip(".")  # not hidden
    if _RESERVED.match(name):
        name = "_" + name
    return _cut(name or "_", MAX_BYTES)


def safe_file_name(stem: str, suffix: str) -> str:
    """As :func:`safe_name`, for a file with ``suffix``, and short enough that :func:`numbered` can add to it."""
    ending = _FORBIDDEN.sub("_", suffix).rstrip(". ")
    return _cut(safe_name(stem), MAX_BYTES - _length(ending) - _ROOM_FOR_NUMBER) + ending


def numbered(name: str, number: int) -> str:
    """``name`` itself for number 1, else with the number before the suffix: ``"IMG_1 (2).jpg"``."""
    path = PurePath(name)
    return name if number == 1 else f"{path.stem} ({number}){path.suffix}"


def without_number(name: str) -> tuple[str, int]:
    """What :func:`numbered` may have made ``name`` of, and the number."""
    path = PurePath(name)
    match = re.fullmatch(r"(.+) \(([2-9]|[1-9]\d{1,6})\)", path.stem, re.DOTALL)
    return (match[1] + path.suffix, int(match[2])) if match else (name, 1)


def same_name_key(name: str) -> str:
    """What is equal for names that are the same on some file system, for which case or accents' spelling is one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def distinct_names(texts: Iterable[str]) -> list[str]:
    """A safe name for each of ``texts``, no two the same on any file system; the first to have a name keeps it."""
    taken: set[str] = set()
    names: list[str] = []
    for text in texts:
        base, number = _cut(safe_name(text), _MAX_LABEL_BYTES), 1
        while same_name_key(name := _numbered_folder(base, number)) in taken:
            number += 1
        taken.add(same_name_key(name))
        names.append(name)
    return names


def _numbered_folder(base: str, number: int) -> str:
    # Unlike a file's, a folder's name has no suffix: "Mt. Etna" becomes "Mt. Etna (2)".
    return base if number == 1 else f"{base} ({number})"


def _cut(name: str, length: int) -> str:
    if _length(name) <= length:
        return name
    # Surrogates stand for bytes of file names that are no UTF-8; cutting may not break a character in two.
    whole = name.encode("utf-8", "surrogateescape")[:length].decode("utf-8", "ignore")
    return whole.rstrip(". ") or "_"


def _length(name: str) -> int:
    return len(name.encode("utf-8", "surrogateescape"))
