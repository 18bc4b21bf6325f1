"""What came of an export that there is more to say of than one sentence."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QFormLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from fewshot_gui.ui.export.export_report import ExportReport
from fewshot_gui.ui.theme import SPACE_8, SPACE_12, SPACE_16, SPACE_24

_WIDTH = 560


class ReportDialog(QDialog):
    """A title, facts, notes, and the way to the folder."""

    def __init__(self, report: ExportReport, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(report.title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._folder = report.folder
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_24, SPACE_24, SPACE_24, SPACE_16)
        layout.setSpacing(SPACE_12)
        layout.addWidget(_label(report.title, "heading"))
        layout.addWidget(_label(report.sentence))
        if report.facts:
            layout.addLayout(_facts(report.facts))
        for note in report.notes:
            layout.addWidget(_label(note, "dim"))
        layout.addStretch(1)
        layout.addLayout(self._buttons())
        self.setMinimumWidth(_WIDTH)
        # Labels that wrap promise less height than they need until the width is settled.
        layout.activate()
        self.resize(_WIDTH, max(layout.heightForWidth(_WIDTH), 0))

    def _buttons(self) -> QHBoxLayout:
        show, close = QPushButton("Show in folder"), QPushButton("Close", self)
        show.setAutoDefault(False)
        show.setVisible(self._folder is not None)
        show.clicked.connect(self._show_folder)
        close.setDefault(True)
        close.clicked.connect(self.accept)
        row = QHBoxLayout()
        row.setSpacing(SPACE_8)
        row.addWidget(show)
        row.addStretch(1)
        row.addWidget(close)
        close.setFocus()
        return row

    @Slot()
    def _show_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder)))


def _facts(facts: Sequence[tuple[str, str]]) -> QFormLayout:
    form = QFormLayout()
    form.setHorizontalSpacing(SPACE_16)
    form.setVerticalSpacing(SPACE_8)
    form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
    for name, value in facts:
        form.addRow(_label(name, "dim"), _label(value))
    return form


def _label(text: str, role: str = "") -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if role:
        label.setProperty("role", role)
    return label
