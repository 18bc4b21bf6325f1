"""The projects opened lately."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QFont, QFontMetrics, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from fewshot_gui.ui import wording
from fewshot_gui.ui.recent_project import RecentProject
from fewshot_gui.ui.theme import FONT_12, RADIUS_6, SPACE_8, SPACE_12, Theme
from fewshot_gui.ui.widgets.fonts import sized, strong

_ICON_SIDE = 20
_ROWS_IN_VIEW = 5


class RecentList(QListWidget):
    """Name, folder and day of each project; one that is gone is grey and can only be removed from the list.

    Signals:
        chosen: the path of a project to open.
        removed: the path of a project to forget; the file stays where it is.
    """

    chosen = Signal(object)
    removed = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Recent projects")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.setItemDelegate(_RecentDelegate(theme, self))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self._open = QAction("Open", self)
        self._open.triggered.connect(self._open_current)
        self._remove = QAction("Remove from this list", self)
        self._remove.triggered.connect(self._remove_current)
        self.addActions([self._open, self._remove])
        self.currentItemChanged.connect(self._allow)
        self.itemActivated.connect(self._open_current)
        self.itemClicked.connect(self._open_current)

    def show_projects(self, projects: Sequence[RecentProject]) -> None:
        """Show ``projects``, the newest first."""
        self.clear()
        for project in projects:
            item = QListWidgetItem(project.name, self)
            item.setData(Qt.ItemDataRole.UserRole, project)
            gone = "" if project.exists else " (not found)"
            item.setToolTip(wording.tooltip(f"{project.path}{gone}"))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{project.name}{gone}, {project.path.parent}")
        if projects:
            self.setCurrentRow(0)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Room for the first few rows."""
        rows = min(self.count(), _ROWS_IN_VIEW)
        height = sum(self.sizeHintForRow(row) for row in range(rows))
        return QSize(480, height + 2 * self.frameWidth() + 2)

    def minimumSizeHint(self) -> QSize:
        """Room for two rows."""
        row = self.sizeHintForRow(0) if self.count() else 0
        return QSize(240, min(self.sizeHint().height(), 2 * row + 2))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete forgets the current project."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._remove_current()
        else:
            super().keyPressEvent(event)

    def _current(self) -> RecentProject | None:
        item = self.currentItem()
        project = item.data(Qt.ItemDataRole.UserRole) if item else None
        return project if isinstance(project, RecentProject) else None

    @Slot()
    def _allow(self) -> None:
        project = self._current()
        self._open.setEnabled(project is not None and project.exists)

    @Slot()
    def _open_current(self) -> None:
        project = self._current()
        if project is not None and project.exists:
            self.chosen.emit(project.path)

    @Slot()
    def _remove_current(self) -> None:
        project = self._current()
        if project is not None:
            self.removed.emit(project.path)


class _RecentDelegate(QStyledItemDelegate):
    """Two lines: name and day, folder below."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: ARG002 - every row is alike
        """Two lines with air."""
        lines = QFontMetrics(strong(option.font)).height() + QFontMetrics(sized(option.font, FONT_12)).height()
        return QSize(240, lines + 2 + 2 * SPACE_8)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one project."""
        project: RecentProject = index.data(Qt.ItemDataRole.UserRole)
        area = QRect(option.rect).adjusted(2, 1, -2, -1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, area, option)
        spot = QRect(area.left() + SPACE_12, area.center().y() - _ICON_SIDE // 2, _ICON_SIDE, _ICON_SIDE)
        self._theme.icon("images", "dim" if project.exists else "stranger").paint(painter, spot)
        text = area.adjusted(SPACE_12 + _ICON_SIDE + SPACE_12, SPACE_8 - 1, -SPACE_12, 1 - SPACE_8)
        ink = "text" if project.exists else "dim"
        note = wording.days_ago(project.opened.date(), date.today()) if project.exists else "not found"
        self._paint_lines(painter, text, option.font, (project.name, note, str(project.path.parent)), ink)
        painter.restore()

    def _paint_ground(self, painter: QPainter, area: QRect, option: QStyleOptionViewItem) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        if option.state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(self._theme.colour("hover"))
            painter.drawRoundedRect(area, RADIUS_6, RADIUS_6)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(self._theme.colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), RADIUS_6, RADIUS_6)

    def _paint_lines(self, painter: QPainter, area: QRect, font: QFont, words: tuple[str, str, str], ink: str) -> None:
        name, note, folder = words
        bold, small = strong(font), sized(font, FONT_12)
        upper = QRect(area.left(), area.top(), area.width(), QFontMetrics(bold).height())
        lower = QRect(area.left(), upper.bottom() + 3, area.width(), QFontMetrics(small).height())
        painter.setFont(small)
        painter.setPen(self._theme.colour("dim"))
        painter.drawText(upper, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, note)
        shown = QFontMetrics(small).elidedText(folder, Qt.TextElideMode.ElideMiddle, lower.width())
        painter.drawText(lower, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
        room = upper.width() - QFontMetrics(small).horizontalAdvance(note) - SPACE_12
        painter.setFont(bold)
        painter.setPen(self._theme.colour(ink))
        shown = QFontMetrics(bold).elidedText(name, Qt.TextElideMode.ElideRight, room)
        painter.drawText(upper, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
