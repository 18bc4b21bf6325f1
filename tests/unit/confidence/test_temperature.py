"""Confidences that mean what they say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from fewshot_gui.confidence import Adapted, adapt_calibrated
from fewshot_gui.core.support import SupportSet


def calibration_error(confidences: NDArray[np.floating], right: NDArray[np.bool_]) -> float:
    """Expected calibration error over ten equal bins (Guo et al. 2017)."""
    bins = np.minimum((confidences * 10).astype(int), 9)
    gaps = [abs(confidences[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean() for b in np.unique(bins)]
    return float(np.sum(gaps))


def labelled(adapted: Adapted, photos: NDArray[np.float32], labels: NDArray[np.int64]) -> tuple[Any, Any]:
    ranked = adapted.predict(photos).ranked()
    return ranked.first_confidence, ranked.first == labels


@pytest.mark.parametrize("method", ["auto", "prototypes", "prototypes-cosine", "ridge", "lda"])
@pytest.mark.parametrize(("count", "allowed"), [(3, 0.12), (8, 0.08)])
def test_confidences_are_right_as_often_as_they_say(
    method: str, count: int, allowed: float, world: Callable[..., Any]
) -> None:
    confidences, right = [], []
    for seed in range(20):
        place = world(5, seed=seed, spread=0.6)
        support, (photos, labels) = place.support([count] * 5), place.draw([60] * 5)
        how_sure, was_right = labelled(adapt_calibrated(method, support, seed=seed), photos, labels)
        confidences.append(how_sure)
        right.append(was_right)
    assert calibration_error(np.concatenate(confidences), np.concatenate(right)) < allowed


@pytest.mark.parametrize("counts", [(2, 5, 5), (1, 1), (5,)], ids=str)
def test_few_examples_give_rough_confidences(counts: tuple[int, ...], world: Callable[..., Any]) -> None:
    temperature = adapt_calibrated("auto", world(len(counts)).support(counts)).temperature
    assert temperature.value > 0
    assert temperature.rough is (min(counts) < 3)


def test_copies_do_not_make_it_sure(world: Callable[..., Any]) -> None:
    support = world(3, spread=0.6).support((2, 2, 2))
    copies = SupportSet(np.repeat(support.embeddings, 5, axis=0), np.repeat(support.labels, 5))
    once, often = adapt_calibrated("auto", support), adapt_calibrated("auto", copies)
    assert often.temperature.rough
    assert often.expected is None
    assert often.temperature.value == pytest.approx(once.temperature.value, rel=1e-3)
