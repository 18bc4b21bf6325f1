"""What this program is, and whose work it contains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QTextOption
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from fewshot_gui.ui.theme import SPACE_4, SPACE_12, SPACE_16, SPACE_24, Theme

_LIST_WIDTH = 260
_ICON_SIDE = 48


@dataclass(frozen=True)
class BundledLicence:
    """A work of others that ships with the program.

    Attributes:
        name: What it is called, with its version.
        licence: The short name of its licence, such as "Apache-2.0".
        text: The licence in full.
    """

    name: str
    licence: str
    text: str


class AboutDialog(QDialog):
    """Version and licence, and the licences of everything bundled."""

    def __init__(
        self,
        theme: Theme,
        version: str,
        licence: str,
        bundled: Sequence[BundledLicence],
        parent: QWidget | None = None,
    ) -> None:
        """``licence`` is the short name of the program's own licence."""
        super().__init__(parent)
        self.setWindowTitle("About fewshot-gui")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._list = QListWidget()
        self._text = QPlainTextEdit()
        self._fill(bundled)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        licences = QHBoxLayout()
        licences.setSpacing(SPACE_12)
        licences.addWidget(self._list)
        licences.addWidget(self._text, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_24, SPACE_24, SPACE_24, SPACE_16)
        layout.setSpacing(SPACE_12)
        layout.addLayout(_title(theme, version, licence))
        layout.addSpacing(SPACE_4)
        layout.addWidget(_label("It contains the work of others, under these licences:", "strong"))
        layout.addLayout(licences, 1)
        layout.addWidget(buttons)
        self.resize(920, 600)

    def _fill(self, bundled: Sequence[BundledLicence]) -> None:
        self._list.setAccessibleName("Bundled works")
        self._list.setFixedWidth(_LIST_WIDTH)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.currentItemChanged.connect(self._show_licence)
        self._text.setAccessibleName("Licence text")
        self._text.setReadOnly(True)
        self._text.setTabChangesFocus(True)
        self._text.setWordWrapMode(QTextOption.WrapMode.WordWrap)
        for work in bundled:
            item = QListWidgetItem(f"{work.name} · {work.licence}", self._list)
            item.setToolTip(item.text())
            item.setData(Qt.ItemDataRole.UserRole, work.text)
        self._list.setCurrentRow(0)

    @Slot()
    def _show_licence(self) -> None:
        item = self._list.currentItem()
        self._text.setPlainText(item.data(Qt.ItemDataRole.UserRole) if item else "")


def _title(theme: Theme, version: str, licence: str) -> QHBoxLayout:
    icon = QLabel()
    icon.setPixmap(theme.icon("leaf", "accent").pixmap(_ICON_SIDE, _ICON_SIDE))
    words = QVBoxLayout()
    words.setSpacing(SPACE_4)
    words.addWidget(_label("fewshot-gui", "title"))
    words.addWidget(_label(f"Version {version} · {licence}", "dim"))
    words.addWidget(_label("Teach the computer your own photo classes from a handful of examples.", ""))
    row = QHBoxLayout()
    row.setSpacing(SPACE_16)
    row.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
    row.addLayout(words, 1)
    return row


def _label(text: str, role: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", role)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
