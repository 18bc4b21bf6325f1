"""A program that ends by itself is found out at the next start, however it ended."""

from __future__ import annotations

import faulthandler
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from fewshot_gui import __version__
from fewshot_gui.core.crash_reports import CrashWatch, catch_errors, crash_folder, crash_reports, record_error

RUN = """
import ctypes, os, sys, time
from fewshot_gui.core.crash_reports import CrashWatch
watch = CrashWatch()
print(len(watch.start()), flush=True)
{ending}
"""


@pytest.fixture(autouse=True)
def fault_handler_as_before() -> Iterator[None]:
    """Pytest watches for crashes itself."""
    yield
    faulthandler.enable(sys.__stderr__)


@pytest.fixture
def watch() -> Iterator[CrashWatch]:
    watch = CrashWatch()
    yield watch
    watch.stop()


def run(ending: str) -> subprocess.CompletedProcess[str]:
    """Let another process start to watch and then end in some way."""
    return subprocess.run(
        [sys.executable, "-c", RUN.format(ending=ending)], capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize(
    ("ending", "said"),
    [
        ("os.abort()", "Aborted"),
        ("ctypes.string_at(0)", "Segmentation fault" if sys.platform != "win32" else "access violation"),
    ],
)
def test_a_crash_leaves_the_stack_behind(ending: str, said: str, watch: CrashWatch) -> None:
    assert run(ending).returncode != 0
    (report,) = watch.start()
    text = report.read_text(encoding="utf-8")
    assert text.startswith(f"fewshot-gui {__version__}, Python ")
    assert f"Fatal Python error: {said}" in text or said in text
    assert 'File "<string>", line' in text
    assert crash_reports() == (report,)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no SIGKILL")
def test_a_process_that_was_killed_is_found_out(watch: CrashWatch) -> None:
    run(f"os.kill(os.getpid(), {int(getattr(signal, 'SIGKILL', 9))})")
    assert len(watch.start()) == 1


def test_a_program_that_ends_well_leaves_nothing(watch: CrashWatch) -> None:
    assert run("watch.stop()").returncode == 0
    assert watch.start() == ()
    watch.stop()
    assert list(crash_folder().iterdir()) == []
    assert not faulthandler.is_enabled()


def test_a_crash_is_told_once(watch: CrashWatch) -> None:
    run("os.abort()")
    assert len(watch.start()) == 1
    watch.stop()
    assert watch.start() == ()


def test_a_window_that_is_still_open_is_no_crash(watch: CrashWatch) -> None:
    watch.start()
    assert run("watch.stop()").stdout == "0\n"
    watch.stop()
    assert list(crash_folder().iterdir()) == []


def test_a_window_that_is_just_starting_is_no_crash(watch: CrashWatch) -> None:
    (crash_folder() / "running-1.txt").touch()
    assert watch.start() == ()
    assert (crash_folder() / "running-1.txt").exists()


def test_only_the_newest_reports_are_kept(watch: CrashWatch) -> None:
    for number in range(15):
        path = crash_folder() / f"running-{number:02d}.txt"
        path.write_text("started", encoding="utf-8")
        os.utime(path, (number, number))
    found = watch.start()
    assert [path.name for path in found[:2]] == ["crash-14.txt", "crash-13.txt"]
    assert len(crash_reports()) == 10


def test_where_nothing_can_be_written_nothing_is_watched(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, watch: CrashWatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("FEWSHOT_GUI_LOG", str(tmp_path / "file" / "log"))
    assert watch.start() == ()
    assert "crashes are not watched for" in caplog.text
    record_error(ValueError("lost"))
    assert "the report of an error was not written" in caplog.text


def test_an_error_is_kept_once_and_ten_of_them_in_all() -> None:
    for _ in range(3):
        record_error(ValueError("the same \udcff"))
    (report,) = crash_reports()
    assert "ValueError: the same \\udcff" in report.read_text(encoding="utf-8")
    for number in range(15):
        record_error(ValueError(str(number)))
    assert len(crash_reports()) == 10


def test_errors_in_threads_are_caught_and_kept(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    told: list[BaseException] = []
    catch_errors(told.append)
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()
    assert [type(error) for error in told] == [ZeroDivisionError]
    assert "an error nobody caught" in caplog.text
    assert "ZeroDivisionError" in crash_reports()[0].read_text(encoding="utf-8")
