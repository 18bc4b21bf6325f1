"""Looking through a report for support before it is saved."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFontDatabase, QTextOption
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from fewshot_gui.ui import wording
from fewshot_gui.ui.theme import SPACE_8, SPACE_12, SPACE_16, SPACE_24, Theme
from fewshot_gui.ui.widgets.error_line import ErrorLine
from fewshot_gui.ui.widgets.texts import label

_LIST_WIDTH = 260
_PURPOSE = (
    "Save this report and send it to whoever helps you. It holds what the program wrote down and what this computer "
    "is, and no photos. Nothing is sent by itself; look through it here."
)
_NAMES = "Include file paths and names"
_NAMES_HINT = (
    "Without this, names of files, folders, classes, projects and people are replaced by numbers. "
    "Include them only if the person who helps you asks for them."
)


class DiagnosticsDialog(QDialog):
    """The texts of the report, one at a time, and whether names may be in them.

    Signals:
        names_allowed: names may be in it, or not.
        save_requested: save what is shown.
        cancel_requested: the dialog was closed.
    """

    names_allowed = Signal(bool)
    save_requested = Signal()
    cancel_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Save a report for support")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._texts: list[str] = []
        self._list, self._text = _file_list(), _viewer()
        self._list.currentRowChanged.connect(self._show_text)
        self._error = ErrorLine(theme)
        self._note = QLabel()
        self._note.setProperty("role", "dim")
        self._progress = QProgressBar()
        self._progress.setRange(0, 0)
        self._progress.setTextVisible(False)
        self._progress.setMaximumWidth(_LIST_WIDTH)
        self._names = QCheckBox(_NAMES)
        self._names.setToolTip(wording.tooltip(_NAMES_HINT))
        self._names.toggled.connect(self.names_allowed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_24, SPACE_24, SPACE_24, SPACE_16)
        layout.setSpacing(SPACE_12)
        layout.addWidget(label(_PURPOSE, ""))
        preview = QHBoxLayout()
        preview.setSpacing(SPACE_12)
        preview.addWidget(self._list)
        preview.addWidget(self._text, 1)
        layout.addLayout(preview, 1)
        layout.addWidget(self._names)
        layout.addWidget(label(_NAMES_HINT, "dim"))
        layout.addWidget(self._error)
        layout.addLayout(self._bottom())
        self.finished.connect(self._cancel)
        self.resize(920, 640)
        self.show_working("Trying this computer")

    def show_working(self, note: str) -> None:
        """The report is being made; ``note`` says what is done now."""
        self._note.setText(f"{note}…")
        self._progress.setAccessibleName(note)
        self._set_ready(False)

    def show_files(self, files: Sequence[tuple[str, str]]) -> None:
        """Show these texts, each with its name; the one that was looked at stays."""
        row = max(0, self._list.currentRow())
        self._texts = [text for _, text in files]
        self._list.clear()
        for name, text in files:
            item = QListWidgetItem(f"{name} · {wording.file_size(len(text.encode('utf-8', 'replace')))}", self._list)
            item.setToolTip(wording.tooltip(name))
        self._list.setCurrentRow(min(row, len(files) - 1))
        first = not self._save.isEnabled()
        self._set_ready(True)
        if first:
            self._list.setFocus()

    def show_failed(self, sentence: str) -> None:
        """It could not be made, or not saved."""
        self._error.show_sentence(sentence)
        self._set_ready(bool(self._texts))

    def _bottom(self) -> QHBoxLayout:
        self._save = QPushButton("Save…")
        self._save.setProperty("role", "primary")
        self._save.setDefault(True)
        self._save.clicked.connect(self.save_requested)
        close = QPushButton("Cancel")
        close.setAutoDefault(False)
        close.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.setSpacing(SPACE_8)
        row.addWidget(self._progress, 1)
        row.addWidget(self._note)
        row.addStretch(1)
        row.addWidget(close)
        row.addWidget(self._save)
        return row

    def _set_ready(self, ready: bool) -> None:
        self._progress.setVisible(not ready and self._error.isHidden())
        self._note.setVisible(not ready and self._error.isHidden())
        for widget in (self._save, self._names, self._list, self._text):
            widget.setEnabled(ready)

    @Slot(int)
    def _show_text(self, row: int) -> None:
        self._text.setPlainText(self._texts[row] if 0 <= row < len(self._texts) else "")

    @Slot()
    def _cancel(self) -> None:
        self.cancel_requested.emit()


def _file_list() -> QListWidget:
    files = QListWidget()
    files.setAccessibleName("Files in the report")
    files.setFixedWidth(_LIST_WIDTH)
    files.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return files


def _viewer() -> QPlainTextEdit:
    text = QPlainTextEdit()
    text.setAccessibleName("What is in the file")
    text.setReadOnly(True)
    text.setTabChangesFocus(True)
    text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    text.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    return text
