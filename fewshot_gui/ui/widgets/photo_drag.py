"""What hangs on the pointer while photos are dragged."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen, QPixmap

from fewshot_gui.ui import wording
from fewshot_gui.ui.theme import FONT_12, RADIUS_8, SPACE_4, SPACE_8, SPACE_24, Theme
from fewshot_gui.ui.widgets.drop_frame import paint_frame
from fewshot_gui.ui.widgets.fonts import sized, strong
from fewshot_gui.ui.widgets.tile_pictures import cut_to_fill

_SIDE = 88
_MOST_SHEETS = 3


def drag_picture(thumbnail: QPixmap | None, count: int, theme: Theme, base: QFont, ratio: float) -> QPixmap:
    """A small photo, for several on a pile with their number.

    Args:
        thumbnail: The photo that was grabbed, if it has been read yet.
        count: How many are dragged.
        theme: For the colours.
        base: The font of the window.
        ratio: Device pixels for each pixel.
    """
    sheets = min(count, _MOST_SHEETS)
    reach = _SIDE + SPACE_4 * (sheets - 1) + SPACE_8
    pixmap = QPixmap(QSize(reach, reach) * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    painter.setBrush(theme.colour("panel"))
    for sheet in reversed(range(sheets)):
        place = QRectF(SPACE_4 * sheet, SPACE_8 + SPACE_4 * sheet, _SIDE, _SIDE)
        paint_frame(painter, place, QPen(theme.colour("line"), 1), RADIUS_8)
    if thumbnail is not None and not thumbnail.isNull():
        side = _SIDE - SPACE_8
        photo = cut_to_fill(thumbnail, QSize(side, side) * ratio, SPACE_4 * ratio)
        painter.drawPixmap(QRectF(SPACE_4, SPACE_8 + SPACE_4, side, side), photo, QRectF(photo.rect()))
    if count > 1:
        _paint_count(painter, count, QPointF(_SIDE + SPACE_4, 0), theme, base)
    painter.end()
    return pixmap


def _paint_count(painter: QPainter, count: int, top_right: QPointF, theme: Theme, base: QFont) -> None:
    font = strong(sized(base, FONT_12))
    text = wording.count(count)
    width = max(SPACE_24, QFontMetrics(font).horizontalAdvance(text) + 2 * SPACE_8)
    badge = QRectF(top_right.x() - width, top_right.y(), width, SPACE_24)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("accent"))
    painter.drawRoundedRect(badge, SPACE_24 / 2, SPACE_24 / 2)
    painter.setFont(font)
    painter.setPen(theme.colour("on_accent"))
    painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, text)
