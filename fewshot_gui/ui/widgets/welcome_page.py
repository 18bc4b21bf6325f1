"""What a person sees at the very first start: what this does, where their photos stay, how fast it will be."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QScrollArea, QVBoxLayout, QWidget

from fewshot_gui.ui import wording
from fewshot_gui.ui.theme import SPACE_4, SPACE_8, SPACE_12, SPACE_16, SPACE_24, Theme
from fewshot_gui.ui.widgets.step_card import step_card
from fewshot_gui.ui.widgets.step_picture import StepPicture
from fewshot_gui.ui.widgets.texts import PROMISE, PURPOSE, STEPS, label

_COLUMN_WIDTH = 860
_ICON_SIDE = 20
_NAME_WIDTH = 260
_LONGEST_NAME = 80
_NAME = "Your name in exported tables"
_TRYING = "Trying how fast this computer is…"


class WelcomePage(QWidget):
    """Three steps, a promise, what the computer can do, and where to begin.

    Signals:
        sample_requested: try the sample project.
        new_requested: begin a project.
        open_requested: choose a project file.
        name_given: the person's name as it shall stand in tables; empty if they took it back.
    """

    sample_requested = Signal()
    new_requested = Signal()
    open_requested = Signal()
    name_given = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setAccessibleName("Welcome")
        self._icons: list[tuple[QLabel, str]] = []
        self._device = label(_TRYING, "")
        self._device.setAccessibleName(_TRYING)
        self._name = QLineEdit()
        self._name.setAccessibleName(_NAME)
        self._name.setPlaceholderText("Optional")
        self._name.setMaxLength(_LONGEST_NAME)
        self._name.setMaximumWidth(_NAME_WIDTH)
        self._name.setToolTip(
            wording.tooltip("Tables can say who decided on a label. The name stays on this computer.")
        )
        self._name.editingFinished.connect(self._give_name)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self._page())
        scroll.viewport().setAutoFillBackground(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_8, SPACE_8, SPACE_8, SPACE_8)
        layout.addWidget(scroll)
        self.setFocusProxy(self._buttons[0])
        theme.changed.connect(self._draw_icons)
        self._draw_icons()

    @property
    def device_line(self) -> str:
        """What is said about the computer."""
        return self._device.text()

    def show_trying(self) -> None:
        """The computer is being tried."""
        self._say_device(_TRYING, "")

    def show_device(self, sentence: str, reason: str) -> None:
        """What the trial found, and why on demand."""
        self._say_device(sentence, reason)

    def show_name(self, name: str) -> None:
        """The name given before."""
        self._name.setText(name)

    def _page(self) -> QWidget:
        column = QWidget()
        column.setMaximumWidth(_COLUMN_WIDTH)
        layout = QVBoxLayout(column)
        layout.setContentsMargins(SPACE_24, SPACE_24, SPACE_24, SPACE_24)
        layout.setSpacing(SPACE_8)
        layout.addStretch(2)
        layout.addWidget(label("Welcome to fewshot-gui", "title"))
        layout.addWidget(label(PURPOSE, ""))
        layout.addSpacing(SPACE_16)
        steps = QHBoxLayout()
        steps.setSpacing(SPACE_12)
        for number, (_icon, title, words) in enumerate(STEPS):
            steps.addWidget(step_card(StepPicture(self._theme, number), title, words), 1)
        layout.addLayout(steps)
        layout.addSpacing(SPACE_16)
        layout.addLayout(self._actions())
        layout.addSpacing(SPACE_24)
        layout.addWidget(self._facts())
        layout.addStretch(3)
        page = QWidget()
        centred = QHBoxLayout(page)
        centred.setContentsMargins(0, 0, 0, 0)
        centred.addStretch(1)
        centred.addWidget(column, 100)
        centred.addStretch(1)
        return page

    def _actions(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(SPACE_8)
        self._buttons = []
        for text, role, hint, signal in (
            ("Try the sample", "primary", "A small project with drawn leaves to play with", self.sample_requested),
            ("New project", "", "Begin with an empty project", self.new_requested),
            ("Open…", "", "Open a project file from this computer", self.open_requested),
        ):
            button = QPushButton(text)
            button.setProperty("role", role)
            button.setToolTip(wording.tooltip(hint))
            button.clicked.connect(signal)
            self._buttons.append(button)
            row.addWidget(button)
        row.addStretch(1)
        return row

    def _facts(self) -> QWidget:
        facts = QWidget()
        rows = QVBoxLayout(facts)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(SPACE_12)
        rows.addLayout(self._fact("shield-check", label(PROMISE, "")))
        rows.addLayout(self._fact("cpu", self._device))
        words = QHBoxLayout()
        words.setSpacing(SPACE_12)
        buddy = QLabel(_NAME)
        buddy.setBuddy(self._name)
        words.addWidget(buddy)
        words.addWidget(self._name, 1)
        words.addStretch(1)
        row = self._fact("user", None)
        row.addLayout(words, 1)
        rows.addLayout(row)
        return facts

    def _fact(self, icon: str, words: QLabel | None) -> QHBoxLayout:
        picture = QLabel()
        picture.setFixedWidth(_ICON_SIDE + SPACE_4)
        self._icons.append((picture, icon))
        row = QHBoxLayout()
        row.setSpacing(SPACE_8)
        row.addWidget(picture)
        if words is not None:
            row.addWidget(words, 1)
        return row

    def _say_device(self, sentence: str, reason: str) -> None:
        self._device.setText(sentence)
        self._device.setAccessibleName(sentence)
        self._device.setToolTip(wording.tooltip(reason))

    @Slot()
    def _give_name(self) -> None:
        self.name_given.emit(self._name.text().strip())

    @Slot()
    def _draw_icons(self) -> None:
        size = QSize(_ICON_SIDE, _ICON_SIDE)
        for picture, icon in self._icons:
            picture.setPixmap(self._theme.icon(icon, "accent").pixmap(size, self.devicePixelRatioF()))
