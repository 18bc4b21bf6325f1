"""Where photos lie below the labelled folders, without telling where those folders lie."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

_NAMELESS = "photos"


class PhotoPlaces:
    """Relative paths of photos, and the group that each is in: the first folder below a labelled folder.

    With several labelled folders, paths and groups begin with the folder's name, made unique by a number.
    """

    def __init__(self, roots: Sequence[Path]) -> None:
        """Remember ``roots``, the labelled folders; absolute."""
        self._root_names: dict[Path, str] = {}
        for root in roots:
            if root not in self._root_names:
                self._root_names[root] = _unused(root.name or _NAMELESS, set(self._root_names.values()))
        self._group_names: dict[tuple[Path | None, str], str] = {}

    def relative(self, path: Path) -> PurePosixPath:
        """The path of a photo from its labelled folder on; its name alone if it is in none of them."""
        root = self._root(path)
        inner = PurePosixPath(path.name if root is None else path.relative_to(root).as_posix())
        return inner if root is None or len(self._root_names) == 1 else self._root_names[root] / inner

    def group(self, path: Path) -> str:
        """The name of the group of a photo, another one for every group.

        It is the first folder below the labelled folder, or the labelled folder itself for photos directly in it.
        """
        root = self._root(path)
        folders = () if root is None else path.relative_to(root).parts[:-1]
        key = (root, folders[0] if folders else "")
        if key not in self._group_names:
            self._group_names[key] = _unused(self._new_group(root, key[1]), set(self._group_names.values()))
        return self._group_names[key]

    def _new_group(self, root: Path | None, folder: str) -> str:
        name = _NAMELESS if root is None else self._root_names[root]
        if not folder:
            return name
        return folder if len(self._root_names) == 1 else f"{name}/{folder}"

    def _root(self, path: Path) -> Path | None:
        """The innermost labelled folder that holds ``path``."""
        holding = [parent for parent in path.parents if parent in self._root_names]
        return holding[0] if holding else None


def _unused(name: str, used: set[str]) -> str:
    if name not in used:
        return name
    number = 2
    while f"{name} {number}" in used:
        number += 1
    return f"{name} {number}"
