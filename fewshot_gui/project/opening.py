"""Making, opening, copying and recovering project files."""

from __future__ import annotations

import logging
import os
import shutil
import uuid
from datetime import datetime
from pathlib import Path

from fewshot_gui.core.errors import FewshotError, ProjectFileError
from fewshot_gui.project.backups import backup_folder, backups_of, drop_old_backups, new_backup
from fewshot_gui.project.database import Database
from fewshot_gui.project.edits import Edit, added
from fewshot_gui.project.errors import OutsidePhotosError
from fewshot_gui.project.inspection import is_in_use, sidecars
from fewshot_gui.project.paths import absolute, topmost
from fewshot_gui.project.project import NAME_SETTING, Project
from fewshot_gui.project.records import SettingRecord
from fewshot_gui.project.rows import Rows
from fewshot_gui.project.trust import computer_token, is_token

_logger = logging.getLogger(__name__)

SUFFIX = ".fewshot"
"""How the name of a project file ends."""


def create_project(path: Path, name: str) -> Project:
    """A new, empty project.

    Args:
        path: Its file, which must not exist; :data:`SUFFIX` is added where it is missing.
        name: Its name for people.

    Raises:
        ProjectFileError: The file exists or cannot be made.
    """
    database = Database.create(_project_path(path))
    try:
        _sign(database, str(uuid.uuid4()))
        project = Project(database, Rows())
        project.record(Edit("create the project", {}, (added(SettingRecord(NAME_SETTING, name)),)), revise=False)
    except BaseException:
        database.close()
        database.path.unlink(missing_ok=True)
        raise
    return project


def open_project(path: Path, *, allow_outside: bool = False) -> Project:
    """Open a project for this window alone. A backup is made first, and older files are brought up to date.

    Args:
        path: The project file.
        allow_outside: The person trusts a project from another computer that uses files outside its own folder.

    Raises:
        ProjectFileError: It is missing, foreign, read-only, newer than this program, or open in another window.
        DamagedProjectError: It is damaged; it was left as it is, and :func:`recover` may help.
        OutsidePhotosError: It comes from another computer and uses files outside its folder: ask the person.
    """
    database = Database.open(Path(absolute(path)))
    try:
        older = database.is_older
        if older:
            _back_up(database)
            database.migrate()
        rows = database.load()
        _admit(database, rows, allow_outside=allow_outside)
        if not older:
            _back_up(database)  # only now: a file that does not load must not take the place of a good backup
        return Project(database, rows)
    except BaseException:
        database.close()
        raise


def save_copy(project: Project, target: Path) -> Path:
    """Write a copy of the project elsewhere. The project that is open stays the one it was.

    Args:
        project: The open project.
        target: The file of the copy, replaced if it exists; :data:`SUFFIX` is added where it is missing.

    Returns:
        The file of the copy. Its paths are relative to its own folder where photos are below that.

    Raises:
        ProjectFileError: The target is an open project, or the copy could not be written.
    """
    target = _project_path(target)
    if target == project.path or (target.exists() and is_in_use(target)):
        raise ProjectFileError(f"“{target.name}” is open; choose another name for the copy.")
    project.write_all_pending()
    project.database.copy_to(target, folder=target.parent)
    return target


def recover(path: Path, *, allow_outside: bool = False) -> Project:
    """Open the newest usable backup of a damaged project as ``NAME (recovered).fewshot`` beside it.

    The damaged file and the backups stay as they are.

    Raises:
        ProjectFileError: There is no usable backup.
        OutsidePhotosError: As :func:`open_project`.
    """
    path = Path(absolute(path))
    for backup in backups_of(path):
        target = _unused(path)
        try:
            shutil.copyfile(backup, target)
        except OSError as error:
            raise ProjectFileError(f"“{target.name}” cannot be written to “{target.parent}”.") from error
        try:
            return open_project(target, allow_outside=allow_outside)
        except OutsidePhotosError:
            _discard(target)
            raise
        except FewshotError:
            _logger.exception("the backup %s is no use", backup)
            _discard(target)
    raise ProjectFileError(f"“{path.name}” has no usable backup; look for a copy of the file elsewhere.")


def outside_folders(rows: Rows, database: Database) -> tuple[str, ...]:
    """The topmost folders outside the folder of the project that its files are in."""
    files = [record.file for table in (rows.photos, rows.examples) for record in table.values()]
    outside = {os.path.dirname(file) for file in files if not database.paths.is_inside(file)}  # noqa: PTH120 - 100,000 of them
    outside.update(source.file for source in rows.sources.values() if not database.paths.is_inside(source.file))
    return topmost(outside)


def _project_path(path: Path) -> Path:
    path = Path(absolute(path))
    return path if path.suffix.lower() == SUFFIX else path.with_name(path.name + SUFFIX)


def _admit(database: Database, rows: Rows, *, allow_outside: bool) -> None:
    """Let a project from another computer in, unless it uses outside files that nobody allowed."""
    project_id = database.meta("id") or str(uuid.uuid4())
    if is_token(project_id, database.meta("computer")):
        return
    outside = outside_folders(rows, database)
    if outside and not allow_outside:
        raise OutsidePhotosError(database.path, outside)
    _sign(database, project_id)


def _sign(database: Database, project_id: str) -> None:
    database.set_meta("id", project_id)
    token = computer_token(project_id)
    if token is not None:
        database.set_meta("computer", token)


def _back_up(database: Database) -> None:
    # A full disk must not keep a person out of the project.
    try:
        database.copy_to(new_backup(database.path, datetime.now().astimezone().date()))
        drop_old_backups(database.path)
    except (OSError, ProjectFileError):
        _logger.exception("no backup of %s was made", database.path)


def _unused(path: Path) -> Path:
    number = 1
    while True:
        extra = "" if number == 1 else f" {number}"
        target = path.with_name(f"{path.stem} (recovered{extra}){path.suffix}")
        if not any(path.exists() for path in (target, backup_folder(target), *sidecars(target))):
            return target
        number += 1


def _discard(target: Path) -> None:
    target.unlink(missing_ok=True)
    shutil.rmtree(backup_folder(target), ignore_errors=True)
