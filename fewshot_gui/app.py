"""Composition root of the window: builds everything, wires it, owns nothing else."""

from __future__ import annotations

import gc
import signal
import sys
from pathlib import Path

from PySide6.QtCore import QSettings, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from fewshot_gui import __version__
from fewshot_gui.core.crash_reports import CrashWatch
from fewshot_gui.core.folders import APP_NAME, settings_file
from fewshot_gui.core.resources import resource
from fewshot_gui.encoders import EmbeddingCache
from fewshot_gui.ui.application import Application
from fewshot_gui.ui.loading_ahead import LoadingAhead
from fewshot_gui.ui.main_window import MainWindow
from fewshot_gui.ui.models.thumbnails import ThumbnailStore
from fewshot_gui.ui.preferences import Preferences
from fewshot_gui.ui.reports import ErrorNet, log_qt_messages
from fewshot_gui.ui.session import LabellingSession
from fewshot_gui.ui.tasks import PATIENCE, TaskRunner
from fewshot_gui.ui.theme import Theme

_COLLECTOR = (5_000, 4, 200)
"""Thresholds of Python's garbage collector (see ``gc.set_threshold``). While it looks at every object the window stands
still: 0.3 s with 20,000 photos, as often as a large export makes as many objects again. With these a collection looks
at the newest 20,000 objects, and at all of them only once in four million."""

_SWITCH_INTERVAL = 0.001
"""Seconds that a thread may go on with Python while another waits, five times less than Python's own setting. The
window's thread waits as long for each of the others at everything that lets them run, such as larger sums in numpy."""

_LET_PYTHON_RUN_MS = 500
"""Qt's event loop runs no Python by itself; this often Python gets to see a Ctrl+C."""


class Composition:
    """The objects of one running window and the order in which they end."""

    def __init__(self, application: QApplication) -> None:
        """Build everything; nothing is shown and nothing runs yet."""
        self.preferences = Preferences(QSettings(str(settings_file()), QSettings.Format.IniFormat))
        self.theme = Theme(application, appearance=self.preferences.appearance)
        self.runner = TaskRunner()
        self.cache = EmbeddingCache()
        self.thumbnails = ThumbnailStore(self.runner)
        self.session = LabellingSession(self.runner, self.cache, device=self.preferences.device)
        self.window = MainWindow(self.theme, self.runner, self.thumbnails, self.session, self.cache, self.preferences)
        self.loading = LoadingAhead(self.runner, self.window)

    def close(self, patience: float = PATIENCE) -> bool:
        """Stop all work, save the project and let go of the files.

        Returns:
            Whether every thread has ended within ``patience`` seconds; who has not is left to the end of the process.
        """
        self.session.close()
        self.thumbnails.close()
        ended = self.runner.shut_down(patience)
        self.cache.close()
        self.preferences.write()  # the process may end without looking back
        return ended


def run_window(*, sample: bool = False, project: Path | None = None) -> int:
    """Show the window until it is closed; returns the exit code."""
    log_qt_messages()
    watch = CrashWatch()
    crashes = watch.start()
    application = Application(sys.argv[:1])
    application.setApplicationName(APP_NAME)
    application.setApplicationDisplayName("Fewshot")
    application.setApplicationVersion(__version__)
    application.setWindowIcon(QIcon(str(resource("icons/fewshot.svg"))))
    composition = Composition(application)
    window = composition.window
    calm_collector()
    share_python()
    application.file_opened.connect(window.open_path)
    net = ErrorNet(window)
    net.caught.connect(window.task_bar.show_error)
    net.spread()
    for ending in (signal.SIGINT, signal.SIGTERM):
        # By the event loop, which may not run yet: what is closed before it begins would not end it.
        signal.signal(ending, lambda *_: QTimer.singleShot(0, window.close))
    pulse = QTimer(window, interval=_LET_PYTHON_RUN_MS)
    pulse.timeout.connect(_let_python_run)
    pulse.start()
    window.show()
    composition.loading.begin()
    if project is not None:
        window.open_path(project)
    elif sample:
        window.projects.open_sample()
    elif composition.preferences.untouched:
        window.welcome.begin()
    if crashes:
        window.crash_strip.show()
    try:
        return application.exec()
    finally:
        composition.close()
        watch.stop()


def calm_collector() -> None:
    """Keep Python's garbage collector from stopping the window; to be called when all is loaded."""
    gc.set_threshold(*_COLLECTOR)
    gc.freeze()  # what was loaded up to now stays until the end


def share_python() -> None:
    """Keep work in the background from holding up the window's own Python."""
    sys.setswitchinterval(_SWITCH_INTERVAL)


def _let_python_run() -> None:
    """Do nothing, in Python."""
