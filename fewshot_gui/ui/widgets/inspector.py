"""The right column: one photo, what the machine thinks of it and why, and what the person decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QGuiApplication, QImage, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from fewshot_gui.ui import wording
from fewshot_gui.ui.models.thumbnails import ThumbnailStore
from fewshot_gui.ui.theme import SPACE_4, SPACE_8, SPACE_12, SPACE_16, Theme
from fewshot_gui.ui.widgets.confidence_bars import BarState, ConfidenceBars
from fewshot_gui.ui.widgets.content_scroll import ContentScroll
from fewshot_gui.ui.widgets.decision_bar import DecisionBar
from fewshot_gui.ui.widgets.elided_label import ElidedLabel
from fewshot_gui.ui.widgets.evidence_strip import EvidenceState, EvidenceStrip
from fewshot_gui.ui.widgets.photo_view import PhotoView

_EMPTY = "Choose a photo to see it here"
_NO_GUESS = "No guess yet: give two classes at least one example each. You can already label the photo yourself."
_PHOTO_SHAPE = 0.8
"""Height of the photo's frame over its width."""
_LEAST_PHOTO = 96
_FINDINGS_ROOM = 120
"""Pixels of the findings that stay in view before the photo shrinks, beyond the few lines they can scroll in."""


@dataclass(frozen=True)
class InspectorState:
    """All that is known of the photo shown.

    Attributes:
        photo_id: Its id in the project.
        path: The file.
        name: The file name as shown.
        taken: When it was taken, if the file says so.
        width: Pixels, as displayed; 0 while unknown.
        height: Pixels, as displayed; 0 while unknown.
        error: Why the file cannot be read, as a sentence.
        decision_text: What a person decided, as a sentence such as "You decided: Shorts".
        bars: The classes, most probable first; empty while there is no guess.
        familiarity: How much the photo resembles the examples at all, 0..1.
        stranger: Whether it was judged to belong to none of the classes.
        evidence: The examples it resembles most, most similar first.
        selected_count: How many photos are selected; decisions act on all of them.
    """

    photo_id: int
    path: Path
    name: str
    taken: datetime | None = None
    width: int = 0
    height: int = 0
    error: str | None = None
    decision_text: str | None = None
    bars: tuple[BarState, ...] = ()
    familiarity: float | None = None
    stranger: bool = False
    evidence: tuple[EvidenceState, ...] = ()
    selected_count: int = 1

    @property
    def details(self) -> str:
        """When it was taken and how large it is: "14 Jul 2026 09:32 · 4032×3024"."""
        taken = [wording.moment(self.taken)] if self.taken else []
        size = [f"{self.width}×{self.height}"] if self.width and self.height else []
        return " · ".join(taken + size)


