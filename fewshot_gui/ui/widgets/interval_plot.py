"""Dots with their intervals on one axis of shares, in groups, beside a value to compare with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from fewshot_gui.ui import wording
from fewshot_gui.ui.theme import FONT_11, FONT_12, SPACE_4, SPACE_8, SPACE_12, SPACE_24, Theme
from fewshot_gui.ui.widgets.fonts import sized, strong
from fewshot_gui.ui.widgets.plot_scale import Scale, round_ticks

_DOT = 4.0
_WHISKER = 2.0
_WIDEST_TITLE = 180
_LEAST_SPAN = 0.05
"""Of the axis: less would make much of differences that mean nothing."""


@dataclass(frozen=True)
class IntervalRow:
    """One dot.

    Attributes:
        group: The heading that it stands under, together with its neighbours of the same group.
        title: What it is the value of.
        value: A share 0..1.
        half_width: Of its 95 % interval.
        is_reference: Whether the others of its group are compared with it; drawn in grey, with a line down from it.
    """

    group: str
    title: str
    value: float
    half_width: float
    is_reference: bool = False


class IntervalPlot(QWidget):
    """As high as its rows need."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._name = name
        self._rows: tuple[IntervalRow, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        theme.changed.connect(self.update)
        self.show_rows(())

    def show_rows(self, rows: tuple[IntervalRow, ...]) -> None:
        """Draw ``rows``, those of one group next to one another."""
        self._rows = rows
        said = "; ".join(
            f"{row.group}, {row.title} {wording.percent(row.value)} ± {row.half_width * 100:.1f}" for row in rows
        )
        self.setAccessibleName(f"{self._name}: {said or 'nothing yet'}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """A line for every row and every heading, and one for the axis."""
        return QSize(SPACE_24 * 18, self._height())

    def minimumSizeHint(self) -> QSize:
        """The same height: rows are never squeezed."""
        return QSize(SPACE_24 * 10, self._height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt hands it in
        """Draw axis, headings and rows."""
        if not self._rows:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(sized(self.font(), FONT_12))
        widest = max(painter.fontMetrics().horizontalAdvance(row.title) for row in self._rows)
        scale = self._scale(min(widest, _WIDEST_TITLE) + SPACE_12)
        self._paint_axis(painter, scale)
        for top, heading, row in self._lines():
            if heading:
                self._paint_heading(painter, top, heading)
            elif row is not None:
                self._paint_row(painter, scale, top, row)
        painter.end()

    def _line_height(self) -> int:
        return self.fontMetrics().height() + SPACE_8

    def _height(self) -> int:
        groups = len(list(groupby(self._rows, key=lambda row: row.group)))
        return (len(self._rows) + groups + 1) * self._line_height() + SPACE_4

    def _lines(self) -> Iterator[tuple[int, str, IntervalRow | None]]:
        """The top of each line in pixels, with its heading or its row."""
        number = 0
        for group, rows in groupby(self._rows, key=lambda row: row.group):
            yield number * self._line_height(), group, None
            number += 1
            for row in rows:
                yield number * self._line_height(), "", row
                number += 1

    def _scale(self, left: int) -> Scale:
        ticks = round_ticks(*self._range(), most=6)
        return Scale(ticks[0], ticks[-1], left, self.width() - SPACE_24)

    def _range(self) -> tuple[float, float]:
        lows = [max(0.0, row.value - row.half_width) for row in self._rows]
        highs = [min(1.0, row.value + row.half_width) for row in self._rows]
        low, high = min(lows), max(highs)
        return max(0.0, min(low, high - _LEAST_SPAN)), high

    def _paint_axis(self, painter: QPainter, scale: Scale) -> None:
        bottom = self._height() - self._line_height()
        painter.save()
        painter.setFont(sized(self.font(), FONT_11))
        for tick in round_ticks(*self._range(), most=6):
            x = scale.at(tick)
            painter.setPen(QPen(self._theme.colour("line"), 1))
            painter.drawLine(QPointF(x, self._line_height()), QPointF(x, bottom))
            painter.setPen(self._theme.colour("dim"))
            place = QRectF(x - SPACE_24, bottom, 2 * SPACE_24, self._line_height())
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, wording.percent(tick))
        painter.restore()

    def _paint_heading(self, painter: QPainter, top: int, heading: str) -> None:
        painter.save()
        painter.setFont(strong(sized(self.font(), FONT_12)))
        painter.setPen(self._theme.colour("text"))
        line = QRectF(0, top, self.width(), self._line_height())
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, heading)
        painter.restore()

    def _paint_row(self, painter: QPainter, scale: Scale, top: int, row: IntervalRow) -> None:
        height = self._line_height()
        painter.setPen(self._theme.colour("dim" if row.is_reference else "text"))
        title = painter.fontMetrics().elidedText(row.title, Qt.TextElideMode.ElideRight, int(scale.start) - SPACE_8)
        line = QRectF(0, top, scale.start, height)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, title)
        y, x = top + height / 2, scale.at(row.value)
        colour = self._theme.colour("stranger" if row.is_reference else "accent")
        if row.is_reference:
            pen = QPen(colour, 1)
            pen.setDashPattern([SPACE_4, SPACE_4])
            painter.setPen(pen)
            below = sum(other.group == row.group for other in self._rows) - 1
            painter.drawLine(QPointF(x, y), QPointF(x, y + below * height))
        painter.setPen(QPen(colour, _WHISKER))
        low, high = max(0.0, row.value - row.half_width), min(1.0, row.value + row.half_width)
        painter.drawLine(QPointF(scale.at(low), y), QPointF(scale.at(high), y))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(QPointF(x, y), _DOT, _DOT)
