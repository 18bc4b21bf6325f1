"""Says that folders are watched for new photos, and how many came."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from fewshot_gui.ui import wording
from fewshot_gui.ui.theme import FONT_15, SPACE_4, Theme


class WatchChip(QWidget):
    """An eye with “Watching”, and behind it “12 new”; neither is seen while there is nothing to say.

    Signals:
        folders_requested: show the folders of the project.
        new_requested: go to the new photos.
    """

    folders_requested = Signal()
    new_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._is_missing = False
        self.watching = QPushButton("Watching")
        self.watching.setProperty("role", "link")
        self.watching.setIconSize(QSize(FONT_15, FONT_15))
        self.watching.clicked.connect(self.folders_requested)
        self.new = QPushButton()
        self.new.setProperty("role", "link")
        self.new.setToolTip(wording.tooltip("Go to the photos that came in while a folder was watched (Ctrl+J)"))
        self.new.clicked.connect(self.new_requested)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_4)
        row.addWidget(self.watching)
        row.addWidget(self.new)
        theme.changed.connect(self._draw_icon)
        self.show_state((), (), 0, 0)

    def show_state(self, folders: Sequence[Path], missing: Sequence[Path], unfinished: int, new: int) -> None:
        """Show what is watched and what came.

        Args:
            folders: Those under watch.
            missing: Those of them that are not there.
            unfinished: Photos that are still being written.
            new: Photos that the person has not gone to yet.
        """
        self._is_missing = bool(missing)
        if missing and len(missing) == len(folders):
            text = "Waiting for the folder" if len(folders) == 1 else "Waiting for the folders"
        else:
            text = f"Watching · {wording.count(unfinished)} coming" if unfinished else "Watching"
        self.watching.setText(f" {text}")  # Qt leaves hardly any room behind an icon
        self.watching.setAccessibleName(text)
        lines = [f"{folder}{' (not there now)' if folder in missing else ''}" for folder in folders]
        self.watching.setToolTip(wording.tooltip(f"Photos that appear in {', '.join(lines)} are labelled"))
        self.watching.setVisible(bool(folders))
        self.new.setText(f"{wording.count(new)} new")
        self.new.setAccessibleName(f"Go to {wording.counted(new, 'new photo')}")
        self.new.setVisible(new > 0)
        self.setVisible(bool(folders) or new > 0)
        self._draw_icon()

    @Slot()
    def _draw_icon(self) -> None:
        icon, ink = ("triangle-alert", "warning") if self._is_missing else ("eye", "accent")
        self.watching.setIcon(self._theme.icon(icon, ink))
