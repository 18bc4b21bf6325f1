"""Plots painted by hand: where values stand, and that they say what they show."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from fewshot_gui.ui import wording
from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.widgets.curve_plot import CurvePlot, CurvePoint
from fewshot_gui.ui.widgets.interval_plot import IntervalPlot, IntervalRow
from fewshot_gui.ui.widgets.plot_scale import Scale, round_ticks


@pytest.mark.parametrize(
    ("low", "high"), [(0.0, 1.0), (0.512, 0.6931), (0.7, 0.7), (-3.0, 12345.0), (1e-9, 2e-9), (99.99, 100.0)]
)
@pytest.mark.parametrize("most", [1, 4, 6])
def test_ticks_are_evenly_spaced_and_enclose_the_values(low: float, high: float, most: int) -> None:
    ticks = round_ticks(low, high, most)
    steps = [after - before for before, after in pairwise(ticks)]
    rounding = 1e-6 * (ticks[-1] - ticks[0])
    assert 2 <= len(ticks) <= most + 2
    assert ticks[0] - rounding <= low <= high <= ticks[-1] + rounding
    assert steps == pytest.approx([steps[0]] * len(steps))


def test_round_ticks_are_round() -> None:
    assert round_ticks(0.52, 0.69, 4) == pytest.approx((0.5, 0.55, 0.6, 0.65, 0.7))


def test_a_scale_maps_its_ends_to_its_ends() -> None:
    scale = Scale(10, 20, 300, 100)
    assert (scale.at(10), scale.at(15), scale.at(20)) == (300, 200, 100)


def test_a_curve_says_where_it_is_and_what_it_is_compared_with(qtbot: QtBot, theme: Theme) -> None:
    plot = CurvePlot(theme, "Right", wording.percent, ink="accent")
    qtbot.addWidget(plot)
    assert plot.accessibleName() == "Right: nothing yet"
    plot.show_points((CurvePoint(0, 0.5), CurvePoint(100, 0.75, 0.02)), 200)
    plot.show_level(0.6, "without learning")
    said = plot.accessibleName().replace("\N{NO-BREAK SPACE}", " ")
    assert said == "Right: 75 % after 100 steps; without learning 60 %"


def colours(plot: CurvePlot | IntervalPlot, width: int, height: int) -> list[list[str]]:
    plot.resize(width, height)
    image: QImage = plot.grab().toImage()
    return [[QColor(image.pixel(x, y)).name() for x in range(image.width())] for y in range(image.height())]


@pytest.mark.parametrize("points", [(), (CurvePoint(0, 0.5),), (CurvePoint(0, 0.5, 0.1), CurvePoint(50, 0.9, 0.1))])
def test_a_curve_is_drawn_whatever_there_is(qtbot: QtBot, theme: Theme, points: tuple[CurvePoint, ...]) -> None:
    plot = CurvePlot(theme, "Right", wording.percent, ink="accent")
    qtbot.addWidget(plot)
    plot.show_points(points, 100)
    drawn = {colour for line in colours(plot, 400, 200) for colour in line}
    assert (theme.tokens.accent in drawn) == bool(points)


def test_a_rising_curve_rises(qtbot: QtBot, theme: Theme) -> None:
    plot = CurvePlot(theme, "Right", wording.percent, ink="accent")
    qtbot.addWidget(plot)
    plot.show_points(tuple(CurvePoint(step, step / 100) for step in range(0, 101, 10)), 100)
    lines = colours(plot, 400, 200)
    spots = [(x, y) for y, line in enumerate(lines) for x, colour in enumerate(line) if colour == theme.tokens.accent]
    leftmost, rightmost = min(spots), max(spots)
    assert rightmost[0] - leftmost[0] > 250
    assert leftmost[1] - rightmost[1] > 100


ROWS = (
    IntervalRow("1 example per class", "Prototypes", 0.5, 0.02, is_reference=True),
    IntervalRow(
        "1 example per class", "A method with a name that is far too long for its place in the plot", 0.6, 0.02
    ),
    IntervalRow("5 examples per class", "Prototypes", 0.7, 0.02, is_reference=True),
)


def test_a_band_ends_where_values_end(qtbot: QtBot, theme: Theme) -> None:
    plot = CurvePlot(theme, "Right", wording.percent, ink="accent", bounds=(0.0, 1.0))
    qtbot.addWidget(plot)
    plot.show_points((CurvePoint(0, 0.9, 0.2), CurvePoint(10, 0.95, 0.2)), 10)
    assert plot.ticks[-1] == 1.0


def test_small_differences_are_not_blown_up(qtbot: QtBot, theme: Theme) -> None:
    plot = CurvePlot(theme, "Right", wording.percent, ink="accent", bounds=(0.0, 1.0), span=0.1)
    qtbot.addWidget(plot)
    for value in (0.0, 0.004, 0.5, 0.998, 1.0):
        plot.show_points((CurvePoint(0, value, 0.001),), 10)
        assert 0 <= plot.ticks[0] <= value <= plot.ticks[-1] <= 1
        assert plot.ticks[-1] - plot.ticks[0] >= 0.1 - 1e-9
        assert len(set(map(wording.percent, plot.ticks))) == len(plot.ticks)


def test_intervals_stand_in_the_order_of_their_values(qtbot: QtBot, theme: Theme) -> None:
    plot = IntervalPlot(theme, "Right")
    qtbot.addWidget(plot)
    plot.show_rows(ROWS)
    lines = colours(plot, 500, plot.sizeHint().height())
    places = {
        ink: [x for line in lines for x, colour in enumerate(line) if colour == ink]
        for ink in (theme.tokens.accent, theme.tokens.stranger)
    }
    assert min(places[theme.tokens.stranger]) < min(places[theme.tokens.accent]) < max(places[theme.tokens.stranger])


def test_intervals_are_as_high_as_their_rows_and_say_them(qtbot: QtBot, theme: Theme) -> None:
    plot = IntervalPlot(theme, "Right")
    qtbot.addWidget(plot)
    assert "nothing yet" in plot.accessibleName()
    plot.show_rows(ROWS[:1])
    low = plot.sizeHint().height()
    plot.show_rows(ROWS)
    assert plot.minimumSizeHint().height() > 2 * low - 10
    assert "5 examples per class, Prototypes 70" in plot.accessibleName()


def test_an_interval_beyond_all_bounds_is_drawn_within_them(qtbot: QtBot, theme: Theme) -> None:
    plot = IntervalPlot(theme, "Right")
    qtbot.addWidget(plot)
    plot.show_rows((IntervalRow("", "A", 0.99, 0.5), IntervalRow("", "B", 0.01, 0.5)))
    lines = colours(plot, 500, plot.sizeHint().height())
    assert all(line[-1] != theme.tokens.accent for line in lines)
