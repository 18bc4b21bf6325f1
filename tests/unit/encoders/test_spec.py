from __future__ import annotations

from typing import Any

import pytest

from fewshot_gui.encoders.spec import Preprocess

GOOD: dict[str, Any] = {
    "resize_short_side": 256,
    "crop": 224,
    "interpolation": "bicubic",
    "mean": (0.5, 0.5, 0.5),
    "std": (0.5, 0.5, 0.5),
    "version": 1,
}


def test_photos_are_decoded_several_times_larger_than_they_are_seen() -> None:
    assert Preprocess(**GOOD).read_short_side == 5 * 256
    assert Preprocess(**GOOD | {"resize_short_side": 28, "crop": 28}).read_short_side > 105, "a drawing is not halved"


@pytest.mark.parametrize(
    "wrong",
    [{"crop": 257}, {"crop": 0}, {"interpolation": "nearest"}, {"std": (0.5, 0.0, 0.5)}, {"mean": (0.5, 0.5)}],
)
def test_values_out_of_range_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"must be|need"):
        Preprocess(**GOOD | wrong)
