"""A heading that can be changed in its place."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from fewshot_gui.ui.theme import RADIUS_6, SPACE_4, Theme
from fewshot_gui.ui.widgets.elided_label import ElidedLabel
from fewshot_gui.ui.widgets.in_place_name import InPlaceName

FOCUS_MARGIN = SPACE_4
"""Room beside the letters for the focus ring; what stands below the name is set in by as much."""


class EditableName(InPlaceName):
    """A heading that turns into a field to type in when it is clicked, or by Enter or F2 while it has the focus."""

    def __init__(self, theme: Theme, purpose: str, parent: QWidget | None = None) -> None:
        """``purpose`` says to a screen reader what is named, such as "Name of the project"."""
        label = ElidedLabel(least=180)
        label.setProperty("role", "heading")
        label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        super().__init__(label, purpose, parent)
        self._theme = theme
        self._row.setContentsMargins(FOCUS_MARGIN, 2, FOCUS_MARGIN, 2)
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.left_by_key.connect(self._take_focus_back)

    def show_name(self, name: str) -> None:
        """Show ``name``; what is being typed stays."""
        super().show_name(name)
        self.setAccessibleName(f"{self._purpose}: {name}")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Wait for the button to be let go."""
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Edit."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.edit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Edit by the keys that do so in file managers."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
            self.edit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the focus ring."""
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self._theme.colour("accent"), 2))
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), RADIUS_6, RADIUS_6)
            painter.end()

    @Slot()
    def _take_focus_back(self) -> None:
        self.setFocus(Qt.FocusReason.OtherFocusReason)
