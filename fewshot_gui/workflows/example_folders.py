"""A folder of folders as classes with examples."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fewshot_gui.core.errors import NotEnoughExamplesError
from fewshot_gui.imaging import scan_photos


@dataclass(frozen=True)
class ExampleFolder:
    """A class as a folder: its name and the photos below it."""

    name: str
    photos: tuple[Path, ...]


def find_example_folders(folder: Path) -> tuple[ExampleFolder, ...]:
    """The classes in ``folder``: one per sub-folder that holds photos, in the order of their names.

    Raises:
        NotEnoughExamplesError: There are fewer than two such sub-folders.
    """
    found = []
    for entry in sorted(folder.iterdir(), key=lambda path: path.name.casefold()):
        if entry.is_dir() and not entry.name.startswith("."):
            photos = tuple(scan_photos(entry))
            if photos:
                found.append(ExampleFolder(entry.name, photos))
    if len(found) < 2:
        raise NotEnoughExamplesError(
            f"“{folder}” needs at least two folders with photos in them, one for each class; it has {len(found)}."
        )
    return tuple(found)
