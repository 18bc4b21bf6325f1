"""Tell the story of the user guide in the real window and take its pictures: python docs/screenshots.py

Needs no screen. Everything happens in a folder that is deleted afterwards; the pictures go to docs/images.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from fewshot_gui.app import Composition
from fewshot_gui.core.progress import Unwatched
from fewshot_gui.project.example_edits import add_class_with_examples, read_files
from fewshot_gui.project.opening import create_project
from fewshot_gui.ui.models.photo_row import PhotoRow
from fewshot_gui.workflows.sample import SampleFiles, write_sample

IMAGES = Path(__file__).parent / "images"
SIZES = ((1280, 800), (1920, 1080))
_POLL_MS = 20
_CALM_MS = 700


class Photographer:
    """Drives the window and takes pictures of it."""

    def __init__(self, application: QApplication) -> None:
        self.composition = Composition(application)
        self.window = self.composition.window
        self.window.resize(*SIZES[0])
        self.window.show()

    def wait(self, condition: Callable[[], bool]) -> None:
        """Let the event loop run until ``condition`` holds."""
        loop, timer = QEventLoop(), QTimer(interval=_POLL_MS)
        timer.timeout.connect(lambda: loop.quit() if condition() else None)
        timer.start()
        loop.exec()
        timer.stop()

    def settle(self) -> None:
        """Wait until everything is computed and every thumbnail is drawn."""
        self.wait(lambda: not self.window.session.busy and not self.composition.runner.busy)
        loop = QEventLoop()
        QTimer.singleShot(_CALM_MS, loop.quit)
        loop.exec()

    def shoot(self, name: str) -> None:
        """Save a picture in both appearances at the small size, and in both sizes for the main one."""
        for appearance in ("light", "dark"):
            self.composition.theme.set_appearance(appearance)
            for width, height in SIZES if name == "window" else SIZES[:1]:
                self.window.resize(width, height)
                self.settle()
                large = "-large" if (width, height) != SIZES[0] else ""
                self.window.grab().save(str(IMAGES / f"{name}-{appearance}{large}.png"))
        self.window.resize(*SIZES[0])

    def close(self) -> None:
        """End the program."""
        self.window.close()
        self.composition.close()


def tell(photographer: Photographer, sample: SampleFiles, folder: Path) -> None:
    """From the start page to a corrected label."""
    window = photographer.window
    photographer.shoot("start")
    project = create_project(folder / "Herbarium.fewshot", "Herbarium")
    window.session.open(project)
    photographer.shoot("empty")
    for name, examples in sample.examples.items():
        window.session.apply(add_class_with_examples(project, name, read_files(examples).files).edit)
    window.session.add_folders([sample.folder / "photos"])
    photographer.settle()
    for row in _rows(photographer)[-12:]:
        window.focus.choose([row.photo_id], row.photo_id)
        window.deciding.confirm()
    photographer.settle()
    window.model.refresh_order()
    window.photos.grid.scrollToTop()
    window.photos.go_to_row(1)
    photographer.shoot("window")
    window.focus.open_large()
    photographer.shoot("large")
    window.large_view.close_view()
    window.actions_table["review"].trigger()
    photographer.shoot("review")


def _rows(photographer: Photographer) -> list[PhotoRow]:
    model = photographer.window.model
    return [model.photo_at(row) for row in range(model.rowCount())]


def main() -> None:
    """Take every picture."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for variable in ("CACHE", "DATA", "LOG", "SETTINGS"):
            os.environ[f"FEWSHOT_GUI_{variable}"] = str(folder / variable.lower())
        sample = write_sample(folder / "sample", progress=Unwatched())
        photographer = Photographer(QApplication([]))
        try:
            tell(photographer, sample, folder)
        finally:
            photographer.close()


if __name__ == "__main__":
    main()
