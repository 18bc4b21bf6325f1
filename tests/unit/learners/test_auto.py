"""The automatic method."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from fewshot_gui.learners import adapt_held_out, learner, leave_one_per_class_out
from fewshot_gui.learners.likelihood import own_margin


def accuracy(name: str, world: Callable[..., Any], counts: tuple[int, ...], *, spread: float, draws: int = 12) -> float:
    """Mean accuracy over draws of a made-up task."""
    right = []
    for seed in range(draws):
        place = world(len(counts), seed=seed, spread=spread)
        support, (photos, labels) = place.support(counts), place.draw([40] * len(counts))
        classifier = learner(name, seed=seed).adapt(support)
        right.append((classifier.class_ids[classifier.logits(photos).argmax(axis=1)] == labels).mean())
    return float(np.mean(right))


@pytest.mark.parametrize("spread", [0.0, 0.4, 0.8], ids=["no nuisance", "some", "much"])
def test_it_is_near_the_best_of_its_candidates_and_never_far_below_prototypes(
    world: Callable[..., Any], spread: float
) -> None:
    counts = (5,) * 6
    scores = {name: accuracy(name, world, counts, spread=spread) for name in ("auto", "prototypes", "ridge", "lda")}
    assert scores["auto"] > max(scores.values()) - 0.015
    assert scores["auto"] > scores["prototypes"] - 0.01
    if spread == 0.8:
        assert scores["auto"] > scores["prototypes"] + 0.02


def test_unequal_counts_hurt_it_less_than_its_candidates(world: Callable[..., Any]) -> None:
    counts = (3, 12, 3, 12, 3, 12)
    scores = {name: accuracy(name, world, counts, spread=0.6) for name in ("auto", "prototypes", "ridge", "lda")}
    assert scores["auto"] > max(scores["prototypes"], scores["lda"], scores["ridge"]) - 0.005
    assert scores["auto"] > scores["prototypes"] + 0.02


def test_classes_with_few_examples_are_not_forgotten(world: Callable[..., Any]) -> None:
    shares = {}
    for name in ("auto", "lda"):
        chosen = []
        for seed in range(12):
            place = world(4, seed=seed, spread=0.6)
            support, (photos, _) = place.support((3, 12, 12, 12)), place.draw((40, 40, 40, 40))
            chosen.append((learner(name).adapt(support).logits(photos).argmax(axis=1) == 0).mean())
        shares[name] = np.mean(chosen)
    assert abs(shares["auto"] - 0.25) < abs(shares["lda"] - 0.25)
    assert 0.15 < shares["auto"] < 0.35


def test_it_says_why_from_three_examples_on(world: Callable[..., Any]) -> None:
    place = world(4)
    for count, told in ((1, False), (2, False), (3, True)):
        support = place.support([count] * 4)
        splits = leave_one_per_class_out(support, repeats=8, seed=0)
        reason = adapt_held_out(learner("auto"), support, splits).reason
        assert bool(reason) is told
    assert reason.endswith("%.")
    assert "held-out examples, prototypes alone on" in reason


def test_its_name_is_that_of_what_carries_it(world: Callable[..., Any]) -> None:
    known = {"prototypes", "ridge", "lda"}
    for counts in ((1, 1, 1), (5, 5, 5), (2, 9, 4)):
        method = learner("auto").adapt(world(3).support(counts)).method
        assert set(method.split("+")) <= known


def test_held_out_answers_and_the_classifier_have_one_scale(world: Callable[..., Any]) -> None:
    """A temperature found on the one must hold for the other."""
    place = world(5, spread=0.6)
    support, (photos, labels) = place.support([6] * 5), place.draw([60] * 5)
    assessed = adapt_held_out(learner("auto"), support, leave_one_per_class_out(support, repeats=8, seed=0))
    logits = assessed.classifier.logits(photos)
    own = logits[np.arange(300), np.searchsorted(assessed.classifier.class_ids, labels)]
    held_out = assessed.held_out
    own_held_out = held_out.logits[np.arange(len(held_out.rows)), held_out.columns]
    margin = (own - logits.mean(axis=1)).mean()
    scale = own_margin(assessed.classifier.logits(support.embeddings), np.repeat(np.arange(5), 6), np.arange(30))
    assert margin / scale == pytest.approx((own_held_out - held_out.logits.mean(axis=1)).mean(), rel=0.25)
