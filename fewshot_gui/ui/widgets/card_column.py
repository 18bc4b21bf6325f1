"""The class cards below one another."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from fewshot_gui.ui.models.thumbnails import ThumbnailStore
from fewshot_gui.ui.theme import SPACE_8, Theme
from fewshot_gui.ui.widgets.class_card import ClassCard
from fewshot_gui.ui.widgets.class_card_state import ClassCardState


class CardColumn(QWidget):
    """Makes, moves and removes cards so that they match the classes; a card lives as long as its class.

    Signals:
        card_added: a new card, to be connected.
        order_changed: cards came, went or moved.
        stepped_to: the card that an arrow key moved the focus to.
        reorder_requested: class id, its new position from 0.
    """

    card_added = Signal(object)
    order_changed = Signal()
    stepped_to = Signal(QWidget)
    reorder_requested = Signal(int, int)

    def __init__(self, theme: Theme, thumbnails: ThumbnailStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._thumbnails = thumbnails
        self._cards: dict[int, ClassCard] = {}
        self._classes_of: dict[Path, set[int]] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACE_8)
        self._column.addStretch(1)
        thumbnails.ready.connect(self._photo_ready)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._focus_changed)

    @property
    def cards(self) -> list[ClassCard]:
        """The cards from top to bottom."""
        return list(self._cards.values())

    def card(self, class_id: int) -> ClassCard:
        """The card of a class that is shown; ``KeyError`` otherwise."""
        return self._cards[class_id]

    def show_states(self, states: Sequence[ClassCardState]) -> None:
        """Show these classes in this order."""
        self.setUpdatesEnabled(False)
        order = list(self._cards)
        gone, self._cards = self._cards, {state.id: self._card_for(state) for state in states}
        for position, (class_id, card) in enumerate(self._cards.items()):
            gone.pop(class_id, None)
            if self._column.indexOf(card) != position:
                self._column.insertWidget(position, card)
        for card in gone.values():
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        if order != list(self._cards):
            self.order_changed.emit()
        self._index_photos(states)
        self.setUpdatesEnabled(True)

    def nearest(self, y: int) -> ClassCard | None:
        """The card at the height ``y`` in our coordinates, or the one nearest to it."""
        return min(self.cards, key=lambda card: abs(card.geometry().center().y() - y), default=None)

    def card_of(self, widget: QWidget | None) -> ClassCard | None:
        """The card in which ``widget`` is, or which it is."""
        while widget is not None and not isinstance(widget, ClassCard):
            widget = widget.parentWidget()
        return widget if widget in self.cards else None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down move between the classes; with Alt they move the class."""
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        card = self.card_of(QApplication.focusWidget())
        if step is None or card is None:
            super().keyPressEvent(event)
            return
        target = self.cards.index(card) + step
        if 0 <= target < len(self.cards):
            if event.modifiers() & Qt.KeyboardModifier.AltModifier:
                self.reorder_requested.emit(card.state.id, target)
            else:
                self.cards[target].setFocus(Qt.FocusReason.TabFocusReason)
                self.stepped_to.emit(self.cards[target])

    def _card_for(self, state: ClassCardState) -> ClassCard:
        card = self._cards.get(state.id)
        if card is None:
            card = ClassCard(self._theme, self._thumbnails, state, self)
            self.card_added.emit(card)
        elif card.state != state:
            card.show_state(state)
        return card

    def _index_photos(self, states: Sequence[ClassCardState]) -> None:
        self._classes_of.clear()
        for state in states:
            for example in state.examples:
                self._classes_of.setdefault(example.path, set()).add(state.id)

    @Slot(object)
    def _photo_ready(self, path: Path) -> None:
        for class_id in self._classes_of.get(path, ()):
            self._cards[class_id].strip.photo_ready(path)

    @Slot(QWidget, QWidget)
    def _focus_changed(self, old: QWidget | None, new: QWidget | None) -> None:
        for card in {self.card_of(old), self.card_of(new)}:
            if card is not None:
                card.attend()
