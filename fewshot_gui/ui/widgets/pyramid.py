"""A picture in halving sizes, so that a large photo is drawn small without jagged edges and without delay."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter


class Pyramid:
    """An image and, made when first needed, its half, quarter, eighth and so on."""

    def __init__(self, image: QImage) -> None:
        self._levels = [image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)]

    @property
    def size(self) -> QSize:
        """The size of the full image in pixels."""
        return self._levels[0].size()

    def draw(self, painter: QPainter, target: QRectF, scale: float) -> None:
        """Draw into ``target``.

        Args:
            painter: Where to draw.
            target: In the painter's logical pixels.
            scale: Screen pixels per pixel of the full image.
        """
        level = self._level(scale)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale < 4)
        painter.drawImage(target, level, QRectF(level.rect()))
        painter.restore()

    def _level(self, scale: float) -> QImage:
        """The smallest level that need not be magnified; bilinear sampling is good down to one half."""
        index = 0
        while scale <= 0.5 and min(self._at(index).width(), self._at(index).height()) >= 2:
            index, scale = index + 1, scale * 2
        return self._at(index)

    def _at(self, index: int) -> QImage:
        while len(self._levels) <= index:
            last = self._levels[-1]
            self._levels.append(
                last.scaled(
                    max(1, last.width() // 2),
                    max(1, last.height() // 2),
                    Qt.AspectRatioMode.IgnoreAspectRatio,
                    Qt.TransformationMode.SmoothTransformation,
                )
            )
        return self._levels[index]
