"""What the program remembers of the person's ways: recent projects, window layout, appearance."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from fewshot_gui.ui.recent_project import RecentProject
from fewshot_gui.workflows.embedding_source import WantedDevice

_MOST_RECENT = 12


class Preferences:
    """Typed access to the settings file. A value that makes no sense, after a hand edit say, counts as absent."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    def write(self) -> None:
        """Have everything in the file now; else it gets there when the event loop finds time, or the program ends."""
        self._settings.sync()

    @property
    def untouched(self) -> bool:
        """Whether nothing was ever stored: the program starts for the first time."""
        return not self._settings.allKeys()

    def keep_welcomed(self) -> None:
        """The person has seen what the program is for; stored at once, whatever happens next."""
        self._settings.setValue("welcomed", True)
        self.write()

    @property
    def reviewer(self) -> str:
        """Who decides, as exported tables name them; empty if the person did not say."""
        return str(self._settings.value("reviewer/name", "")).strip()

    @reviewer.setter
    def reviewer(self, value: str) -> None:
        self._settings.setValue("reviewer/name", value.strip())

    @property
    def appearance(self) -> str:
        """Which look was asked for: "system", "light" or "dark"."""
        value = str(self._settings.value("appearance", "system"))
        return value if value in {"system", "light", "dark"} else "system"

    @appearance.setter
    def appearance(self, value: str) -> None:
        self._settings.setValue("appearance", value)

    @property
    def device(self) -> WantedDevice:
        """What shall label photos: "auto" for the fastest, "cpu" or "cuda"."""
        match str(self._settings.value("device", "auto")):
            case "cpu":
                return "cpu"
            case "cuda":
                return "cuda"
        return "auto"

    @device.setter
    def device(self, value: WantedDevice) -> None:
        self._settings.setValue("device", value)

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
    def recent(self) -> tuple[RecentProject, ...]:
        """Projects that were open before, the newest first."""
        return tuple(replace(project, exists=project.path.is_file()) for project in self._read_recent())

    def remember(self, path: Path, name: str) -> None:
        """Put a project at the top of the recent ones."""
        others = [project for project in self._read_recent() if project.path != path]
        self._write_recent([RecentProject(path, name, datetime.now().astimezone()), *others][:_MOST_RECENT])

    def forget(self, path: Path) -> None:
        """Take a project off the list of recent ones."""
        self._write_recent([project for project in self._read_recent() if project.path != path])

    def layout(self, name: str) -> QByteArray:
        """A saved geometry or splitter state; empty if there is none."""
        value = self._settings.value(f"layout/{name}")
        return value if isinstance(value, QByteArray) else QByteArray()

    def set_layout(self, name: str, state: QByteArray) -> None:
        """Save a geometry or splitter state."""
        self._settings.setValue(f"layout/{name}", state)

    def facts(self) -> dict[str, str]:
        """What support may know of the settings: nothing that names anyone or anything."""
        return {
            "Appearance": self.appearance,
            "Device asked for": self.device,
            "Tile side": str(self.tile_side),
            "Recent projects": str(len(self._read_recent())),
            "Name for tables": "given" if self.reviewer else "not given",
        }

    def names(self) -> tuple[str, ...]:
        """What nobody may know: the person, and what their projects are called."""
        recent = self._read_recent()
        return (
            self.reviewer,
            *self.reviewer.split(),
            *(one.name for one in recent),
            *(one.path.stem for one in recent),
        )

    def _read_recent(self) -> list[RecentProject]:
        found = []
        for number in range(self._settings.beginReadArray("recent")):
            self._settings.setArrayIndex(number)
            path, name, opened = (str(self._settings.value(key, "")) for key in ("path", "name", "opened"))
            try:
                found.append(RecentProject(Path(path), name, datetime.fromisoformat(opened)))
            except ValueError:
                continue
        self._settings.endArray()
        return found

    def _write_recent(self, projects: list[RecentProject]) -> None:
        self._settings.remove("recent")
        self._settings.beginWriteArray("recent", len(projects))
        for number, project in enumerate(projects):
            self._settings.setArrayIndex(number)
            self._settings.setValue("path", str(project.path))
            self._settings.setValue("name", project.name)
            self._settings.setValue("opened", project.opened.isoformat())
        self._settings.endArray()
