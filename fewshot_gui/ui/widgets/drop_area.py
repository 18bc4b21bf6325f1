"""The dashed area at the foot of the left column: a new class from whatever is dropped."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from fewshot_gui.ui.theme import RADIUS_10, SPACE_8, SPACE_16, SPACE_24, Theme
from fewshot_gui.ui.widgets.drop_frame import DropState, outline, paint_frame

_TEXT_FLAGS = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap


class DropArea(QAbstractButton):
    """A drop target that is a button too, for those who don't drag."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._state = DropState.NONE
        self.setText("Drop photos or a folder here\nto make a new class")
        self.setAccessibleName("Make a new class")
        self.setToolTip("Drop photos or a folder, or click to make an empty class")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.changed.connect(self.update)

    @property
    def drop_state(self) -> DropState:
        """What it says to the drag that is going on."""
        return self._state

    def set_drop_state(self, state: DropState) -> None:
        """Say whether a drag can go here."""
        if state is not self._state:
            self._state = state
            self.update()

    def sizeHint(self) -> QSize:
        """Room for the words."""
        width = max(self.fontMetrics().horizontalAdvance(line) for line in self.text().splitlines()) + 2 * SPACE_8
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """Narrow columns break the words."""
        return QSize(SPACE_24 * 5, self.fontMetrics().height() * 2)

    def heightForWidth(self, width: int) -> int:
        """Room for the words, broken to ``width``."""
        room = QRect(0, 0, width - 2 * SPACE_8, SPACE_24 * 100)
        return self.fontMetrics().boundingRect(room, int(_TEXT_FLAGS), self.text()).height() + 2 * SPACE_16

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses it, as Space does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt hands it in
        """Draw the outline and the words."""
        painter = QPainter(self)
        active = self._state is DropState.HERE
        ground = "accent_soft" if active else "hover" if self.underMouse() else "panel"
        painter.setBrush(self._theme.colour(ground))
        pen = outline(self._theme, self._state, focused=self.hasFocus(), dashed=True)
        paint_frame(painter, QRectF(self.rect()), pen, RADIUS_10)
        painter.setPen(self._theme.colour("text" if active else "dim"))
        painter.drawText(self.rect().adjusted(SPACE_8, 0, -SPACE_8, 0), int(_TEXT_FLAGS), self.text())
        painter.end()
