"""The whole program as a person meets it: real window, real encoder, drawn photos."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

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


@pytest.fixture(scope="session")
def herbarium(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of classes to draw practice tasks from: 5 species with 11 photos each."""
    folder = tmp_path_factory.mktemp("herbarium") / "sample"
    return write_sample(folder, seed=5, examples_per_species=11, photos_per_species=1, strangers=1).folder / "examples"


@pytest.fixture(scope="session")
def weaves(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Enough classes to teach a starting point: 12 woven patterns with 12 pictures each."""
    folder, rng = tmp_path_factory.mktemp("weaves"), np.random.default_rng(0)
    for number in range(12):
        (folder / f"weave {number:02d}").mkdir()
        threads, tint = rng.uniform(0.15, 0.9, (2, 2)), rng.uniform(60, 200, 3)
        for picture in range(12):
            pixels = _woven(threads * rng.uniform(0.7, 1.4), tint + rng.normal(0, 30, 3), rng)
            Image.fromarray(pixels).save(folder / f"weave {number:02d}" / f"{picture:02d}.png")
    return folder


def _woven(threads: NDArray[np.float64], tint: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.uint8]:
    """A picture (64, 64, 3) of two sets of threads under a light of its own, with a hole somewhere."""
    across, down = np.meshgrid(np.arange(64), np.arange(64))
    waves = sum(np.sin(across * a + down * b + rng.uniform(0, 6)) for a, b in threads)
    light = across * rng.normal(0, 1) + down * rng.normal(0, 1)
    pixels = tint + (30 * waves + light)[..., None] + rng.normal(0, 20, (64, 64, 3))
    x, y, radius = rng.uniform(8, 56), rng.uniform(8, 56), rng.uniform(4, 20)
    pixels[(across - x) ** 2 + (down - y) ** 2 < radius**2] = rng.uniform(0, 255, 3)
    return pixels.clip(0, 255).astype(np.uint8)


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
            assert self.composition.close(patience=30)
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
