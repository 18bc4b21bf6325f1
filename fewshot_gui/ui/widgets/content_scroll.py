"""A scroll area that is only as high as what it holds."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget


class ContentScroll(QScrollArea):
    """Asks for the height of its content, so that what follows stays close, and scrolls when it gets less."""

    def __init__(self, content: QWidget) -> None:
        """Hold ``content``, a widget with a layout."""
        super().__init__()
        self._content = content
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(content)
        self.viewport().setAutoFillBackground(False)
        content.setAutoFillBackground(False)

    def sizeHint(self) -> QSize:
        """The height that the content needs at the present width."""
        hint = self._content.sizeHint()
        if self._content.hasHeightForWidth():
            hint.setHeight(self._content.heightForWidth(self.width()))
        return hint

    def minimumSizeHint(self) -> QSize:
        """As narrow as the content can be, and a few lines high."""
        return QSize(self._content.minimumSizeHint().width(), min(72, self.sizeHint().height()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask anew: lines wrap differently at another width."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ask anew when the content changed."""
        if watched is self._content and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)
