"""Where values stand along the axis of a plot, and which of them are written at it; no Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass

_STEPS = (1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True)
class Scale:
    """Maps ``low``..``high`` linearly to pixels ``start``..``stop``; ``stop`` may be the smaller one."""

    low: float
    high: float
    start: float
    stop: float

    def at(self, value: float) -> float:
        """The pixel of ``value``, which may lie outside."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.stop - self.start)


def round_ticks(low: float, high: float, most: int = 5) -> tuple[float, ...]:
    """At most ``most`` + 1 round values with equal steps that enclose ``low``..``high``; at least two."""
    if not high > low:
        low, high = low - 0.5, high + 0.5
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    for factor in _STEPS:
        step = factor * power
        first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
        if last - first <= most:
            return tuple(number * step for number in range(first, last + 1))
    step = 10 * power
    return tuple(number * step for number in range(math.floor(low / step), math.ceil(high / step) + 1))
