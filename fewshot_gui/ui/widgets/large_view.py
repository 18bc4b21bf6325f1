"""One photo as large as the window, to look closely and label by keys alone."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal, SignalInstance, Slot
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from fewshot_gui.ui import wording
from fewshot_gui.ui.models.thumbnails import ThumbnailStore
from fewshot_gui.ui.theme import SPACE_8, SPACE_12, SPACE_16, Theme
from fewshot_gui.ui.widgets.elided_label import ElidedLabel
from fewshot_gui.ui.widgets.inspector import InspectorState
from fewshot_gui.ui.widgets.label_chip import LabelChip
from fewshot_gui.ui.widgets.photo_view import PhotoView

_ICON_SIDE = 16
_HINT = "Space close  ·  1–9 label  ·  0 none of these  ·  Enter confirm  ·  ← → other photos  ·  + − zoom"
_CLOSING = (Qt.Key.Key_Escape, Qt.Key.Key_Space)
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class LargeView(QFrame):
    """Covers its parent while it is open and keeps the keyboard to itself.

    Signals:
        closed: it was closed by the person.
        next_requested: show the next photo.
        previous_requested: show the photo before.
        label_key: the digit 0..9 that was pressed; 0 is "none of these".
        confirm_requested: the given label is right.
    """

    closed = Signal()
    next_requested = Signal()
    previous_requested = Signal()
    label_key = Signal(int)
    confirm_requested = Signal()

    def __init__(self, theme: Theme, thumbnails: ThumbnailStore, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._host = parent
        self._focus_before: QWidget | None = None
        self.setProperty("role", "panel")
        self.setAccessibleName("Large view")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._photo = PhotoView(theme, thumbnails, self)
        self._photo.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._previous = self._button("Previous photo (←)", self.previous_requested)
        self._next = self._button("Next photo (→)", self.next_requested)
        self._close = self._button("Close (Space)", self.close_view)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_16, SPACE_12, SPACE_16, SPACE_12)
        layout.setSpacing(SPACE_12)
        layout.addLayout(self._top_row())
        layout.addLayout(self._photo_row(), 1)
        layout.addLayout(self._bottom_row())
        parent.installEventFilter(self)
        theme.changed.connect(self._dress)
        self._dress()
        self.hide()

    def show_photo(self, state: InspectorState) -> None:
        """Show a photo; the same photo again keeps its zoom."""
        self._photo.show_photo(state.photo_id, state.path, state.error)
        self._name.set_full_text(state.name, hint=str(state.path))
        self._details.set_full_text(state.details)
        self._tick.setVisible(state.decision_text is not None)
        self._decision.setVisible(state.decision_text is not None)
        self._decision.set_full_text(state.decision_text or "")
        judged = state.decision_text is None and bool(state.bars)
        self._chip.setVisible(judged)
        self._percent.setVisible(judged and not state.stranger)
        if judged:
            best = state.bars[0]
            self._chip.show_label(*(("None of these", None) if state.stranger else (best.name, best.colour_index)))
            self._percent.setText(wording.percent(best.probability))
        unfamiliar = judged and state.stranger and state.familiarity is not None
        self._familiarity.setVisible(unfamiliar)
        if unfamiliar and state.familiarity is not None:
            self._familiarity.set_full_text(wording.familiarity(state.familiarity, stranger=True))

    def set_picture(self, photo_id: int, image: QImage) -> None:
        """Put the full picture in place of the thumbnail; ignored when another photo is shown by now."""
        self._photo.set_picture(photo_id, image)

    def open_view(self) -> None:
        """Cover the parent and take the keyboard."""
        if self.isVisible():
            return
        self._focus_before = self.window().focusWidget()
        self._cover()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def close_view(self) -> None:
        """Uncover the parent and give the keyboard back."""
        if self.isHidden():
            return
        before, self._focus_before = self._focus_before, None
        self.hide()
        if before is not None and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)
        self.closed.emit()

    def event(self, event: QEvent) -> bool:
        """Claim our keys before the shortcuts of the window below get them."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and _is_ours(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Everything can be done by keys."""
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if plain and self._act(event):
            return
        if not self._photo.handle_key(event):
            super().keyPressEvent(event)

    def focusNextPrevChild(self, next_: bool) -> bool:
        """Keep Tab within the view."""
        if self.isHidden():
            return super().focusNextPrevChild(next_)
        places: list[QWidget] = [self, self._previous, self._next, self._close]
        focused = self.window().focusWidget()
        at = places.index(focused) if focused in places else 0
        reason = Qt.FocusReason.TabFocusReason if next_ else Qt.FocusReason.BacktabFocusReason
        places[(at + (1 if next_ else -1)) % len(places)].setFocus(reason)
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay as large as the parent."""
        if watched is self._host and event.type() == QEvent.Type.Resize and self.isVisible():
            self._cover()
        return super().eventFilter(watched, event)

    def _act(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key in _CLOSING:
            self.close_view()
        elif key in _ENTER:
            self.confirm_requested.emit()
        elif key == Qt.Key.Key_Right:
            self.next_requested.emit()
        elif key == Qt.Key.Key_Left:
            self.previous_requested.emit()
        elif Qt.Key.Key_0 <= key <= Qt.Key.Key_9:
            self.label_key.emit(key - Qt.Key.Key_0)
        else:
            return False
        return True

    def _cover(self) -> None:
        self.setGeometry(self._host.rect())

    def _button(self, title: str, answer: SignalInstance | Callable[[], None]) -> QToolButton:
        button = QToolButton(self)
        button.setToolTip(title)
        button.setAccessibleName(title)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(answer)
        return button

    def _top_row(self) -> QHBoxLayout:
        self._name = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
        self._name.setProperty("role", "heading")
        self._details = ElidedLabel()
        self._details.setProperty("role", "dim")
        row = QHBoxLayout()
        row.setSpacing(SPACE_12)
        row.addWidget(self._name)
        row.addWidget(self._details)
        row.addStretch(1)
        row.addWidget(self._close)
        return row

    def _photo_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(SPACE_8)
        row.addWidget(self._previous)
        row.addWidget(self._photo, 1)
        row.addWidget(self._next)
        return row

    def _bottom_row(self) -> QHBoxLayout:
        self._tick = QLabel()
        self._chip = LabelChip(self._theme)
        self._percent = QLabel()
        self._percent.setProperty("role", "strong")
        self._decision = ElidedLabel()
        self._decision.setProperty("role", "strong")
        self._familiarity = ElidedLabel()
        self._familiarity.setProperty("role", "dim")
        hint = ElidedLabel(_HINT)
        hint.setProperty("role", "dim")
        hint.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        hint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout()
        row.setSpacing(SPACE_8)
        for widget in (self._tick, self._decision, self._chip, self._percent, self._familiarity):
            row.addWidget(widget)
        row.addWidget(hint, 1)
        return row

    @Slot()
    def _dress(self) -> None:
        self._tick.setPixmap(self._theme.icon("check", "decided").pixmap(_ICON_SIDE, _ICON_SIDE))
        self._previous.setIcon(self._theme.icon("chevron-left"))
        self._next.setIcon(self._theme.icon("chevron-right"))
        self._close.setIcon(self._theme.icon("x"))


def _is_ours(event: QKeyEvent) -> bool:
    key, control = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    if control:
        return key in (Qt.Key.Key_0, Qt.Key.Key_1, Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus)
    arrows = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
    zoom = (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus)
    return key in (*_CLOSING, *_ENTER, *arrows, *zoom) or Qt.Key.Key_0 <= key <= Qt.Key.Key_9
