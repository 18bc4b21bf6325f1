"""A column of captioned fields that scrolls, with buttons below that stay in sight."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QToolButton, QVBoxLayout, QWidget

from fewshot_gui.ui import wording
from fewshot_gui.ui.theme import INSPECTOR_WIDTH, SPACE_4, SPACE_8, SPACE_12, SPACE_16, Theme


class FormColumn(QFrame):
    """Fields from the top down; :meth:`begin_more` puts those that follow behind a button."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self._theme = theme
        self._more: QToolButton | None = None
        self.setFixedWidth(INSPECTOR_WIDTH + SPACE_16)
        page = QWidget()
        self._fields = QVBoxLayout(page)
        self._fields.setContentsMargins(SPACE_16, SPACE_16, SPACE_16, SPACE_16)
        self._fields.setSpacing(SPACE_12)
        self._into = self._fields
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(page)
        self._scroll.viewport().setAutoFillBackground(False)
        page.setAutoFillBackground(False)
        self._footer = QVBoxLayout()
        self._footer.setContentsMargins(SPACE_16, SPACE_12, SPACE_16, SPACE_16)
        self._footer.setSpacing(SPACE_8)
        line = QFrame()
        line.setProperty("role", "separator")
        line.setFixedHeight(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._scroll, 1)
        layout.addWidget(line)
        layout.addLayout(self._footer)

    def add_text(self, text: str) -> None:
        """A few words to begin with."""
        label = QLabel(text)
        label.setProperty("role", "dim")
        label.setWordWrap(True)
        self._into.addWidget(label)

    def add_field(self, caption: str, field: QWidget, tip: str = "") -> None:
        """A field under its caption; ``tip`` explains it, with the word of the trade where there is one."""
        label = QLabel(caption)
        label.setProperty("role", "strong")
        label.setBuddy(field.focusProxy() or field)
        column = QVBoxLayout()
        column.setSpacing(SPACE_4)
        column.addWidget(label)
        column.addWidget(field)
        if tip:
            label.setToolTip(wording.tooltip(tip))
            field.setToolTip(wording.tooltip(tip))
            field.setAccessibleDescription(tip)
        self._into.addLayout(column)

    def add_widget(self, widget: QWidget) -> None:
        """A field that says by itself what it is."""
        self._into.addWidget(widget)

    def begin_more(self) -> None:
        """What is added from now on is shown only when the person asks for more."""
        self._more = QToolButton()
        self._more.setText("More")
        self._more.setCheckable(True)
        self._more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._more.setToolTip(wording.tooltip("Settings that are rarely needed"))
        self._fields.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        box = QWidget()
        box.hide()
        self._into = QVBoxLayout(box)
        self._into.setContentsMargins(0, 0, 0, 0)
        self._into.setSpacing(SPACE_12)
        self._fields.addWidget(box)
        self._more.toggled.connect(box.setVisible)
        self._more.toggled.connect(self._draw_arrow)
        self._theme.changed.connect(self._draw_arrow)
        self._draw_arrow()

    def end(self, *below: QWidget) -> None:
        """All fields are there; ``below`` stays in sight however far the fields are scrolled."""
        self._fields.addStretch(1)
        for widget in below:
            self._footer.addWidget(widget)

    def _draw_arrow(self) -> None:
        if self._more is not None:
            self._more.setIcon(self._theme.icon("chevron-up" if self._more.isChecked() else "chevron-down"))
