"""Held-out splits and what learners say of held-out examples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from fewshot_gui.core.errors import Cancelled
from fewshot_gui.core.progress import Progress, Unwatched
from fewshot_gui.core.support import SupportSet
from fewshot_gui.learners import (
    Classifier,
    Split,
    adapt_held_out,
    learner,
    leave_one_per_class_out,
    stratified_folds,
)
from fewshot_gui.learners.protocol import UNWATCHED


class Plain:
    """A learner that only knows how to adapt."""

    name = title = help = "plain"

    def __init__(self, name: str) -> None:
        self.inner = learner(name)

    def adapt(self, support: SupportSet, *, progress: Progress = UNWATCHED, **_: Any) -> Classifier:
        return self.inner.adapt(support, progress=progress)


class Cancelling(Unwatched):
    def check(self) -> None:
        raise Cancelled


def in_groups(support: SupportSet, groups: Sequence[int]) -> SupportSet:
    return SupportSet(support.embeddings, support.labels, np.array(groups))


def check_split(support: SupportSet, split: Split) -> None:
    assert not set(split.train) & set(split.held_out)
    assert not set(support.groups[split.train]) & set(support.groups[split.held_out])
    assert set(support.labels[split.train]) == set(support.labels)


def test_one_of_each_class_is_held_out_and_all_take_turns(world: Callable[..., Any]) -> None:
    support = world(3).support((4, 4, 2))
    splits = leave_one_per_class_out(support, repeats=8, seed=0)
    assert len(splits) == 8
    for split in splits:
        check_split(support, split)
        assert sorted(support.labels[split.held_out]) == [7, 17, 27]
        assert len(split.train) == 7
    times = Counter(int(row) for split in splits for row in split.held_out)
    assert [times[row] for row in range(10)] == [2] * 8 + [4] * 2


def test_a_class_with_one_example_stays_as_a_competitor(world: Callable[..., Any]) -> None:
    support = world(3).support((1, 3, 3))
    for split in leave_one_per_class_out(support, repeats=6, seed=0):
        assert sorted(support.labels[split.held_out]) == [17, 27]
        assert 0 in split.train


def test_nothing_to_hold_out_gives_no_splits(world: Callable[..., Any]) -> None:
    assert leave_one_per_class_out(world(3).support((1, 1, 1)), repeats=6, seed=0) == ()
    copies = in_groups(world(2).support((3, 3)), [1, 1, 1, 2, 2, 2])
    assert leave_one_per_class_out(copies, repeats=6, seed=0) == ()


def test_a_group_stays_on_one_side(world: Callable[..., Any]) -> None:
    support = in_groups(world(2).support((5, 4)), [1, 1, 2, 2, 3, 4, 5, 6, 6])
    for splits in (leave_one_per_class_out(support, repeats=9, seed=1), stratified_folds(support, folds=3, seed=1)):
        for split in splits:
            check_split(support, split)


def test_a_group_across_classes_never_empties_one(world: Callable[..., Any]) -> None:
    support = in_groups(world(2).support((2, 2)), [1, 2, 1, 3])
    for splits in (leave_one_per_class_out(support, repeats=8, seed=0), stratified_folds(support, folds=2, seed=0)):
        assert splits
        for split in splits:
            check_split(support, split)


def test_folds_hold_out_every_group_once(world: Callable[..., Any]) -> None:
    support = in_groups(world(3).support((7, 3, 1)), [1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    splits = stratified_folds(support, folds=4, seed=0)
    assert len(splits) <= 4
    for split in splits:
        check_split(support, split)
    held_out = [int(support.groups[row]) for split in splits for row in split.held_out]
    assert sorted(held_out) == list(range(1, 10))


def test_splits_follow_the_content_and_the_seed(world: Callable[..., Any]) -> None:
    support = world(3).support((6, 6, 6))
    order = np.random.default_rng(0).permutation(18)
    shuffled = SupportSet(support.embeddings[order], 50 - support.labels[order])

    def held_out(of: SupportSet, seed: int) -> list[set[bytes]]:
        splits = leave_one_per_class_out(of, repeats=6, seed=seed)
        return [{of.embeddings[row].tobytes() for row in split.held_out} for split in splits]

    assert held_out(support, 0) == held_out(support, 0)
    assert held_out(support, 0) == held_out(shuffled, 0)
    assert held_out(support, 0) != held_out(support, 1)


@pytest.mark.parametrize("name", ["prototypes", "ridge", "lda"])
def test_the_shortcut_says_what_adapting_anew_says(name: str, world: Callable[..., Any]) -> None:
    support = world(4).support((2, 5, 7, 1))
    splits = leave_one_per_class_out(support, repeats=5, seed=0)
    short, long = (adapt_held_out(each, support, splits) for each in (learner(name), Plain(name)))
    np.testing.assert_array_equal(short.held_out.rows, long.held_out.rows)
    np.testing.assert_array_equal(short.held_out.columns, long.held_out.columns)
    np.testing.assert_allclose(short.held_out.logits, long.held_out.logits, atol=2e-3)
    np.testing.assert_array_equal(support.class_ids[short.held_out.columns], support.labels[short.held_out.rows])


@pytest.mark.parametrize("name", ["auto", "lda"])
def test_without_splits_there_are_no_answers(name: str, world: Callable[..., Any]) -> None:
    for each in (learner(name), Plain(name)):
        held_out = adapt_held_out(each, world(2).support((1, 1)), ()).held_out
        assert held_out.logits.shape == (0, 2)
        assert len(held_out.right) == 0


def test_a_plain_learner_can_be_cancelled_between_splits(world: Callable[..., Any]) -> None:
    support = world(2).support((3, 3))
    splits = leave_one_per_class_out(support, repeats=3, seed=0)
    with pytest.raises(Cancelled):
        adapt_held_out(Plain("ridge"), support, splits, progress=Cancelling())
