"""The left column: the classes, and the place to drop photos on them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QPoint, Qt, QTimer, Slot
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from fewshot_gui.ui.drops import Offer, example_ids_in, offer_of
from fewshot_gui.ui.models.thumbnails import ThumbnailStore
from fewshot_gui.ui.theme import SPACE_8, SPACE_12, Theme
from fewshot_gui.ui.widgets.card_column import CardColumn
from fewshot_gui.ui.widgets.card_scroll import GUTTER, CardScroll
from fewshot_gui.ui.widgets.class_card import ClassCard
from fewshot_gui.ui.widgets.class_card_state import ClassCardState
from fewshot_gui.ui.widgets.class_drops import deliver_to_class, deliver_to_empty, safe_action
from fewshot_gui.ui.widgets.class_menus import class_menu, examples_menu
from fewshot_gui.ui.widgets.class_requests import ClassRequests
from fewshot_gui.ui.widgets.drop_area import DropArea
from fewshot_gui.ui.widgets.drop_frame import DropState
from fewshot_gui.ui.widgets.no_classes import NoClasses


@dataclass
class _Drag:
    """What is being dragged over the panel, and where it is now."""

    offer: Offer
    example_ids: frozenset[int]
    place: QPoint

    def fits(self, target: ClassCard | DropArea) -> bool:
        """Whether letting go over ``target`` would do anything."""
        if self.offer is Offer.LINK:
            return False
        if self.offer is not Offer.EXAMPLES:
            return True
        return isinstance(target, ClassCard) and not self.example_ids <= {e.id for e in target.state.examples}


class ClassPanel(ClassRequests):
    """Shows the classes it is given and says what the person wants; the signals are those of its base.

    The panel alone receives drags, wherever over it they are, and tells the cards how to look. Beside the cards, a drag
    counts for the area below them.
    """

    def __init__(self, theme: Theme, thumbnails: ThumbnailStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._states: tuple[ClassCardState, ...] = ()
        self._drag: _Drag | None = None
        self._revealed: int | None = None
        self._add = QPushButton("+ Class")
        self._cards = CardColumn(theme, thumbnails)
        self._scroll = CardScroll(self._cards)
        self._empty = NoClasses(theme)
        self._area = DropArea(theme)
        self._build()
        self._connect()
        self.setProperty("role", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAcceptDrops(True)
        self.show_classes(())

    def show_classes(self, states: tuple[ClassCardState, ...]) -> None:
        """Show these classes in this order; cards of classes that stay keep focus, selection and what is typed."""
        self._states = states
        self._cards.show_states(states)
        self._scroll.setVisible(bool(states))
        self._empty.setVisible(not states)
        self._mark_targets()

    def begin_rename(self, class_id: int) -> None:
        """Bring a class into sight and let the person type its name, as after adding it."""
        self._revealed = class_id
        # A card that was added just now has no place before the layout has run.
        QTimer.singleShot(0, self._reveal)
        self._cards.card(class_id).rename()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Show where it can go."""
        mime = event.mimeData()
        offer = offer_of(mime)
        if offer is Offer.NOTHING:
            event.ignore()
            return
        self._drag = _Drag(offer, frozenset(example_ids_in(mime)), event.position().toPoint())
        self._answer(self._drag, event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Show where it would go."""
        if self._drag is not None:
            self._drag.place = event.position().toPoint()
            self._scroll.drag_moved(self._scroll.mapFrom(self, self._drag.place))
            self._answer(self._drag, event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Look as before."""
        event.accept()
        self._end_drag()

    def dropEvent(self, event: QDropEvent) -> None:
        """Hand on what was dropped."""
        if self._drag is None:
            event.ignore()
            return
        target = self._target(self._drag)
        self._answer(self._drag, event)
        self._end_drag()
        if not event.isAccepted():
            return
        if isinstance(target, ClassCard):
            deliver_to_class(self, event.mimeData(), target.state.id)
        else:
            deliver_to_empty(self, event.mimeData())

    def _build(self) -> None:
        heading = QLabel("Classes")
        heading.setProperty("role", "heading")
        self._add.setAccessibleName("Add a class")
        self._add.setToolTip("Add an empty class")
        top = QHBoxLayout()
        top.setContentsMargins(0, 0, GUTTER, 0)
        top.addWidget(heading)
        top.addStretch(1)
        top.addWidget(self._add)
        foot = QVBoxLayout()
        foot.setContentsMargins(0, 0, GUTTER, 0)
        foot.addWidget(self._empty)
        foot.addWidget(self._area)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_12, SPACE_12, 0, SPACE_12)
        layout.setSpacing(SPACE_8)
        layout.addLayout(top)
        layout.addWidget(self._scroll)
        layout.addLayout(foot)
        layout.addStretch(1)

    def _connect(self) -> None:
        self._add.clicked.connect(self.add_class_requested)
        self._area.clicked.connect(self.add_class_requested)
        self._cards.card_added.connect(self._connect_card)
        self._cards.order_changed.connect(self._order_tabs)
        self._cards.reorder_requested.connect(self.reorder_requested)
        self._cards.stepped_to.connect(self._scroll.show_card)
        self._scroll.verticalScrollBar().valueChanged.connect(self._mark_targets)

    @Slot()
    def _order_tabs(self) -> None:
        stops: list[QWidget] = [self._add]
        for card in self._cards.cards:
            stops += card.tab_stops()
        for one, other in pairwise([*stops, self._area]):
            QWidget.setTabOrder(one, other)

    @Slot(object)
    def _connect_card(self, card: ClassCard) -> None:
        card.renamed.connect(self.renamed)
        card.browse_requested.connect(self.browse_requested)
        card.examples_removed.connect(self.examples_removed)
        card.example_activated.connect(self.example_activated)
        card.menu_requested.connect(self._open_class_menu)
        card.examples_menu_requested.connect(self._open_examples_menu)

    @Slot(int, QPoint)
    def _open_class_menu(self, class_id: int, place: QPoint) -> None:
        rename = self._cards.card(class_id).rename
        class_menu(self, self._theme, self._states, class_id, rename).popup(place)

    @Slot(int, object, QPoint)
    def _open_examples_menu(self, class_id: int, example_ids: list[int], place: QPoint) -> None:
        examples_menu(self, self._theme, self._states, class_id, example_ids).popup(place)

    @Slot()
    def _reveal(self) -> None:
        if self._revealed in {state.id for state in self._states}:
            self._scroll.show_card(self._cards.card(self._revealed))

    def _target(self, drag: _Drag) -> ClassCard | DropArea:
        """What the drag is over; a gap between two cards belongs to the nearer one."""
        if self._states and self._scroll.geometry().contains(drag.place):
            return self._cards.nearest(self._cards.mapFrom(self, drag.place).y()) or self._area
        return self._area

    def _answer(self, drag: _Drag, event: QDropEvent) -> None:
        """Accept where letting go does something; an address is taken only to say why it cannot be used."""
        self._mark_targets()
        action = safe_action(drag.offer, event)
        if action is None or not (drag.offer is Offer.LINK or drag.fits(self._target(drag))):
            event.ignore()
        else:
            event.setDropAction(action)
            event.accept()

    def _end_drag(self) -> None:
        self._drag = None
        self._scroll.drag_ended()
        self._mark_targets()

    @Slot()
    def _mark_targets(self) -> None:
        drag = self._drag
        aimed_at = None if drag is None else self._target(drag)
        targets: list[ClassCard | DropArea] = [*self._cards.cards, self._area]
        for target in targets:
            state = DropState.NONE
            if drag is not None and drag.fits(target):
                state = DropState.HERE if target is aimed_at else DropState.POSSIBLE
            target.set_drop_state(state)
