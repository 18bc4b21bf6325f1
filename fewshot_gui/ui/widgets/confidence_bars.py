"""How sure the machine is of each class, as bars that can be chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEasingCurve, QRectF, QSize, Qt, QVariantAnimation, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from fewshot_gui.ui import wording
from fewshot_gui.ui.theme import MOTION_MS, RADIUS_6, SPACE_8, Theme
from fewshot_gui.ui.widgets.keycap import CAP_HEIGHT, cap_width, paint_cap

ROWS_AT_FIRST = 8
_BAR_THICKNESS = 8
_NAME_SHARE = 0.30
"""Of the width; names longer than that are shortened and told in full by the tooltip."""


@dataclass(frozen=True)
class BarState:
    """One class as a bar.

    Attributes:
        class_id: The class.
        name: Its name.
        colour_index: Its place among the class colours.
        key: The key that gives this label, such as "5"; ``None`` if it has none.
        probability: How sure the machine is, 0..1.
    """

    class_id: int
    name: str
    colour_index: int
    key: str | None
    probability: float


class ConfidenceBar(QAbstractButton):
    """One row: key, name, bar, per cent. Clicking it gives the photo this label."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._state = BarState(0, "", 0, None, 0.0)
        self._shown = 0.0
        self._motion = QVariantAnimation(self)
        self._motion.setDuration(MOTION_MS)
        self._motion.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._motion.valueChanged.connect(self._move)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    @property
    def state(self) -> BarState:
        """What the row shows."""
        return self._state

    def show_state(self, state: BarState, *, start: float | None = None) -> None:
        """Show ``state``; with ``start`` the bar glides from that probability to the new one."""
        self._state = state
        self._motion.stop()
        if start is None or not self._theme.animates:
            self._shown = state.probability
        else:
            self._shown = start
            self._motion.setStartValue(start)
            self._motion.setEndValue(state.probability)
            self._motion.start()
        percent = wording.percent(state.probability)
        self.setAccessibleName(f"{state.name}, {percent}")
        press = f" (key {state.key})" if state.key else ""
        self.setToolTip(wording.tooltip(f"Label as {state.name}{press}"))
        self.update()

    def sizeHint(self) -> QSize:
        """One line of text with air."""
        self.ensurePolished()
        return QSize(240, max(CAP_HEIGHT, self.fontMetrics().height()) + 4)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt hands it in
        """Draw the row."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect())
        if self.underMouse() or self.isDown():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.colour("pressed" if self.isDown() else "hover"))
            painter.drawRoundedRect(area, RADIUS_6, RADIUS_6)
        if self.hasFocus():
            painter.setPen(QPen(self._theme.colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), RADIUS_6, RADIUS_6)
        left = self._paint_words(painter, area)
        self._paint_bar(painter, left, area)
        painter.end()

    def _paint_words(self, painter: QPainter, area: QRectF) -> float:
        """Draw key, name and per cent; where the bar may begin."""
        metrics = self.fontMetrics()
        left = 0.0
        if self._state.key:
            width = cap_width(self.font(), self._state.key)
            top = (area.height() - CAP_HEIGHT) / 2
            paint_cap(painter, QRectF(left, top, width, CAP_HEIGHT), self._state.key, self._theme)
        left += CAP_HEIGHT + SPACE_8
        name_width = round(area.width() * _NAME_SHARE)
        name = metrics.elidedText(self._state.name, Qt.TextElideMode.ElideRight, name_width)
        painter.setPen(self._theme.colour("text"))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(left, 0, name_width + 2, area.height()), middle | Qt.AlignmentFlag.AlignLeft, name)
        percent = wording.percent(self._state.probability)
        painter.drawText(area.adjusted(0, 0, -1, 0), middle | Qt.AlignmentFlag.AlignRight, percent)
        return left + name_width + SPACE_8

    def _paint_bar(self, painter: QPainter, left: float, area: QRectF) -> None:
        right = area.right() - self.fontMetrics().horizontalAdvance("100 %") - SPACE_8
        track = QRectF(left, (area.height() - _BAR_THICKNESS) / 2, max(0.0, right - left), _BAR_THICKNESS)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("track"))
        painter.drawRoundedRect(track, _BAR_THICKNESS / 2, _BAR_THICKNESS / 2)
        filled = QRectF(track)
        filled.setWidth(max(3.0, track.width() * self._shown) if self._shown > 0 else 0.0)
        radius = min(_BAR_THICKNESS / 2, filled.width() / 2)
        painter.setBrush(self._theme.class_colour(self._state.colour_index))
        painter.drawRoundedRect(filled, radius, radius)

    @Slot(object)
    def _move(self, value: object) -> None:
        if isinstance(value, float):
            self._shown = value
            self.update()


class ConfidenceBars(QWidget):
    """The classes, most probable first; those after the eighth behind a link.

    Signals:
        chosen: the class id of the row that was clicked.
    """

    chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._bars: tuple[BarState, ...] = ()
        self._rows: list[ConfidenceBar] = []
        self._unfolded = False
        self._more = QPushButton(self)
        self._more.setProperty("role", "link")
        self._more.clicked.connect(self._toggle)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(2)
        self._layout.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        self._arrange({})

    @property
    def rows(self) -> tuple[ConfidenceBar, ...]:
        """The rows in view."""
        return tuple(self._rows[: self._in_view()])

    def show_bars(self, bars: Sequence[BarState], *, glide: bool) -> None:
        """Show ``bars``, sorted by the caller.

        Args:
            bars: The classes, most probable first.
            glide: Whether the bars of classes already shown move from their old to their new length, as when the same
                photo was judged anew.
        """
        earlier = {bar.class_id: bar.probability for bar in self._bars} if glide else {}
        self._bars = tuple(bars)
        self._arrange(earlier)

    def class_for_key(self, key: str) -> int | None:
        """The class that ``key`` stands for."""
        return next((bar.class_id for bar in self._bars if bar.key == key), None)

    def _in_view(self) -> int:
        return len(self._bars) if self._unfolded else min(len(self._bars), ROWS_AT_FIRST)

    def _arrange(self, earlier: dict[int, float]) -> None:
        shown = self._bars[: self._in_view()]
        while len(self._rows) < len(shown):
            row = ConfidenceBar(self._theme, self)
            row.clicked.connect(self._clicked)
            self._layout.insertWidget(len(self._rows), row)
            self._rows.append(row)
        for row, bar in zip(self._rows, shown, strict=False):
            row.show_state(bar, start=earlier.get(bar.class_id))
        for index, row in enumerate(self._rows):
            row.setVisible(index < len(shown))
        hidden = len(self._bars) - ROWS_AT_FIRST
        self._more.setVisible(hidden > 0)
        self._more.setText("Show fewer" if self._unfolded else f"and {wording.count(hidden)} more")

    @Slot()
    def _toggle(self) -> None:
        self._unfolded = not self._unfolded
        self._arrange({})

    @Slot()
    def _clicked(self) -> None:
        row = self.sender()
        if isinstance(row, ConfidenceBar):
            self.chosen.emit(row.state.class_id)
