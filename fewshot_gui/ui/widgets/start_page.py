"""The first thing a person sees: what this is for, how it goes, and where to begin."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from fewshot_gui.ui import drops, wording
from fewshot_gui.ui.theme import RADIUS_10, SPACE_8, SPACE_12, SPACE_16, SPACE_24, Theme
from fewshot_gui.ui.widgets.drop_frame import DropState, outline, paint_frame
from fewshot_gui.ui.widgets.recent_list import RecentList, RecentProject

PROJECT_SUFFIX = ".fewshot"
_COLUMN_WIDTH = 820
_BADGE_SIDE = 48
_ICON_SIDE = 24
_PURPOSE = "Teach the computer your own photo classes from a handful of examples, then let it label whole folders."
_PROMISE = "Everything stays on this computer. Your photos are never changed, moved or deleted."
_STEPS = (
    ("image-plus", "1. Show examples", "Name your classes and drop 3 to 10 photos on each."),
    ("folder", "2. Choose a folder", "Every photo in it gets a label, with how sure that label is."),
    ("list-checks", "3. Check and save", "Look at the doubtful ones, correct them, then save a table of labels."),
)


class StartPage(QWidget):
    """Shown while no project is open.

    Signals:
        new_requested: begin a project.
        open_requested: choose a project file.
        sample_requested: try the sample project.
        recent_chosen: the path of a project file to open, from the list or dropped on the page.
        recent_removed: the path of a project to forget; the file stays.
        folder_dropped: the path of a folder of photos to begin a project with.
    """

    new_requested = Signal()
    open_requested = Signal()
    sample_requested = Signal()
    recent_chosen = Signal(object)
    recent_removed = Signal(object)
    folder_dropped = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._drop = DropState.NONE
        self.setAcceptDrops(True)
        self.setAccessibleName("Start")
        self._recent_title = _label("Recent projects", "strong")
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
        """Take a project file or a folder."""
        if _dropped(event.mimeData()) is not None:
            event.acceptProposedAction()
            self._set_drop(DropState.HERE)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Forget the drag."""
        super().dragLeaveEvent(event)
        self._set_drop(DropState.NONE)

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the project, or begin one with the folder."""
        self._set_drop(DropState.NONE)
        path = _dropped(event.mimeData())
        if path is None:
            return
        event.acceptProposedAction()
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
        layout.addWidget(_label("fewshot-gui", "title"))
        layout.addWidget(_label(_PURPOSE, ""))
        layout.addSpacing(SPACE_16)
        layout.addLayout(self._steps())
        layout.addSpacing(SPACE_16)
        layout.addLayout(self._buttons())
        layout.addSpacing(SPACE_16)
        layout.addWidget(self._recent_title)
        layout.addWidget(self._recent)
        layout.addSpacing(SPACE_8)
        layout.addWidget(_label(_PROMISE, "dim"))
        layout.addStretch(3)
        page = QWidget()
        centred = QHBoxLayout(page)
        centred.setContentsMargins(0, 0, 0, 0)
        centred.addWidget(column)
        return page

    def _steps(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(SPACE_12)
        for icon, title, words in _STEPS:
            row.addWidget(_step(self._theme, icon, title, words), 1)
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
        or_drop = _label("or drop a folder of photos here", "dim")
        or_drop.setWordWrap(False)
        row.addWidget(or_drop)
        row.addStretch(1)
        return row


class _Badge(QWidget):
    """An icon on a soft round ground."""

    def __init__(self, theme: Theme, icon: str) -> None:
        super().__init__()
        self._theme = theme
        self._icon = icon
        self.setFixedSize(QSize(_BADGE_SIDE, _BADGE_SIDE))
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt hands it in
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("accent_soft"))
        painter.drawEllipse(self.rect())
        inset = (_BADGE_SIDE - _ICON_SIDE) // 2
        self._theme.icon(self._icon, "accent").paint(painter, self.rect().adjusted(inset, inset, -inset, -inset))
        painter.end()


def _step(theme: Theme, icon: str, title: str, words: str) -> QFrame:
    card = QFrame()
    card.setProperty("role", "card")
    layout = QVBoxLayout(card)
    layout.setContentsMargins(SPACE_16, SPACE_16, SPACE_16, SPACE_16)
    layout.setSpacing(SPACE_8)
    layout.addWidget(_Badge(theme, icon))
    layout.addWidget(_label(title, "heading"))
    layout.addWidget(_label(words, "dim"))
    layout.addStretch(1)
    return card


def _label(text: str, role: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", role)
    label.setWordWrap(True)
    return label


def _dropped(mime: QMimeData) -> Path | None:
    """The one project file or folder that a drag brings."""
    paths = drops.paths_in(mime)
    if len(paths) != 1:
        return None
    project = paths[0].suffix.lower() == PROJECT_SUFFIX and paths[0].is_file()
    return paths[0] if project or paths[0].is_dir() else None
