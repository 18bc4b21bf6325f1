"""What is made of class probabilities."""

from __future__ import annotations

import numpy as np
import pytest

from fewshot_gui.core.prediction import NONE_OF_THESE, Predictions


def _predictions(probabilities: list[list[float]], class_ids: list[int]) -> Predictions:
    matrix = np.array(probabilities, np.float32)
    n = len(matrix)
    return Predictions(np.array(class_ids), matrix, np.ones(n, np.float32), np.zeros(n, np.bool_))


def test_first_and_second_are_those_of_a_full_sort() -> None:
    rng = np.random.default_rng(0)
    ids = np.array([4, 9, 17, 30, 31])
    probabilities = rng.dirichlet(np.ones(5), 300).astype(np.float32)
    ranked = _predictions(probabilities.tolist(), ids.tolist()).ranked()
    order = np.argsort(-probabilities, axis=1)
    rows = np.arange(300)
    np.testing.assert_array_equal(ranked.first, ids[order[:, 0]])
    np.testing.assert_array_equal(ranked.second, ids[order[:, 1]])
    np.testing.assert_array_equal(ranked.first_confidence, probabilities[rows, order[:, 0]])
    np.testing.assert_array_equal(ranked.second_confidence, probabilities[rows, order[:, 1]])


def test_ties_go_to_the_smaller_class_id() -> None:
    ranked = _predictions([[0.25, 0.25, 0.25, 0.25], [0.1, 0.3, 0.3, 0.3]], [2, 5, 7, 8]).ranked()
    assert ranked.first.tolist() == [2, 5]
    assert ranked.second.tolist() == [5, 7]


def test_certainty_leaves_a_second_class_with_nothing() -> None:
    ranked = _predictions([[0.0, 1.0, 0.0]], [1, 2, 3]).ranked()
    assert (ranked.first.item(), ranked.second.item(), ranked.second_confidence.item()) == (2, 1, 0.0)


def test_of_a_single_class_the_second_is_none_of_these() -> None:
    ranked = _predictions([[1.0], [1.0]], [6]).ranked()
    assert ranked.first.tolist() == [6, 6]
    assert ranked.second.tolist() == [NONE_OF_THESE] * 2
    assert ranked.second_confidence.tolist() == [0.0, 0.0]


@pytest.mark.parametrize("classes", [1, 3])
def test_no_photos_are_no_answers(classes: int) -> None:
    none = np.empty((0, classes), np.float32)
    predictions = Predictions(np.arange(1, classes + 1), none, np.empty(0, np.float32), np.empty(0, np.bool_))
    assert len(predictions) == 0
    assert [len(column) for column in predictions.ranked()] == [0, 0, 0, 0]


def test_ranking_leaves_the_probabilities_alone() -> None:
    predictions = _predictions([[0.2, 0.8]], [1, 2])
    predictions.ranked()
    np.testing.assert_array_equal(predictions.probabilities, np.array([[0.2, 0.8]], np.float32))
