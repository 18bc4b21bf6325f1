"""The data of episodes: what it refuses, how it is divided by class, and pictures turned."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from fewshot_gui.core.errors import NotEnoughExamplesError
from fewshot_gui.metalearning.labelled_rows import LabelledRows, joined, rotated, split_classes


def data(counts: Sequence[int], *, source: str = "leaves", inputs: int = 4, order: Sequence[int] = ()) -> LabelledRows:
    """Classes "0", "1", ... with so many rows each; every value of a row is its class's number."""
    order = order or range(len(counts))
    labels = np.repeat(np.arange(len(counts)), [counts[one] for one in order])
    names = tuple(str(one) for one in order)
    rows = np.repeat(np.array([float(names[label]) for label in labels], np.float32)[:, None], inputs, axis=1)
    return LabelledRows(rows, labels, np.arange(len(labels)), names, (source,) * len(counts))


class TestLabelledRows:
    @pytest.mark.parametrize(
        ("labels", "groups", "names", "sources"),
        [
            ([0, 0, 1], [0, 1, 2], ("a", "b"), ("s", "s")),  # a row without a label
            ([0, 0, 0, 0], [0, 1, 2, 3], ("a", "b"), ("s", "s")),  # a class without a row
            ([0, 0, 1, 2], [0, 1, 2, 3], ("a", "b"), ("s", "s")),  # a label without a class
            ([0, 0, 1, 1], [0, 1, 2, 3], ("a", "a"), ("s", "s")),  # a name twice
            ([0, 0, 1, 1], [0, 1, 2, 3], ("a", "b"), ("s",)),
            ([0, 0, 1, 1], [0, 1, 1, 3], ("a", "b"), ("s", "s")),  # a group of two classes
        ],
    )
    def test_what_does_not_fit_together_is_refused(
        self, labels: list[int], groups: list[int], names: tuple[str, ...], sources: tuple[str, ...]
    ) -> None:
        with pytest.raises(ValueError, match=r"must|need"):
            LabelledRows(np.zeros((4, 2), np.float32), np.array(labels), np.array(groups), names, sources)

    def test_the_same_name_in_two_data_sets_is_two_classes(self) -> None:
        both = joined([data([2, 3]), data([4, 5], source="coins")])
        assert both.classes == 4
        assert np.bincount(both.labels).tolist() == [2, 3, 4, 5]
        assert len(np.unique(both.groups)) == 14

    def test_nothing_in_it_can_be_changed(self) -> None:
        rows = data([2, 2])
        for array in (rows.rows, rows.labels, rows.groups):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 1

    def test_classes_are_taken_out_in_the_order_asked_for(self) -> None:
        part = data([1, 2, 3, 4]).of_classes(np.array([3, 1]))
        assert part.class_names == ("3", "1")
        assert np.bincount(part.labels).tolist() == [4, 2]
        assert (part.rows[part.labels == 0] == 3).all()


class TestSplitClasses:
    def test_every_class_goes_to_one_part(self) -> None:
        parts = split_classes(data([3] * 81), seed=1)
        assert [part.classes for part in parts] == [49, 16, 16]
        assert sorted(int(name) for part in parts for name in part.class_names) == list(range(81))

    def test_the_order_of_classes_changes_nothing(self) -> None:
        shuffled = np.random.default_rng(0).permutation(20).tolist()
        for one, other in zip(
            split_classes(data([2] * 20)), split_classes(data([2] * 20, order=shuffled)), strict=True
        ):
            assert set(one.class_names) == set(other.class_names)

    def test_the_seed_changes_who_is_where(self) -> None:
        assert (
            split_classes(data([2] * 30), seed=0)[2].class_names != split_classes(data([2] * 30), seed=1)[2].class_names
        )

    def test_every_data_set_is_divided_and_every_part_of_it_can_be_a_task(self) -> None:
        for part in split_classes(joined([data([2] * 50), data([2] * 6, source="coins")])):
            assert part.sources.count("coins") == 2
            assert part.sources.count("leaves") >= 10

    def test_a_data_set_too_small_to_be_divided_is_for_training(self) -> None:
        training, validation, test = split_classes(joined([data([2] * 10), data([2] * 5, source="coins")]))
        assert training.sources.count("coins") == 5
        assert set(validation.sources) == set(test.sources) == {"leaves"}

    def test_a_part_without_a_share_is_empty(self) -> None:
        training, validation, test = split_classes(data([2] * 10), shares=(0.5, 0.0, 0.5))
        assert (training.classes, validation.classes, test.classes) == (5, 0, 5)
        assert len(validation.rows) == 0

    def test_too_few_classes_are_told(self) -> None:
        with pytest.raises(NotEnoughExamplesError, match="At least 6 classes"):
            split_classes(data([2] * 5))


class TestRotated:
    def test_each_class_becomes_four(self) -> None:
        pictures = np.arange(3 * 9, dtype=np.float32).reshape(3, 9)
        rows = LabelledRows(pictures, np.array([0, 0, 1]), np.array([5, 5, 7]), ("a", "b"), ("s", "s"))
        turned = rotated(rows)
        assert turned.classes == 8
        assert turned.class_names[2:4] == ("a, turned by 90°", "b, turned by 90°")
        for turns in range(4):
            expected = [np.rot90(picture.reshape(3, 3), turns).ravel() for picture in pictures]
            np.testing.assert_array_equal(turned.rows[3 * turns : 3 * turns + 3], expected)
            assert turned.labels[3 * turns : 3 * turns + 3].tolist() == [2 * turns, 2 * turns, 2 * turns + 1]
        assert len(np.unique(turned.groups)) == 8

    def test_what_is_not_square_is_refused(self) -> None:
        with pytest.raises(ValueError, match="square"):
            rotated(data([2, 2], inputs=5))
