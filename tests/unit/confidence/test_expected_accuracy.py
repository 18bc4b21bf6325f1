"""The promise at the top of the window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from fewshot_gui.confidence import Estimate, adapt_calibrated
from fewshot_gui.confidence.expected_accuracy import expected_accuracy, expected_accuracy_by_class
from fewshot_gui.core.support import SupportSet
from fewshot_gui.learners import HeldOut


def support_of(counts: list[int], groups: list[int] | None = None) -> SupportSet:
    labels = np.repeat(np.arange(1, len(counts) + 1), counts)
    return SupportSet(np.eye(len(labels)), labels, np.array(groups or [], np.int64))


def held_out(columns: list[int], right: list[bool], classes: int) -> HeldOut:
    logits = np.zeros((len(columns), classes))
    for row, (column, ok) in enumerate(zip(columns, right, strict=True)):
        logits[row, column if ok else (column + 1) % classes] = 1.0
    return HeldOut(np.arange(len(columns)), np.array(columns), logits)


def test_no_promise_below_three_examples_of_every_class() -> None:
    support, answers = support_of([3, 2]), held_out([0, 1], [True, True], 2)
    assert expected_accuracy(support, answers) is None
    assert set(expected_accuracy_by_class(support, answers)) == {1}


def test_a_burst_is_one_example() -> None:
    support = support_of([5, 3], [1, 1, 1, 1, 2, 6, 7, 8])
    answers = held_out([0, 1], [True, True], 2)
    assert set(expected_accuracy_by_class(support, answers)) == {2}
    assert expected_accuracy(support, answers) is None


def test_one_class_is_no_choice() -> None:
    assert expected_accuracy(support_of([5]), held_out([0], [True], 1)) is None


def test_errors_are_lessened_for_the_example_that_was_held_out() -> None:
    support = support_of([5, 5])
    estimate = expected_accuracy(support, held_out([0, 0, 1, 1], [True, False, True, True], 2))
    assert estimate is not None
    error = (0.5 * 0.8**0.4 + 0.0) / 2
    assert estimate.value == pytest.approx(1 - error)
    assert estimate.examples == 10


def test_errors_are_lessened_the_more_the_more_was_held_out() -> None:
    answers = replace(held_out([0, 0, 1, 1], [True, False, True, True], 2), learned_share=2 / 3)
    estimate = expected_accuracy(support_of([6, 9]), answers)
    assert estimate is not None
    assert estimate.value == pytest.approx(1 - 0.25 * (2 / 3) ** 0.4)


def test_wilsons_interval_with_five_answers_worth_two() -> None:
    """10 of 10 with n = 10 is 72 to 100 % (Wilson 1927); 25 examples are worth 10."""
    estimate = expected_accuracy(support_of([10, 15]), held_out([0, 1], [True, True], 2))
    assert estimate == Estimate(1.0, pytest.approx(0.722, abs=1e-3), 1.0, 25)


def test_the_value_lies_in_the_interval() -> None:
    for right in ([False, False], [True, False], [True, True]):
        estimate = expected_accuracy(support_of([3, 3]), held_out([0, 1], right, 2))
        assert estimate is not None
        assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1


@pytest.mark.parametrize("counts", [(3,) * 5, (6,) * 5, (10,) * 5, (3, 12, 6, 4, 9)], ids=str)
def test_the_truth_lies_in_the_interval_as_often_as_promised(
    world: Callable[..., Any], counts: tuple[int, ...]
) -> None:
    """Of 60 made-up tasks of all difficulties; 85 % leaves room for chance, 95 % is meant."""
    inside, errors = [], []
    for seed in range(60):
        place = world(len(counts), seed=seed, spread=0.3 + 0.02 * seed)
        support, (photos, labels) = place.support(counts), place.draw([100] * len(counts))
        adapted = adapt_calibrated("auto", support, seed=seed)
        truth = (adapted.predict(photos).ranked().first == labels).mean()
        assert adapted.expected is not None
        inside.append(adapted.expected.low <= truth <= adapted.expected.high)
        errors.append(adapted.expected.value - truth)
    assert np.mean(inside) >= 0.85
    assert abs(np.mean(errors)) < 0.04
