"""Fixtures for tests of the window."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="Qt cannot be loaded on this machine", exc_type=ImportError)

from PySide6.QtWidgets import QApplication

from fewshot_gui.ui.tasks import TaskRunner
from fewshot_gui.ui.theme import Theme
from tests.qt_leaks import no_leaks  # noqa: F401 - a fixture for every test here


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    """The light appearance."""
    return Theme(qapp, appearance="light")


@pytest.fixture
def runner(qapp: QApplication) -> Iterator[TaskRunner]:
    """A task runner that is shut down after the test."""
    runner = TaskRunner()
    yield runner
    assert runner.shut_down(patience=30)
