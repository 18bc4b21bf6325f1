"""How the learning rate of the outer loop changes while it runs."""

from __future__ import annotations

import math
from typing import Literal

Schedule = Literal["cosine", "flat"]

_FLOOR = 0.01
"""The share of the first rate that a cosine ends at, so that the last steps still count."""


def rate_share(schedule: Schedule, step: int, steps: int) -> float:
    """The share of the first learning rate at ``step`` (0..steps-1): half a cosine (Loshchilov 2017), or 1."""
    if schedule == "flat" or steps <= 1:
        return 1.0
    return _FLOOR + (1 - _FLOOR) * 0.5 * (1 + math.cos(math.pi * step / (steps - 1)))
