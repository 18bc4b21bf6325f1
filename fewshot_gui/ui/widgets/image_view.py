"""A picture that can be zoomed and moved."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from fewshot_gui.ui.theme import RADIUS_8, SPACE_16, Theme
from fewshot_gui.ui.widgets.pyramid import Pyramid
from fewshot_gui.ui.widgets.viewport import Viewport

_ZOOM_STEP = 1.25
_WHEEL_BASE = 1.0015
"""Growth per eighth of a degree of the wheel: a fifth per notch."""
_PAN_STEPS = {
    Qt.Key.Key_Left: (-48.0, 0.0),
    Qt.Key.Key_Right: (48.0, 0.0),
    Qt.Key.Key_Up: (0.0, -48.0),
    Qt.Key.Key_Down: (0.0, 48.0),
}


class ImageView(QWidget):
    """A picture on neutral ground.

    The wheel and + and - zoom, Ctrl+0 fits the picture in, Ctrl+1 shows its own pixels, dragging and, while it is
    larger than the view, the arrow keys move it; a double click changes between fitted and own pixels.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._pyramid: Pyramid | None = None
        self._message = ""
        self._viewport = Viewport()
        self._dragged_from: QPointF | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(120, 96)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Photo")
        theme.changed.connect(self.update)

    def set_image(self, image: QImage | None) -> None:
        """Show ``image`` fitted in; ``None`` empties the view."""
        self._message = ""
        self._viewport.fit()
        self.refine_image(image)

    def refine_image(self, image: QImage | None) -> None:
        """Show a sharper version of the same picture; zoom and place stay."""
        self._pyramid = None if image is None or image.isNull() else Pyramid(image)
        if self._pyramid is not None:
            self._viewport.set_picture(self._pyramid.size)
        self._show()

    def set_message(self, text: str) -> None:
        """Say ``text`` in place of a picture: why there is none, or that it is being read."""
        self.set_image(None)
        self._message = text
        self.setAccessibleDescription(text)

    @property
    def viewport(self) -> Viewport:
        """What is seen of the picture."""
        return self._viewport

    @property
    def has_image(self) -> bool:
        """Whether a picture is shown."""
        return self._pyramid is not None

    def handle_key(self, event: QKeyEvent) -> bool:
        """Zoom by a key; whether it was one of ours. For windows that hold the keyboard focus themselves."""
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        match event.key():
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self._viewport.zoom_by(_ZOOM_STEP)
            case Qt.Key.Key_Minus:
                self._viewport.zoom_by(1 / _ZOOM_STEP)
            case Qt.Key.Key_0 if control:
                self._viewport.fit()
            case Qt.Key.Key_1 if control:
                self._viewport.show_actual()
            case _:
                return self._pan_by_key(event)
        self._show()
        return True

    def sizeHint(self) -> QSize:
        """A shape that suits both portrait and landscape photos."""
        return QSize(296, 236)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the picture within the view."""
        super().resizeEvent(event)
        self._viewport.set_view(self.size(), self.devicePixelRatioF())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom where the pointer is."""
        if not self.has_image or not event.angleDelta().y():
            event.ignore()
            return
        self._viewport.zoom_by(_WHEEL_BASE ** event.angleDelta().y(), event.position())
        self._show()
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the picture."""
        if event.button() == Qt.MouseButton.LeftButton and self._viewport.movable:
            self._dragged_from = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the picture along."""
        if self._dragged_from is not None:
            step = self._dragged_from - event.position()
            self._dragged_from = event.position()
            self._viewport.pan(step.x(), step.y())
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of the picture."""
        super().mouseReleaseEvent(event)
        self._dragged_from = None
        self._show()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Change between the whole picture and its own pixels."""
        if self._viewport.fitted:
            self._viewport.show_actual(event.position())
        else:
            self._viewport.fit()
        self._show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Zoom and move by keys; keys that mean nothing here go on to the window."""
        if not self.handle_key(event):
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt hands it in
        """Draw the ground and the picture or the message."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QPainterPath()
        ground.addRoundedRect(QRectF(self.rect()), RADIUS_8, RADIUS_8)
        painter.fillPath(ground, self._theme.colour("background"))
        if self._pyramid is not None:
            painter.setClipPath(ground)
            self._pyramid.draw(painter, self._viewport.target(), self._viewport.scale)
            painter.setClipping(False)
        elif self._message:
            painter.setPen(self._theme.colour("dim"))
            room = self.rect().adjusted(SPACE_16, SPACE_16, -SPACE_16, -SPACE_16)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._message)
        if self.hasFocus():
            painter.setPen(QPen(self._theme.colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), RADIUS_8, RADIUS_8)
        painter.end()

    def _pan_by_key(self, event: QKeyEvent) -> bool:
        step = _PAN_STEPS.get(Qt.Key(event.key()))
        if step is None or not self.has_image or not self._viewport.movable:
            return False
        self._viewport.pan(*step)
        self.update()
        return True

    def _show(self) -> None:
        grab = self.has_image and self._viewport.movable
        self.setCursor(Qt.CursorShape.OpenHandCursor if grab else Qt.CursorShape.ArrowCursor)
        self.update()
