"""What is loaded after the window has appeared."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from fewshot_gui.core.errors import Cancelled
from fewshot_gui.ui import loading_ahead
from fewshot_gui.ui.loading_ahead import LoadingAhead
from fewshot_gui.ui.tasks import TaskRunner
from tests.unit.encoders.conftest import Watched

WINDOW = """
import gc, logging, sys, time
from pathlib import Path
from PySide6.QtCore import QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid
from fewshot_gui.app import Composition
from fewshot_gui.project.opening import create_project
from fewshot_gui.ui import device_trials
from fewshot_gui.ui.loading_ahead import LATER
from fewshot_gui.ui.reports import log_qt_messages

def no_trial(progress, wanted):
    while True:
        progress.check()
        time.sleep(0.01)

device_trials.try_device = no_trial
logging.basicConfig(level=logging.WARNING, stream=sys.stdout)
application = QApplication([])
composition = Composition(application)
window = composition.window
window.show()
print("before:", [name for name in LATER if name in sys.modules])

def turn(milliseconds):
    wait = QEventLoop()
    QTimer.singleShot(milliseconds, wait.quit)
    wait.exec()

if sys.argv[2] == "ahead":
    composition.loading.begin()
    while composition.runner.busy or not all(name in sys.modules for name in LATER):
        turn(50)
    print("of a worker:", [
        one for one in gc.get_objects()
        if issubclass(type(one), QObject) and isValid(one) and one.thread() is not application.thread()
    ])
log_qt_messages()
composition.session.open(create_project(Path(sys.argv[1]), "Empty"))
for name in ("export", "lab", "computer"):
    window.actions_table[name].trigger()
    turn(100)
print("shown:", sorted(type(one).__name__ for one in application.topLevelWidgets() if one.isVisible()))
window.close()
composition.close()
"""


@pytest.mark.parametrize("when", ["ahead", "on the click"])
def test_dialogs_work_whether_or_not_they_were_loaded_ahead(tmp_path: Path, when: str) -> None:
    command = [sys.executable, "-c", WINDOW, str(tmp_path / "empty.fewshot"), when]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    said = [line for line in ended.stdout.splitlines() if "This plugin does not support" not in line]
    assert said == [
        "before: []",
        *(["of a worker: []"] if when == "ahead" else []),
        "shown: ['ComputerDialog', 'ExportDialog', 'LearningLab', 'MainWindow']",
    ], ended.stderr
    assert ended.returncode == 0, ended.stderr


def test_it_begins_a_moment_after_the_window(runner: TaskRunner, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[str] = []
    monkeypatch.setattr(loading_ahead, "import_module", loaded.append)
    monkeypatch.setattr(loading_ahead, "_AFTER_MS", 0)
    loading = LoadingAhead(runner, runner)
    loading.begin()
    assert loaded == []
    qtbot.waitUntil(lambda: len(loaded) == len(loading_ahead.LATER))
    qtbot.waitUntil(lambda: not runner.busy)


def test_the_end_of_the_program_does_not_wait_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[str] = []
    monkeypatch.setattr(loading_ahead, "import_module", loaded.append)
    with pytest.raises(Cancelled):
        loading_ahead.load(Watched(cancel_at_check=2))
    assert loaded == [loading_ahead.LATER[0]]
