"""The application object: what the system tells the program as a whole."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication


class Application(QApplication):
    """Hears of files that a running program shall open: on macOS, a double click on a project.

    Signals:
        file_opened: the path.
    """

    file_opened = Signal(object)

    # An override and no event filter: a filter of the application would be asked about every event of every widget.
    def event(self, event: QEvent) -> bool:
        """Pass on requests to open a file."""
        if isinstance(event, QFileOpenEvent) and event.file():
            self.file_opened.emit(Path(event.file()))
            return True
        return super().event(event)
