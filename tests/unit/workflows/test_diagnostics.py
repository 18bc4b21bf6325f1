"""The report for support: useful, whole, and without a name that nobody asked for."""

from __future__ import annotations

import getpass
import logging
import platform
import subprocess
import sys
import time
import zipfile
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from fewshot_gui import __version__
from fewshot_gui.core.crash_reports import crash_folder, record_error
from fewshot_gui.core.errors import Cancelled, FewshotError, PhotoError
from fewshot_gui.core.log_file import log_to_file
from fewshot_gui.core.progress import Unwatched
from fewshot_gui.workflows import computer_facts, diagnostics
from fewshot_gui.workflows.bundled_work import BundledWork
from fewshot_gui.workflows.diagnostics import Report, ReportPart, Situation, make_report, write_report
from tests.unit.encoders.conftest import Watched

SITUATION = Situation(
    {"Appearance": "dark", "Note": "Anneliese likes it"}, {"Photos": "3"}, ("Zwergdommel", "Anneliese", "Muster")
)
PHOTO = Path("/media/Platte/Meine Vögel/Nest am Teich.jpg")
FINDS = """print('[{"name": "Device", "passed": false, "detail": "No file “/media/Platte/x y.onnx”."}]')"""


@pytest.fixture(autouse=True)
def quick_trial(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another program stands in for the self-test."""
    stand_in(monkeypatch, FINDS)


def stand_in(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    monkeypatch.setattr(diagnostics, "_program", lambda: [sys.executable, "-c", code])


@pytest.fixture
def eventful(caplog: pytest.LogCaptureFixture) -> None:
    """A log and reports of crashes full of names."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    log_to_file()
    log = logging.getLogger("fewshot_gui.workflows.embedding")
    error = PhotoError(PHOTO, "the file is cut off")
    log.info("%s", error, exc_info=error)
    log.warning("%s is left out: %s", PHOTO, "unreadable")
    log.warning("reading %s failed", str(PHOTO))
    log.error("no class 'Zwergdommel' for %s", getpass.getuser())
    try:
        {}["Zwergdommel"]  # type: ignore[index]
    except KeyError as mistake:
        record_error(mistake)
    record_error(FileNotFoundError(2, "No such file or directory", str(PHOTO)))
    (crash_folder() / "crash-1.txt").write_text(f"on {platform.node()} in {Path.home()}/x", encoding="utf-8")
    for handler in set(root.handlers) - set(handlers):
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


def saved(report: Report, path: Path, *, with_names: bool) -> dict[str, str]:
    write_report(report.parts(with_names=with_names), path)
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_no_name_is_anywhere_in_the_archive(eventful: None, tmp_path: Path) -> None:
    files = saved(make_report(SITUATION, Unwatched()), tmp_path / "report.zip", with_names=False)
    everything = "\n".join([*files, *files.values()]).casefold()
    for secret in (*SITUATION.secrets, "Platte", "Vögel", "Nest", "Teich", "x y", str(Path.home() / "x")):
        assert secret.casefold() not in everything, secret
    assert b"Zwergdommel" not in (tmp_path / "report.zip").read_bytes()


def test_user_and_computer_are_not_named(eventful: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "node", lambda: "laborrechner.institut.example")
    monkeypatch.setattr(getpass, "getuser", lambda: "amuster")
    (crash_folder() / "crash-2.txt").write_text("AMUSTER at laborrechner, laborrechner.institut.example", "utf-8")
    files = saved(make_report(SITUATION, Unwatched()), tmp_path / "report.zip", with_names=False)
    assert "amuster" not in files["crashes/crash-2.txt"].casefold()
    assert "laborrechner" not in files["crashes/crash-2.txt"]
    assert " at " in files["crashes/crash-2.txt"]


def test_names_are_there_when_asked_for(eventful: None, tmp_path: Path) -> None:
    files = saved(make_report(SITUATION, Unwatched()), tmp_path / "report.zip", with_names=True)
    assert str(PHOTO) in files["log/fewshot-gui.log"]
    assert "Zwergdommel" in files["log/fewshot-gui.log"]
    assert "because that was asked for" in files["README.txt"]


def test_what_support_needs_is_there(eventful: None, tmp_path: Path) -> None:
    files = saved(make_report(SITUATION, Unwatched()), tmp_path / "report.zip", with_names=False)
    assert sum(name.startswith("crashes/") for name in files) == 3
    assert list(files)[:5] == ["README.txt", "computer.txt", "trial.txt", "settings.txt", "log/fewshot-gui.log"]
    facts = files["computer.txt"]
    assert f"fewshot-gui         {__version__}" in facts
    for name in ("Python", "torch", "onnxruntime", "PySide6-Essentials", "System", "Memory", "Graphics"):
        assert f"\n{name} " in facts
    assert "FAILED  Device: No file “<path" in files["trial.txt"]
    assert "exit code 0" in files["trial.txt"]
    assert "Appearance  dark" in files["settings.txt"]
    assert "Photos  3" in files["settings.txt"]
    assert "the file is cut off" in files["log/fewshot-gui.log"]
    assert "KeyError: '<name" in "".join(files.values())


def test_a_trial_that_takes_the_process_down_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(
        monkeypatch, "import os, sys; print('half a'); sys.stderr.write('driver broke'); sys.stdout.flush(); os.abort()"
    )
    trial = {part.name: part.text for part in make_report(SITUATION, Unwatched()).full}["trial.txt"]
    assert "half a" in trial
    assert "driver broke" in trial
    assert "exit code 0" not in trial


def test_an_application_tries_itself_where_it_can_say_something(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.undo()
    assert diagnostics._program()[1:] == ["-m", "fewshot_gui"]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "Fewshot.exe"))
    assert diagnostics._program() == [str(tmp_path / "Fewshot.exe")]
    (tmp_path / "fewshot-gui.exe").touch()
    assert diagnostics._program() == [str(tmp_path / "fewshot-gui.exe")]


