"""How long a cancel takes in the window, and closing it, in the middle of labelling, as Markdown.

QT_QPA_PLATFORM=offscreen python tests/benchmarks/quitting.py EXAMPLES PHOTOS [--rounds 3]

EXAMPLES holds a folder per class, PHOTOS more photos than can be labelled in some seconds. The real program is started
as a process of its own, with folders of its own, and labels PHOTOS. In the middle of it the labelling is cancelled,
resumed, and then the window is closed; or all that is done while the encoder is converted, in an empty cache. The
figures are from the cancel until the task has ended, and from the closing until the process is gone; the worst round.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from fewshot_gui.app import Composition
    from fewshot_gui.ui.tasks import Task

_PHOTOS_FIRST = 20
"""Embedded before the cancel, and again before the end."""
_CONVERTING_SECONDS = 2.0


def main() -> None:
    """Measure and print; or, with ``--window``, be the program that is measured."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("examples", type=Path)
    parser.add_argument("photos", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--window", choices=("labelling", "converting"), help="used by this script itself")
    parser.add_argument("--project", type=Path, help="used by this script itself")
    options = parser.parse_args()
    if options.window:
        _be_measured(options.project, options.photos, converting=options.window == "converting")
    with TemporaryDirectory(prefix="quitting-") as temporary:
        for name in ("CACHE", "DATA", "LOG", "SETTINGS"):
            os.environ[f"FEWSHOT_GUI_{name}"] = str(Path(temporary) / name.lower())
        _prepare_encoder()
        print("| while | cancel, ms | quit, ms |\n|---|---|---|")
        for state in ("labelling", "converting"):
            rounds = [_round(state, options.examples, options.photos, Path(temporary)) for _ in range(options.rounds)]
            cancel, end = (max(values) for values in zip(*rounds, strict=True))
            print(f"| {state} | {1000 * cancel:.0f} | {1000 * end:.0f} |")


def _prepare_encoder() -> None:
    from fewshot_gui.core.progress import Unwatched
    from fewshot_gui.encoders import DEFAULT_ENCODER, encoder_spec
    from fewshot_gui.encoders.convert import converted_encoder

    converted_encoder(encoder_spec(DEFAULT_ENCODER), Unwatched())


def _round(state: str, examples: Path, photos: Path, folder: Path) -> tuple[float, float]:
    """Seconds from the cancel to the end of the task, and from the closing to the end of the process."""
    cache = folder / "cache of a round"
    shutil.rmtree(cache, ignore_errors=True)
    cache.mkdir()
    if state == "labelling":
        (cache / "encoders").symlink_to(folder / "cache" / "encoders", target_is_directory=True)
    project = folder / "project.fewshot"
    project.unlink(missing_ok=True)
    _make_project(project, examples)
    command = [sys.executable, __file__, str(examples), str(photos), "--window", state, "--project", str(project)]
    environment = os.environ | {"FEWSHOT_GUI_CACHE": str(cache)}
    finished = subprocess.run(command, check=True, env=environment, stdout=subprocess.PIPE, text=True, timeout=120)
    ended = time.monotonic()
    cancelling, closed_at = map(float, finished.stdout.split())
    return cancelling, ended - closed_at


def _make_project(file: Path, examples: Path) -> None:
    from fewshot_gui.project.example_edits import add_class_with_examples, read_files
    from fewshot_gui.project.opening import create_project

    with create_project(file, file.stem) as project:
        for folder in sorted(path for path in examples.iterdir() if path.is_dir()):
            add_class_with_examples(project, folder.name, read_files(sorted(folder.iterdir())).files)


def _be_measured(project: Path, photos: Path, *, converting: bool) -> None:
    """Run the window as the program does, and have it do what is measured."""
    from fewshot_gui import app
    from fewshot_gui.core.ending import end_process
    from fewshot_gui.core.log_file import log_to_file

    class Measured(app.Composition):
        def __init__(self, application: QApplication) -> None:
            super().__init__(application)
            self.script = Script(self, _play(self, photos, converting=converting))

    log_to_file()
    app.Composition = Measured  # type: ignore[misc]  # for this process alone
    end_process(app.run_window(project=project))


class Script:
    """Does a step as soon as what it waits for has come."""

    def __init__(self, composition: Composition, steps: Iterator[Callable[[], bool]]) -> None:
        from PySide6.QtCore import QTimer

        self._steps = steps
        self._reached = next(steps)
        self._timer = QTimer(composition.window, interval=10)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _look(self) -> None:
        if self._reached():
            self._reached = next(self._steps, lambda: False)


def _play(composition: Composition, photos: Path, *, converting: bool) -> Iterator[Callable[[], bool]]:
    """Label, cancel, resume, close; yields what is waited for. Prints the seconds of the cancel, and when it closed."""
    session = composition.session
    tasks: list[Task] = []
    ended: list[Task] = []
    embedded: list[int] = []
    composition.runner.started.connect(tasks.append)
    session.embedder.embedded.connect(lambda batch: embedded.append(len(batch.photos)))

    def labelling() -> list[Task]:
        return [task for task in tasks if task.title == "Labelling" and task not in ended]

    def in_the_middle(photos: int, begun: float) -> bool:
        if not labelling():
            return False
        return time.monotonic() - begun > _CONVERTING_SECONDS if converting else sum(embedded) >= photos

    yield lambda: session.project is not None and (converting or not session.busy)
    session.add_folders([photos])
    begun = time.monotonic()
    yield lambda: in_the_middle(_PHOTOS_FIRST, begun)
    (task,) = labelling()
    task.finished.connect(lambda: ended.append(task))
    cancelled = time.monotonic()
    task.cancel()
    yield lambda: task in ended
    cancelling = time.monotonic() - cancelled
    session.resume()
    resumed = time.monotonic()
    yield lambda: in_the_middle(2 * _PHOTOS_FIRST, resumed)
    print(cancelling, time.monotonic(), flush=True)
    composition.window.close()


if __name__ == "__main__":
    main()
