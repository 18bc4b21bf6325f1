"""A short notice that goes away by itself."""

from __future__ import annotations

from PySide6.QtCore import QPropertyAnimation, QTimer, Slot
from PySide6.QtWidgets import QGraphicsOpacityEffect, QWidget

from fewshot_gui.ui.theme import MOTION_MS, Theme
from fewshot_gui.ui.widgets.elided_label import ElidedLabel

SHOWN_MS = 6000


class Toast(ElidedLabel):
    """Says what changed, such as "14 labels changed", and fades after six seconds."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("", parent, least=80)
        self._theme = theme
        self.setProperty("role", "strong")
        self._opacity = QGraphicsOpacityEffect(self)
        self._opacity.setOpacity(1.0)
        self.setGraphicsEffect(self._opacity)
        self._motion = QPropertyAnimation(self._opacity, b"opacity", self)
        self._motion.setDuration(MOTION_MS)
        self._motion.setEndValue(0.0)
        self._motion.finished.connect(self.hide)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOWN_MS)
        self._timer.timeout.connect(self._fade)
        self.hide()

    def show_text(self, text: str) -> None:
        """Show ``text`` from now on for six seconds, in place of what was shown before."""
        self._motion.stop()
        self._opacity.setOpacity(1.0)
        self.set_full_text(text)
        self.show()
        self._timer.start()

    @Slot()
    def _fade(self) -> None:
        if self._theme.animates:
            self._motion.start()
        else:
            self.hide()
