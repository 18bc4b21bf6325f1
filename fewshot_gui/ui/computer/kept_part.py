"""How much is kept of photos that were read before, where, and the way to clear it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from fewshot_gui.ui.computer.computer_state import room_words
from fewshot_gui.ui.theme import SPACE_8, SPACE_12, SPACE_16, Theme
from fewshot_gui.ui.widgets.elided_label import ElidedLabel
from fewshot_gui.ui.widgets.error_line import ErrorLine
from fewshot_gui.ui.widgets.quiet_button import quiet_button
from fewshot_gui.ui.widgets.texts import label
from fewshot_gui.workflows.kept_photos import KeptPhotos

_PURPOSE = (
    "What the encoder has seen in each photo is kept, so that a folder you label again is not read again. All projects "
    "share it; when it is full, what was used longest ago goes first."
)
_NOWHERE = "Nothing can be kept: the folder for it cannot be written to. Every photo is read anew."
_FINE = 1000
"""Steps of the bar."""


class KeptPart(QFrame):
    """The room it takes as a bar, the folder, and two buttons.

    Signals:
        clear_requested: forget it all.
        folder_requested: show the folder.
    """

    clear_requested = Signal()
    folder_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setAccessibleName("What is kept of photos")
        self._room = label("Looking how much there is…", "")
        self._bar = QProgressBar()
        self._bar.setRange(0, _FINE)
        self._bar.setTextVisible(False)
        self._folder = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
        self._folder.setProperty("role", "dim")
        self._error = ErrorLine(theme)
        self._open = quiet_button("Open folder", "Show the folder in the file manager")
        self._open.clicked.connect(self.folder_requested)
        self._clear = quiet_button("Clear…", "Forget what was read of photos; your decisions stay")
        self._clear.clicked.connect(self.clear_requested)
        self._lay_out()
        self._set_ready(ready=False)

    def show_kept(self, kept: KeptPhotos) -> None:
        """How much there is now, and where."""
        self._error.dismiss()
        words = room_words(kept) if kept.folder is not None else _NOWHERE
        self._room.setText(words)
        self._bar.setRange(0, _FINE)
        self._bar.setValue(round(_FINE * min(1.0, kept.kept_bytes / kept.most_bytes)) if kept.most_bytes else 0)
        self._bar.setAccessibleName(words)
        self._folder.set_full_text(str(kept.folder or ""))
        self._set_ready(ready=kept.folder is not None)
        self._clear.setEnabled(kept.folder is not None and kept.kept_bytes > 0)

    def show_clearing(self) -> None:
        """It is being cleared."""
        self._room.setText("Clearing…")
        self._bar.setRange(0, 0)
        self._bar.setAccessibleName("Clearing")
        self._set_ready(ready=False)

    def show_failed(self, sentence: str) -> None:
        """It could not be cleared, or not be looked at."""
        self._error.show_sentence(sentence)

    def _lay_out(self) -> None:
        place = QHBoxLayout()
        place.setSpacing(SPACE_8)
        place.addWidget(self._folder, 1)
        place.addWidget(self._open)
        place.addWidget(self._clear)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_16, SPACE_16, SPACE_16, SPACE_16)
        layout.setSpacing(SPACE_12)
        layout.addWidget(label("What is kept of photos", "heading"))
        layout.addWidget(label(_PURPOSE, "dim"))
        layout.addWidget(self._bar)
        layout.addWidget(self._room)
        layout.addWidget(self._error)
        layout.addLayout(place)

    def _set_ready(self, *, ready: bool) -> None:
        self._open.setEnabled(ready)
        self._clear.setEnabled(ready)
