"""Taking names of people, folders, files and classes out of a log before it is shown to anyone else.

What is taken out is replaced by a token that stays the same within one report, so that one can still see that two lines
speak of the same photo. Where it is unclear how far a name goes, too much is taken out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from fewshot_gui.imaging import PHOTO_SUFFIXES

_LONGEST_LINE = 2000
_WHOLE_WORDS_BELOW = 4
"""Names shorter than this are replaced only where they stand alone, or every "in" would be someone's name."""

_OUR_FILES = ("fewshot", "csv", "xlsx", "json", "xmp", "onnx", "safetensors", "npz", "zip", "txt", "log", "part", "tmp")
_SUFFIX = "|".join(sorted({*(suffix.lstrip(".") for suffix in PHOTO_SUFFIXES), *_OUR_FILES}, key=len, reverse=True))

_CODE_PLACE: Final = re.compile(r'(?P<before>\s*File )"(?P<path>[^"]+)"(?P<after>, line \d+(?:,? in [\w.<>]+)?)')
_PACKAGE: Final = re.compile(r".*[/\\](?P<inner>(?:site-packages|dist-packages|python3\.\d+|_internal)[/\\].+)")
_OUR_CODE: Final = re.compile(r".*[/\\](?P<inner>fewshot_gui[/\\].+\.py)")
_ABOUT_CODE: Final = re.compile(r"^(?:AttributeError|TypeError|NameError|ImportError|ModuleNotFoundError)\b")

_CURLY: Final = re.compile(r"“(?P<name>[^”\n]*)(?:”|$)")
_STRAIGHT: Final = re.compile(r"""(?<!\w)(?P<quote>['"])(?P<name>(?:\\.|(?!(?P=quote))[^\\\n])*)(?P=quote)(?!\w)""")
_PATH: Final = re.compile(
    r"""(?:file:/|(?<![\w:/.])/(?=[^\s/])|\b[A-Za-z]:[\\/]|\\\\(?=\w)|(?<!\w)~\w*[\\/])[^“”"'<>|\t\n]*"""
)
_NESTED: Final = re.compile(r"""[^\s“”"'<>:()]*(?:\\[^\s“”"'<>]+|/[^\s/“”"'<>]+/[^\s“”"'<>]*)""")
_FILE_NAME: Final = re.compile(rf"""[^:“”"'<>()\[\]|\n]*\.(?P<suffix>{_SUFFIX})(?!\w)""", re.IGNORECASE)
_URL: Final = re.compile(r"""https?://[^\s“”"'<>]+""")
_MAIL: Final = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_MARK: Final = re.compile("\ue000(\\d+)\ue001")
"""What stands in the text until all patterns have been tried, so that no pattern sees what another has put there."""
_NO_MARKS: Final = {0xE000: "", 0xE001: ""}
_ENDS_AS_FILE: Final = re.compile(rf"\.(?P<suffix>{_SUFFIX})$", re.IGNORECASE)


class Redactor:
    """Replaces what could tell who someone is or what they photograph."""

    def __init__(self, secrets: Iterable[str]) -> None:
        """``secrets`` are names known beforehand: of the user, the computer, classes, projects."""
        names = sorted({name.strip() for name in secrets} - {""}, key=len, reverse=True)
        self._secrets = re.compile("|".join(map(_pattern_of, names)), re.IGNORECASE) if names else None
        self._numbers: dict[str, int] = {}
        self._shown: list[str] = []

    def redact(self, text: str) -> str:
        """``text`` without names. Meant for logs and tracebacks, line by line."""
        lines: list[str] = []
        in_code = False
        for line in text.translate(_NO_MARKS).splitlines():
            place = _CODE_PLACE.match(line)
            in_code = place is not None or (in_code and line.startswith("    "))
            if place is not None:
                lines.append(self._without_secrets(_code_place(place)) + self._plain(line[place.end() :]))
            elif in_code:  # a line of our own source
                lines.append(self._without_secrets(line))
            else:
                lines.append(self._plain(line))
        return _MARK.sub(lambda match: self._shown[int(match[1])], "\n".join(lines))

    def _plain(self, line: str) -> str:
        if len(line) > _LONGEST_LINE:
            line = f"{line[:_LONGEST_LINE]} (cut)"
        line = self._without_secrets(line)
        line = _URL.sub(lambda match: self._kept(match[0]), line)
        line = _CURLY.sub(lambda match: f"“{self._token(match['name'])}”", line)
        if not _ABOUT_CODE.match(line):  # there, quotes hold identifiers
            line = _STRAIGHT.sub(lambda match: match["quote"] + self._token(match["name"]) + match["quote"], line)
        for pattern in (_MAIL, _PATH, _NESTED, _FILE_NAME):
            line = pattern.sub(lambda match: self._token(match[0]), line)
        return line

    def _without_secrets(self, line: str) -> str:
        return self._secrets.sub(lambda match: self._token(match[0].casefold()), line) if self._secrets else line

    def _token(self, found: str) -> str:
        """A mark for ``found``, with the space around it as it was."""
        name = found.strip()
        if not name or _MARK.fullmatch(name):
            return found
        if name not in self._numbers:
            self._numbers[name] = len(self._shown)
            self._shown.append(_described(name, len(self._numbers)))
        lead = len(found) - len(found.lstrip())
        return f"{found[:lead]}\ue000{self._numbers[name]}\ue001{found[lead + len(name) :]}"

    def _kept(self, text: str) -> str:
        """A mark for what shall stay as it is."""
        self._shown.append(_MARK.sub(lambda match: self._shown[int(match[1])], text))
        return f"\ue000{len(self._shown) - 1}\ue001"


def _described(name: str, number: int) -> str:
    file = _ENDS_AS_FILE.search(name)
    if file is not None:
        return f"<path {number}.{file['suffix'].lower()}>"
    return f"<path {number}>" if "/" in name or "\\" in name else f"<name {number}>"


def _code_place(match: re.Match[str]) -> str:
    """The place in our code or a library's, without where on this computer that is installed."""
    path = match["path"]
    inner = _OUR_CODE.match(path) or _PACKAGE.match(path)
    if inner is not None:
        shown = inner["inner"].replace("\\", "/")
    else:
        shown = path if path.startswith(("<", "fewshot_gui")) else "<elsewhere>"
    return f'{match["before"]}"{shown}"{match["after"]}'


def _pattern_of(name: str) -> str:
    return rf"(?<!\w){re.escape(name)}(?!\w)" if len(name) < _WHOLE_WORDS_BELOW else re.escape(name)
