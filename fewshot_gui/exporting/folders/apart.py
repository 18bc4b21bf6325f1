"""Keeping the target of copies and the folders of originals apart."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from fewshot_gui.core.errors import FewshotError


def require_apart(target: Path, roots: Iterable[Path]) -> None:
    """Refuse a target in which copies would be found, and labelled, as if they were originals, or the reverse.

    Raises:
        FewshotError: The target is one of the folders of photos, lies inside one, or holds one.
    """
    for root in roots:
        if is_inside(target, root):
            raise FewshotError(
                f"“{target}” lies in the folder of photos “{root}”, where the copies would be labelled again; choose a "
                "folder outside."
            )
        if is_inside(root, target):
            raise FewshotError(f"“{target}” holds the folder of photos “{root}”; choose a folder of its own.")


def require_outside_examples(target: Path, examples: Path) -> None:
    """Refuse a target in which the next run would take the copies, labelled by the machine, for examples.

    Raises:
        FewshotError: The target is the folder of examples, or lies inside it.
    """
    if is_inside(target, examples):
        raise FewshotError(
            f"“{target}” lies in the folder of examples “{examples}”, where the copies would count as examples; choose "
            "a folder outside."
        )


def is_inside(path: Path, folder: Path) -> bool:
    """Whether ``path`` is ``folder`` or lies in it, whatever links and letter cases lead there; it need not exist."""
    path = Path(os.path.realpath(path))
    try:
        identity = folder.stat()
    except OSError:
        return Path(os.path.realpath(folder)) in (path, *path.parents)
    for place in (path, *path.parents):
        try:
            if os.path.samestat(place.stat(), identity):
                return True
        except OSError:
            continue
    return False
