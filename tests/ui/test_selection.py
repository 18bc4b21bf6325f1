"""Selecting by the rules of every file manager."""

from __future__ import annotations

from fewshot_gui.ui.widgets.selection import Selection

ORDER = [30, 10, 20, 50, 40]


def test_a_plain_pick_selects_one() -> None:
    selection = Selection()
    selection.pick(ORDER, 10)
    selection.pick(ORDER, 50)

    assert selection.within(ORDER) == [50]


def test_toggling_takes_in_and_out() -> None:
    selection = Selection()
    selection.pick(ORDER, 40)
    selection.pick(ORDER, 30, toggle=True)
    assert selection.within(ORDER) == [30, 40]

    selection.pick(ORDER, 40, toggle=True)
    assert selection.within(ORDER) == [30]


def test_a_range_runs_either_way_from_the_last_pick() -> None:
    selection = Selection()
    selection.pick(ORDER, 20)
    selection.pick(ORDER, 40, extend=True)
    assert selection.within(ORDER) == [20, 50, 40]

    selection.pick(ORDER, 30, extend=True)
    assert selection.within(ORDER) == [30, 10, 20]


def test_a_range_without_a_beginning_is_a_plain_pick() -> None:
    selection = Selection()
    selection.pick(ORDER, 20)
    selection.pick([30, 10], 10, extend=True)

    assert selection.within(ORDER) == [10]


def test_what_is_gone_is_forgotten() -> None:
    selection = Selection()
    selection.pick_all(ORDER)
    selection.keep([10, 20])
    assert selection.within(ORDER) == [10, 20]

    selection.clear()
    assert 10 not in selection
