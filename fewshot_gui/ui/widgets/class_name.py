"""The name of a class, which can be changed in its place."""

from __future__ import annotations

from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

from fewshot_gui.ui.widgets.elided_label import ElidedLabel
from fewshot_gui.ui.widgets.in_place_name import InPlaceName


class ClassName(InPlaceName):
    """A bold line that a double click turns into a field to type in."""

    def __init__(self, parent: QWidget | None = None) -> None:
        label = ElidedLabel()
        label.setProperty("role", "strong")
        super().__init__(label, "Name of the class", parent)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Edit, as in a file manager."""
        event.accept()
        self.edit()
