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
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from fewshot_gui.ui import wording
from fewshot_gui.ui.theme import SPACE_4, SPACE_8, SPACE_12, SPACE_16, SPACE_24, Theme
from fewshot_gui.ui.widgets.texts import PURPOSE, label

_LIST_WIDTH = 280
_ICON_SIDE = 48
_NOTHING_FOUND = "Nothing in the list has that in its name or licence."


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
        self, theme: Theme, version: str, licence: str, bundled: Sequence[BundledLicence], parent: QWidget | None = None
    ) -> None:
        """``licence`` is the short name of the program's own licence."""
        super().__init__(parent)
        self.setWindowTitle("About fewshot-gui")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._list = QListWidget()
        self._text = QPlainTextEdit()
        self._find = QLineEdit()
        self._dress_find()
        self._fill(bundled)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        left = QVBoxLayout()
        left.setSpacing(SPACE_8)
        left.addWidget(self._find)
        left.addWidget(self._list, 1)
        licences = QHBoxLayout()
        licences.setSpacing(SPACE_12)
        licences.addLayout(left)
        licences.addWidget(self._text, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_24, SPACE_24, SPACE_24, SPACE_16)
        layout.setSpacing(SPACE_12)
        layout.addLayout(_title(theme, version, licence))
        layout.addSpacing(SPACE_4)
        words = f"It contains {wording.counted(len(bundled), 'work')} of others, under these licences:"
        layout.addWidget(label(words, "strong"))
        layout.addLayout(licences, 1)
        layout.addWidget(buttons)
        self.resize(920, 600)

    def _dress_find(self) -> None:
        self._find.setPlaceholderText("Find a name or licence")
        self._find.setAccessibleName("Find a name or licence")
        self._find.setClearButtonEnabled(True)
        self._find.setFixedWidth(_LIST_WIDTH)
        self._find.textChanged.connect(self._filter)

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
            item.setToolTip(wording.tooltip(item.text()))
            item.setData(Qt.ItemDataRole.UserRole, work.text)
        self._list.setCurrentRow(0)

    @Slot(str)
    def _filter(self, words: str) -> None:
        """Show only works with ``words`` in their name or licence, the first of them beside."""
        first = None
        for row in range(self._list.count()):
            item = self._list.item(row)
            item.setHidden(words.strip().casefold() not in item.text().casefold())
            first = item if first is None and not item.isHidden() else first
        current = self._list.currentItem()
        if first is None:
            self._list.setCurrentRow(-1)
            self._text.setPlainText(_NOTHING_FOUND)
        elif current is None or current.isHidden():
            self._list.setCurrentItem(first)

    @Slot()
    def _show_licence(self) -> None:
        item = self._list.currentItem()
        self._text.setPlainText(item.data(Qt.ItemDataRole.UserRole) if item else "")


def _title(theme: Theme, version: str, licence: str) -> QHBoxLayout:
    icon = QLabel()
    icon.setPixmap(theme.icon("leaf", "accent").pixmap(_ICON_SIDE, _ICON_SIDE))
    words = QVBoxLayout()
    words.setSpacing(SPACE_4)
    for text, role in (("fewshot-gui", "title"), (f"Version {version} · {licence}", "dim"), (PURPOSE, "")):
        line = label(text, role)
        line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        words.addWidget(line)
    row = QHBoxLayout()
    row.setSpacing(SPACE_16)
    row.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
    row.addLayout(words, 1)
    return row
