"""File names in the order a person expects."""

from __future__ import annotations

import random

import numpy as np

from fewshot_gui.ui.models.natural_order import NaturalOrder, natural_key


def in_order(*names: str) -> bool:
    keys = [natural_key(name) for name in names]
    return keys == sorted(keys) and len(set(keys)) == len(keys)


def test_numbers_count_by_value_and_case_does_not() -> None:
    assert in_order("a.jpg", "IMG_2.jpg", "img_10.jpg", "IMG_100.jpg", "z.jpg")
    assert in_order("1.jpg", "9.jpg", "10.jpg", "12345678901234567890.jpg", "a1.jpg")
    assert natural_key("IMG_007") == natural_key("img_7")
    assert in_order("p0", "p1")


def test_growing_and_shrinking_gives_what_sorting_at_once_gives() -> None:
    chance = random.Random(3)
    names = [f"{chance.choice('abAB')}{chance.randrange(300)}" for _ in range(400)]
    order, kept_names = NaturalOrder(), list[str]()
    for start in range(0, 400, 70):
        portion = names[start : start + 70]
        order.append(portion)
        kept_names += portion
        kept = np.array([chance.random() < 0.8 for _ in kept_names])
        order.keep(kept)
        kept_names = [name for name, stays in zip(kept_names, kept, strict=True) if stays]
        reference = sorted(range(len(kept_names)), key=lambda i: natural_key(kept_names[i]))
        assert order.order().tolist() == reference


def test_equal_names_keep_the_order_of_arrival() -> None:
    order = NaturalOrder()
    order.append(["b", "a"])
    order.append(["A", "b"])
    assert order.order().tolist() == [1, 2, 0, 3]
