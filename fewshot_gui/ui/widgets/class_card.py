"""One class in the left column: its examples, its key, and how well it is expected to do."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QEvent, QPoint, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QEnterEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from fewshot_gui.ui import wording
from fewshot_gui.ui.models.thumbnails import ThumbnailStore
from fewshot_gui.ui.theme import RADIUS_10, SPACE_8, Theme
from fewshot_gui.ui.widgets.class_card_header import CardHeader
from fewshot_gui.ui.widgets.class_card_state import ClassCardState
from fewshot_gui.ui.widgets.drop_frame import DropState, outline, paint_frame
from fewshot_gui.ui.widgets.example_strip import ExampleStrip
from fewshot_gui.ui.widgets.expected_line import ExpectedLine

_HEADER_MARGIN = 2
"""Little, since the header is higher than its text."""


class ClassCard(QWidget):
    """A class as a card. It can be focused: F2 renames, the menu key opens its menu.

    Signals:
        renamed: class id, the new name.
        browse_requested: class id; the person wants to choose photos to add.
        menu_requested: class id and the place on the screen (QPoint) for its menu.
        examples_menu_requested: class id, example ids (list) and the place on the screen.
        examples_removed: example ids (list).
        example_activated: an example to look at.
    """

    renamed = Signal(int, str)
    browse_requested = Signal(int)
    menu_requested = Signal(int, QPoint)
    examples_menu_requested = Signal(int, object, QPoint)
    examples_removed = Signal(object)
    example_activated = Signal(int)

    def __init__(
        self, theme: Theme, thumbnails: ThumbnailStore, state: ClassCardState, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._state = state
        self._drop_state = DropState.NONE
        self.header = CardHeader(theme)
        self.strip = ExampleStrip(theme, thumbnails)
        self._expected = ExpectedLine(theme)
        self._build()
        self._connect()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.show_state(state)

    @property
    def state(self) -> ClassCardState:
        """The class that is shown."""
        return self._state

    @property
    def drop_state(self) -> DropState:
        """What the card says to the drag that is going on."""
        return self._drop_state

    def show_state(self, state: ClassCardState) -> None:
        """Show the class; what is being typed, selected or focused stays."""
        self._state = state
        self.setAccessibleName(f"Class {state.name}")
        self.setAccessibleDescription(wording.counted(state.learned_from, "example"))
        self.header.show_state(state)
        self.strip.show_examples(state.name, state.examples)
        self._expected.show_expected(state.expected, empty=not state.learned_from)

    def set_drop_state(self, state: DropState) -> None:
        """Say whether the drag that is going on can go here."""
        if state is not self._drop_state:
            self._drop_state = state
            self.strip.set_inviting(state is DropState.HERE)
            self.update()

    def rename(self) -> None:
        """Let the person type a name."""
        self.header.name.edit()

    def tab_stops(self) -> list[QWidget]:
        """What the tab key visits, in its order."""
        return [self, self.header.menu_button, *self.strip.shown]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F2 renames, wherever in the card the focus is."""
        if event.key() == Qt.Key.Key_F2:
            self.rename()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with the class."""
        self.menu_requested.emit(self._state.id, event.globalPos())

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show the menu button."""
        super().enterEvent(event)
        self.attend()

    def leaveEvent(self, event: QEvent) -> None:
        """Hide the menu button."""
        super().leaveEvent(event)
        self.attend()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt hands it in
        """Draw the card's ground and outline."""
        painter = QPainter(self)
        here = self._drop_state is DropState.HERE
        painter.setBrush(self._theme.colour("accent_soft" if here else "panel"))
        pen = outline(self._theme, self._drop_state, focused=self.hasFocus())
        paint_frame(painter, QRectF(self.rect()), pen, RADIUS_10)
        painter.end()

    def attend(self) -> None:
        """Show the menu button while the pointer or the focus is in the card."""
        focus = self.window().focusWidget()
        within = focus is not None and (focus is self or self.isAncestorOf(focus))
        self.header.set_attended(self.underMouse() or within)

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_8, _HEADER_MARGIN, SPACE_8, SPACE_8)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addSpacing(_HEADER_MARGIN)
        layout.addWidget(self.strip)
        layout.addSpacing(SPACE_8)
        layout.addWidget(self._expected)

    def _connect(self) -> None:
        self.header.renamed.connect(self._ask_to_rename)
        self.strip.tiles_changed.connect(self._order_tabs)
        self.header.left_by_key.connect(self.setFocus)
        self.header.menu_pressed.connect(self._ask_for_menu)
        self.strip.browse_requested.connect(self._ask_to_browse)
        self.strip.menu_requested.connect(self._ask_for_examples_menu)
        self.strip.removed.connect(self.examples_removed)
        self.strip.activated.connect(self.example_activated)

    @Slot()
    def _order_tabs(self) -> None:
        # Qt puts every new widget at the end of the window's order, wherever it stands.
        for one, other in pairwise(self.tab_stops()):
            QWidget.setTabOrder(one, other)

    @Slot(str)
    def _ask_to_rename(self, text: str) -> None:
        self.renamed.emit(self._state.id, text)

    @Slot()
    def _ask_to_browse(self) -> None:
        self.browse_requested.emit(self._state.id)

    @Slot()
    def _ask_for_menu(self) -> None:
        button = self.header.menu_button
        self.menu_requested.emit(self._state.id, button.mapToGlobal(button.rect().bottomLeft()))

    @Slot(object, QPoint)
    def _ask_for_examples_menu(self, example_ids: list[int], place: QPoint) -> None:
        self.examples_menu_requested.emit(self._state.id, example_ids, place)
