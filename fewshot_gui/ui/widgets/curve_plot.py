"""Curves over the steps of a training, each with the band of its interval if it has one."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from fewshot_gui.ui import wording
from fewshot_gui.ui.theme import FONT_11, SPACE_4, SPACE_8, SPACE_12, SPACE_24, Theme
from fewshot_gui.ui.widgets.fonts import sized, strong
from fewshot_gui.ui.widgets.plot_scale import Scale, round_ticks

_LINE = 2.0
_DOT = 3.0


@dataclass(frozen=True)
class CurvePoint:
    """One point: after ``step`` steps the value was ``value``, give or take ``half_width``."""

    step: int
    value: float
    half_width: float = 0.0


class CurvePlot(QWidget):
    """One curve over steps, with a dashed line to compare it with.

    The whole is said in the accessible name, so that it can be heard too.
    """

    def __init__(
        self,
        theme: Theme,
        title: str,
        words: Callable[[float], str],
        *,
        ink: str,
        bounds: tuple[float, float] = (-math.inf, math.inf),
        span: float = 0.0,
        parent: QWidget | None = None,
    ) -> None:
        """Draw the curve in the colour ``ink`` of the theme.

        Args:
            theme: Gives the colours.
            title: What is drawn.
            words: Writes a value, at the axis and in speech.
            ink: A colour of the theme.
            bounds: No value lies outside, and no interval reaches beyond.
            span: The axis covers at least so much: less would make much of differences that mean nothing.
            parent: Of the widget.
        """
        super().__init__(parent)
        self._theme = theme
        self._title = title
        self._words = words
        self._ink = ink
        self._bounds = bounds
        self._span = span
        self._points: tuple[CurvePoint, ...] = ()
        self._steps = 1
        self._level: float | None = None
        self._level_title = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)
        self._describe()

    def show_points(self, points: tuple[CurvePoint, ...], steps: int) -> None:
        """Draw ``points``, in ascending order of their steps, on an axis from 0 to ``steps``."""
        self._points = points
        self._steps = max(1, steps)
        self._describe()
        self.update()

    def show_level(self, value: float | None, title: str = "") -> None:
        """Draw a dashed line at ``value``, named ``title``; ``None`` for no line."""
        self._level, self._level_title = value, title
        self._describe()
        self.update()

    def sizeHint(self) -> QSize:
        """Room to see a course."""
        return QSize(SPACE_24 * 20, SPACE_24 * 9)

    def minimumSizeHint(self) -> QSize:
        """Room for the axis and three ticks."""
        return QSize(SPACE_24 * 9, SPACE_24 * 5)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt hands it in
        """Draw title, axes, band, curve and level."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(sized(self.font(), FONT_11))
        ticks = self.ticks
        top = self._paint_title(painter)
        label_width = max(painter.fontMetrics().horizontalAdvance(self._words(tick)) for tick in ticks)
        bottom = self.height() - painter.fontMetrics().height() - SPACE_4
        across = Scale(0, self._steps, label_width + SPACE_8, self.width() - SPACE_12)
        up = Scale(ticks[0], ticks[-1], bottom - SPACE_4, top + SPACE_8)
        self._paint_axes(painter, across, up, ticks)
        self._paint_level(painter, across, up)
        self._paint_curve(painter, across, up)
        painter.end()

    def _ends(self, point: CurvePoint) -> tuple[float, float]:
        """Of the interval."""
        low, high = self._bounds
        return max(point.value - point.half_width, low), min(point.value + point.half_width, high)

    def _describe(self) -> None:
        said = "nothing yet"
        if self._points:
            last = self._points[-1]
            said = f"{self._words(last.value)} after {wording.counted(last.step, 'step')}"
        if self._level is not None:
            said += f"; {self._level_title} {self._words(self._level)}"
        self.setAccessibleName(f"{self._title}: {said}")
        self.setToolTip(wording.tooltip(f"{self._title}: {said}"))

    @property
    def ticks(self) -> tuple[float, ...]:
        """The values that are written at the axis."""
        values = [end for point in self._points for end in self._ends(point)]
        if self._level is not None:
            values.append(self._level)
        low, high = min(values, default=0.0), max(values, default=1.0)
        missing = max(0.0, self._span - (high - low))
        high = min(high + missing / 2, self._bounds[1])
        low = max(min(low, high - self._span), self._bounds[0])
        high = min(max(high, low + self._span), self._bounds[1])
        return round_ticks(low, high, most=4)

    def _paint_title(self, painter: QPainter) -> int:
        """Returns the height below which the plot begins."""
        painter.save()
        painter.setFont(strong(sized(self.font(), FONT_11)))
        painter.setPen(self._theme.colour("text"))
        height = painter.fontMetrics().height()
        painter.drawText(QRectF(0, 0, self.width(), height), Qt.AlignmentFlag.AlignLeft, self._title)
        if self._level is not None:
            painter.setFont(sized(self.font(), FONT_11))
            painter.setPen(self._theme.colour("dim"))
            said = f"- -  {self._level_title}"
            painter.drawText(QRectF(0, 0, self.width() - SPACE_12, height), Qt.AlignmentFlag.AlignRight, said)
        painter.restore()
        return height

    def _paint_axes(self, painter: QPainter, across: Scale, up: Scale, ticks: tuple[float, ...]) -> None:
        line, dim = self._theme.colour("line"), self._theme.colour("dim")
        height = painter.fontMetrics().height()
        for tick in ticks:
            y = up.at(tick)
            painter.setPen(QPen(line, 1))
            painter.drawLine(QPointF(across.start, y), QPointF(across.stop, y))
            painter.setPen(dim)
            place = QRectF(0, y - height / 2, across.start - SPACE_8, height)
            painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._words(tick))
        below = self.height() - height
        begin = QRectF(across.start, below, SPACE_24 * 4, height)
        painter.drawText(begin, Qt.AlignmentFlag.AlignLeft, "0")
        end = QRectF(across.start, below, across.stop - across.start, height)
        painter.drawText(end, Qt.AlignmentFlag.AlignRight, wording.counted(self._steps, "step"))

    def _paint_level(self, painter: QPainter, across: Scale, up: Scale) -> None:
        if self._level is None:
            return
        pen = QPen(self._theme.colour("dim"), 1)
        pen.setDashPattern([SPACE_4, SPACE_4])
        painter.setPen(pen)
        y = up.at(self._level)
        painter.drawLine(QPointF(across.start, y), QPointF(across.stop, y))

    def _paint_curve(self, painter: QPainter, across: Scale, up: Scale) -> None:
        course = [QPointF(across.at(point.step), up.at(point.value)) for point in self._points]
        ends = [(across.at(point.step), self._ends(point)) for point in self._points]
        band = [QPointF(x, up.at(high)) for x, (_, high) in ends]
        band += [QPointF(x, up.at(low)) for x, (low, _) in reversed(ends)]
        colour = self._theme.colour(self._ink)
        if any(point.half_width for point in self._points):
            soft = self._theme.colour(self._ink)
            soft.setAlphaF(0.16)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(soft)
            painter.drawPolygon(QPolygonF(band))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        pen = QPen(colour, _LINE)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.drawPolyline(QPolygonF(course))
        if course:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawEllipse(course[-1], _DOT, _DOT)
