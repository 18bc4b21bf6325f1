"""Small drawings of the three steps, made of the parts that the window itself is made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fewshot_gui.ui.theme import RADIUS_6, RADIUS_8, SPACE_8, Theme
from fewshot_gui.ui.widgets.drop_frame import dashed_pen, paint_frame

_SIZE: Final = QSize(220, 116)
_TILE, _SMALL, _CHIP = 44.0, 30.0, 7.0


class StepPicture(QWidget):
    """The drawing of one step: 0 shows examples, 1 a folder that is labelled, 2 the check."""

    def __init__(self, theme: Theme, step: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        draw: tuple[Callable[[QPainter], None], ...] = (self._examples, self._folder, self._check)
        self._draw = draw[step]
        self.setMinimumHeight(_SIZE.height())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """The size it is drawn for; it is centred in more room."""
        return _SIZE

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt hands it in
        """Draw it on a soft ground."""
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("background"))
        painter.drawRoundedRect(QRectF(self.rect()), RADIUS_8, RADIUS_8)
        painter.translate((self.width() - _SIZE.width()) / 2, (self.height() - _SIZE.height()) / 2)
        self._draw(painter)
        painter.end()

    def _examples(self, painter: QPainter) -> None:
        """A class with three photos and room for more."""
        for number, (left, icon) in enumerate(((12.0, "leaf"), (62.0, "leaf"), (112.0, "leaf"))):
            self._photo(painter, QRectF(left, 50, _TILE, _TILE), icon, 2, turned=number * 24 - 24)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        more = QRectF(162, 50, _TILE, _TILE)
        paint_frame(painter, more, dashed_pen(self._theme, "accent", 1.5), RADIUS_6)
        self._icon(painter, "plus", "accent", more.adjusted(13, 13, -13, -13))
        self._dot(painter, 12, 28, 2)
        self._bar(painter, QRectF(30, 29, 66, _CHIP), "stranger")

    def _folder(self, painter: QPainter) -> None:
        """A folder whose photos have labels in the colours of classes."""
        self._icon(painter, "folder", "dim", QRectF(14, 34, 48, 48))
        self._icon(painter, "arrow-right", "accent", QRectF(72, 48, 20, 20))
        for number, index in enumerate((2, 0, 2, 4, 2, 0)):
            spot = QRectF(104 + number % 3 * 38, 14 + number // 3 * 48, _SMALL, _SMALL)
            self._photo(painter, spot, "leaf", None, turned=number * 31)
            self._bar_of(painter, QRectF(spot.left(), spot.bottom() + 4, _SMALL, _CHIP), index)

    def _check(self, painter: QPainter) -> None:
        """Two labels that are right, and one that is looked at."""
        for number, index in enumerate((2, 0, None)):
            top = 10.0 + number * 34
            self._photo(painter, QRectF(20, top, _SMALL, _SMALL), "leaf", index, turned=number * 40)
            bar = QRectF(62, top + 11, 92 if index is not None else 38, _CHIP)
            if index is None:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                pen = dashed_pen(self._theme, "accent", 1.5)
                paint_frame(painter, QRectF(56, top + 3, 146, 24), pen, RADIUS_6)
                self._bar(painter, bar, "stranger")
                self._icon(painter, "circle-question-mark", "accent", QRectF(178, top + 6, 18, 18))
            else:
                self._bar_of(painter, bar, index)
                self._icon(painter, "check", "decided", QRectF(178, top + 6, 18, 18))

    def _photo(self, painter: QPainter, spot: QRectF, icon: str, index: int | None, *, turned: float) -> None:
        chip = self._theme.chip(index)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(chip.ground)
        painter.drawRoundedRect(spot, RADIUS_6, RADIUS_6)
        painter.save()
        painter.translate(spot.center())
        painter.rotate(turned)
        half = spot.width() / 2 - SPACE_8
        self._icon(painter, icon, "dim", QRectF(-half, -half, 2 * half, 2 * half))
        painter.restore()

    def _icon(self, painter: QPainter, name: str, ink: str, spot: QRectF) -> None:
        self._theme.icon(name, ink).paint(painter, spot.toRect())

    def _dot(self, painter: QPainter, left: float, top: float, index: int) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.class_colour(index))
        painter.drawEllipse(QRectF(left, top, 10, 10))

    def _bar(self, painter: QPainter, spot: QRectF, token: str) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour(token))
        painter.drawRoundedRect(spot, _CHIP / 2, _CHIP / 2)

    def _bar_of(self, painter: QPainter, spot: QRectF, index: int) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.class_colour(index))
        painter.drawRoundedRect(spot, _CHIP / 2, _CHIP / 2)