def test_a_trial_that_cannot_be_started_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(diagnostics, "_program", lambda: [str(tmp_path / "absent")])
    trial = {part.name: part.text for part in make_report(SITUATION, Unwatched()).full}["trial.txt"]
    assert trial.startswith("The trial cannot be started")


def test_cancelling_ends_the_trial(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch, "import time; time.sleep(60)")
    started = time.monotonic()
    with pytest.raises(Cancelled):
        make_report(SITUATION, Watched(cancel_at_check=2))
    assert time.monotonic() - started < 30, "far less than the trial would take"


def test_a_report_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FewshotError, match=r"“report\.zip” cannot be written"):
        write_report([ReportPart("a.txt", "a")], tmp_path / "file" / "report.zip")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_what_cannot_be_encoded_does_no_harm(tmp_path: Path) -> None:
    write_report([ReportPart("a.txt", "a \udcff b")], tmp_path / "report.zip")
    with zipfile.ZipFile(tmp_path / "report.zip") as archive:
        assert archive.read("a.txt") == b"a \\udcff b"


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("NVIDIA RTX 4090, 550.1, 24564 MiB, 8.9\nTesla T4, 550.1, 15360 MiB, 7.5\n", "8.9; Tesla T4"),
        ("", "knows no card"),
        (None, "does not answer (CalledProcessError)"),
    ],
)
def test_the_driver_is_asked_for_its_cards(monkeypatch: pytest.MonkeyPatch, answer: str | None, told: str) -> None:
    def ask(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        if answer is None:
            raise subprocess.CalledProcessError(9, command)
        return subprocess.CompletedProcess(command, 0, answer, "")

    monkeypatch.setattr(computer_facts.shutil, "which", lambda _name: "/usr/bin/nvidia-smi")
    monkeypatch.setattr(computer_facts.subprocess, "run", ask)
    assert told in computer_facts.graphics()


def test_variables_that_hold_folders_are_only_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEWSHOT_GUI_DATA", str(Path("/media/Platte")))
    monkeypatch.setenv("QT_SCALE_FACTOR", "2")
    facts = computer_facts.machine_facts()
    assert facts["FEWSHOT_GUI_DATA"] == "set"
    assert facts["QT_SCALE_FACTOR"] == "2"


def test_an_application_knows_versions_from_its_list(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_metadata(name: str) -> str:
        raise PackageNotFoundError(name)

    works = (BundledWork("pillow_heif", "1.8.1", "BSD", ""), BundledWork("PySide6_Essentials", "6.11.3", "LGPL", ""))
    monkeypatch.setattr(computer_facts, "version", no_metadata)
    monkeypatch.setattr(computer_facts, "bundled_works", lambda: works)
    facts = computer_facts.program_facts()
    assert (facts["pillow-heif"], facts["PySide6-Essentials"], facts["torch"]) == ("1.8.1", "6.11.3", "not installed")
