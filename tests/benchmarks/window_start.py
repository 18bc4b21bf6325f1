"""How long the window takes to appear, and the first click on what is loaded after that, as Markdown.

QT_QPA_PLATFORM=offscreen python tests/benchmarks/window_start.py [--starts 5]

Every start is a process of its own, with settings and an empty project in a folder of its own. Counted from the moment
the process is asked for: until the window's code is loaded, and until the main window has been painted. Then dialogs
are opened one after the other, either at once or three seconds later: until each has been painted. "Late" is the worst
tick of a 10 ms timer in those three seconds. Medians of the starts, in milliseconds.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from fewshot_gui.app import Composition
    from fewshot_gui.core.progress import Progress

sys.path.insert(0, str(Path(__file__).parents[2]))

_DIALOGS = ("export", "lab", "computer")
_IDLE_MS = 3000


def main() -> None:
    """Start the window several times and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--starts", type=int, default=5)
    parser.add_argument("--began", type=float, help=argparse.SUPPRESS)
    parser.add_argument("--idle", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.began:
        print(*_start(options.began, idle=options.idle))
        return
    columns = ("code loaded", "window painted", "late", *_DIALOGS)
    print(f"| dialogs opened | {' | '.join(columns)} |\n|{'---|' * (len(columns) + 1)}")
    for when, also in (("at once", ()), ("later", ("--idle",))):
        runs = [_figures(also) for _ in range(options.starts)]
        print(f"| {when} | {' | '.join(f'{statistics.median(run):.0f}' for run in zip(*runs, strict=True))} |")


def _figures(options: tuple[str, ...]) -> list[float]:
    command = [sys.executable, __file__, "--began", str(time.time()), *options]
    done = subprocess.run(command, capture_output=True, check=True)
    return [float(figure) for figure in done.stdout.split()]


def _start(began: float, *, idle: bool) -> list[float]:
    """The columns of the table for this process, in milliseconds."""
    with TemporaryDirectory(prefix="start-") as temporary:
        for name in ("CACHE", "DATA", "LOG", "SETTINGS"):
            os.environ[f"FEWSHOT_GUI_{name}"] = str(Path(temporary) / name.lower())
        from PySide6.QtWidgets import QApplication

        from fewshot_gui.app import Composition
        from fewshot_gui.ui import device_trials

        setattr(device_trials, "try_device", _no_trial)  # noqa: B010 - no module is to be assigned to elsewhere
        loaded = time.time() - began
        composition = Composition(QApplication(sys.argv[:1]))
        composition.window.show()
        QApplication.processEvents()
        shown = time.time() - began
        composition.loading.begin()
        late = _late_while_idle() if idle else 0.0
        clicks = _clicks(composition, Path(temporary) / "empty.fewshot")
        composition.window.close()
        composition.close()
    return [1000 * seconds for seconds in (loaded, shown, late, *clicks)]


def _no_trial(progress: Progress, _wanted: str) -> NoReturn:
    """The page on this computer measures it when it is opened, which is not what is measured here."""
    while True:
        progress.check()
        time.sleep(0.01)


def _late_while_idle() -> float:
    """Seconds by which the worst tick came too late."""
    from PySide6.QtCore import QEventLoop, QTimer

    from tests.benchmarks.window_lateness import Lateness

    lateness, wait = Lateness(), QEventLoop()
    QTimer.singleShot(_IDLE_MS, wait.quit)
    wait.exec()
    lateness.stop()
    return float(max(lateness.late_ms)) / 1000


def _clicks(composition: Composition, file: Path) -> list[float]:
    """Seconds from asking for each dialog to its having been painted."""
    from PySide6.QtWidgets import QApplication, QDialog

    from fewshot_gui.project.opening import create_project

    composition.session.open(create_project(file, file.stem))
    while composition.runner.busy:
        QApplication.processEvents()
    seconds = []
    for name in _DIALOGS:
        asked = time.perf_counter()
        composition.window.actions_table[name].trigger()
        while not (shown := [one for one in composition.window.findChildren(QDialog) if one.isVisible()]):
            QApplication.processEvents()
        QApplication.processEvents()
        seconds.append(time.perf_counter() - asked)
        for dialog in shown:
            dialog.close()
        QApplication.processEvents()
    return seconds


if __name__ == "__main__":
    main()
