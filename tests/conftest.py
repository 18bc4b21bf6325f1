"""Fixtures for the whole suite, and the rules under which every test runs."""

from __future__ import annotations

import fewshot_gui  # isort: skip  # noqa: F401 - before numpy, as in the program, which keeps it to one thread

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

try:
    from PySide6 import QtWidgets  # noqa: F401
except ImportError:
    # No Qt, or a machine without the system libraries it needs: everything but the window is tested.
    collect_ignore = ["ui", "e2e"]

    def pytest_addoption(parser: pytest.Parser) -> None:
        """Accept the settings of the plugin that is not loaded."""
        for name in ("qt_log_level_fail", "qt_log_ignore"):
            parser.addini(name, "of pytest-qt")
else:
    pytest_plugins = ["pytestqt.plugin"]


@pytest.fixture(scope="session")
def converted_encoders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for converted encoders that the tests share: converting one takes some 10 seconds."""
    return tmp_path_factory.mktemp("encoders")


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep every test away from the caches, settings and projects of the person who runs it."""
    root = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("FEWSHOT_GUI_DATA", str(root / "data"))
    monkeypatch.setenv("FEWSHOT_GUI_SETTINGS", str(root / "settings"))
    monkeypatch.setenv("FEWSHOT_GUI_LOG", str(root / "log"))
    monkeypatch.setenv("FEWSHOT_GUI_CACHE", str(root / "cache"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real photos that may stand beside the project; skips where it is absent."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"the real photos are not there: {folder} is missing")
    return folder


@pytest.fixture
def prepared_encoder(own_folders: None, converted_encoders: Path) -> Path:
    """Let the test use encoders that other tests have converted."""
    folder = Path(os.environ["FEWSHOT_GUI_CACHE"]) / "encoders"
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.symlink_to(converted_encoders, target_is_directory=True)
    return folder


@pytest.fixture(autouse=True)
def no_unexpected_log(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that logs a warning or worse, unless it means to or asks for ``caplog`` to look at the log itself."""
    heard: list[logging.LogRecord] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = heard.append  # type: ignore[method-assign]
    logging.getLogger().addHandler(handler)
    yield
    logging.getLogger().removeHandler(handler)
    if "caplog" not in request.fixturenames and request.node.get_closest_marker("provokes_logs") is None:
        assert [f"{record.name}: {record.getMessage()}" for record in heard] == []
