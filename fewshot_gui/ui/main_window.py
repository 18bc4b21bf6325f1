"""The main window: puts the parts side by side and wires them to what they stand for."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QMainWindow, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from fewshot_gui.encoders import EmbeddingCache
from fewshot_gui.ui.actions import Actions
from fewshot_gui.ui.class_editing import ClassEditing
from fewshot_gui.ui.computer.computer_flow import ComputerFlow
from fewshot_gui.ui.computer.device_choosing import DeviceChoosing
from fewshot_gui.ui.computer.kept_flow import KeptFlow
from fewshot_gui.ui.deciding import Deciding
from fewshot_gui.ui.device_trials import DeviceTrials
from fewshot_gui.ui.diagnostics_flow import DiagnosticsFlow
from fewshot_gui.ui.encoder_flow import EncoderFlow
from fewshot_gui.ui.export.exporting_flow import ExportingFlow
from fewshot_gui.ui.from_model.model_flow import ModelFlow
from fewshot_gui.ui.inspector_place import InspectorPlace
from fewshot_gui.ui.lab.lab_flows import LabFlows
from fewshot_gui.ui.method_flow import MethodFlow
from fewshot_gui.ui.models.photo_model import PhotoModel
from fewshot_gui.ui.models.thumbnails import ThumbnailStore
from fewshot_gui.ui.moving_flow import MovingFlow
from fewshot_gui.ui.opinion_flow import OpinionFlow
from fewshot_gui.ui.photo_focus import PhotoFocus
from fewshot_gui.ui.photo_times import PhotoTimes
from fewshot_gui.ui.preferences import Preferences
from fewshot_gui.ui.project_flows import ProjectFlows
from fewshot_gui.ui.project_view import ProjectView
from fewshot_gui.ui.session import LabellingSession
from fewshot_gui.ui.starting_point_flow import StartingPointFlow
from fewshot_gui.ui.tasks import TaskRunner
from fewshot_gui.ui.theme import CLASSES_WIDTH, INSPECTOR_WIDTH, Theme
from fewshot_gui.ui.watching.folders_flow import FoldersFlow
from fewshot_gui.ui.watching.watching_flow import WatchingFlow
from fewshot_gui.ui.welcome_flow import WelcomeFlow
from fewshot_gui.ui.widgets.class_panel import ClassPanel
from fewshot_gui.ui.widgets.crash_strip import CrashStrip
from fewshot_gui.ui.widgets.header_bar import HeaderBar
from fewshot_gui.ui.widgets.inspector import Inspector
from fewshot_gui.ui.widgets.large_view import LargeView
from fewshot_gui.ui.widgets.opinion_strip import OpinionStrip
from fewshot_gui.ui.widgets.photos_panel import PhotosPanel
from fewshot_gui.ui.widgets.start_page import StartPage
from fewshot_gui.ui.widgets.task_bar import TaskBar
from fewshot_gui.ui.widgets.welcome_page import WelcomePage
from fewshot_gui.ui.window_wiring import wire


class MainWindow(QMainWindow):
    """Three columns between two bars, or the start page while no project is open.

    Attributes:
        session: The open project and what is computed from it.
        model: The photos of the gallery.
        header, opinion_strip, classes, photos, inspector, task_bar, start, welcome_page, crash_strip,
            large_view: The parts one sees.
        actions_table: The menus' actions by name.
        class_editing, deciding, focus, view, projects, exporting, from_model, moving, watching, folders, encoders,
            methods, points, opinion, lab, welcome, devices, kept, computer, diagnostics: Who answers to the person.
    """

    def __init__(
        self,
        theme: Theme,
        runner: TaskRunner,
        thumbnails: ThumbnailStore,
        session: LabellingSession,
        cache: EmbeddingCache,
        preferences: Preferences,
    ) -> None:
        super().__init__()
        self.theme = theme
        self.runner = runner
        self.session = session
        self.preferences = preferences
        self.model = PhotoModel(self)
        self._build_parts(theme, thumbnails)
        self.class_editing = ClassEditing(session, runner, self)
        self.deciding = Deciding(session, self.model, preferences, self)
        self.focus = PhotoFocus(session, self.model, self.inspector, self.large_view, runner, self)
        self.view = ProjectView(self)
        self.photo_times = PhotoTimes(session, self.model, runner, self)
        self.projects = ProjectFlows(session, runner, preferences, self)
        self.exporting = ExportingFlow(theme, session, self.model, runner, preferences, self)
        self.from_model = ModelFlow(theme, thumbnails, runner, preferences, self)
        self.moving = MovingFlow(session, runner, self)
        self.watching = WatchingFlow(session, self.model, self.photos, self.task_bar.watching, thumbnails, runner, self)
        self.folders = FoldersFlow(theme, session, self.watching.watcher, self)
        self.encoders = EncoderFlow(session, runner, self)
        self.methods = MethodFlow(session, self)
        self.points = StartingPointFlow(runner, preferences, self)
        self.opinion = OpinionFlow(session, self.opinion_strip, runner, self)
        self.lab = LabFlows(theme, session, runner, preferences, self.points, self)
        trials = DeviceTrials(session, runner, preferences, self)
        self.welcome = WelcomeFlow(theme, self.welcome_page, trials, preferences, self)
        self.devices = DeviceChoosing(session, runner, preferences, self)
        self.kept = KeptFlow(cache, runner, self)
        self.computer = ComputerFlow(theme, self.devices, trials, self.kept, session, self)
        self.diagnostics = DiagnosticsFlow(theme, session, runner, preferences, self.computer.facts, self)
        self.photos.grid.set_tile_side(preferences.tile_side)
        wire(self)
        self._restore_layout()
        self.show_page(working=False)

    def show_page(self, *, working: bool) -> None:
        """Show the columns, or the start page."""
        self._stack.setCurrentIndex(1 if working else 0)
        self.actions_table.enable_for_project(working)
        if not working:
            self.start.set_recent(self.preferences.recent)

    @Slot()
    def show_welcome(self) -> None:
        """Show the page of the first start in place of the start page."""
        self._stack.setCurrentWidget(self.welcome_page)

    def parts(self) -> tuple[QWidget, ...]:
        """The parts that F6 goes through."""
        return (self.classes, self.photos, self.inspector, self.task_bar, self.header, self.opinion_strip)

    def open_path(self, path: Path) -> None:
        """Open a project file, as named on the command line."""
        self.projects.open(path)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make room: below a certain width the inspector floats over the gallery."""
        super().resizeEvent(event)
        self.inspector_place.fit(self.width())

    def closeEvent(self, event: QCloseEvent) -> None:
        """Everything is saved already; stop the work and remember the layout."""
        self.preferences.set_layout("window", self.saveGeometry())
        if not self.inspector_place.floating:
            self.preferences.set_layout("columns", self._columns.saveState())
        self.lab.close()
        self.session.close()
        super().closeEvent(event)

    @Slot()
    def go_to_next_part(self) -> None:
        """Move the keyboard to the next part of the window."""
        parts = [part for part in self.parts() if part.isVisible()]
        here = next((place for place, part in enumerate(parts) if part.isAncestorOf(self.focusWidget() or self)), -1)
        for step in range(1, len(parts) + 1):
            part = parts[(here + step) % len(parts)]
            target = part if part.focusPolicy() & Qt.FocusPolicy.TabFocus else _first_focusable(part)
            if target is not None:
                target.setFocus(Qt.FocusReason.TabFocusReason)
                return

    def _build_parts(self, theme: Theme, thumbnails: ThumbnailStore) -> None:
        """What one sees; it answers to nobody yet."""
        self.header = HeaderBar(theme)
        self.classes = ClassPanel(theme, thumbnails)
        self.photos = PhotosPanel(theme, thumbnails, self.model)
        self.inspector = Inspector(theme, thumbnails)
        self.task_bar = TaskBar(theme)
        self.opinion_strip = OpinionStrip(theme)
        self.start = StartPage(theme)
        self.welcome_page = WelcomePage(theme)
        self.crash_strip = CrashStrip(theme)
        self._lay_out()
        self.large_view = LargeView(theme, thumbnails, self._stack)
        self.inspector_place = InspectorPlace(theme, self.inspector, self._columns, self._work, self)
        self.actions_table = Actions(self, theme)

    def _lay_out(self) -> None:
        self.setWindowTitle("Fewshot")
        self.setMinimumSize(880, 560)
        self.resize(1280, 800)
        # From the outside in: what moves to another parent is dressed by the style sheet once more, with all it holds.
        centre = QWidget(self)
        self.setCentralWidget(centre)
        self._stack = QStackedWidget(centre)
        _stacked(centre, self.crash_strip, self._stack, _line(), self.task_bar, stretch=self._stack)
        self._work = QWidget(self._stack)
        for page in (self.start, self._work, self.welcome_page):
            self._stack.addWidget(page)
        self._columns = QSplitter(Qt.Orientation.Horizontal, self._work)
        _stacked(self._work, self.header, self.opinion_strip, _line(), self._columns, stretch=self._columns)
        self._columns.setHandleWidth(1)
        self._columns.setChildrenCollapsible(False)
        for part, least in ((self.classes, 220), (self.photos, 400), (self.inspector, 260)):
            part.setMinimumWidth(least)
            self._columns.addWidget(part)
        self._columns.setStretchFactor(1, 1)
        self._columns.setSizes([CLASSES_WIDTH, 1280 - CLASSES_WIDTH - INSPECTOR_WIDTH, INSPECTOR_WIDTH])

    def _restore_layout(self) -> None:
        with QSignalBlocker(self._columns):
            geometry, columns = self.preferences.layout("window"), self.preferences.layout("columns")
            if not geometry.isEmpty():
                self.restoreGeometry(geometry)
            if not columns.isEmpty():
                self._columns.restoreState(columns)


def _stacked(parent: QWidget, *widgets: QWidget, stretch: QWidget) -> None:
    layout = QVBoxLayout(parent)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    for widget in widgets:
        layout.addWidget(widget, 1 if widget is stretch else 0)


def _line() -> QFrame:
    line = QFrame()
    line.setProperty("role", "separator")
    line.setFixedHeight(1)
    return line


def _first_focusable(part: QWidget) -> QWidget | None:
    widget = part.nextInFocusChain()
    while widget is not None and widget is not part and part.isAncestorOf(widget):
        if widget.isVisible() and widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            return widget
        widget = widget.nextInFocusChain()
    return None
