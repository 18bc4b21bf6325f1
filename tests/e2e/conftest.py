"""The whole program as a person meets it: real window, real encoder, drawn photos."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="Qt cannot be loaded on this machine", exc_type=ImportError)

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fewshot_gui.app import Composition
from fewshot_gui.ui.main_window import MainWindow
from fewshot_gui.workflows.sample import SampleFiles, write_sample
from tests.e2e.driving import open_new, settle, teach
from tests.qt_leaks import no_leaks  # noqa: F401 - a fixture for every test here


@pytest.fixture(scope="session")
def leaves(tmp_path_factory: pytest.TempPathFactory) -> SampleFiles:
    """A small sample: 5 species with 4 examples each, 4 photos of each, 2 strangers."""
    folder = tmp_path_factory.mktemp("leaves") / "sample"
    return write_sample(folder, seed=3, examples_per_species=4, photos_per_species=4, strangers=2)


@dataclass
class Running:
    """A running program, which can be quit and started again on the same settings."""

    application: QApplication
    qtbot: QtBot
    composition: Composition | None = None

    def start(self) -> MainWindow:
        """Start the program and show its window."""
        self.composition = Composition(self.application)
        window = self.composition.window
        window.show()
        self.qtbot.waitExposed(window)
        return window

    def quit(self) -> None:
        """Close the window and end the program."""
        if self.composition is not None:
            self.composition.window.close()
            self.composition.close()
            self.composition.window.deleteLater()
            self.composition = None


@pytest.fixture
def program(qapp: QApplication, qtbot: QtBot, prepared_encoder: Path) -> Iterator[Running]:
    """The program, not started yet; ended after the test whatever happened."""
    running = Running(qapp, qtbot)
    yield running
    running.quit()


@pytest.fixture
def labelled(program: Running, leaves: SampleFiles, tmp_path: Path, qtbot: QtBot) -> MainWindow:
    """The window with a project of three classes and all photos labelled."""
    window = program.start()
    open_new(window, tmp_path / "Leaves.fewshot")
    teach(window, leaves)
    window.session.add_folders([leaves.folder / "photos"])
    settle(window, qtbot)
    return window
