"""Project files belong to the program: on every system, and in the words of each."""

from __future__ import annotations

import shutil
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import pytest

from fewshot_gui.cli import run
from fewshot_gui.project.opening import SUFFIX
from fewshot_gui.project.schema import APPLICATION_ID

MIME = "{http://www.freedesktop.org/standards/shared-mime-info}"


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What the window would have been started with."""
    calls: list[object] = []

    def run_window(*, sample: bool, project: Path | None) -> int:
        calls.append((sample, project))
        return 0

    monkeypatch.setitem(sys.modules, "fewshot_gui.app", SimpleNamespace(run_window=run_window))
    monkeypatch.setattr("fewshot_gui.core.screen.why_no_screen", lambda: None)
    return calls


def test_a_project_by_itself_is_opened(opened: list[object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = tmp_path / "Pressed leaves.FEWSHOT"
    project.touch()
    assert run([str(project)]) == 0
    monkeypatch.setattr(sys, "argv", ["fewshot-gui", str(project)])
    assert run() == 0
    assert opened == [(False, project)] * 2


def test_a_project_that_is_gone_is_wrong_use(
    opened: list[object], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([str(tmp_path / "gone.fewshot")]) == 2
    assert "gone.fewshot" in capsys.readouterr().err
    assert opened == []


def test_the_menu_entry_names_the_type_and_takes_a_file(installer: Path) -> None:
    entry = ConfigParser(interpolation=None)
    entry.read(installer / "linux" / "fewshot-gui.desktop", encoding="utf-8")
    desktop = entry["Desktop Entry"]
    assert desktop["Exec"] == "fewshot-gui %f"
    assert desktop["MimeType"] == "application/x-fewshot;"
    if validator := shutil.which("desktop-file-validate"):
        command = [validator, str(installer / "linux" / "fewshot-gui.desktop")]
        found = subprocess.run(command, check=False, capture_output=True, text=True)
        assert (found.returncode, found.stdout) == (0, "")


def test_the_type_is_known_by_its_ending_and_by_its_content(installer: Path) -> None:
    kind = ET.parse(installer / "linux" / "fewshot-gui.xml").find(f"{MIME}mime-type")
    assert kind is not None
    assert kind.attrib["type"] == "application/x-fewshot"
    assert [glob.attrib["pattern"] for glob in kind.iter(f"{MIME}glob")] == [f"*{SUFFIX}"]
    identity = [match.attrib for match in kind.iter(f"{MIME}match")][-1]
    assert identity["offset"] == "68"  # of application_id in a SQLite file
    assert int(identity["value"], 16) == APPLICATION_ID


def test_windows_knows_it_for_one_person_only(installer: Path) -> None:
    script = (installer / "windows" / "fewshot-gui.nsi").read_text(encoding="utf-8")
    assert f'"Software\\Classes\\{SUFFIX}"' in script
    assert "RequestExecutionLevel user" in script
    assert "HKLM" not in script
    assert "HKCR" not in script


@pytest.mark.skipif(shutil.which("makensis") is None, reason="makensis is not installed")
def test_the_windows_installer_compiles_without_a_warning(installer: Path, tmp_path: Path) -> None:
    pytest.importorskip("PySide6.QtSvg")
    from icons import write_ico

    application = tmp_path / "application"
    (application / "_internal" / "deep").mkdir(parents=True)
    for name in ("Fewshot.exe", "fewshot-gui.exe", "_internal/deep/file", "_internal/no ending"):
        (application / name).write_text(name)
    icon = write_ico(installer.parent / "icons" / "fewshot.svg", tmp_path / "fewshot.ico")
    out = tmp_path / "Fewshot-1.0.exe"
    defines = {"APPLICATION": application, "VERSION": "1.0", "ICON": icon, "OUTPUT": out, "SIGN_COMMAND": "true"}
    given = [f"-D{name}={value}" for name, value in defines.items()]
    command = ["makensis", "-V2", "-WX", *given, str(installer / "windows" / "fewshot-gui.nsi")]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert out.read_bytes()[:2] == b"MZ"
