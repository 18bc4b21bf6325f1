"""Scaling photos in floating point."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from fewshot_gui.encoders import resampling
from fewshot_gui.encoders.resampling import resample_middle
from fewshot_gui.encoders.spec import Interpolation, Preprocess

PLAIN = Preprocess(256, 224, "bicubic", (0.0, 0.0, 0.0), (1.0, 1.0, 1.0), 1)
WHOLE = replace(PLAIN, resize_short_side=224)
"""No border is cut off, so that the filters reach over the edge of the photo."""
SIZES = [(1, 1), (1, 700), (700, 1), (2, 3), (224, 224), (257, 255), (3, 4_000), (400, 533), (900, 640), (1500, 1999)]
Photo = Callable[..., NDArray[np.uint8]]


def by_pillow(rgb: NDArray[np.uint8], preprocess: Preprocess) -> NDArray[np.float32]:
    """The same by Pillow, one colour at a time in floating point; where the middle is, it knows in single precision."""
    height, width = rgb.shape[:2]
    side = min(height, width) * preprocess.crop / preprocess.resize_short_side
    left, top = (width - side) / 2, (height - side) / 2
    filters = {"bicubic": Image.Resampling.BICUBIC, "bilinear": Image.Resampling.BILINEAR}
    planes = [
        plane.convert("F").resize(
            (preprocess.crop, preprocess.crop),
            filters[preprocess.interpolation],
            (left, top, left + side, top + side),
        )
        for plane in Image.fromarray(rgb).split()
    ]
    return np.stack([np.asarray(plane) for plane in planes])


@pytest.mark.parametrize("interpolation", ["bicubic", "bilinear"])
@pytest.mark.parametrize("preprocess", [PLAIN, WHOLE, replace(PLAIN, crop=25, resize_short_side=31)], ids=str)
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_is_what_pillow_makes(
    size: tuple[int, int], preprocess: Preprocess, interpolation: Interpolation, photo: Photo
) -> None:
    preprocess = replace(preprocess, interpolation=interpolation)
    rgb = photo(*size)
    np.testing.assert_allclose(resample_middle(rgb, preprocess), by_pillow(rgb, preprocess), atol=0.02)


def test_how_much_is_computed_at_once_makes_no_difference(photo: Photo, monkeypatch: pytest.MonkeyPatch) -> None:
    rgb = photo(700, 500)
    wanted = resample_middle(rgb, PLAIN)
    for values, outputs in ((1, (8, 32)), (1 << 30, (8, 32)), (5000, (1, 1)), (5000, (300, 300))):
        monkeypatch.setattr(resampling, "_VALUES_AT_ONCE", values)
        monkeypatch.setattr(resampling, "_BAND_OUTPUTS", outputs)
        resampling._axis.cache_clear()
        np.testing.assert_allclose(resample_middle(rgb, PLAIN), wanted, atol=1e-3)
    resampling._axis.cache_clear()


def test_encoders_that_scale_differently_do_not_share_their_weights(photo: Photo) -> None:
    rgb = photo(300, 300)
    for preprocess in (PLAIN, WHOLE, replace(PLAIN, interpolation="bilinear"), PLAIN):
        np.testing.assert_allclose(resample_middle(rgb, preprocess), by_pillow(rgb, preprocess), atol=0.02)
