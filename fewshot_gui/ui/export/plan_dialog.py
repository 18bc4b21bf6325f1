"""What copying into class folders is going to do, before anything is written."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from fewshot_gui.ui import wording
from fewshot_gui.ui.export.plan_words import STEP_WORDS, PlanWords
from fewshot_gui.ui.theme import SPACE_8, SPACE_12, SPACE_16, SPACE_24

_HEADINGS = ("Photo", "What happens", "Where to, or why not")


class PlanDialog(QDialog):
    """A row for every photo, and a button that begins.

    Signals:
        agreed: the :class:`SortingPlan`, to be carried out.
    """

    agreed = Signal(object)

    def __init__(self, words: PlanWords, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Copy into class folders")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._shown = words
        self.begin = QPushButton(words.button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_24, SPACE_24, SPACE_24, SPACE_16)
        layout.setSpacing(SPACE_12)
        layout.addWidget(_words(words.sentence))
        if words.room:
            layout.addWidget(_words(words.room, "dim" if words.fits else "warning"))
        for note in words.plan.notes:
            layout.addWidget(_words(note, "warning"))
        layout.addWidget(self._table(), 1)
        layout.addLayout(self._buttons())
        self.resize(860, 520)

    def _table(self) -> QTableView:
        table = QTableView()
        table.setModel(_PlanModel(self._shown, self))
        table.setAccessibleName("What happens with each photo")
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setStretchLastSection(True)
        header.resizeSection(0, 240)
        header.resizeSection(1, 180)
        return table

    def _buttons(self) -> QHBoxLayout:
        has_work = bool(self._shown.button)
        cancel = QPushButton("Cancel" if has_work else "Close")
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        self.begin.setProperty("role", "primary")
        self.begin.setDefault(True)
        self.begin.setEnabled(self._shown.fits)
        self.begin.setVisible(has_work)
        self.begin.clicked.connect(self._agree)
        row = QHBoxLayout()
        row.setSpacing(SPACE_8)
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(self.begin)
        return row

    @Slot()
    def _agree(self) -> None:
        self.agreed.emit(self._shown.plan)
        self.accept()


class _PlanModel(QAbstractTableModel):
    """Photo, step and place."""

    def __init__(self, words: PlanWords, parent: QWidget) -> None:
        super().__init__(parent)
        self._copies, self._target = words.copies, words.plan.target

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._copies)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(_HEADINGS)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        copy = self._copies[index.row()]
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        if index.column() == 0:
            text = copy.photo.path.name if role == Qt.ItemDataRole.DisplayRole else str(copy.photo.path)
        elif index.column() == 1:
            text = STEP_WORDS[copy.step]
        elif copy.target is None:
            text = copy.reason
        else:
            text = str(copy.target.relative_to(self._target))
        return text if role == Qt.ItemDataRole.DisplayRole else wording.tooltip(text)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        across = orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        return _HEADINGS[section] if across else None


def _words(text: str, role: str = "") -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    if role:
        label.setProperty("role", role)
    return label
