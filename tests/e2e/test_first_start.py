"""The first start, the start after a crash, and asking for help."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fewshot_gui.core.crash_reports import crash_reports
from fewshot_gui.core.progress import Progress
from fewshot_gui.encoders import DeviceChoice
from fewshot_gui.ui import device_trials
from fewshot_gui.ui.dialogs.about_dialog import AboutDialog
from fewshot_gui.ui.dialogs.diagnostics_dialog import DiagnosticsDialog
from fewshot_gui.ui.dialogs.welcome_dialog import WelcomeDialog
from fewshot_gui.ui.main_window import MainWindow
from fewshot_gui.workflows import diagnostics
from fewshot_gui.workflows.device_trial import DeviceTrial
from tests.e2e.conftest import Running
from tests.e2e.driving import SPECIES, answer_save, button_of, choose_row, open_new, settle

PROCESSOR = DeviceChoice("cpu", "Processor", "Using the processor: no NVIDIA GPU was found.")

START = """
import os, sys
from PySide6.QtCore import QTimer
from fewshot_gui import app
from fewshot_gui.core.errors import FewshotError
from fewshot_gui.ui import device_trials

class Watched(app.Composition):
    def __init__(self, application):
        super().__init__(application)
        QTimer.singleShot(500, self.window, self.end)

    def end(self):
        page = self.window._stack.currentWidget()
        print(type(page).__name__, self.window.crash_strip.isVisible(), flush=True)
        {ending}

    def say(self):
        print(self.window.task_bar.error)
        self.window.close()

def no_trial(progress, wanted):
    raise FewshotError("Nothing was tried.")

app.Composition = Watched
device_trials.try_device = no_trial
sys.exit(app.run_window())
"""


def start(ending: str) -> subprocess.CompletedProcess[str]:
    """Start the program in a process of its own and let it end in some way."""
    code = START.format(ending=ending)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture
def quick_trial(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is timed."""
    monkeypatch.setattr(
        device_trials, "try_device", lambda _progress, _wanted: DeviceTrial(PROCESSOR, 2, 80.0, 80.0, 80.0, ())
    )


def test_the_start_after_a_crash_tells_once() -> None:
    crashed = start("os.abort()")
    assert (crashed.stdout, crashed.returncode == 0) == ("WelcomePage False\n", False)
    after = start("self.window.close()")
    assert (after.stdout, after.returncode) == ("StartPage True\n", 0), after.stderr
    (report,) = crash_reports()
    text = report.read_text(encoding="utf-8")
    assert "Aborted" in text
    assert "in run_window" in text
    assert start("self.window.close()").stdout == "StartPage False\n"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process without asking it")
def test_being_asked_to_end_is_no_crash() -> None:
    ended = start("import signal; os.kill(os.getpid(), signal.SIGTERM)")
    assert ended.returncode == 0, ended.stderr
    assert start("self.window.close()").stdout == "StartPage False\n"


ASKED_TO_END_AT_ONCE = """
import os, signal, sys
from fewshot_gui import app
from fewshot_gui.ui.main_window import MainWindow

class Shown(MainWindow):
    def show(self):
        super().show()
        os.kill(os.getpid(), signal.SIGTERM)

app.MainWindow = Shown
sys.exit(app.run_window())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process without asking it")
def test_being_asked_to_end_before_the_event_loop_runs_ends_it() -> None:
    command = [sys.executable, "-c", ASKED_TO_END_AT_ONCE]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 0, ended.stderr


DOUBLE_CLICK = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtGui import QFileOpenEvent
from fewshot_gui import app
from fewshot_gui.project.opening import create_project

path = Path(sys.argv[1])
create_project(path, "Foxes").close()

class Clicked(app.Composition):
    def __init__(self, application):
        super().__init__(application)
        self.session.opened.connect(self.tell)
        QTimer.singleShot(0, lambda: application.sendEvent(application, QFileOpenEvent(str(path))))

    def tell(self, project):
        if project is not None:
            print(project.name, flush=True)
            QTimer.singleShot(0, self.window.close)

app.Composition = Clicked
sys.exit(app.run_window())
"""


def test_a_double_click_while_it_runs_opens_the_project(tmp_path: Path) -> None:
    command = [sys.executable, "-c", DOUBLE_CLICK, str(tmp_path / "Füchse.fewshot")]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (ended.stdout, ended.returncode) == ("Foxes\n", 0), ended.stderr


