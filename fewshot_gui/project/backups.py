"""Copies of a project beside it: one for each day it was opened, the last few kept.

``Leaves.fewshot`` has its backups in ``Leaves.fewshot-backups/2026-11-21.fewshot``.
"""

import re
from datetime import date
from pathlib import Path

KEPT = 5
"""How many backups are kept."""

_NAME = re.compile(r"\d{4}-\d{2}-\d{2}\.fewshot")


def backup_folder(project: Path) -> Path:
    """Where the backups of the project file ``project`` are."""
    return project.with_name(f"{project.name}-backups")


def backups_of(project: Path) -> list[Path]:
    """The backups of the project file ``project``, newest first."""
    folder = backup_folder(project)
    if not folder.is_dir():
        return []
    return sorted((file for file in folder.iterdir() if _NAME.fullmatch(file.name)), reverse=True)


def new_backup(project: Path, day: date) -> Path:
    """Where the backup of ``day`` goes; its folder is made.

    Raises:
        OSError: The folder cannot be made, or is a link, which a stranger's project may point anywhere.
    """
    folder = backup_folder(project)
    if folder.is_symlink():
        raise NotADirectoryError(f"{folder} is a link")
    folder.mkdir(exist_ok=True)
    return folder / f"{day.isoformat()}.fewshot"


def drop_old_backups(project: Path) -> None:
    """Delete all but the newest :data:`KEPT` backups."""
    for file in backups_of(project)[KEPT:]:
        file.unlink(missing_ok=True)
