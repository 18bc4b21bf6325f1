"""How numbers, times and findings are put into words for a person; no Qt.

A percentage never breaks before its sign, a range has an en dash, thousands a comma.
"""

from __future__ import annotations

import html
import math
from datetime import date, datetime
from typing import Final

MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
FAMILIAR_FROM: Final = 0.7
"""From this familiarity on, nothing but "looks like your examples" is worth saying."""

NO_BREAK = "\N{NO-BREAK SPACE}"
_UNITS = ("B", "kB", "MB", "GB", "TB")


def count(number: int) -> str:
    """A whole number with thousands set apart: 12480 becomes "12,480"."""
    return f"{number:,}"


def counted(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun: "1 photo", "12,480 photos"; ``plural`` is for nouns that don't just take an s."""
    return f"{count(number)} {noun if number == 1 else plural or noun + 's'}"


def percent(share: float) -> str:
    """A share 0..1 in whole per cent: "58 %".

    What is short of certain never reads "100 %", and what is possible never reads "0 %", because people take both
    for promises.
    """
    if 0 < share < 0.005:
        return f"<1{NO_BREAK}%"
    return f"{_whole(share)}{NO_BREAK}%"


def percent_range(low: float, high: float) -> str:
    """An interval of shares 0..1: "79–95 %"."""
    return f"{_whole(low)}–{_whole(high)}{NO_BREAK}%"


def _whole(share: float) -> int:
    rounded = math.floor(share * 100 + 0.5)
    return 99 if rounded >= 100 and share < 1 else rounded


def duration(seconds: float) -> str:
    """A length of time in its two largest units: "12 s", "2 min 12 s", "1 h 5 min", "3 days 4 h"."""
    whole = max(1, math.floor(seconds + 0.5))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return _joined(f"{whole // 60} min", whole % 60, "s")
    if whole < 86400:
        return _joined(f"{whole // 3600} h", whole % 3600 // 60, "min")
    return _joined(counted(whole // 86400, "day"), whole % 86400 // 3600, "h")


def _joined(large: str, small: int, unit: str) -> str:
    return f"{large} {small} {unit}" if small else large


def rate(per_second: float, noun: str = "photos") -> str:
    """How fast work goes: "34 photos/s", "2.5 photos/s", "24 photos/min"."""
    if per_second >= 9.95:
        return f"{count(math.floor(per_second + 0.5))} {noun}/s"
    if per_second >= 0.995:
        return f"{per_second:.1f} {noun}/s"
    return f"{math.floor(per_second * 60 + 0.5)} {noun}/min"


def file_size(size: int) -> str:
    """A number of bytes: "21 MB", "1.4 GB"; powers of 1000, as file managers and download pages count."""
    value, unit = float(size), 0
    while value >= 999.5 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    figures = f"{value:.1f}" if unit > 0 and value < 9.95 else f"{value:.0f}"
    return f"{figures} {_UNITS[unit]}"


def moment(when: datetime) -> str:
    """A date with the time of day, the same in every locale: "14 Jul 2026 09:32"."""
    return f"{day(when)} {when:%H:%M}"


def day(when: date) -> str:
    """A date: "14 Jul 2026"."""
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}"


def days_ago(when: date, today: date) -> str:
    """How long ago a day was, as people say it: "Today", "Yesterday", "3 days ago", "14 Jul 2026"."""
    days = (today - when).days
    if days <= 0:
        return "Today"
    if days == 1:
        return "Yesterday"
    return f"{days} days ago" if days < 7 else day(when)


def familiarity(value: float, *, stranger: bool) -> str:
    """What a familiarity 0..1 means for the person.

    Args:
        value: How much the photo resembles the examples at all.
        stranger: Whether it was judged to belong to none of the classes.
    """
    figure = f"(familiarity{NO_BREAK}{value:.2f})"
    if stranger:
        return f"Looks like none of your examples {figure}"
    if value >= FAMILIAR_FROM:
        return "Looks like your examples"
    return f"Looks only partly like your examples {figure}"


def tooltip(text: str) -> str:
    """``text`` as a tooltip that wraps, and shows names such as ``<b>.jpg`` letter by letter."""
    return f"<p>{html.escape(text)}</p>" if text else ""


def button_text(text: str) -> str:
    """``text`` as the caption of a button or menu entry, where a lone ampersand would vanish."""
    return text.replace("&", "&&")
