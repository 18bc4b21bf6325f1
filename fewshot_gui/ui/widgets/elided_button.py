"""A button whose caption holds a name of any length."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from fewshot_gui.ui import wording

_LEAST_NAME = 40
"""Pixels that a shortened name keeps."""


class ElidedButton(QPushButton):
    """A push button such as "Confirm Shorts ⏎" that shortens only the name when room is scarce."""

    def __init__(self, parent: QWidget | None = None, *, least: int = _LEAST_NAME) -> None:
        """A shortened name keeps ``least`` pixels."""
        super().__init__(parent)
        self._least = least
        self._before, self._name, self._after, self._hint = "", "", "", ""
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    @property
    def full_text(self) -> str:
        """The caption before it was shortened."""
        return f"{self._before}{self._name}{self._after}"

    def set_parts(self, before: str, name: str, after: str, *, hint: str = "") -> None:
        """Show ``before``, ``name`` and ``after`` in a row; spaces between them are the caller's.

        ``hint`` is the tooltip; without it a shortened caption is its own.
        """
        self._before, self._name, self._after, self._hint = before, name, after, hint
        self.setAccessibleName(f"{before}{name}".strip())
        self._shorten()
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Room for the full caption."""
        drawn = super().sizeHint()
        return QSize(drawn.width() + self._advance(self.full_text) - self._advance(self._drawn()), drawn.height())

    def minimumSizeHint(self) -> QSize:
        """Room for the caption with a much shortened name."""
        full = self.sizeHint()
        return QSize(full.width() - max(0, self._advance(self._name) - self._least), full.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten to the new width."""
        super().resizeEvent(event)
        self._shorten()

    def _shorten(self) -> None:
        missing = max(0, self.sizeHint().width() - self.width())
        room = max(self._least, self._advance(self._name) - missing)
        # Asked whether a name fits into its own width, Qt may say no, since that is rounded to whole pixels.
        fits = not missing
        name = self._name if fits else self.fontMetrics().elidedText(self._name, Qt.TextElideMode.ElideRight, room)
        text = wording.button_text(f"{self._before}{name}{self._after}")
        if text != self.text():
            self.setText(text)
        self.setToolTip(wording.tooltip(self._hint or (self.full_text if name != self._name else "")))

    def _drawn(self) -> str:
        return self.text().replace("&&", "&")

    def _advance(self, text: str) -> int:
        self.ensurePolished()
        return self.fontMetrics().horizontalAdvance(text)
