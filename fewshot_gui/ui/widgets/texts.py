"""What the program says of itself wherever no project is open, and the labels that say it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

PURPOSE: Final = (
    "Teach the computer your own photo classes from a handful of examples, then let it label whole folders."
)
PROMISE: Final = "Everything stays on this computer. Your photos are never changed, moved or deleted."
STEPS: Final = (
    ("image-plus", "1. Show examples", "Name your classes and drop 3 to 10 photos on each."),
    ("folder", "2. Choose a folder", "Every photo in it gets a label, with how sure that label is."),
    ("list-checks", "3. Check and save", "Look at the doubtful ones, correct them, then save a table of labels."),
)
"""Icon, heading and words of the three steps."""


def label(text: str, role: str) -> QLabel:
    """A label of the style sheet's ``role`` whose text wraps."""
    made = QLabel(text)
    made.setProperty("role", role)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(True)
    return made
