"""The page on this computer: what labels photos here, how fast, and what is kept of them."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from fewshot_gui.ui.computer.device_part import DevicePart
from fewshot_gui.ui.computer.kept_part import KeptPart
from fewshot_gui.ui.theme import SPACE_8, SPACE_16, SPACE_24, Theme
from fewshot_gui.ui.widgets.quiet_button import quiet_button

_WIDTH = 720
_LEAST = QSize(420, 320)


class ComputerDialog(QDialog):
    """Two cards that scroll where the screen is small. The main window stays free while it is open.

    Signals:
        copy_requested: put all of it on the clipboard as text.

    Attributes:
        device, kept: The cards.
    """

    copy_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("This computer")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.device = DevicePart(theme)
        self.kept = KeptPart(theme)
        cards = self._cards = QWidget()
        column = QVBoxLayout(cards)
        column.setContentsMargins(SPACE_24, SPACE_24, SPACE_24, SPACE_8)
        column.setSpacing(SPACE_16)
        column.addWidget(self.device)
        column.addWidget(self.kept)
        column.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setAccessibleName("This computer")
        self._scroll.setWidget(cards)
        self._scroll.viewport().setAutoFillBackground(False)
        cards.setAutoFillBackground(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, SPACE_16)
        layout.setSpacing(SPACE_16)
        layout.addWidget(self._scroll, 1)
        layout.addLayout(self._bottom())
        self.setMinimumSize(_LEAST)

    def put_on_clipboard(self, text: str) -> None:
        """Copy ``text`` and say so."""
        QGuiApplication.clipboard().setText(text)
        self._copied.setText("Copied")

    def showEvent(self, event: QShowEvent) -> None:
        """As high as the cards need, as far as the screen has room for that."""
        super().showEvent(event)
        cards, screen = self._cards, self.screen().availableGeometry()
        width = min(_WIDTH, screen.width() - SPACE_24)
        rest = self.sizeHint().height() - self._scroll.sizeHint().height()
        height = max(cards.heightForWidth(width), cards.sizeHint().height()) + rest
        self.resize(width, min(height, screen.height() - 2 * SPACE_24))

    def _bottom(self) -> QHBoxLayout:
        copy = quiet_button("Copy as text", "Copy everything on this page, to send it to whoever helps you")
        copy.clicked.connect(self.copy_requested)
        self._copied = QLabel()
        self._copied.setProperty("role", "dim")
        close = QPushButton("Close")
        close.setDefault(True)
        close.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.setContentsMargins(SPACE_24, 0, SPACE_24, 0)
        row.setSpacing(SPACE_8)
        row.addWidget(copy)
        row.addWidget(self._copied)
        row.addStretch(1)
        row.addWidget(close)
        return row
