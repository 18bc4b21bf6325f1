"""The rate and remaining time of counted work."""

from __future__ import annotations

import pytest

from fewshot_gui.ui.pace import Pace


def test_steady_work_has_its_rate_and_the_time_that_is_left() -> None:
    pace = Pace()
    for second in range(11):
        pace.observe(34 * second, 100.0 + second)
    assert pace.per_second == pytest.approx(34)
    assert pace.seconds_left(680) == pytest.approx(10)


def test_uneven_intervals_do_not_bias_the_rate() -> None:
    pace = Pace()
    for when in (0.0, 0.05, 0.1, 2.0, 2.5, 7.0, 7.01):
        pace.observe(round(when * 100), when)
    assert pace.per_second == pytest.approx(100)


def test_nothing_is_said_before_it_can_be() -> None:
    pace = Pace()
    assert pace.per_second is None
    pace.observe(0, 0.0)
    pace.observe(50, 1.0)
    assert pace.per_second is None
    assert pace.seconds_left(100) is None


def test_standing_still_has_no_rate() -> None:
    pace = Pace()
    pace.observe(5, 0.0)
    pace.observe(5, 10.0)
    assert pace.per_second is None


def test_the_rate_follows_a_change() -> None:
    pace = Pace()
    for second in range(21):
        pace.observe(100 * second, float(second))
    for second in range(1, 41):
        pace.observe(2000 + 10 * second, 20.0 + second)
    rate = pace.per_second
    assert rate is not None
    assert 10 < rate < 12


def test_time_around_a_pause_does_not_count() -> None:
    pace = Pace()
    for second in range(6):
        pace.observe(10 * second, float(second))
    pace.skip()
    pace.observe(51, 3600.0)
    pace.observe(61, 3601.0)
    assert pace.per_second == pytest.approx(10)


def test_a_count_that_falls_back_starts_afresh() -> None:
    pace = Pace()
    for second in range(6):
        pace.observe(1000 * second, float(second))
    pace.observe(0, 6.0)
    assert pace.per_second is None
    for second in range(1, 6):
        pace.observe(2 * second, 6.0 + second)
    assert pace.per_second == pytest.approx(2)


def test_an_unknown_or_passed_total_is_no_negative_time() -> None:
    pace = Pace()
    pace.observe(0, 0.0)
    pace.observe(20, 2.0)
    assert pace.seconds_left(None) is None
    assert pace.seconds_left(10) == 0


def test_a_clock_that_stands_still_is_survived() -> None:
    pace = Pace()
    pace.observe(0, 5.0)
    pace.observe(10, 5.0)
    assert pace.per_second is None
