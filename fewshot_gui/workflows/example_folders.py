"""A folder of folders as classes with examples."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fewshot_gui.core.errors import FewshotError, NotEnoughExamplesError
from fewshot_gui.imaging import scan_photos
from fewshot_gui.imaging.problems import file_reason
from fewshot_gui.imaging.scan import OnProblem


@dataclass(frozen=True)
class ExampleFolder:
    """A class as a folder: its name and the photos below it."""

    name: str
    photos: tuple[Path, ...]


def find_example_folders(folder: Path, *, on_problem: OnProblem | None = None) -> tuple[ExampleFolder, ...]:
    """The classes in ``folder``: one per sub-folder that holds photos, in the order of their names.

    Args:
        folder: What holds the sub-folders.
        on_problem: Called with each folder and link that cannot be followed, and the reason.

    Raises:
        FewshotError: ``folder`` cannot be listed.
        NotEnoughExamplesError: There are fewer than two such sub-folders.
    """
    try:
        entries = sorted(entry for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    except OSError as error:
        raise FewshotError(
            f"The examples in “{folder}” could not be read: {file_reason(error)}; choose another folder."
        ) from error
    found = []
    for entry in sorted(entries, key=lambda path: path.name.casefold()):
        photos = tuple(scan_photos(entry, on_problem=on_problem))
        if photos:
            found.append(ExampleFolder(entry.name, photos))
    if len(found) < 2:
        raise NotEnoughExamplesError(
            f"“{folder}” needs at least two folders with photos in them, one for each class; it has {len(found)}."
        )
    return tuple(found)
