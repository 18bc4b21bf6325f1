"""How one photo of the grid is painted."""

from __future__ import annotations

import math
import time
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from fewshot_gui.ui import wording
from fewshot_gui.ui.models.photo_arrangement import PHOTO_ROLE
from fewshot_gui.ui.models.photo_row import UNFAMILIAR, PhotoRow
from fewshot_gui.ui.models.thumbnails import ThumbnailStore
from fewshot_gui.ui.theme import MOTION_MS, RADIUS_6, RADIUS_10, SPACE_24, Theme
from fewshot_gui.ui.widgets.drop_frame import dashed_pen, paint_frame
from fewshot_gui.ui.widgets.tile_layout import BAR_HEIGHT, CHIP_PADDING, TileLayout, TileText
from fewshot_gui.ui.widgets.tile_pictures import TilePictures

UNREADABLE_TEXT: Final = "Can’t be read"

_FOCUS_DISTANCE = 3
"""Pixels from the card to the ring of the keyboard focus around it."""

_CROP_RESERVE = 4 / 3
"""A thumbnail is measured along its longer side and a tile shows its shorter one; most photos are 4:3."""

_State = QStyle.StateFlag


class PhotoTile(QStyledItemDelegate):
    """Paints the photo, its label in the class colour, the confidence, and who decided.

    A decision that the machine does not share shows no confidence, because the machine's is of another label. Nor does
    "none of these", which says in a word that the photo is unlike the examples.
    """

    def __init__(self, theme: Theme, thumbnails: ThumbnailStore, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._thumbnails = thumbnails
        self._pictures = TilePictures()
        self._text = TileText(parent.font())

    def caption_height(self) -> int:
        """How much higher than wide a tile is, in pixels."""
        return self._text.caption_height

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint one tile."""
        photo = index.data(PHOTO_ROLE)
        if not isinstance(photo, PhotoRow):
            return
        layout = self._text.layout(option.rect.width())
        painter.save()
        painter.translate(option.rect.topLeft())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_card(painter, QRect(0, 0, option.rect.width(), option.rect.height()), option.state)
        unreadable = photo.error is not None or self._thumbnails.is_broken(photo.path)
        self._paint_picture(painter, photo, layout.picture, unreadable=unreadable)
        if unreadable:
            self._paint_words(painter, UNREADABLE_TEXT, layout.caption, "warning")
        elif photo.label_text:
            self._paint_chip(painter, photo, layout.label)
            self._paint_confidence(painter, photo, layout)
        else:
            self._paint_words(painter, photo.name, layout.caption, "dim")
        if photo.decided:
            self._paint_tick(painter, layout.badge)
        self._paint_glow(painter, photo, QRectF(0, 0, option.rect.width(), option.rect.height()))
        painter.restore()

    def _paint_card(self, painter: QPainter, card: QRect, state: QStyle.StateFlag) -> None:
        selected = bool(state & _State.State_Selected)
        painter.setBrush(self._theme.colour("panel"))
        pen = QPen(self._theme.colour("accent"), 2) if selected else QPen(self._theme.colour("line"), 1)
        paint_frame(painter, QRectF(card), pen, RADIUS_10)
        if state & _State.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            around = QRectF(card).adjusted(-_FOCUS_DISTANCE, -_FOCUS_DISTANCE, _FOCUS_DISTANCE, _FOCUS_DISTANCE)
            paint_frame(painter, around, QPen(self._theme.colour("text"), 1.5), RADIUS_10 + _FOCUS_DISTANCE)

    def _paint_picture(self, painter: QPainter, photo: PhotoRow, place: QRect, *, unreadable: bool) -> None:
        ratio = painter.device().devicePixelRatioF()
        side = math.ceil(place.width() * ratio * _CROP_RESERVE)
        thumbnail = None if unreadable else self._thumbnails.pixmap(photo.path, side)
        if thumbnail is not None and not thumbnail.isNull():
            painter.drawPixmap(place.topLeft(), self._pictures.picture(thumbnail, place.size(), ratio))
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("hover"))
        painter.drawRoundedRect(QRectF(place), RADIUS_6, RADIUS_6)
        icon = self._theme.icon("triangle-alert", "warning") if unreadable else self._theme.icon("images", "track")
        icon.paint(painter, _centred(place, SPACE_24))

    def _paint_chip(self, painter: QPainter, photo: PhotoRow, room: QRect) -> None:
        colours = self._theme.chip(photo.style.colour_index if photo.style is not None else None)
        metrics = self._text.label_metrics
        asked = "?" if photo.doubtful and not photo.is_none else ""
        space = room.width() - 2 * CHIP_PADDING - metrics.horizontalAdvance(asked)
        text = metrics.elidedText(photo.label_text, Qt.TextElideMode.ElideRight, space) + asked
        chip = QRectF(room)
        chip.setWidth(min(room.width(), metrics.horizontalAdvance(text) + 2 * CHIP_PADDING))
        if asked:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            pen = dashed_pen(self._theme, "text", 1.2)
            pen.setColor(colours.text)
            paint_frame(painter, chip, pen, chip.height() / 2)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.ground)
            painter.drawRoundedRect(chip, chip.height() / 2, chip.height() / 2)
        painter.setFont(self._text.label)
        painter.setPen(colours.text)
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_confidence(self, painter: QPainter, photo: PhotoRow, layout: TileLayout) -> None:
        confidence = photo.shown_confidence
        if confidence is None:
            if photo.unfamiliar:
                self._paint_words(painter, UNFAMILIAR, layout.note, "dim")
            return
        painter.setFont(self._text.figure)
        painter.setPen(self._theme.colour("dim"))
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(layout.figure, flags, wording.percent(confidence))
        bar, radius = QRectF(layout.bar), BAR_HEIGHT / 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("track"))
        painter.drawRoundedRect(bar, radius, radius)
        bar.setWidth(max(BAR_HEIGHT, bar.width() * min(max(confidence, 0.0), 1.0)))
        painter.setBrush(self._theme.class_colour(photo.style.colour_index if photo.style is not None else None))
        painter.drawRoundedRect(bar, radius, radius)

    def _paint_words(self, painter: QPainter, words: str, room: QRect, ink: str) -> None:
        painter.setFont(self._text.small)
        painter.setPen(self._theme.colour(ink))
        text = self._text.small_metrics.elidedText(words, Qt.TextElideMode.ElideMiddle, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_tick(self, painter: QPainter, place: QRect) -> None:
        # The edge keeps the badge apart from a green photo.
        painter.setPen(QPen(self._theme.colour("panel"), 1.5))
        painter.setBrush(self._theme.colour("decided"))
        painter.drawEllipse(QRectF(place))
        pen = QPen(self._theme.colour("on_accent"), 2)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        side, origin = place.width(), QPointF(place.topLeft())
        tick = [QPointF(x * side, y * side) + origin for x, y in ((0.30, 0.52), (0.44, 0.66), (0.71, 0.36))]
        painter.drawPolyline(tick)

    def _paint_glow(self, painter: QPainter, photo: PhotoRow, card: QRectF) -> None:
        age = (time.monotonic() - photo.changed_at) * 1000
        if age >= MOTION_MS or not self._theme.animates:
            return
        colour = self._theme.colour("accent")
        colour.setAlphaF(1 - age / MOTION_MS)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        paint_frame(painter, card, QPen(colour, 3), RADIUS_10)


def _centred(rect: QRect, side: int) -> QRect:
    return QRect(rect.x() + (rect.width() - side) // 2, rect.y() + (rect.height() - side) // 2, side, side)