def test_the_window_survives_an_error_in_a_slot() -> None:
    ended = start("QTimer.singleShot(300, self.window, self.say); raise ValueError('of ours')")
    assert ended.returncode == 0
    assert "Something unexpected went wrong (ValueError)" in ended.stdout
    (report,) = crash_reports()
    assert "ValueError: of ours" in report.read_text(encoding="utf-8")


def test_a_first_start_leads_into_a_project(program: Running, quick_trial: None, tmp_path: Path, qtbot: QtBot) -> None:
    window = program.start()
    window.welcome.begin()
    assert window.welcome_page.isVisible()
    qtbot.waitUntil(lambda: "about 80 photos" in window.welcome_page.device_line)
    open_new(window, tmp_path / "First.fewshot")
    settle(window, qtbot)
    assert not window.welcome_page.isVisible()
    window.projects.close()
    assert window.start.isVisible(), "the page of the first start is not shown again"
    assert not window.preferences.untouched


def test_the_trial_makes_room_for_real_work(
    program: Running, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def endless(progress: Progress, _wanted: str) -> None:
        while True:
            progress.check()

    monkeypatch.setattr(device_trials, "try_device", endless)
    window = program.start()
    window.welcome.begin()
    open_new(window, tmp_path / "First.fewshot")
    assert "is not tried now" in window.welcome_page.device_line
    settle(window, qtbot)
    assert "is not tried now" in window.welcome_page.device_line


def test_first_steps_can_be_seen_again(labelled: MainWindow, quick_trial: None, qtbot: QtBot) -> None:
    labelled.actions_table["welcome"].trigger()
    dialog = labelled.findChild(WelcomeDialog)
    assert isinstance(dialog, WelcomeDialog)
    qtbot.waitUntil(lambda: "about 80 photos" in dialog.page.device_line)
    dialog.page.name_given.emit("Anneliese Muster")
    dialog.reject()
    assert labelled.preferences.reviewer == "Anneliese Muster"
    project, photo = labelled.session.project, choose_row(labelled, 0)
    labelled.deciding.label_by_key(1)
    other = choose_row(labelled, 1)
    labelled.deciding.confirm()
    assert project is not None
    assert [project.decisions[one].decided_by for one in (photo, other)] == ["Anneliese Muster"] * 2


def test_a_report_is_looked_at_and_saved(
    labelled: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(diagnostics, "_program", lambda: [sys.executable, "-c", "print('[]')"])
    labelled.preferences.reviewer = "Anneliese Muster"
    labelled.actions_table["report"].trigger()
    dialog = labelled.findChild(DiagnosticsDialog)
    assert isinstance(dialog, DiagnosticsDialog)
    save = button_of(dialog, "Save…")
    qtbot.waitUntil(save.isEnabled, timeout=60_000)
    path = tmp_path / "report.zip"
    answer_save(monkeypatch, path)
    save.click()
    assert "was saved as “report.zip”" in labelled.task_bar.change
    with zipfile.ZipFile(path) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert "Classes                        3" in texts["settings.txt"]
    assert "Name for tables given" in " ".join(texts["settings.txt"].split())
    assert "Labelled by Processor" in " ".join(texts["settings.txt"].split())
    everything = "\n".join(texts.values())
    project = labelled.session.project
    assert project is not None
    for name in (*SPECIES, "Anneliese", "Muster", project.name, str(tmp_path)):
        assert name not in everything


def test_a_report_that_is_not_wanted_any_more_is_not_made(
    labelled: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(diagnostics, "_program", lambda: [sys.executable, "-c", "import time; time.sleep(60)"])
    labelled.diagnostics.open()
    dialog = labelled.findChild(DiagnosticsDialog)
    assert isinstance(dialog, DiagnosticsDialog)
    dialog.reject()
    qtbot.waitUntil(lambda: not labelled.runner.busy, timeout=30_000)


def test_about_lists_the_works_of_others(labelled: MainWindow, qtbot: QtBot) -> None:
    labelled.actions_table["about"].trigger()
    qtbot.waitUntil(lambda: labelled.findChild(AboutDialog) is not None, timeout=30_000)
    dialog = labelled.findChild(AboutDialog)
    assert isinstance(dialog, AboutDialog)
    assert dialog._list.count() > 40
    assert "You may replace them" in dialog._text.toPlainText()
    dialog.reject()
    QApplication.processEvents()
