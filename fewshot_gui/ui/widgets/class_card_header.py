"""The first line of a class card: colour, name, key, number of examples, menu."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from fewshot_gui.ui import wording
from fewshot_gui.ui.theme import SPACE_4, SPACE_8, SPACE_16, Theme
from fewshot_gui.ui.widgets.class_card_state import ClassCardState
from fewshot_gui.ui.widgets.class_dot import ClassDot
from fewshot_gui.ui.widgets.class_name import ClassName
from fewshot_gui.ui.widgets.keycap import KeyCap

HEADER_HEIGHT = 30
"""At least the height of the field that a name is typed in, so that nothing moves when it opens."""


class CardHeader(QWidget):
    """What a class is called and how many examples it has; the menu button appears when the card is attended to.

    Signals:
        renamed: a new name.
        left_by_key: typing a name ended by a key.
        menu_pressed: the button for the menu was pressed.
    """

    renamed = Signal(str)
    left_by_key = Signal()
    menu_pressed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._examples = 0
        self._dot = ClassDot(theme)
        self._cap: KeyCap | None = None
        self._key: str | None = None
        self.name = ClassName()
        self._count = QLabel()
        self._count.setProperty("role", "dim")
        self._menu = QToolButton()
        self._menu.setIconSize(QSize(SPACE_16, SPACE_16))
        self._menu.hide()
        self._row = QHBoxLayout(self)
        self._end = self._build()
        self.name.renamed.connect(self.renamed)
        self.name.left_by_key.connect(self.left_by_key)
        self.name.editing_changed.connect(self._make_room)
        self._menu.clicked.connect(self.menu_pressed)
        theme.changed.connect(self._dress)
        self._dress()

    @property
    def menu_button(self) -> QToolButton:
        """The button for the menu; hidden unless the card is attended to."""
        return self._menu

    def show_state(self, state: ClassCardState) -> None:
        """Show the class."""
        self._examples = state.learned_from
        self._dot.show_colour(state.colour_index)
        self._show_key(state.key)
        self.name.show_name(state.name)
        decided = f", and {wording.counted(state.decided, 'photo')} decided" if state.decided else ""
        carried = f", {wording.count(state.carried)} of them from a model, without photos" if state.carried else ""
        self._count.setToolTip(wording.tooltip(f"{wording.counted(self._examples, 'example')}{carried}{decided}"))
        self._menu.setAccessibleName(f"More about {state.name}")
        self._menu.setToolTip("Rename, merge, move or remove")
        self._show_count()

    def set_attended(self, attended: bool) -> None:
        """Show the menu button while the pointer or the focus is in the card, in the place of the word "examples"."""
        if attended == self._menu.isHidden():
            self._menu.setVisible(attended)
            self._show_count()

    def _build(self) -> QWidget:
        end = QWidget()
        inner = QHBoxLayout(end)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(SPACE_4)
        inner.addStretch()
        inner.addWidget(self._count)
        inner.addWidget(self._menu)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(SPACE_8)
        self._row.addWidget(self._dot)
        self._row.addWidget(self.name)
        self._row.addStretch(1)
        self._row.addWidget(end)
        self.setMinimumHeight(HEADER_HEIGHT)
        return end

    def _show_key(self, key: str | None) -> None:
        if key == self._key:
            return
        self._key = key
        if self._cap is not None:
            self._row.removeWidget(self._cap)
            self._cap.hide()
            self._cap.deleteLater()
        self._cap = None if key is None else KeyCap(self._theme, key)
        if self._cap is not None:
            self._cap.setToolTip(f"Press {key} to give a photo this label")
            self._row.insertWidget(self._row.indexOf(self.name) + 1, self._cap)

    def _show_count(self) -> None:
        full = wording.counted(self._examples, "example")
        self._count.setText(full)
        # The room of the full text is kept, so that nothing moves when the button comes.
        self._end.setMinimumWidth(self._count.sizeHint().width())
        if not self._menu.isHidden():
            self._count.setText(wording.count(self._examples))

    @Slot(bool)
    def _make_room(self, editing: bool) -> None:
        """Give the whole line to the name while it is typed."""
        self._row.setStretch(self._row.indexOf(self.name), 100 if editing else 0)
        self._end.setHidden(editing)
        if self._cap is not None:
            self._cap.setHidden(editing)

    @Slot()
    def _dress(self) -> None:
        self._menu.setIcon(self._theme.icon("ellipsis", "dim"))
