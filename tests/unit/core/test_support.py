"""The examples a learner is given."""

from __future__ import annotations

import numpy as np
import pytest

from fewshot_gui.core.support import SupportSet

EMBEDDINGS = np.arange(12, dtype=np.float64).reshape(4, 3)
LABELS = np.array([9, 2, 9, 5])


def test_arrays_are_typed_read_only_copies() -> None:
    embeddings, labels = EMBEDDINGS.copy(), LABELS.copy()
    support = SupportSet(embeddings, labels)
    embeddings[:] = -1
    labels[:] = -1
    np.testing.assert_array_equal(support.embeddings, EMBEDDINGS)
    np.testing.assert_array_equal(support.labels, LABELS)
    assert [array.dtype for array in (support.embeddings, support.labels, support.groups)] == [
        np.float32,
        np.int64,
        np.int64,
    ]
    for array in (support.embeddings, support.labels, support.groups):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_every_example_is_its_own_group_unless_said_otherwise() -> None:
    assert SupportSet(EMBEDDINGS, LABELS).groups.tolist() == [0, 1, 2, 3]
    assert SupportSet(EMBEDDINGS, LABELS, np.array([7, 7, 1, 1])).groups.tolist() == [7, 7, 1, 1]


def test_classes_are_counted_in_ascending_order_of_their_ids() -> None:
    support = SupportSet(EMBEDDINGS, LABELS)
    assert support.class_ids.tolist() == [2, 5, 9]
    assert support.class_counts.tolist() == [1, 1, 2]
    assert len(support) == 4


def test_activations_stand_beside_the_embeddings() -> None:
    activations = np.arange(8.0).reshape(4, 2)
    support = SupportSet(EMBEDDINGS, LABELS, activations=activations)
    assert support.activations.dtype == np.float32
    np.testing.assert_array_equal(support.rows, np.hstack([EMBEDDINGS, activations]))
    np.testing.assert_array_equal(support.subset(np.array([3, 1])).activations, activations[[3, 1]])
    without = SupportSet(EMBEDDINGS, LABELS)
    assert without.activations.shape == (4, 0)
    np.testing.assert_array_equal(without.rows, EMBEDDINGS)
    with pytest.raises(ValueError, match="as many rows of activations"):
        SupportSet(EMBEDDINGS, LABELS, activations=activations[:3])
    with pytest.raises(ValueError, match="finite"):
        SupportSet(EMBEDDINGS, LABELS, activations=np.full((4, 2), np.inf))


@pytest.mark.parametrize("rows", [np.array([True, False, True, False]), np.array([0, 2])], ids=["mask", "indices"])
def test_a_subset_keeps_the_groups(rows: np.ndarray) -> None:
    part = SupportSet(EMBEDDINGS, LABELS, np.array([3, 4, 3, 4])).subset(rows)
    np.testing.assert_array_equal(part.embeddings, EMBEDDINGS[[0, 2]])
    assert part.labels.tolist() == [9, 9]
    assert part.groups.tolist() == [3, 3]


@pytest.mark.parametrize(
    ("embeddings", "labels", "groups", "message"),
    [
        (np.empty((0, 3)), np.empty(0), np.empty(0), "n >= 1"),
        (np.ones(3), np.ones(3), np.empty(0), r"must be \(n, d\)"),
        (np.ones((3, 2)), np.ones(2), np.empty(0), "as many labels"),
        (np.ones((3, 2)), np.ones((3, 1)), np.empty(0), "as many labels"),
        (np.ones((3, 2)), np.ones(3), np.ones(2), "as many labels"),
        (np.full((3, 2), np.nan), np.ones(3), np.empty(0), "finite"),
        (np.full((3, 2), 1e300), np.ones(3), np.empty(0), "finite"),
    ],
)
@pytest.mark.filterwarnings("ignore:overflow encountered in cast")
def test_arrays_that_disagree_are_refused(
    embeddings: np.ndarray, labels: np.ndarray, groups: np.ndarray, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        SupportSet(embeddings, labels, groups)
