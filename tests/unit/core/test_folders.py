"""Where the program keeps its files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import platformdirs
import pytest

from fewshot_gui.core.folders import cache_folder, data_folder, log_folder, settings_file

FOLDERS: list[tuple[str, str, Callable[[], Path]]] = [
    ("FEWSHOT_GUI_CACHE", "user_cache_dir", cache_folder),
    ("FEWSHOT_GUI_DATA", "user_data_dir", data_folder),
    ("FEWSHOT_GUI_LOG", "user_log_dir", log_folder),
    ("FEWSHOT_GUI_SETTINGS", "user_config_dir", lambda: settings_file().parent),
]


@pytest.mark.parametrize(("variable", "function", "folder"), FOLDERS)
def test_the_person_may_choose_a_folder_which_is_made(
    variable: str, function: str, folder: Callable[[], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, str(tmp_path / "not there" / "yet"))
    assert folder() == tmp_path / "not there" / "yet"
    assert folder().is_dir()


@pytest.mark.parametrize("unset", [True, False], ids=["unset", "empty"])
@pytest.mark.parametrize(("variable", "function", "folder"), FOLDERS)
def test_otherwise_it_is_the_one_of_the_system(
    variable: str,
    function: str,
    folder: Callable[[], Path],
    unset: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if unset:
        monkeypatch.delenv(variable)
    else:
        monkeypatch.setenv(variable, "")
    monkeypatch.setattr(platformdirs, function, lambda name, **_options: str(tmp_path / function / name))
    assert folder() == tmp_path / function / "fewshot-gui"


def test_the_settings_are_one_file_in_an_existing_folder() -> None:
    assert settings_file().name == "window.ini"
    assert settings_file().parent.is_dir()
