"""Numbers, times and findings in words."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from fewshot_gui.ui import wording


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "0 %"),
        (0.0004, "<1 %"),
        (0.005, "1 %"),
        (0.58, "58 %"),
        (0.585, "59 %"),
        (0.994, "99 %"),
        (0.99999, "99 %"),
        (1.0, "100 %"),
    ],
)
def test_percentages_promise_neither_certainty_nor_impossibility(share: float, text: str) -> None:
    assert wording.percent(share).replace("\N{NO-BREAK SPACE}", " ") == text


def test_a_percentage_does_not_break_before_its_sign() -> None:
    assert " " not in wording.percent(0.5)
    assert wording.percent_range(0.79, 0.954).replace("\N{NO-BREAK SPACE}", " ") == "79–95 %"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "1 s"),
        (12.4, "12 s"),
        (59.6, "1 min"),
        (132, "2 min 12 s"),
        (3600, "1 h"),
        (3900, "1 h 5 min"),
        (86400, "1 day"),
        (273600, "3 days 4 h"),
    ],
)
def test_durations_have_two_units(seconds: float, text: str) -> None:
    assert wording.duration(seconds) == text


def test_counts_have_thousands_and_the_right_plural() -> None:
    assert wording.counted(12480, "photo") == "12,480 photos"
    assert wording.counted(1, "photo") == "1 photo"
    assert wording.counted(0, "photo") == "0 photos"
    assert wording.counted(2, "class", "classes") == "2 classes"


def test_rates_keep_two_figures_at_any_speed() -> None:
    assert wording.rate(1234.4) == "1,234 photos/s"
    assert wording.rate(34.4) == "34 photos/s"
    assert wording.rate(9.999) == "10 photos/s"
    assert wording.rate(2.46) == "2.5 photos/s"
    assert wording.rate(0.999) == "1.0 photos/s"
    assert wording.rate(0.4, "files") == "24 files/min"


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (21_300_000, "21 MB"),
        (999_600_000, "1.0 GB"),
        (5 * 10**16, "50000 TB"),
    ],
)
def test_file_sizes(size: int, text: str) -> None:
    assert wording.file_size(size) == text


def test_moments_read_the_same_in_every_locale() -> None:
    assert wording.moment(datetime(2026, 7, 14, 9, 32)) == "14 Jul 2026 09:32"


def test_recent_days_are_named_as_people_do() -> None:
    today = date(2026, 3, 1)
    assert wording.days_ago(today, today) == "Today"
    assert wording.days_ago(date(2026, 3, 2), today) == "Today"
    assert wording.days_ago(date(2026, 2, 28), today) == "Yesterday"
    assert wording.days_ago(date(2026, 2, 23), today) == "6 days ago"
    assert wording.days_ago(date(2026, 2, 22), today) == "22 Feb 2026"


def test_familiarity_is_a_sentence() -> None:
    assert wording.familiarity(0.95, stranger=False) == "Looks like your examples"
    partly = wording.familiarity(0.62, stranger=False).replace("\N{NO-BREAK SPACE}", " ")
    assert partly == "Looks only partly like your examples (familiarity 0.62)"
    assert wording.familiarity(0.9, stranger=True).startswith("Looks like none of your examples")


def test_names_are_shown_letter_by_letter() -> None:
    assert "<b>" not in wording.tooltip("a <b>.jpg")
    assert wording.tooltip("") == ""
    assert wording.button_text("Cats & dogs") == "Cats && dogs"
