"""What every page of the export dialog has: what it is for, its fields, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from fewshot_gui.ui import wording
from fewshot_gui.ui.export.exportable import Needs
from fewshot_gui.ui.theme import SPACE_4, SPACE_12, SPACE_24


class ExportPage(QWidget):
    """A title, a sentence or two, fields from the top down.

    Attributes:
        title: As the list names it.
        group: The heading that it stands under in the list.
        action: What the button that exports says.
        needs: What must be there before it can be exported.

    Signals:
        changed: :attr:`why_not`, :attr:`needs` or :attr:`action` may have changed.
    """

    changed = Signal()

    def __init__(self, title: str, group: str, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title, self.group, self.action = title, group, "Export…"
        self.needs = Needs.LABELS
        heading = QLabel(title)
        heading.setProperty("role", "heading")
        page = QWidget()
        self._fields = QVBoxLayout(page)
        self._fields.setContentsMargins(SPACE_24, SPACE_24, SPACE_24, SPACE_24)
        self._fields.setSpacing(SPACE_12)
        self._fields.addWidget(heading)
        self.add_text(words)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(page)
        scroll.viewport().setAutoFillBackground(False)
        page.setAutoFillBackground(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll)

    @property
    def wish(self) -> object:
        """What is to be exported, by the fields as they are now."""
        raise NotImplementedError

    @property
    def why_not(self) -> str:
        """Which field keeps it from being exported, one sentence; empty if none does."""
        return ""

    def set_classes(self, classes: Sequence[str]) -> None:
        """Hear what the classes are called; most exports do not ask about them."""

    def add_text(self, words: str) -> QLabel:
        """A sentence or two."""
        label = QLabel(words)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setProperty("role", "dim")
        label.setWordWrap(True)
        self._fields.addWidget(label)
        return label

    def add_field(self, caption: str, field: QWidget, tip: str = "") -> None:
        """A field under its caption, with a line that explains it."""
        label = QLabel(caption)
        label.setProperty("role", "strong")
        label.setBuddy(field.focusProxy() or field)
        field.setAccessibleName(caption)
        column = QVBoxLayout()
        column.setSpacing(SPACE_4)
        column.addWidget(label)
        column.addWidget(field)
        if tip:
            column.addWidget(_explanation(tip))
            field.setAccessibleDescription(tip)
        self._fields.addLayout(column)

    def add_check(self, text: str, tip: str = "", *, checked: bool = False) -> QCheckBox:
        """A box to tick, with a line that explains it."""
        box = QCheckBox(text)
        box.setChecked(checked)
        column = QVBoxLayout()
        column.setSpacing(SPACE_4)
        column.addWidget(box)
        if tip:
            column.addWidget(_explanation(tip))
            box.setToolTip(wording.tooltip(tip))
            box.setAccessibleDescription(tip)
        self._fields.addLayout(column)
        return box

    def add_widget(self, widget: QWidget) -> None:
        """Something that says by itself what it is."""
        self._fields.addWidget(widget)

    def end(self) -> None:
        """Everything is there."""
        self._fields.addStretch(1)


def _explanation(tip: str) -> QLabel:
    label = QLabel(tip)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("role", "dim")
    label.setWordWrap(True)
    return label
