"""Where tiles are."""

from __future__ import annotations

import itertools
import random

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QAbstractItemView

from fewshot_gui.ui.widgets.grid_cursor import moved
from fewshot_gui.ui.widgets.grid_geometry import GridGeometry

Move = QAbstractItemView.CursorAction


def grid(count: int = 23, width: int = 690, side: int = 112) -> GridGeometry:
    return GridGeometry.fitted(count, width, side, 38, gap=12, margin=16)


@pytest.mark.parametrize("width", [60, 144, 300, 531, 690, 848, 1300, 3840])
@pytest.mark.parametrize("side", [96, 112, 320])
def test_columns_use_the_whole_width(width: int, side: int) -> None:
    geometry = grid(1000, width, side)
    first_line = [geometry.rect(i) for i in range(geometry.columns)]
    assert first_line[0].left() == 16
    assert all(rect.width() == first_line[0].width() for rect in first_line)
    assert width - 16 - geometry.gap < first_line[-1].right() + 1 <= width - 16 or width < 33
    gaps = [b.left() - a.right() - 1 for a, b in itertools.pairwise(first_line)]
    assert not gaps or (min(gaps) >= 12 and max(gaps) - min(gaps) <= 1)
    if geometry.columns > 1:
        assert geometry.tile_width >= side


def test_every_tile_is_found_at_its_place_and_nothing_between() -> None:
    geometry = grid()
    for i in range(geometry.count):
        rect = geometry.rect(i)
        for corner in (rect.topLeft(), rect.bottomRight(), rect.center()):
            assert geometry.index_at(corner) == i
        assert geometry.index_at(rect.bottomRight() + QPoint(1, 1)) is None
    last = geometry.rect(geometry.count - 1)
    assert geometry.index_at(last.center() + QPoint(geometry.tile_width + 12, 0)) is None
    assert geometry.index_at(QPoint(-5, 50)) is None
    assert geometry.index_at(QPoint(50, -5)) is None


def test_no_tiles() -> None:
    geometry = grid(0)
    assert geometry.height == 0
    assert not geometry.between(0, 1000)
    assert geometry.touching(QRect(0, 0, 1000, 1000)) == []
    assert geometry.index_at(QPoint(50, 50)) is None


def test_what_reaches_into_a_stripe_or_touches_a_rectangle_is_what_looking_at_each_tile_says() -> None:
    chance = random.Random(1)
    geometry = grid(61)
    for _ in range(300):
        top, bottom = sorted(chance.randrange(-50, geometry.height + 50) for _ in range(2))
        inside = set(geometry.between(top, bottom))
        must = {i for i in range(61) if geometry.rect(i).top() < bottom and geometry.rect(i).bottom() >= top}
        assert must <= inside
        assert len({i // geometry.columns for i in inside - must}) <= 1
        left, right = sorted(chance.randrange(-20, 700) for _ in range(2))
        band = QRect(QPoint(left, top), QPoint(right, bottom))
        touched = [i for run in geometry.touching(band) for i in run]
        overlapping = {i for i in range(61) if geometry.rect(i).intersects(band)}
        assert overlapping <= set(touched)
        assert all(geometry.rect(i).adjusted(0, 0, 0, geometry.gap).intersects(band) for i in touched)
        assert len(touched) == len(set(touched))


def test_a_million_tiles_cost_nothing() -> None:
    geometry = grid(1_000_000)
    assert geometry.rect(999_999).bottom() + 1 + 16 == geometry.height
    assert geometry.index_at(geometry.rect(777_777).center()) == 777_777


@pytest.mark.parametrize(
    ("start", "action", "expected"),
    [
        (0, Move.MoveLeft, 0),
        (7, Move.MoveLeft, 6),
        (4, Move.MoveRight, 5),
        (22, Move.MoveRight, 22),
        (2, Move.MoveUp, 2),
        (7, Move.MoveUp, 2),
        (7, Move.MoveDown, 12),
        (18, Move.MoveDown, 22),  # the last line is short
        (22, Move.MoveDown, 22),
        (3, Move.MovePageDown, 13),
        (14, Move.MovePageDown, 22),
        (22, Move.MovePageUp, 12),
        (8, Move.MovePageUp, 3),
        (9, Move.MoveHome, 0),
        (9, Move.MoveEnd, 22),
    ],
)
def test_where_keys_lead(start: int, action: Move, expected: int) -> None:
    geometry = grid()
    assert (geometry.columns, geometry.lines) == (5, 5)
    assert moved(geometry, start, action, page_lines=2) == expected
