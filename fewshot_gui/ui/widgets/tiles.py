"""The tiles of an example strip: an example, "+7", and the place to add photos."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QFont, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QAbstractButton, QWidget

from fewshot_gui.ui import wording
from fewshot_gui.ui.models.thumbnails import ThumbnailStore
from fewshot_gui.ui.theme import FONT_12, RADIUS_6, SPACE_4, SPACE_16, Theme
from fewshot_gui.ui.widgets.class_card_state import ExampleState
from fewshot_gui.ui.widgets.drop_frame import dashed_pen, paint_frame

_LONGER_SIDE = 1.5
"""The longer side of a photo in tile sides, so that the middle square of a 3:2 photo is not scaled up."""


class Tile(QAbstractButton):
    """A small square button; the strip moves the focus among its tiles.

    Signals:
        focused: it received the keyboard focus; carries itself and the reason (Qt.FocusReason).
        left: it lost the keyboard focus; carries the reason.
    """

    focused = Signal(object, object)
    left = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        theme.changed.connect(self.update)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave everything but pressing to the strip; the arrow keys of a plain button would walk out of it."""
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Select):
            super().keyPressEvent(event)
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell the strip."""
        super().focusInEvent(event)
        self.focused.emit(self, event.reason())

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell the strip."""
        super().focusOutEvent(event)
        self.left.emit(event.reason())

    def _paint_frame(self, painter: QPainter, rest: QPen, ground: str) -> None:
        pen = QPen(self._theme.colour("accent"), 2) if self.hasFocus() else rest
        painter.setBrush(self._theme.colour(ground))
        paint_frame(painter, QRectF(self.rect()), pen, RADIUS_6)

    def _paint_text(self, painter: QPainter, ink: str) -> None:
        font = QFont(self.font())
        font.setPixelSize(FONT_12)
        painter.setFont(font)
        painter.setPen(self._theme.colour(ink))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())


class ExampleTile(Tile):
    """One example photo; checked while selected. Its mouse events go to the strip, which knows the other tiles.

    Signals:
        opened: the person wants to look at it; carries the example's id.
    """

    opened = Signal(int)

    def __init__(self, theme: Theme, thumbnails: ThumbnailStore, example: ExampleState, parent: QWidget) -> None:
        super().__init__(theme, parent)
        self._thumbnails = thumbnails
        self.example = example
        self.setCheckable(True)
        self.setAccessibleName(example.path.name)
        self.setToolTip(wording.tooltip(example.path.name))
        self.clicked.connect(self._open)

    def nextCheckState(self) -> None:
        """Pressing a tile opens it and leaves the selection as it is."""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Leave it to the strip."""
        event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Leave it to the strip."""
        event.ignore()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Leave it to the strip."""
        event.ignore()

    def show_photo(self) -> None:
        """Draw the picture anew, now that it has been read or turned out to be broken."""
        if self._thumbnails.is_broken(self.example.path):
            words = f"{self.example.path.name} could not be read"
            self.setAccessibleName(words)
            self.setToolTip(wording.tooltip(words))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt hands it in
        """Draw the middle square of the photo, which is only asked for once the tile is in sight."""
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(self.rect()), RADIUS_6, RADIUS_6)
        painter.setClipPath(shape)
        side = round(_LONGER_SIDE * self.width() * self.devicePixelRatioF())
        pixmap = self._thumbnails.pixmap(self.example.path, side)
        if pixmap is not None and not pixmap.isNull():
            painter.drawPixmap(self.rect(), pixmap, _middle_square(pixmap))
        else:
            painter.fillRect(self.rect(), self._theme.colour("hover"))
            if self._thumbnails.is_broken(self.example.path):
                self._theme.icon("triangle-alert", "warning").paint(painter, _centred(self.rect(), SPACE_16))
        painter.setClipping(False)
        self._paint_selection(painter)
        painter.end()

    @Slot()
    def _open(self) -> None:
        self.opened.emit(self.example.id)

    def _paint_selection(self, painter: QPainter) -> None:
        if not (self.isChecked() or self.hasFocus()):
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        # The inner ring keeps the accent apart from a photo of the same colour.
        inner = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        paint_frame(painter, inner, QPen(self._theme.colour("panel"), 1), RADIUS_6 - 2)
        accent = QPen(self._theme.colour("accent"), 2) if self.isChecked() else dashed_pen(self._theme, "accent", 2)
        paint_frame(painter, QRectF(self.rect()), accent, RADIUS_6)


class MoreTile(Tile):
    """How many examples are not shown; pressing it shows them all, and then only the first row again."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, parent)
        self._expanded = False

    def show_count(self, total: int, hidden: int, *, expanded: bool) -> None:
        """Say that ``hidden`` of ``total`` examples are not shown, or, ``expanded``, offer to show fewer."""
        self._expanded = expanded
        self.setText("" if expanded else f"+{wording.count(hidden)}")
        words = "Show fewer examples" if expanded else f"Show all {wording.count(total)} examples"
        self.setAccessibleName(words)
        self.setToolTip(words)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt hands it in
        """Draw a quiet tile."""
        painter = QPainter(self)
        self._paint_frame(painter, QPen(Qt.PenStyle.NoPen), "pressed" if self.underMouse() else "hover")
        if self._expanded:
            self._theme.icon("chevron-up", "dim").paint(painter, _centred(self.rect(), SPACE_16))
        else:
            self._paint_text(painter, "text" if self.underMouse() else "dim")
        painter.end()


class AddTile(Tile):
    """A dashed place: pressing it browses for photos; while something is dragged it says where to let go."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, parent)
        self._inviting = False

    def show_class(self, name: str) -> None:
        """Name the class that photos are added to."""
        self.setAccessibleName(f"Add photos to {name}")
        self.setToolTip(wording.tooltip(f"Add photos to {name}…"))

    def set_inviting(self, inviting: bool) -> None:
        """Say "Drop here" or show the plus."""
        self._inviting = inviting
        self.setText("Drop here" if inviting else "")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt hands it in
        """Draw the dashed place."""
        painter = QPainter(self)
        # Accent on the soft ground of the card would be too faint to read; on the panel's ground it is not.
        ground = "panel" if self._inviting or not self.underMouse() else "hover"
        rest = dashed_pen(self._theme, "accent", 1.5) if self._inviting else dashed_pen(self._theme, "track", 1)
        self._paint_frame(painter, rest, ground)
        if self._inviting:
            self._paint_text(painter, "accent")
        else:
            _paint_plus(painter, QRectF(self.rect()).center(), QPen(self._theme.colour("dim"), 1.4))
        painter.end()


def _paint_plus(painter: QPainter, centre: QPointF, pen: QPen) -> None:
    painter.setPen(pen)
    arm = float(SPACE_4)
    painter.drawLine(centre - QPointF(arm, 0), centre + QPointF(arm, 0))
    painter.drawLine(centre - QPointF(0, arm), centre + QPointF(0, arm))


def _middle_square(pixmap: QPixmap) -> QRect:
    return _centred(pixmap.rect(), min(pixmap.width(), pixmap.height()))


def _centred(rect: QRect, side: int) -> QRect:
    return QRect(rect.x() + (rect.width() - side) // 2, rect.y() + (rect.height() - side) // 2, side, side)