class Inspector(QFrame):
    """The photo in focus, read from top to bottom: picture, file, confidence, reasons, decision.

    Signals:
        label_requested: the class id that the person chose.
        confirm_requested: the given label is right.
        none_requested: the photo belongs to none of the classes.
        undecide_requested: take the decision back.
        large_view_requested: show the photo as large as the window.
        evidence_activated: the path of an example that was clicked.
    """

    label_requested = Signal(int)
    confirm_requested = Signal()
    none_requested = Signal()
    undecide_requested = Signal()
    large_view_requested = Signal()
    evidence_activated = Signal(object)

    def __init__(self, theme: Theme, thumbnails: ThumbnailStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._state: InspectorState | None = None
        self.setProperty("role", "panel")
        self.setAccessibleName("Chosen photo")
        self._photo = PhotoView(theme, thumbnails, self)
        self._bars = ConfidenceBars(theme, self)
        self._bars.chosen.connect(self.label_requested)
        self._evidence = EvidenceStrip(theme, thumbnails, self)
        self._evidence.activated.connect(self.evidence_activated)
        self._decision = DecisionBar(theme, self)
        self._decision.confirm_requested.connect(self.confirm_requested)
        self._decision.none_requested.connect(self.none_requested)
        self._decision.undecide_requested.connect(self.undecide_requested)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(_empty_page())
        self._page = self._photo_page()
        self._stack.addWidget(self._page)
        theme.changed.connect(self._dress)
        self._dress()

    def show_photo(self, state: InspectorState | None) -> None:
        """Show a photo, or the invitation to choose one. A photo shown already is brought up to date in place."""
        same = state is not None and self._state is not None and state.photo_id == self._state.photo_id
        self._state = state
        self._stack.setCurrentIndex(0 if state is None else 1)
        if state is None:
            self._photo.clear()
            return
        self._photo.show_photo(state.photo_id, state.path, state.error)
        self._enlarge_ground.setVisible(state.error is None)
        self._show_caption(state)
        self._show_findings(state, glide=same)
        self._decision.setVisible(state.error is None or state.selected_count > 1)
        guess = state.bars[0].name if state.bars else None
        self._decision.show_choice(guess, state.decision_text, state.selected_count, stranger=state.stranger)

    def set_picture(self, photo_id: int, image: QImage) -> None:
        """Put the full picture of a photo in place of its thumbnail; ignored when another photo is shown by now."""
        self._photo.set_picture(photo_id, image)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Label by the keys that the rows show, when no shortcut of the window took them."""
        chosen = self._bars.class_for_key(event.text())
        if chosen is not None:
            self.label_requested.emit(chosen)
        elif event.key() == Qt.Key.Key_0 and self._state is not None:
            self.none_requested.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the photo's frame in shape, whatever it shows, so that nothing jumps from photo to photo."""
        super().resizeEvent(event)
        left_over = self.height() - self._height_without_photo() - _FINDINGS_ROOM
        shaped = round((self.width() - 2 * SPACE_12) * _PHOTO_SHAPE)
        self._photo.setFixedHeight(max(_LEAST_PHOTO, min(shaped, left_over)))

    def sizeHint(self) -> QSize:
        """The width of the column in the design."""
        return QSize(320, 740)

    def minimumSizeHint(self) -> QSize:
        """Room for a small photo, the file name, a few lines and the buttons."""
        return QSize(240, self._height_without_photo() + _LEAST_PHOTO)

    def _height_without_photo(self) -> int:
        return self._page.minimumSizeHint().height() - self._photo.minimumHeight()

    def _show_caption(self, state: InspectorState) -> None:
        several = state.selected_count > 1
        self._heading.setVisible(several)
        self._heading.setText(f"{wording.count(state.selected_count)} photos selected")
        self._name.set_full_text(f"Showing {state.name}" if several else state.name, hint=str(state.path))
        self._details.set_full_text(state.details)
        self._details.setVisible(bool(state.details))

    def _show_findings(self, state: InspectorState, *, glide: bool) -> None:
        readable = state.error is None
        judged = readable and bool(state.bars)
        self._findings.setVisible(readable)
        self._confidence_title.setVisible(judged)
        self._bars.setVisible(judged)
        self._bars.show_bars(state.bars, glide=glide)
        self._sentence.setVisible(readable and (not judged or state.familiarity is not None))
        if judged and state.familiarity is not None:
            self._sentence.setText(wording.familiarity(state.familiarity, stranger=state.stranger))
        else:
            self._sentence.setText(_NO_GUESS)
        explained = judged and bool(state.evidence)
        self._why_title.setVisible(explained)
        self._evidence.setVisible(explained)
        self._evidence.show_evidence(state.evidence)

    def _photo_page(self) -> QWidget:
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(SPACE_12, SPACE_12, SPACE_12, SPACE_12)
        layout.setSpacing(SPACE_12)
        layout.addWidget(self._photo)
        layout.addLayout(self._caption())
        self._findings = ContentScroll(self._findings_page())
        layout.addWidget(self._findings)
        layout.addWidget(self._decision)
        layout.addStretch(1)
        self._add_large_view_button()
        return page

    def _caption(self) -> QVBoxLayout:
        self._heading = QLabel()
        self._heading.setProperty("role", "heading")
        self._name = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
        self._name.setProperty("role", "strong")
        self._name.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._name.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        copy_name = QAction("Copy file name", self._name)
        copy_name.triggered.connect(self._copy_name)
        copy_path = QAction("Copy full path", self._name)
        copy_path.triggered.connect(self._copy_path)
        self._name.addActions([copy_name, copy_path])
        self._details = ElidedLabel()
        self._details.setProperty("role", "dim")
        caption = QVBoxLayout()
        caption.setSpacing(2)
        for label in (self._heading, self._name, self._details):
            caption.addWidget(label)
        return caption

    def _findings_page(self) -> QWidget:
        self._confidence_title = _title("Confidence")
        self._why_title = _title("Why")
        self._why_title.setToolTip(wording.tooltip("Your examples that look most like this photo"))
        self._sentence = QLabel()
        self._sentence.setProperty("role", "dim")
        self._sentence.setWordWrap(True)
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_4)
        layout.addWidget(self._confidence_title)
        layout.addWidget(self._bars)
        layout.addSpacing(SPACE_4)
        layout.addWidget(self._sentence)
        layout.addSpacing(SPACE_8)
        layout.addWidget(self._why_title)
        layout.addWidget(self._evidence)
        return page

    def _add_large_view_button(self) -> None:
        self._enlarge = QToolButton()
        self._enlarge.setAccessibleName("Large view")
        self._enlarge.setToolTip(wording.tooltip("Large view (Space)"))
        self._enlarge.clicked.connect(self.large_view_requested)
        # A ground of its own keeps the icon readable on any photo.
        self._enlarge_ground = QFrame(self._photo)
        self._enlarge_ground.setProperty("role", "card")
        ground = QVBoxLayout(self._enlarge_ground)
        ground.setContentsMargins(0, 0, 0, 0)
        ground.addWidget(self._enlarge)
        corner = QVBoxLayout(self._photo)
        corner.setContentsMargins(SPACE_8, SPACE_8, SPACE_8, SPACE_8)
        corner.addWidget(self._enlarge_ground, 0, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)

    @Slot()
    def _copy_name(self) -> None:
        if self._state is not None:
            QGuiApplication.clipboard().setText(self._state.name)

    @Slot()
    def _copy_path(self) -> None:
        if self._state is not None:
            QGuiApplication.clipboard().setText(str(self._state.path))

    @Slot()
    def _dress(self) -> None:
        self._enlarge.setIcon(self._theme.icon("maximize"))


def _title(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "strong")
    return label


def _empty_page() -> QWidget:
    page = QWidget()
    label = QLabel(_EMPTY)
    label.setProperty("role", "dim")
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setWordWrap(True)
    layout = QVBoxLayout(page)
    layout.setContentsMargins(SPACE_16, SPACE_16, SPACE_16, SPACE_16)
    layout.addWidget(label)
    return page
