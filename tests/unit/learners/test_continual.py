"""Adding and removing classes and examples later leaves what was learned before as it was."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from fewshot_gui.core.support import SupportSet
from fewshot_gui.learners import Classifier, Learner, learner, learner_specs
from fewshot_gui.learners.closed_form import ClosedFormLearner

NAMES = [spec.name for spec in learner_specs() if isinstance(learner(spec.name), ClosedFormLearner)]
OLD = (5, 5, 5, 5, 0)
NEW_CLASS = 47


@pytest.fixture(params=NAMES)
def method(request: pytest.FixtureRequest) -> Learner:
    return learner(request.param)


@pytest.fixture
def place(world: Callable[..., Any]) -> Any:
    """Five classes that a few examples tell apart fairly well."""
    return world(5, spread=0.2)


def with_more(support: SupportSet, more: tuple[NDArray[np.float32], NDArray[np.int64]]) -> SupportSet:
    return SupportSet(np.concatenate([support.embeddings, more[0]]), np.concatenate([support.labels, more[1]]))


def labels(classifier: Classifier, photos: NDArray[np.float32]) -> NDArray[np.int64]:
    return classifier.class_ids[classifier.logits(photos).argmax(axis=1)]


def sure(classifier: Classifier, photos: NDArray[np.float32]) -> NDArray[np.bool_]:
    """The half of the photos whose best class is farthest ahead of the second."""
    best = np.sort(classifier.logits(photos), axis=1)
    margins = best[:, -1] - best[:, -2]
    return np.asarray(margins >= np.median(margins))


def test_the_closed_forms_are_tested_here() -> None:
    assert {"prototypes", "ridge", "lda"} <= set(NAMES)


def test_a_new_class_takes_its_own_photos_and_leaves_the_others_alone(method: Learner, place: Any) -> None:
    support, (photos, truth) = place.support(OLD), place.draw((50, 50, 50, 50, 50))
    before = method.adapt(support)
    after = method.adapt(with_more(support, place.draw((0, 0, 0, 0, 5))))
    old = truth != NEW_CLASS
    known = sure(before, photos) & old & (labels(before, photos) == truth)
    assert known.sum() > 50
    np.testing.assert_array_equal(labels(after, photos[known]), truth[known])
    assert (labels(after, photos[~old]) == NEW_CLASS).mean() > 0.9


def test_among_the_old_classes_a_new_one_changes_no_sure_order(method: Learner, place: Any) -> None:
    support, (photos, _) = place.support(OLD), place.draw((50, 50, 50, 50, 0))
    before = method.adapt(support)
    after = method.adapt(with_more(support, place.draw((0, 0, 0, 0, 5))))
    known = photos[sure(before, photos)]
    columns = np.isin(after.class_ids, before.class_ids)
    np.testing.assert_array_equal(after.logits(known)[:, columns].argmax(axis=1), before.logits(known).argmax(axis=1))


def test_a_class_that_came_and_went_leaves_no_trace(method: Learner, place: Any) -> None:
    support, (photos, _) = place.support(OLD), place.draw((20, 20, 20, 20, 20))
    more = with_more(support, place.draw((0, 0, 0, 0, 5)))
    method.adapt(more)
    again = method.adapt(more.subset(more.labels != NEW_CLASS))
    np.testing.assert_array_equal(again.logits(photos), method.adapt(support).logits(photos))


def test_another_example_forgets_nothing(method: Learner, place: Any) -> None:
    support, (photos, truth) = place.support(OLD), place.draw((80, 80, 80, 80, 0))
    before = method.adapt(support)
    after = method.adapt(with_more(support, place.draw((1, 0, 0, 0, 0))))
    known = sure(before, photos)
    np.testing.assert_array_equal(labels(after, photos[known]), labels(before, photos[known]))
    for class_id in np.unique(truth):
        own = truth == class_id
        lost = (labels(before, photos[own]) == class_id).mean() - (labels(after, photos[own]) == class_id).mean()
        assert lost < 0.05, f"class {class_id} lost {lost:.0%} of its photos"


def test_growing_one_example_at_a_time_ends_where_all_at_once_does(method: Learner, place: Any) -> None:
    support, (photos, _) = place.support(OLD), place.draw((20, 20, 20, 20, 0))
    order = np.argsort(np.arange(len(support)) % 5, kind="stable")
    for rows in range(8, len(support) + 1):
        grown = method.adapt(support.subset(order[:rows]))
    expected = method.adapt(support).logits(photos)
    np.testing.assert_allclose(grown.logits(photos), expected, atol=2e-4 * np.abs(expected).max())


def test_one_more_example_is_answered_at_once(method: Learner) -> None:
    rng = np.random.default_rng(0)
    rows = np.maximum(rng.normal(size=(101, 1280)), 0).astype(np.float32)
    grown = SupportSet(rows, np.append(np.repeat(np.arange(10), 10), 0).astype(np.int64))
    taken = []
    for _ in range(5):
        started = time.perf_counter()
        method.adapt(grown)
        taken.append(time.perf_counter() - started)
    assert min(taken) < 0.25, "50 ms on a quiet machine"
