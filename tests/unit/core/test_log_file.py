"""The log: a file that says where paths end, and never a reason not to start."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from fewshot_gui import __version__
from fewshot_gui.core.folders import log_folder
from fewshot_gui.core.log_file import log_files, log_to_file, log_to_terminal

LOG = logging.getLogger("some.part")


@pytest.fixture(autouse=True)
def handlers_taken_down() -> Iterator[None]:
    """Leave the log as it was."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    for handler in set(root.handlers) - set(handlers):
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


def written() -> str:
    return (log_folder() / "fewshot-gui.log").read_text(encoding="utf-8")


def test_the_log_says_what_runs_and_what_happens(caplog: pytest.LogCaptureFixture) -> None:
    log_to_file()
    LOG.warning("photo “Äpfel.jpg” \udcff")
    first, second = written().splitlines()
    assert f"fewshot-gui {__version__}, Python" in first
    assert second.endswith("WARNING MainThread some.part: photo “Äpfel.jpg” \\udcff")


def test_paths_are_quoted_in_the_file_alone(caplog: pytest.LogCaptureFixture) -> None:
    log_to_file()
    LOG.info("%s is damaged: %d of %s", Path("/my photos") / "a, b.jpg", 3, "all")
    assert written().splitlines()[-1].endswith(f"“{Path('/my photos/a, b.jpg')}” is damaged: 3 of all")
    assert caplog.messages[-1] == f"{Path('/my photos/a, b.jpg')} is damaged: 3 of all"


def test_the_log_never_grows_beyond_three_files(caplog: pytest.LogCaptureFixture) -> None:
    log_to_file()
    caplog.set_level(logging.CRITICAL, "some.part")
    LOG.setLevel(logging.INFO)
    for _ in range(60):
        LOG.info("x" * 100_000)
    assert [path.name for path in log_files()] == ["fewshot-gui.log", "fewshot-gui.log.1", "fewshot-gui.log.2"]
    assert sum(path.stat().st_size for path in log_files()) <= 3_000_000


def test_a_log_that_cannot_be_renamed_goes_on_in_the_same_file(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def in_use(*_: object) -> None:
        raise PermissionError("another window writes to it")

    log_to_file()
    monkeypatch.setattr("os.rename", in_use)
    for _ in range(12):
        LOG.warning("x" * 100_000)
    LOG.warning("the last line")
    assert written().rstrip().endswith("the last line")
    assert [path.name for path in log_files()] == ["fewshot-gui.log"]


def test_without_a_place_for_the_log_the_program_starts_all_the_same(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("FEWSHOT_GUI_LOG", str(tmp_path / "file" / "log"))
    log_to_file()
    assert "there is no log file" in caplog.text


def test_only_errors_reach_the_terminal(caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> None:
    log_to_terminal()
    LOG.warning("a warning")
    LOG.error("an error")
    assert capsys.readouterr().err == "some.part: an error\n"


def test_without_a_terminal_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    before = list(logging.getLogger().handlers)
    monkeypatch.setattr("sys.stderr", None)
    log_to_terminal()
    assert logging.getLogger().handlers == before
