"""The outline of everything in the left column that photos can be dropped on."""

from __future__ import annotations

import enum

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from fewshot_gui.ui.theme import Theme

_DASHES = [4.0, 3.0]
"""Lengths of dash and gap in pen widths."""


class DropState(enum.Enum):
    """What a drop target says to the drag that is going on."""

    NONE = "nothing is dragged, or it cannot go here"
    POSSIBLE = "it can go here"
    HERE = "letting go now drops it here"


def outline(theme: Theme, state: DropState, *, focused: bool = False, dashed: bool = False) -> QPen:
    """The pen for the frame of a drop target; ``dashed`` is how it looks at rest."""
    if state is DropState.HERE:
        return dashed_pen(theme, "accent", 2)
    if focused:
        return QPen(theme.colour("accent"), 2)
    if state is DropState.POSSIBLE:
        return dashed_pen(theme, "accent", 1)
    return dashed_pen(theme, "line", 1) if dashed else QPen(theme.colour("line"), 1)


def dashed_pen(theme: Theme, ink: str, width: float) -> QPen:
    """A dashed pen in the colour of the token ``ink``."""
    pen = QPen(theme.colour(ink), width)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    pen.setDashPattern(_DASHES)
    return pen


def paint_frame(painter: QPainter, rect: QRectF, pen: QPen, radius: float) -> None:
    """A rounded outline wholly inside ``rect``, filled with the painter's brush."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(pen)
    half = pen.widthF() / 2
    painter.drawRoundedRect(rect.adjusted(half, half, -half, -half), radius - half, radius - half)
