"""The folders whose photos are labelled."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from fewshot_gui.ui import wording
from fewshot_gui.ui.theme import SPACE_4, SPACE_8, SPACE_12, SPACE_16, SPACE_24, Theme
from fewshot_gui.ui.widgets.content_scroll import ContentScroll
from fewshot_gui.ui.widgets.elided_label import ElidedLabel

_WIDTH, _HIGHEST = 560, 640
_NONE_YET = "No folder yet. Add one, and the photos in it are labelled."
_HINT = (
    "Photos that appear in a watched folder, or in a folder in it, are labelled as soon as they are written: from a "
    "camera on a cable, a microscope, or a memory card that is being copied."
)


@dataclass(frozen=True)
class FolderState:
    """What is said of a folder.

    Attributes:
        id: Of the folder in the project.
        path: Where it is.
        photos: How many photos of the project are in it.
        watched: Whether photos that appear in it are labelled.
    """

    id: int
    path: Path
    photos: int
    watched: bool


class FoldersDialog(QDialog):
    """A card for each folder, with a switch for watching it and a button that takes it out.

    Signals:
        watch_changed: the id of a folder, and whether it is to be watched.
        remove_requested: the id of a folder that is to leave the project.
        add_requested: another folder is wanted.
    """

    watch_changed = Signal(int, bool)
    remove_requested = Signal(int)
    add_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._cards: dict[int, _FolderCard] = {}
        self.setWindowTitle("Folders of the project")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._none = QLabel(_NONE_YET)
        self._none.setProperty("role", "dim")
        hint = QLabel(_HINT)
        hint.setProperty("role", "dim")
        hint.setWordWrap(True)
        content = QWidget()
        self._list = QVBoxLayout(content)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(SPACE_8)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_24, SPACE_24, SPACE_24, SPACE_16)
        layout.setSpacing(SPACE_12)
        layout.addWidget(hint)
        layout.addWidget(self._none)
        layout.addWidget(ContentScroll(content), 1)
        layout.addStretch()
        layout.addLayout(self._buttons())

    def show_folders(self, states: Sequence[FolderState]) -> None:
        """Show these folders; the keyboard stays where it is while its folder does."""
        for gone in self._cards.keys() - {state.id for state in states}:
            card = self._cards.pop(gone)
            if card.isAncestorOf(self.focusWidget() or self):
                self._add.setFocus(Qt.FocusReason.OtherFocusReason)
            self._list.removeWidget(card)
            card.hide()
            card.deleteLater()
        for state in states:
            if state.id not in self._cards:
                card = self._cards[state.id] = _FolderCard(self._theme, state.id)
                card.watch_changed.connect(self.watch_changed)
                card.remove_requested.connect(self.remove_requested)
                self._list.addWidget(card)
            self._cards[state.id].show_state(state)
        self._none.setVisible(not states)
        if not self.isVisible():
            self.resize(_WIDTH, min(_HIGHEST, self.sizeHint().height()))

    def show_missing(self, folders: Collection[Path]) -> None:
        """Say which folders are not there now."""
        for card in self._cards.values():
            card.show_missing(folders)

    def _buttons(self) -> QHBoxLayout:
        self._add = QPushButton("Add a folder…")
        self._add.setToolTip(wording.tooltip("Label the photos in another folder"))
        self._add.setAutoDefault(False)
        self._add.clicked.connect(self.add_requested)
        close = QPushButton("Close")
        close.setDefault(True)
        close.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.addWidget(self._add)
        row.addStretch(1)
        row.addWidget(close)
        return row


class _FolderCard(QFrame):
    """One folder."""

    watch_changed = Signal(int, bool)
    remove_requested = Signal(int)

    def __init__(self, theme: Theme, folder_id: int) -> None:
        super().__init__()
        self._theme = theme
        self._id = folder_id
        self._state = FolderState(folder_id, Path(), 0, watched=False)
        self.setProperty("role", "card")
        self._name = ElidedLabel()
        self._name.setProperty("role", "strong")
        self._place = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
        self._place.setProperty("role", "small")
        self._note = QLabel("Not there now; watching goes on when it is back.")
        self._note.setProperty("role", "warning")
        self._note.setWordWrap(True)
        self._watch = QCheckBox("Watch for new photos")
        self._watch.toggled.connect(self._toggle)
        self._remove = QToolButton()
        self._remove.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._remove.clicked.connect(self._ask_to_remove)
        self._lay_out()
        theme.changed.connect(self._draw_icon)
        self._draw_icon()

    def show_state(self, state: FolderState) -> None:
        """Show the folder as it is."""
        self._state = state
        name = state.path.name or str(state.path)
        self._name.set_full_text(name)
        self._place.set_full_text(f"{wording.counted(state.photos, 'photo')} · {state.path}", hint=str(state.path))
        with QSignalBlocker(self._watch):
            self._watch.setChecked(state.watched)
        self._watch.setAccessibleName(f"Watch {name} for new photos")
        self._remove.setAccessibleName(f"Take {name} out of the project")
        self._remove.setToolTip(
            wording.tooltip("Take the folder, its photos and your decisions on them out of the project; files stay")
        )

    def show_missing(self, folders: Collection[Path]) -> None:
        """Say whether the folder is among those that are not there."""
        self._note.setVisible(self._state.watched and self._state.path in folders)

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(SPACE_4)
        for widget in (self._name, self._place, self._note, self._watch):
            words.addWidget(widget)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_16, SPACE_12, SPACE_12, SPACE_12)
        row.setSpacing(SPACE_8)
        row.addLayout(words, 1)
        row.addWidget(self._remove, 0, Qt.AlignmentFlag.AlignTop)

    @Slot(bool)
    def _toggle(self, watched: bool) -> None:
        self.watch_changed.emit(self._id, watched)

    @Slot()
    def _ask_to_remove(self) -> None:
        self.remove_requested.emit(self._id)

    @Slot()
    def _draw_icon(self) -> None:
        self._remove.setIcon(self._theme.icon("x", "dim"))
