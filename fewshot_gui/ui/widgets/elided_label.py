"""A label that shortens its text to the room it has."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from fewshot_gui.ui import wording


class ElidedLabel(QLabel):
    """One line of plain text that asks for its full width, makes do with less, and then tells the rest in a tooltip."""

    def __init__(
        self,
        text: str = "",
        parent: QWidget | None = None,
        *,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        least: int = 48,
    ) -> None:
        """Show ``text``, shortened where ``mode`` says; it is never narrower than ``least`` pixels."""
        super().__init__(parent)
        self._full = ""
        self._hint = ""
        self._mode = mode
        self._least = least
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.set_full_text(text)

    @property
    def full_text(self) -> str:
        """The text before it was shortened."""
        return self._full

    def set_full_text(self, text: str, *, hint: str = "") -> None:
        """Show ``text``; ``hint`` is the tooltip, without it a shortened text is its own."""
        self._full, self._hint = text, hint
        self.setAccessibleName(text)
        self.updateGeometry()
        self._shorten()

    def sizeHint(self) -> QSize:
        """Room for the full text."""
        self.ensurePolished()
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self._full) + 2, metrics.height())

    def minimumSizeHint(self) -> QSize:
        """Room for a few letters."""
        full = self.sizeHint()
        return QSize(min(self._least, full.width()), full.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten to the new width."""
        super().resizeEvent(event)
        self._shorten()

    def changeEvent(self, event: QEvent) -> None:
        """Shorten anew in another font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._shorten()

    def _shorten(self) -> None:
        shown = self.fontMetrics().elidedText(self._full, self._mode, self.width())
        if shown != self.text():
            self.setText(shown)
        self.setToolTip(wording.tooltip(self._hint or (self._full if shown != self._full else "")))
