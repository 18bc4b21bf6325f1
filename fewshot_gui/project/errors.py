"""What can go wrong with a project, each as one sentence for the person at the screen."""

import sqlite3
from pathlib import Path

from fewshot_gui.core.errors import FewshotError, ProjectFileError


class EditRefusedError(FewshotError):
    """A change makes no sense, such as a second class of the same name; nothing was changed."""


class DamagedProjectError(ProjectFileError):
    """The project file is damaged. It was left exactly as it is.

    Attributes:
        path: The damaged file.
        backup: The newest backup beside it, or ``None``; :func:`~fewshot_gui.project.opening.recover` opens it.
    """

    def __init__(self, path: Path, backup: Path | None) -> None:
        advice = (
            f"choose Recover to go on from the backup of {backup.stem}"
            if backup
            else "there is no backup beside it, so look for a copy of the file elsewhere"
        )
        super().__init__(f"“{path.name}” is damaged and was left as it is; {advice}.")
        self.path = path
        self.backup = backup


class OutsidePhotosError(ProjectFileError):
    """The project was made on another computer and names files outside its own folder; nothing was read.

    Attributes:
        path: The project file.
        folders: The outside folders, as written in the project, for the person to judge.
    """

    def __init__(self, path: Path, folders: tuple[str, ...]) -> None:
        more = f" and {len(folders) - 1} more" if len(folders) > 1 else ""
        super().__init__(
            f"“{path.name}” was made on another computer and uses photos outside its own folder "
            f"({folders[0]}{more}); allow that only if you trust where the project comes from."
        )
        self.path = path
        self.folders = folders


_ADVICE = {
    sqlite3.SQLITE_FULL: "the disk is full, so the change was not made; free some space and try again",
    sqlite3.SQLITE_READONLY: "it or its folder is read-only, so nothing was changed; copy it elsewhere first",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened in its folder; copy it to a folder you may write to",
    sqlite3.SQLITE_BUSY: "it is open in another window; close it there first",
    sqlite3.SQLITE_IOERR: "its drive stopped answering, so the change was not made; check the drive and try again",
    sqlite3.SQLITE_PERM: "you have no permission to open it; copy it to a folder of your own",
}


def file_error(path: Path, error: sqlite3.Error) -> ProjectFileError:
    """The sentence for what SQLite reports about the file ``path``."""
    primary = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the low byte of an extended code is the primary code
    advice = _ADVICE.get(primary, "the change could not be written; save a copy in another folder and report this")
    return ProjectFileError(f"“{path.name}”: {advice}.")
