"""How late a 10 ms timer of the window is while a folder is labelled at full speed, as Markdown.

QT_QPA_PLATFORM=offscreen python tests/benchmarks/window_lateness.py EXAMPLES PHOTOS [--again]

EXAMPLES holds a folder per class, PHOTOS any number of photos. A project is made of them in a folder of its own, with
an empty cache, and shown in the real main window. The timer runs from the moment the folder is added until every photo
is labelled. With ``--again`` the photos are known already, so that labels come as fast as they can.
"""

from __future__ import annotations

import fewshot_gui  # isort: skip  # noqa: F401 - before numpy, as in the program, which keeps it to one thread

import argparse
import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np


class Lateness:
    """A timer that writes down by how much each of its ticks came too late."""

    INTERVAL_MS = 10

    def __init__(self) -> None:
        from PySide6.QtCore import Qt, QTimer

        self.late_ms: list[float] = []
        self._due = time.perf_counter() + self.INTERVAL_MS / 1000
        self._timer = QTimer(interval=self.INTERVAL_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.late_ms.append(max(0.0, 1000 * (now - self._due)))
        self._due = now + self.INTERVAL_MS / 1000

    def stop(self) -> None:
        """Write down no more."""
        self._timer.stop()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("examples", type=Path)
    parser.add_argument("photos", type=Path)
    parser.add_argument("--again", action="store_true", help="with photos that are known already")
    options = parser.parse_args()
    with TemporaryDirectory(prefix="lateness-") as temporary:
        for name in ("CACHE", "DATA", "LOG", "SETTINGS"):
            os.environ[f"FEWSHOT_GUI_{name}"] = str(Path(temporary) / name.lower())
        kept: list[object] = []  # Python must not take the first window apart while the second is measured
        if options.again:
            _label(options.examples, options.photos, Path(temporary) / "first.fewshot", kept)
        seconds, photos, late = _label(options.examples, options.photos, Path(temporary) / "measured.fewshot", kept)
    print("| photos | photos/s | median, ms | 99 %, ms | worst, ms |\n|---|---|---|---|---|")
    median, most, worst = np.percentile(late, [50, 99, 100])
    print(f"| {photos} | {photos / seconds:.0f} | {median:.1f} | {most:.1f} | {worst:.1f} |")


def _label(examples: Path, photos: Path, file: Path, kept: list[object]) -> tuple[float, int, list[float]]:
    """Seconds, how many photos, and the lateness of every tick in ms; what must outlive the call goes to ``kept``."""
    from PySide6.QtCore import QEventLoop
    from PySide6.QtWidgets import QApplication

    from fewshot_gui.app import Composition, calm_collector, share_python
    from fewshot_gui.core.allocator import reuse_freed_memory
    from fewshot_gui.project.example_edits import add_class_with_examples, read_files
    from fewshot_gui.project.opening import create_project

    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    with create_project(file, file.stem) as project:
        for folder in sorted(path for path in examples.iterdir() if path.is_dir()):
            add_class_with_examples(project, folder.name, read_files(sorted(folder.iterdir())).files)
    composition = Composition(application)
    kept.append(composition)
    window, session = composition.window, composition.session
    window.resize(1280, 800)
    window.show()
    calm_collector()
    share_python()
    reuse_freed_memory()
    wait = QEventLoop()
    session.settled.connect(wait.quit)
    window.open_path(file)
    wait.exec()
    lateness, started = Lateness(), time.perf_counter()
    session.add_folders([photos])
    wait.exec()
    seconds, count = time.perf_counter() - started, len(session.project.photos if session.project else ())
    window.close()
    composition.close()
    return seconds, count, lateness.late_ms


if __name__ == "__main__":
    main()
