"""A share with its interval."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.widgets.interval_bar import IntervalBar


@pytest.fixture
def bar(qtbot: QtBot, theme: Theme) -> IntervalBar:
    bar = IntervalBar(theme)
    qtbot.addWidget(bar)
    bar.resize(200, 8)
    return bar


def test_the_interval_is_where_it_belongs(bar: IntervalBar, theme: Theme) -> None:
    bar.show_interval(0.6, 0.5, 0.8)

    rect = bar.interval_rect()
    assert (rect.left(), rect.right()) == pytest.approx((100, 160))
    picture = bar.grab().toImage()
    assert picture.pixelColor(130, 4) == theme.colour("accent")
    assert picture.pixelColor(50, 4) == theme.colour("track")
    assert picture.pixelColor(180, 4) == QColor(theme.colour("track"))


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_a_sure_class_still_shows_its_interval_inside_the_track(bar: IntervalBar, share: float) -> None:
    bar.show_interval(share, share, share)

    rect = bar.interval_rect()
    assert rect.width() >= 4
    assert rect.left() >= 0
    assert rect.right() <= 200


def test_it_says_its_figures(bar: IntervalBar) -> None:
    bar.show_interval(0.893, 0.79, 0.95)

    for figure in ("89", "79–95"):
        assert figure in bar.accessibleName()
        assert figure in bar.toolTip()
