"""Examples in an order that their content alone decides."""

from __future__ import annotations

import numpy as np

from fewshot_gui.learners.canonical_order import canonical_observations

ROWS = np.random.default_rng(0).random((8, 5)).astype(np.float32)
LABELS = np.array([4, 4, 4, 9, 9, 9, 2, 2])
GROUPS = np.array([0, 0, 1, 2, 3, 4, 5, 5])


def test_neither_order_nor_numbers_change_the_observations() -> None:
    expected = canonical_observations(ROWS, LABELS, GROUPS)
    rng = np.random.default_rng(1)
    for _ in range(5):
        order, groups = rng.permutation(8), rng.permutation(90)[:6]
        renamed = np.where(LABELS == 4, 700, LABELS)
        got = canonical_observations(ROWS[order], renamed[order], groups[GROUPS][order])
        np.testing.assert_array_equal(got.rows, expected.rows)
        np.testing.assert_array_equal(got.columns, expected.columns)
        assert got.class_ids.tolist() == [700 if each == 4 else each for each in expected.class_ids.tolist()]


def test_a_group_of_a_class_is_its_mean() -> None:
    got = canonical_observations(ROWS, LABELS, GROUPS)
    assert sorted(got.class_ids[got.columns].tolist()) == [2, 4, 4, 9, 9, 9]
    mean = ROWS[6:8].mean(axis=0, dtype=np.float64).astype(np.float32)
    np.testing.assert_array_equal(got.rows[got.class_ids[got.columns] == 2][0], mean)


def test_a_group_across_two_classes_is_an_observation_of_each() -> None:
    got = canonical_observations(ROWS[:2], np.array([1, 2]), np.array([0, 0]))
    assert sorted(got.class_ids[got.columns].tolist()) == [1, 2]
