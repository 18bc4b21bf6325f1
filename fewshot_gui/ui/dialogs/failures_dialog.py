"""The photos that could not be read, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from fewshot_gui.ui import wording
from fewshot_gui.ui.theme import SPACE_8, SPACE_12, SPACE_16, SPACE_24

_HEADINGS = ("File", "Reason")


@dataclass(frozen=True)
class Failure:
    """A file that could not be read; ``reason`` is a short clause such as "the file is cut off"."""

    path: Path
    reason: str


class FailuresDialog(QDialog):
    """A table of files and reasons that can be copied, found and tried again.

    Signals:
        retry_requested: read these files once more.
    """

    retry_requested = Signal()

    def __init__(self, failures: Sequence[Failure], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Files that could not be read")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._failures = tuple(failures)
        self._table = QTableView()
        self._fill_table()
        words = QLabel(f"{wording.counted(len(failures), 'file')} could not be read. The work went on without them.")
        words.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_24, SPACE_24, SPACE_24, SPACE_16)
        layout.setSpacing(SPACE_12)
        layout.addWidget(words)
        layout.addWidget(self._table, 1)
        layout.addLayout(self._buttons())
        self.resize(860, 440)

    def _fill_table(self) -> None:
        table = self._table
        table.setModel(_FailureModel(self._failures, self))
        table.setAccessibleName("Files that could not be read")
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        header.resizeSection(0, 300)
        if self._failures:
            table.selectRow(0)
        copy = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), table)
        copy.setContext(Qt.ShortcutContext.WidgetShortcut)
        copy.activated.connect(self._copy)

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(SPACE_8)
        for text, hint, answer in (
            (
                "Copy list",
                "Copy files and reasons, ready for a spreadsheet; the selected ones if several are",
                self._copy,
            ),
            ("Show in folder", "Open the folder of the selected file", self._show_in_folder),
            ("Try again", "Read these files once more", self.retry_requested),
        ):
            button = QPushButton(text)
            button.setToolTip(wording.tooltip(hint))
            button.setAutoDefault(False)
            button.setEnabled(bool(self._failures))
            button.clicked.connect(answer)
            row.addWidget(button)
        row.addStretch(1)
        close = QPushButton("Close")
        close.setDefault(True)
        close.clicked.connect(self.reject)
        row.addWidget(close)
        return row

    def _selected(self) -> list[Failure]:
        rows = sorted(index.row() for index in self._table.selectionModel().selectedRows())
        return [self._failures[row] for row in rows]

    @Slot()
    def _copy(self) -> None:
        selected = self._selected()
        chosen = selected if len(selected) > 1 else self._failures
        lines = [f"{failure.path}\t{failure.reason}" for failure in chosen]
        QGuiApplication.clipboard().setText("\n".join(lines))

    @Slot()
    def _show_in_folder(self) -> None:
        selected = self._selected()
        if selected:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(selected[0].path.parent)))


class _FailureModel(QAbstractTableModel):
    """File and reason."""

    def __init__(self, failures: tuple[Failure, ...], parent: QWidget) -> None:
        super().__init__(parent)
        self._failures = failures

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._failures)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(_HEADINGS)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        failure = self._failures[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return failure.path.name if index.column() == 0 else failure.reason
        if role == Qt.ItemDataRole.ToolTipRole:
            return wording.tooltip(str(failure.path) if index.column() == 0 else failure.reason)
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        across = orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        return _HEADINGS[section] if across else None
