"""What the program remembers of the person's ways: recent projects, window layout, appearance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

_MOST_RECENT = 12


@dataclass(frozen=True)
class RememberedProject:
    """A project that was open before."""

    path: Path
    name: str
    opened: datetime


class Preferences:
    """Typed access to the settings file. A value that makes no sense, after a hand edit say, counts as absent."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    @property
    def appearance(self) -> str:
        """Which look was asked for: "system", "light" or "dark"."""
        value = str(self._settings.value("appearance", "system"))
        return value if value in {"system", "light", "dark"} else "system"

    @appearance.setter
    def appearance(self, value: str) -> None:
        self._settings.setValue("appearance", value)

    @property
    def tile_side(self) -> int:
        """Pixels of a tile of the gallery."""
        try:
            return min(320, max(96, int(str(self._settings.value("tile_side", 112)))))
        except ValueError:
            return 112

    @tile_side.setter
    def tile_side(self, value: int) -> None:
        self._settings.setValue("tile_side", value)

    @property
    def last_folder(self) -> Path:
        """Where file dialogs begin."""
        path = Path(str(self._settings.value("last_folder", "")) or Path.home())
        return path if path.is_dir() else Path.home()

    @last_folder.setter
    def last_folder(self, value: Path) -> None:
        self._settings.setValue("last_folder", str(value))

    @property
    def recent(self) -> tuple[RememberedProject, ...]:
        """Projects that were open before, the newest first."""
        found = []
        for number in range(self._settings.beginReadArray("recent")):
            self._settings.setArrayIndex(number)
            path, name, opened = (str(self._settings.value(key, "")) for key in ("path", "name", "opened"))
            try:
                found.append(RememberedProject(Path(path), name, datetime.fromisoformat(opened)))
            except ValueError:
                continue
        self._settings.endArray()
        return tuple(found)

    def remember(self, path: Path, name: str) -> None:
        """Put a project at the top of the recent ones."""
        others = [project for project in self.recent if project.path != path]
        self._write_recent([RememberedProject(path, name, datetime.now().astimezone()), *others][:_MOST_RECENT])

    def forget(self, path: Path) -> None:
        """Take a project off the list of recent ones."""
        self._write_recent([project for project in self.recent if project.path != path])

    def layout(self, name: str) -> QByteArray:
        """A saved geometry or splitter state; empty if there is none."""
        value = self._settings.value(f"layout/{name}")
        return value if isinstance(value, QByteArray) else QByteArray()

    def set_layout(self, name: str, state: QByteArray) -> None:
        """Save a geometry or splitter state."""
        self._settings.setValue(f"layout/{name}", state)

    def _write_recent(self, projects: list[RememberedProject]) -> None:
        self._settings.remove("recent")
        self._settings.beginWriteArray("recent", len(projects))
        for number, project in enumerate(projects):
            self._settings.setArrayIndex(number)
            self._settings.setValue("path", str(project.path))
            self._settings.setValue("name", project.name)
            self._settings.setValue("opened", project.opened.isoformat())
        self._settings.endArray()
