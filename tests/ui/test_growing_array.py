"""Arrays that grow at the end."""

from __future__ import annotations

import numpy as np

from fewshot_gui.ui.models.growing_array import GrowingArray


def test_it_holds_what_was_added() -> None:
    array, expected, chance = GrowingArray(np.int64), list[int](), np.random.default_rng(0)
    for _ in range(50):
        some = chance.integers(1000, size=int(chance.integers(40))).tolist()
        array.extend(some, len(some))
        expected += some
        assert array.values.tolist() == expected
    array.extend(7, 3)
    assert array.values.tolist() == [*expected, 7, 7, 7]


def test_growing_copies_seldom() -> None:
    array, bases = GrowingArray(np.float64), set[int]()
    for _ in range(2000):
        array.extend(1.0, 5)
        bases.add(array.values.__array_interface__["data"][0])
    assert len(bases) < 12


def test_texts_and_replacing() -> None:
    array = GrowingArray(object)
    array.extend(["a", "b"], 2)
    array.extend([], 0)
    array.replace(array.values[[1]])
    array.extend(["c"], 1)
    assert array.values.tolist() == ["b", "c"]
