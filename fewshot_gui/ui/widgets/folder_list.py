"""A few folders that the person chose."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from fewshot_gui.ui import wording
from fewshot_gui.ui.drops import paths_in
from fewshot_gui.ui.theme import SPACE_4, SPACE_8, Theme
from fewshot_gui.ui.widgets.elided_label import ElidedLabel


class FolderList(QWidget):
    """Folders below one another, each with a button that takes it off the list; takes dropped folders too.

    Signals:
        changed: the folders are others now.
        add_requested: ask for another folder.
    """

    changed = Signal()
    add_requested = Signal()

    def __init__(self, theme: Theme, hint: str, parent: QWidget | None = None) -> None:
        """``hint`` says what the folders should hold, while there are none."""
        super().__init__(parent)
        self._theme = theme
        self._folders: tuple[Path, ...] = ()
        self.setAcceptDrops(True)
        self._hint = QLabel(hint)
        self._hint.setProperty("role", "dim")
        self._hint.setWordWrap(True)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(SPACE_4)
        self._add = QPushButton("Add a folder…")
        self._add.setAccessibleDescription(hint)
        self._add.clicked.connect(self.add_requested)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_8)
        layout.addWidget(self._hint)
        layout.addLayout(self._rows)
        layout.addWidget(self._add, 0, Qt.AlignmentFlag.AlignLeft)
        self.setFocusProxy(self._add)
        theme.changed.connect(self._show)

    @property
    def folders(self) -> tuple[Path, ...]:
        """What is on the list, in its order."""
        return self._folders

    def set_folders(self, folders: Sequence[Path]) -> None:
        """Show other folders, each once."""
        self._folders = tuple(dict.fromkeys(folders))
        self._show()
        self.changed.emit()

    def add(self, folder: Path) -> None:
        """Put a folder at the end of the list, if it is not there yet."""
        self.set_folders((*self._folders, folder))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take folders, nothing else."""
        if any(path.is_dir() for path in paths_in(event.mimeData())):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Put the dropped folders on the list."""
        self.set_folders((*self._folders, *(path for path in paths_in(event.mimeData()) if path.is_dir())))
        event.acceptProposedAction()

    @Slot()
    def _show(self) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for folder in self._folders:
            self._rows.addWidget(self._row(folder))
        self._hint.setVisible(not self._folders)

    def _row(self, folder: Path) -> QWidget:
        name = ElidedLabel(str(folder), mode=Qt.TextElideMode.ElideLeft)
        name.set_full_text(str(folder), hint=str(folder))
        remove = QToolButton()
        remove.setIcon(self._theme.icon("x", "dim"))
        remove.setAccessibleName(f"Take {folder.name} off the list")
        remove.setToolTip(wording.tooltip("Take it off the list; the folder stays where it is"))
        remove.setProperty("folder", str(folder))
        remove.clicked.connect(self._remove)
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_4)
        layout.addWidget(name, 1)
        layout.addWidget(remove)
        return row

    @Slot()
    def _remove(self) -> None:
        sender = self.sender()
        gone = sender.property("folder") if sender is not None else None
        self._add.setFocus(Qt.FocusReason.OtherFocusReason)
        self.set_folders([folder for folder in self._folders if str(folder) != gone])
