"""Making, showing and saving a report for support."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStandardPaths, Signal, Slot, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.encoders import DEFAULT_ENCODER
from fewshot_gui.project.project import Project
from fewshot_gui.ui.preferences import Preferences
from fewshot_gui.ui.session import LabellingSession
from fewshot_gui.ui.tasks import Lane, TaskProgress, TaskRunner, TaskSlot
from fewshot_gui.ui.theme import Theme
from fewshot_gui.workflows.adapt_snapshot import ENCODER_SETTING, method_of

# What a report is made of is loaded when one is asked for: few people ever do, and every start would be slower.
if TYPE_CHECKING:
    from fewshot_gui.ui.dialogs.diagnostics_dialog import DiagnosticsDialog
    from fewshot_gui.workflows.diagnostics import Report, Situation


class DiagnosticsFlow(QObject):
    """One report at a time; what is saved is what was shown.

    Signals:
        told: a sentence on what was saved.
    """

    told = Signal(str)

    def __init__(
        self,
        theme: Theme,
        session: LabellingSession,
        runner: TaskRunner,
        preferences: Preferences,
        computer: Callable[[], Mapping[str, str]],
        window: QWidget,
    ) -> None:
        """``computer`` gives what is known of this computer when a report is made."""
        super().__init__(window)
        self._theme = theme
        self._session = session
        self._runner = runner
        self._preferences = preferences
        self._computer = computer
        self._window = window
        self._slot = TaskSlot(self)
        self._dialog: DiagnosticsDialog | None = None
        self._report: Report | None = None
        self._with_names = False

    @Slot()
    def open(self) -> None:
        """Make a report in the background and show it."""
        from fewshot_gui.ui.dialogs.diagnostics_dialog import DiagnosticsDialog
        from fewshot_gui.workflows.diagnostics import make_report

        if self._dialog is not None:
            self._dialog.raise_()
            return
        self._report, self._with_names = None, False
        dialog = self._dialog = DiagnosticsDialog(self._theme, self._window)
        dialog.names_allowed.connect(self._allow_names)
        dialog.save_requested.connect(self._save)
        dialog.cancel_requested.connect(self._close)
        situation = self._situation()

        def work(progress: TaskProgress) -> Report:
            return make_report(situation, progress)

        task = self._slot.put(self._runner.start("Making a report", work, lane=Lane.ANSWERS, quiet=True))
        task.progressed.connect(self._progress)
        task.succeeded.connect(self._take)
        task.failed.connect(self._fail)
        task.finished.connect(self._finish)
        dialog.open()

    @Slot(int, object, str)
    def _progress(self, _done: int, _total: int | None, note: str) -> None:
        if self._dialog is not None:
            self._dialog.show_working(note)

    @Slot(object)
    def _take(self, report: Report) -> None:
        self._report = report
        self._show()

    @Slot(str)
    def _fail(self, sentence: str) -> None:
        if self._dialog is not None:
            self._dialog.show_failed(sentence)

    @Slot()
    def _finish(self) -> None:
        self._slot.clear()

    @Slot(bool)
    def _allow_names(self, allowed: bool) -> None:
        self._with_names = allowed
        self._show()

    def _show(self) -> None:
        if self._dialog is not None and self._report is not None:
            parts = self._report.parts(with_names=self._with_names)
            self._dialog.show_files([(part.name, part.text) for part in parts])

    @Slot()
    def _save(self) -> None:
        from fewshot_gui.workflows.diagnostics import write_report

        if self._dialog is None or self._report is None:
            return
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DesktopLocation)
        start = str(Path(folder or Path.home()) / f"fewshot-gui report {date.today():%Y-%m-%d}.zip")
        name, _ = QFileDialog.getSaveFileName(self._dialog, "Save the report", start, "Archives (*.zip)")
        if not name:
            return
        path = Path(name) if Path(name).suffix else Path(name).with_suffix(".zip")
        try:
            write_report(self._report.parts(with_names=self._with_names), path)
        except FewshotError as error:
            self._dialog.show_failed(str(error))
        else:
            self._dialog.accept()
            self.told.emit(f"The report was saved as “{path.name}”. It has not been sent to anyone.")

    @Slot()
    def _close(self) -> None:
        self._slot.drop()
        self._dialog = None

    def _situation(self) -> Situation:
        from fewshot_gui.workflows.diagnostics import Situation

        project = self._session.project
        return Situation(
            {
                **_window_facts(),
                **self._preferences.facts(),
                "Appearance in use": _shade(self._theme),
                **self._computer(),
            },
            _numbers(project, len(self._session.failures)) if project is not None else {},
            (*self._preferences.names(), *(_names(project) if project is not None else ())),
        )


def _window_facts() -> dict[str, str]:
    """How Qt draws here."""
    facts = {"Qt": qVersion(), "Qt platform": QGuiApplication.platformName()}
    for number, screen in enumerate(QGuiApplication.screens(), start=1):
        size = screen.size()
        facts[f"Screen {number}"] = f"{size.width()} x {size.height()} at {100 * screen.devicePixelRatio():.0f} %"
    return facts


def _shade(theme: Theme) -> str:
    return "dark" if theme.dark else "light"


def _numbers(project: Project, failures: int) -> dict[str, str]:
    counts = {
        "Photos": len(project.photos),
        "Photos that could not be read": failures,
        "Folders of photos": len(project.sources),
        "Classes": len(project.classes),
        "Examples": len(project.examples),
        "Decisions": len(project.decisions),
    }
    encoder = str(project.settings.get(ENCODER_SETTING, DEFAULT_ENCODER))
    # What follows a colon is the name that someone gave to a starting point.
    method = method_of(project).partition(":")[0]
    return {name: str(count) for name, count in counts.items()} | {"Encoder": encoder, "Method": method}


def _names(project: Project) -> tuple[str, ...]:
    """Names that someone gave in this project; those of photos are told by how they look."""
    sources = [source.path.name for source in project.sources.values()]
    return (project.name, project.path.stem, *(record.name for record in project.classes), *sources)
