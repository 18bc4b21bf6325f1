"""All keys at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from fewshot_gui.ui.theme import SPACE_4, SPACE_8, SPACE_16, SPACE_24, Theme
from fewshot_gui.ui.widgets.keycap import KeyCap

_COLUMNS = 2
_TEXT_WIDTH = 190


@dataclass(frozen=True)
class KeyRow:
    """What some keys do.

    Attributes:
        group: The heading it stands under.
        keys: The keys, each as it is written on the keyboard; a combination such as "Ctrl+Z" is one.
        text: What they do.
    """

    group: str
    keys: tuple[str, ...]
    text: str


class KeysDialog(QDialog):
    """The keys in groups, two columns of them."""

    def __init__(self, theme: Theme, rows: Sequence[KeyRow], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setAccessibleName("Keys")
        page = _page(theme, rows)
        scroll.setWidget(page)
        scroll.viewport().setAutoFillBackground(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_24, SPACE_24, SPACE_24, SPACE_16)
        layout.setSpacing(SPACE_16)
        layout.addWidget(scroll)
        layout.addWidget(buttons)
        room = page.sizeHint()
        self.resize(room.width() + 3 * SPACE_24, min(640, room.height() + buttons.sizeHint().height() + 3 * SPACE_24))


def _page(theme: Theme, rows: Sequence[KeyRow]) -> QWidget:
    """The groups, spread over columns of about the same number of lines."""
    groups: dict[str, list[tuple[QWidget, KeyRow]]] = {}
    for row in rows:
        groups.setdefault(row.group, []).append((_caps(theme, row.keys), row))
    widest = max((caps.sizeHint().width() for lines in groups.values() for caps, _ in lines), default=0)
    page = QWidget()
    columns = QHBoxLayout(page)
    columns.setContentsMargins(0, 0, SPACE_8, 0)
    columns.setSpacing(SPACE_24)
    stacks = [QVBoxLayout() for _ in range(_COLUMNS)]
    heights = [0] * _COLUMNS
    for stack in stacks:
        stack.setSpacing(SPACE_16)
        columns.addLayout(stack, 1)
    for title, lines in groups.items():
        shortest = heights.index(min(heights))
        grid = _group(title, lines)
        grid.setColumnMinimumWidth(0, widest)
        stacks[shortest].addLayout(grid)
        heights[shortest] += len(lines) + 2
    for stack in stacks:
        stack.addStretch(1)
    return page


def _group(title: str, lines: Sequence[tuple[QWidget, KeyRow]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(SPACE_16)
    grid.setVerticalSpacing(SPACE_8)
    grid.setColumnStretch(1, 1)
    heading = QLabel(title)
    heading.setProperty("role", "strong")
    grid.addWidget(heading, 0, 0, 1, 2)
    for place, (caps, row) in enumerate(lines, start=1):
        grid.addWidget(caps, place, 0, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        text = QLabel(row.text)
        text.setWordWrap(True)
        text.setMinimumWidth(_TEXT_WIDTH)
        text.setAccessibleName(f"{', '.join(row.keys)}: {row.text}")
        grid.addWidget(text, place, 1)
    return grid


def _caps(theme: Theme, keys: Sequence[str]) -> QWidget:
    caps = QWidget()
    row = QHBoxLayout(caps)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(SPACE_4)
    for key in keys:
        row.addWidget(KeyCap(theme, key))
    return caps
