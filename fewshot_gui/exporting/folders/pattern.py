"""How copies are named: a pattern such as ``{label}/{date} {name}`` that people write themselves."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.exporting.folders.names import safe_file_name, safe_name

FIELDS: Mapping[str, str] = {
    "label": "the class, or “None of these”, or “Unsure”",
    "name": "the photo's own name, such as IMG_0012.JPG",
    "stem": "its name without the ending, such as IMG_0012",
    "suffix": "the ending, such as .JPG",
    "folder": "the name of the folder that the photo is in",
    "confidence": "how sure the label is, from 000 to 100; 100 where a person decided",
    "number": "the photo's place in the list, such as 00042",
    "date": "the day on which it was taken, such as 2024-05-31; if the camera did not tell, when the file was changed",
    "fingerprint": "twelve characters that stand for its content",
    "project": "the name of the project",
}
"""The fields of a pattern, with what they mean for people."""

DEFAULT_PATTERN = "{label}/{name}"


@dataclass(frozen=True)
class NamePattern:
    """A pattern that has been understood.

    Attributes:
        text: As it was written.
        folders: The patterns of the folders, the outermost first.
        file: The pattern of the file name.
    """

    text: str
    folders: tuple[str, ...]
    file: str

    @classmethod
    def parse(cls, text: str) -> NamePattern:
        """Understand a pattern.

        Args:
            text: Words and fields in braces; ``/`` begins a folder within a folder. The photo's own ending is added
                where the pattern does not end with it.

        Raises:
            FewshotError: A field is unknown, a brace is left over, or a part is empty or leads elsewhere.
        """
        parts = text.replace("\\", "/").split("/")
        for part in parts:
            _check(part.strip(), text)
        return cls(text, tuple(parts[:-1]), parts[-1])

    @property
    def fields(self) -> frozenset[str]:
        """The names of the fields in it."""
        return frozenset(re.findall(r"\{([^{}]*)\}", self.text))

    def fill(self, values: Mapping[str, str]) -> PurePosixPath:
        """The place of one copy, relative to the target folder. No value can lead out of it.

        Args:
            values: By the names of :data:`FIELDS`; those in :attr:`fields` and ``suffix`` are needed. ``label`` is
                taken to be a safe name already.
        """
        folders = [safe_name(_filled(part, values)) for part in self.folders]
        suffix, name = values["suffix"], _filled(self.file, values)
        if suffix and name.lower().endswith(suffix.lower()):
            name, suffix = name[: -len(suffix)], name[-len(suffix) :]
        return PurePosixPath(*folders, safe_file_name(name, suffix))


def _filled(part: str, values: Mapping[str, str]) -> str:
    return re.sub(r"\{([^{}]*)\}", lambda match: values[match[1]], part)


def _check(part: str, text: str) -> None:
    for field in re.findall(r"\{([^{}]*)\}", part):
        if field not in FIELDS:
            known = ", ".join(f"{{{name}}}" for name in FIELDS)
            raise FewshotError(f"The name pattern has no field {{{field}}}; there are {known}.")
    if re.search(r"[{}]", re.sub(r"\{[^{}]*\}", "", part)):
        raise FewshotError(f"In the name pattern “{text}” a brace is left over; fields are written like {{label}}.")
    if not part or part in {".", ".."} or re.match(r"[A-Za-z]:$", part):
        raise FewshotError(
            f"The name pattern “{text}” does not stay in the target folder or has an empty part; write it like "
            f"{DEFAULT_PATTERN}."
        )
