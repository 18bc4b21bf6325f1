"""How much a photo resembles the examples at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from fewshot_gui.confidence import STRANGER_BELOW, Familiarity
from fewshot_gui.core.support import SupportSet


@pytest.mark.parametrize("with_folder", [False, True], ids=["examples only", "folder known"])
def test_strangers_are_less_familiar(world: Callable[..., Any], with_folder: bool) -> None:
    scores = []
    for seed in range(8):
        place = world(8, seed=seed, spread=0.1)
        support = place.support([5] * 4)
        photos, labels = place.draw([30] * 8)
        measure = Familiarity.fitted_to(support, photos.mean(axis=0) if with_folder else None)
        familiarity = measure.of(photos)
        assert familiarity.dtype == np.float32
        assert ((familiarity >= 0) & (familiarity <= 1)).all()
        scores.append(roc_auc_score(labels <= 37, familiarity))
    assert np.mean(scores) > 0.85


@pytest.mark.parametrize("count", [1, 2, 3, 5, 10])
def test_few_known_photos_are_called_strangers(count: int, world: Callable[..., Any]) -> None:
    called, typical = [], []
    for seed in range(10):
        place = world(5, seed=seed, spread=0.6)
        support, (photos, _) = place.support([count] * 5), place.draw([60] * 5)
        familiarity = Familiarity.fitted_to(support).of(photos)
        called.append((familiarity < STRANGER_BELOW).mean())
        typical.append(np.median(familiarity))
    assert np.mean(called) < 0.03
    assert np.median(typical) > 0.8


def test_what_shares_no_feature_with_the_examples_is_a_stranger(world: Callable[..., Any]) -> None:
    place = world(3)
    support = place.support((5, 5, 5))
    measure = Familiarity.fitted_to(support)
    unlike = np.zeros((1, support.embeddings.shape[1]), np.float32)
    unlike[0, support.embeddings.mean(axis=0).argsort()[:20]] = 1
    assert measure.of(unlike)[0] < STRANGER_BELOW
    assert measure.of(support.embeddings).min() > STRANGER_BELOW


def test_copies_of_an_example_say_nothing_about_how_alike_examples_are(world: Callable[..., Any]) -> None:
    support = world(3).support((5, 5, 5))
    rows = np.concatenate([np.arange(15), np.zeros(20, np.int64)])
    burst = SupportSet(support.embeddings[rows], support.labels[rows], rows)
    once, often = Familiarity.fitted_to(support), Familiarity.fitted_to(burst)
    assert often.threshold == pytest.approx(once.threshold, abs=1e-5)
    np.testing.assert_allclose(often.prototypes, once.prototypes, atol=1e-5)


@pytest.mark.parametrize("embeddings", [np.full((4, 6), 0.2), np.zeros((4, 6)), np.eye(4, 6) * 3e38], ids=str)
def test_odd_examples_give_a_number_all_the_same(embeddings: np.ndarray) -> None:
    support = SupportSet(embeddings, np.array([1, 1, 2, 2]))
    with np.errstate(all="raise", under="ignore"):
        familiarity = Familiarity.fitted_to(support, support.embeddings[0]).of(support.embeddings)
    assert ((familiarity >= 0) & (familiarity <= 1)).all()
