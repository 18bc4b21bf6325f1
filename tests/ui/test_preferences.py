"""What the program remembers, and that a settings file full of nonsense does no harm."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QSettings

from fewshot_gui.ui.preferences import Preferences


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "window.ini"


def read(file: Path) -> Preferences:
    return Preferences(QSettings(str(file), QSettings.Format.IniFormat))


def test_without_a_file_there_are_sensible_values(file: Path) -> None:
    preferences = read(file)
    assert preferences.appearance == "system"
    assert preferences.device == "auto"
    assert preferences.tile_side == 112
    assert preferences.last_folder == Path.home()
    assert preferences.recent == ()
    assert preferences.layout("window").isEmpty()


def test_what_is_set_is_there_the_next_time(file: Path, tmp_path: Path) -> None:
    settings = QSettings(str(file), QSettings.Format.IniFormat)
    preferences = Preferences(settings)
    preferences.appearance = "dark"
    preferences.tile_side = 200
    preferences.device = "cuda"
    preferences.last_folder = tmp_path
    preferences.set_layout("window", QByteArray(b"\x00\x01"))
    settings.sync()
    again = read(file)
    assert (again.appearance, again.tile_side, again.last_folder) == ("dark", 200, tmp_path)
    assert again.device == "cuda"
    assert again.layout("window") == QByteArray(b"\x00\x01")


def test_what_is_written_is_on_the_disk(file: Path) -> None:
    preferences = read(file)
    preferences.tile_side = 200
    preferences.write()
    assert "200" in file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "nonsense",
    [
        "",
        "[General]\nappearance=pink\ndevice=abacus\ntile_side=huge\nlast_folder=/nowhere/at/all\n",
        "[General]\nappearance=@Invalid()\ntile_side=@ByteArray(abc)\n[recent]\n1\\path=/a\n1\\opened=yesterday\nsize=1\n",
        "[recent]\nsize=-3\n[layout]\nwindow=7\n",
        "\x00\x01\x02 = [[[",
    ],
)
def test_nonsense_counts_as_absent(file: Path, nonsense: str) -> None:
    file.write_text(nonsense, encoding="utf-8")
    preferences = read(file)
    assert preferences.appearance == "system"
    assert preferences.device == "auto"
    assert preferences.tile_side == 112
    assert preferences.last_folder == Path.home()
    assert preferences.recent == ()
    assert preferences.layout("window").isEmpty()


@pytest.mark.parametrize(("written", "used"), [("-5", 96), ("100000", 320), ("150", 150)])
def test_the_size_of_the_tiles_stays_in_range(file: Path, written: str, used: int) -> None:
    file.write_text(f"[General]\ntile_side={written}\n", encoding="utf-8")
    assert read(file).tile_side == used


def test_recent_projects_are_the_newest_twelve_each_once(file: Path) -> None:
    preferences = read(file)
    for number in range(15):
        preferences.remember(Path(f"/p/{number}.fewshot"), f"Project {number}")
    preferences.remember(Path("/p/7.fewshot"), "Seven")
    names = [project.name for project in preferences.recent]
    assert names[:3] == ["Seven", "Project 14", "Project 13"]
    assert len(names) == 12
    preferences.forget(Path("/p/7.fewshot"))
    assert "Seven" not in [project.name for project in preferences.recent]


def test_a_project_that_is_gone_is_known_to_be_gone(file: Path, tmp_path: Path) -> None:
    preferences = read(file)
    there = tmp_path / "there.fewshot"
    there.touch()
    for path in (tmp_path / "gone.fewshot", there):
        preferences.remember(path, path.stem)
    assert [(project.name, project.exists) for project in preferences.recent] == [("there", True), ("gone", False)]


def test_the_first_start_is_the_one_with_nothing_stored(file: Path) -> None:
    preferences = read(file)
    assert preferences.untouched
    preferences.keep_welcomed()
    assert not preferences.untouched
    assert not read(file).untouched, "it is kept at once, whatever happens next"


def test_who_decides_is_kept_without_space_around_it(file: Path) -> None:
    preferences = read(file)
    assert preferences.reviewer == ""
    preferences.reviewer = "  Anneliese Muster "
    assert preferences.reviewer == "Anneliese Muster"


def test_support_learns_no_names(file: Path) -> None:
    preferences = read(file)
    preferences.reviewer = "Anneliese Muster"
    preferences.remember(Path("/media/Platte/Vögel.fewshot"), "Küstenprojekt")
    facts = "\n".join(preferences.facts().values())
    assert {"Anneliese Muster", "Muster", "Küstenprojekt", "Vögel"} <= set(preferences.names())
    assert not any(name in facts for name in (*preferences.names(), "Platte"))
