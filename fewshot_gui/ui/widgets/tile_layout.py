"""The places of a photo tile's parts, and the fonts they are measured with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from PySide6.QtCore import QRect
from PySide6.QtGui import QFont, QFontMetrics

from fewshot_gui.ui import wording
from fewshot_gui.ui.models.photo_row import UNFAMILIAR
from fewshot_gui.ui.theme import FONT_11, FONT_12, SPACE_4, SPACE_8
from fewshot_gui.ui.widgets.fonts import sized, strong

BAR_HEIGHT: Final = SPACE_4
CHIP_PADDING: Final = SPACE_8
BADGE_SIDE: Final = 20

_ROOMY_LETTERS = 10
"""Letters of a label that must fit beside the per cent; in narrower tiles the label gets a line of its own."""


@dataclass(frozen=True, slots=True)
class TileLayout:
    """Where things are, from the top left corner of the tile.

    Attributes:
        picture: The photo.
        label: The room for the chip.
        figure: The per cent, to be aligned right.
        bar: The confidence as a bar.
        note: A word in the place of per cent and bar.
        caption: The whole width of the label's line.
        badge: The tick of a person's decision.
    """

    picture: QRect
    label: QRect
    figure: QRect
    bar: QRect
    note: QRect
    caption: QRect
    badge: QRect


class TileText:
    """The fonts of a tile and the layout that follows from them."""

    def __init__(self, base: QFont) -> None:
        """Derive the fonts from the font of the window."""
        self.label = strong(sized(base, FONT_12))
        self.figure = sized(base, FONT_12)
        # All figures equally wide, so that the per cent of neighbouring tiles line up.
        self.figure.setFeature(QFont.Tag("tnum"), 1)
        self.small = sized(base, FONT_11)
        self.label_metrics = QFontMetrics(self.label)
        self.small_metrics = QFontMetrics(self.small)
        self._note_width = self.small_metrics.horizontalAdvance(UNFAMILIAR)
        self._figure_width = QFontMetrics(self.figure).horizontalAdvance(wording.percent(1.0))
        self.layout = lru_cache(maxsize=8)(self._layout)

    @property
    def chip_height(self) -> int:
        """Of the label chip."""
        return self.label_metrics.height() + SPACE_4

    @property
    def caption_height(self) -> int:
        """How much higher than wide a tile is: the picture is square."""
        return SPACE_8 + self.chip_height + SPACE_8 + BAR_HEIGHT

    def _layout(self, width: int) -> TileLayout:
        inner = max(1, width - 2 * SPACE_8)
        picture = QRect(SPACE_8, SPACE_8, inner, inner)
        caption = QRect(SPACE_8, picture.bottom() + 1 + SPACE_8, inner, self.chip_height)
        bar = QRect(SPACE_8, caption.bottom() + 1 + SPACE_8, inner, BAR_HEIGHT)
        label, figure, taken = QRect(caption), QRect(caption), self._figure_width + SPACE_4
        figure.setLeft(figure.right() + 1 - self._figure_width)
        if inner - taken - 2 * CHIP_PADDING >= _ROOMY_LETTERS * self.label_metrics.averageCharWidth():
            label.setWidth(inner - taken)
        else:
            figure.moveCenter(figure.center() + bar.center() - caption.center())
            figure.moveRight(caption.right())
            bar.setWidth(max(1, inner - taken))
        note = QRect(figure)
        note.setLeft(picture.left() if bar.width() < inner else note.right() + 1 - self._note_width)
        badge = QRect(picture.right() + 1 - SPACE_4 - BADGE_SIDE, picture.top() + SPACE_4, BADGE_SIDE, BADGE_SIDE)
        return TileLayout(picture, label, figure, bar, note, caption, badge)
