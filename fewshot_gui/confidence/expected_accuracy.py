"""What share of photos like the examples will be labelled right, and how sure that is.

The estimate comes from examples held out one per class at a time. Two things are put right. A held-out answer comes
from a classifier with fewer examples, mostly one per class less, so its errors are lessened as errors fall with the
number of examples. And answers share their training examples, so they are worth fewer independent ones. Measured over
20 development tasks: bias within 1 point, and the true accuracy inside the 95 % interval in 96, 93 and 94 % of draws
at 3, 5 and 10 examples per class, and in 96 % at 2 to 12.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fewshot_gui.core.support import SupportSet
from fewshot_gui.learners import HeldOut
from fewshot_gui.learners.observations import observation_counts

_ENOUGH = 3
"""Examples per class below which there is no estimate."""

_LEARNING_CURVE = 0.4
"""Errors fall with the number of examples to this power (0.3 for prototypes, 0.45 for the automatic method)."""

_SHARED = 2.5
"""How many held-out answers are worth one independent answer."""

_Z = 1.959964
"""The normal quantile of a two-sided 95 % interval."""


@dataclass(frozen=True)
class Estimate:
    """An expected accuracy with a 95 % interval, all in 0..1.

    Attributes:
        value: The estimate.
        low: The lower end.
        high: The upper end.
        examples: How many independent examples stand behind it.
    """

    value: float
    low: float
    high: float
    examples: int


def expected_accuracy(support: SupportSet, held_out: HeldOut) -> Estimate | None:
    """The expected accuracy with every class equally frequent; ``None`` while a class has fewer than three examples."""
    by_class = expected_accuracy_by_class(support, held_out)
    counts = observation_counts(support.labels, support.groups)
    if len(counts) < 2 or len(by_class) < len(counts):
        return None
    return _estimate(float(np.mean([estimate.value for estimate in by_class.values()])), int(counts.sum()))


def expected_accuracy_by_class(support: SupportSet, held_out: HeldOut) -> dict[int, Estimate]:
    """What share of a class's photos will get its label, by class id; classes with too few examples are not in it."""
    estimates = {}
    for column, (class_id, count) in enumerate(
        zip(support.class_ids, observation_counts(support.labels, support.groups), strict=True)
    ):
        right = held_out.right[held_out.columns == column]
        if count >= _ENOUGH and len(right):
            learned_share = held_out.learned_share or (count - 1) / count
            error = (1.0 - float(right.mean())) * learned_share**_LEARNING_CURVE
            estimates[int(class_id)] = _estimate(1.0 - error, int(count))
    return estimates


def _estimate(value: float, examples: int) -> Estimate:
    """Wilson's interval (1927) for a share ``value`` of ``examples`` that are worth fewer."""
    n = examples / _SHARED
    centre = (value + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    half = _Z / (1 + _Z**2 / n) * np.sqrt(value * (1 - value) / n + _Z**2 / (4 * n**2))
    # At 0 and 1 the interval ends there exactly; rounding must not leave the value outside.
    return Estimate(
        value, min(max(float(centre - half), 0.0), value), max(min(float(centre + half), 1.0), value), examples
    )
