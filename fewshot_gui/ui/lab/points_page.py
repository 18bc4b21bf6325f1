"""The page with the starting points on this computer: where each comes from, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from fewshot_gui.ui import wording
from fewshot_gui.ui.theme import INSPECTOR_WIDTH, SPACE_8, SPACE_12, SPACE_16, SPACE_24, Theme
from fewshot_gui.ui.widgets.content_scroll import ContentScroll
from fewshot_gui.ui.widgets.error_line import ErrorLine

_NONE = (
    "There is no starting point on this computer yet. Teach one on your own photos, or add one from a file that "
    "somebody gave you. A starting point is what a method has learned from other classes; it holds no photos."
)


@dataclass(frozen=True)
class PointState:
    """A starting point as the page shows it.

    Attributes:
        id: Tells it from others.
        title: What people call it.
        facts: (name, value) of what is known of it.
        removable: Whether it was added on this computer; those that ship stay.
        why_not: Why the open project cannot use it, one sentence; empty if it can.
    """

    id: str
    title: str
    facts: tuple[tuple[str, str], ...]
    removable: bool
    why_not: str


class PointsPage(QWidget):
    """A list, the facts of the one that is chosen, and buttons.

    Signals:
        use_requested, save_requested, remove_requested: the id of the one that is chosen.
        add_requested: take one from a file.
    """

    use_requested = Signal(str)
    save_requested = Signal(str)
    remove_requested = Signal(str)
    add_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._points: tuple[PointState, ...] = ()
        self.list = QListWidget()
        self.list.setAccessibleName("Starting points")
        self.list.setFixedWidth(INSPECTOR_WIDTH)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.currentRowChanged.connect(self._show_current)
        self.add = _button("Add from a file…", "Take a starting point that somebody gave you")
        self.use = _button("Use it in this project", "Label with this starting point", role="primary")
        self.save = _button("Save a copy…", "Save it as a file that can be passed on")
        self.remove = _button("Remove…", "Take it off this computer")
        self.add.clicked.connect(self.add_requested)
        self.use.clicked.connect(self._use)
        self.save.clicked.connect(self._save)
        self.remove.clicked.connect(self._remove)
        self.error = ErrorLine(theme)
        self._title, self._why_not, self._none = QLabel(), QLabel(), QLabel(_NONE)
        self._facts = QWidget()
        self._lay_out()
        self.show_points(())

    @property
    def current(self) -> PointState | None:
        """The one that is chosen."""
        row = self.list.currentRow()
        return self._points[row] if 0 <= row < len(self._points) else None

    def show_points(self, points: Sequence[PointState]) -> None:
        """Show ``points``; what is chosen stays chosen while it is there."""
        kept = self.current.id if self.current is not None else ""
        self._points = tuple(points)
        self.list.clear()
        for point in points:
            item = QListWidgetItem(point.title)
            item.setToolTip(wording.tooltip(point.title))
            self.list.addItem(item)
        ids = [point.id for point in points]
        self.list.setCurrentRow(ids.index(kept) if kept in ids else 0 if ids else -1)
        self._none.setVisible(not points)
        self.list.setVisible(bool(points))
        self._show_current()

    def choose(self, point_id: str) -> None:
        """Show the facts of this one."""
        ids = [point.id for point in self._points]
        if point_id in ids:
            self.list.setCurrentRow(ids.index(point_id))

    def _lay_out(self) -> None:
        self._title.setProperty("role", "heading")
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._title.setWordWrap(True)
        self._why_not.setProperty("role", "warning")
        for label in (self._why_not, self._none):
            label.setWordWrap(True)
        self._form = QFormLayout(self._facts)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setHorizontalSpacing(SPACE_16)
        self._form.setVerticalSpacing(SPACE_8)
        left = QVBoxLayout()
        left.setSpacing(SPACE_12)
        left.addWidget(self.list, 1)
        left.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_8)
        for button in (self.use, self.save, self.remove):
            buttons.addWidget(button)
        buttons.addStretch(1)
        right = QVBoxLayout()
        right.setSpacing(SPACE_12)
        for widget in (self.error, self._title, self._why_not):
            right.addWidget(widget)
        right.addWidget(ContentScroll(self._facts))
        right.addLayout(buttons)
        right.addStretch(1)
        columns = QHBoxLayout()
        columns.setSpacing(SPACE_24)
        columns.addLayout(left)
        columns.addLayout(right, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_24, SPACE_16, SPACE_24, SPACE_16)
        layout.setSpacing(SPACE_16)
        layout.addWidget(self._none)
        layout.addLayout(columns, 1)

    @Slot()
    def _show_current(self) -> None:
        point = self.current
        while self._form.rowCount():
            self._form.removeRow(0)
        for widget in (self._title, self._facts, self.use, self.save, self.remove):
            widget.setVisible(point is not None)
        self._why_not.setVisible(point is not None and bool(point.why_not))
        if point is None:
            return
        self._title.setText(point.title)
        self._why_not.setText(point.why_not)
        self.use.setEnabled(not point.why_not)
        self.remove.setEnabled(point.removable)
        self.remove.setToolTip(wording.tooltip("" if point.removable else "It ships with the program"))
        for name, value in point.facts:
            caption, text = QLabel(name), QLabel(value)
            caption.setProperty("role", "dim")
            text.setTextFormat(Qt.TextFormat.PlainText)
            text.setWordWrap(True)
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._form.addRow(caption, text)

    @Slot()
    def _use(self) -> None:
        if self.current is not None:
            self.use_requested.emit(self.current.id)

    @Slot()
    def _save(self) -> None:
        if self.current is not None:
            self.save_requested.emit(self.current.id)

    @Slot()
    def _remove(self) -> None:
        if self.current is not None:
            self.remove_requested.emit(self.current.id)


def _button(text: str, tip: str, role: str = "") -> QPushButton:
    button = QPushButton(text)
    button.setAutoDefault(False)
    button.setToolTip(wording.tooltip(tip))
    if role:
        button.setProperty("role", role)
    return button
