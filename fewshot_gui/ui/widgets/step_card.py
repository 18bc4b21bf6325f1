"""One of the three steps that the work consists of: a picture, a heading, a line."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from fewshot_gui.ui.theme import SPACE_8, SPACE_16, Theme
from fewshot_gui.ui.widgets.texts import label

_BADGE_SIDE = 48
_ICON_SIDE = 24


class Badge(QWidget):
    """An icon on a soft round ground."""

    def __init__(self, theme: Theme, icon: str) -> None:
        super().__init__()
        self._theme = theme
        self._icon = icon
        self.setFixedSize(QSize(_BADGE_SIDE, _BADGE_SIDE))
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt hands it in
        """Draw it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("accent_soft"))
        painter.drawEllipse(self.rect())
        inset = (_BADGE_SIDE - _ICON_SIDE) // 2
        self._theme.icon(self._icon, "accent").paint(painter, self.rect().adjusted(inset, inset, -inset, -inset))
        painter.end()


def step_card(picture: QWidget, title: str, words: str) -> QFrame:
    """A card with ``picture`` above its words."""
    card = QFrame()
    card.setProperty("role", "card")
    layout = QVBoxLayout(card)
    layout.setContentsMargins(SPACE_16, SPACE_16, SPACE_16, SPACE_16)
    layout.setSpacing(SPACE_8)
    layout.addWidget(picture)
    layout.addWidget(label(title, "heading"))
    layout.addWidget(label(words, "dim"))
    layout.addStretch(1)
    return card
