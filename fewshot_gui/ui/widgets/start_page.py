"""The first thing a person sees: what this is for, how it goes, and where to begin."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QRectF, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from fewshot_gui.ui import drops, wording
from fewshot_gui.ui.recent_project import RecentProject
from fewshot_gui.ui.theme import RADIUS_10, SPACE_8, SPACE_12, SPACE_16, SPACE_24, Theme
from fewshot_gui.ui.widgets.drop_frame import DropState, outline, paint_frame
from fewshot_gui.ui.widgets.recent_list import RecentList
from fewshot_gui.ui.widgets.step_card import Badge, step_card
from fewshot_gui.ui.widgets.texts import PROMISE, PURPOSE, STEPS, label

PROJECT_SUFFIX = ".fewshot"
_SIGNATURE = "signature.json"
_COLUMN_WIDTH = 820


class StartPage(QWidget):
    """Shown while no project is open.

    Signals:
        new_requested: begin a project.
        open_requested: choose a project file.
        sample_requested: try the sample project.
        recent_chosen: the path of a project file to open, from the list or dropped on the page.
        recent_removed: the path of a project to forget; the file stays.
        folder_dropped: the path of a folder of photos to begin a project with.
        model_dropped: the path of a model to begin a project with, or of its folder.
    """

    new_requested = Signal()
    open_requested = Signal()
    sample_requested = Signal()
    recent_chosen = Signal(object)
    recent_removed = Signal(object)
    folder_dropped = Signal(object)
    model_dropped = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._drop = DropState.NONE
        self.setAcceptDrops(True)
        self.setAccessibleName("Start")
        self._recent_title = label("Recent projects", "strong")
        self._recent = RecentList(theme)
        self._recent.chosen.connect(self.recent_chosen)
        self._recent.removed.connect(self.recent_removed)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self._page())
        scroll.viewport().setAutoFillBackground(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_8, SPACE_8, SPACE_8, SPACE_8)
        layout.addWidget(scroll)
        self.set_recent(())
        theme.changed.connect(self.update)

    def set_recent(self, projects: Sequence[RecentProject]) -> None:
        """Show the projects opened lately, the newest first."""
        self._recent.show_projects(projects)
        self._recent.setVisible(bool(projects))
        self._recent_title.setVisible(bool(projects))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take a project file, a model or a folder."""
        if _dropped(event.mimeData()) is not None:
            event.acceptProposedAction()
            self._set_drop(DropState.HERE)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Forget the drag."""
        super().dragLeaveEvent(event)
        self._set_drop(DropState.NONE)

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the project, or begin one with the model or the folder."""
        self._set_drop(DropState.NONE)
        path = _dropped(event.mimeData())
        if path is None:
            return
        event.acceptProposedAction()
        if _is_model(path):
            self.model_dropped.emit(path)
        else:
            (self.folder_dropped if path.is_dir() else self.recent_chosen).emit(path)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Show that letting go here does something."""
        super().paintEvent(event)
        if self._drop is not DropState.NONE:
            painter = QPainter(self)
            painter.setBrush(self._theme.colour("accent_soft"))
            paint_frame(painter, QRectF(self.rect()), outline(self._theme, self._drop), RADIUS_10)
            painter.end()

    def _set_drop(self, state: DropState) -> None:
        self._drop = state
        self.update()

    def _page(self) -> QWidget:
        column = QWidget()
        column.setMaximumWidth(_COLUMN_WIDTH)
        column.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        layout = QVBoxLayout(column)
        layout.setContentsMargins(SPACE_24, SPACE_24, SPACE_24, SPACE_24)
        layout.setSpacing(SPACE_8)
        layout.addStretch(2)
        layout.addWidget(label("fewshot-gui", "title"))
        layout.addWidget(label(PURPOSE, ""))
        layout.addSpacing(SPACE_16)
        layout.addLayout(self._steps())
        layout.addSpacing(SPACE_16)
        layout.addLayout(self._buttons())
        layout.addSpacing(SPACE_16)
        layout.addWidget(self._recent_title)
        layout.addWidget(self._recent)
        layout.addSpacing(SPACE_8)
        layout.addWidget(label(PROMISE, "dim"))
        layout.addStretch(3)
        page = QWidget()
        centred = QHBoxLayout(page)
        centred.setContentsMargins(0, 0, 0, 0)
        centred.addWidget(column)
        return page

    def _steps(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(SPACE_12)
        for icon, title, words in STEPS:
            row.addWidget(step_card(Badge(self._theme, icon), title, words), 1)
        return row

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(SPACE_8)
        for text, role, hint, signal in (
            ("New project", "primary", "Begin with an empty project", self.new_requested),
            ("Open…", "", "Open a project file from this computer", self.open_requested),
            ("Try the sample", "", "A small project with drawn leaves to play with", self.sample_requested),
        ):
            button = QPushButton(text)
            button.setProperty("role", role)
            button.setToolTip(wording.tooltip(hint))
            button.clicked.connect(signal)
            row.addWidget(button)
        or_drop = label("or drop a folder of photos here", "dim")
        or_drop.setWordWrap(False)
        row.addWidget(or_drop)
        row.addStretch(1)
        return row


def _dropped(mime: QMimeData) -> Path | None:
    """The one project file, model or folder that a drag brings."""
    paths = drops.paths_in(mime)
    if len(paths) != 1:
        return None
    project = paths[0].suffix.lower() == PROJECT_SUFFIX and paths[0].is_file()
    return paths[0] if project or paths[0].is_dir() or _is_model(paths[0]) else None


def _is_model(path: Path) -> bool:
    """Whether it is an ONNX file, or what Lobe exports: a folder with a signature, or that signature."""
    if path.is_dir():
        return (path / _SIGNATURE).is_file()
    return path.is_file() and (path.suffix.lower() == ".onnx" or path.name == _SIGNATURE)
