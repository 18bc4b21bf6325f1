from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from fewshot_gui.encoders.preprocess import prepare, prepare_batch
from fewshot_gui.encoders.spec import Preprocess

PLAIN = Preprocess(256, 224, "bicubic", (0.0, 0.0, 0.0), (1.0, 1.0, 1.0), 1)
Photo = Callable[..., NDArray[np.uint8]]


def test_is_the_central_crop_of_the_resized_photo(photo: Photo) -> None:
    """Where whole pixels can be cropped, it is the textbook recipe, but for the rounding after each axis."""
    rgb = np.asarray(Image.fromarray(photo(64, 64)).resize((512, 512), Image.Resampling.BICUBIC))
    resized = Image.fromarray(rgb).resize((256, 256), Image.Resampling.BICUBIC)
    textbook = np.asarray(resized.crop((16, 16, 240, 240)), np.float32).transpose(2, 0, 1)
    np.testing.assert_allclose(prepare(rgb, PLAIN) * 255, textbook, atol=1.5)


@pytest.mark.parametrize("fraction", [2, 4])
def test_a_photo_read_at_a_fraction_of_its_size_looks_the_same(fraction: int, photo: Photo) -> None:
    short_side = fraction * PLAIN.read_short_side
    whole = Image.fromarray(photo(12, 14)).resize((short_side + 99, short_side), Image.Resampling.BICUBIC)
    apart = np.abs(prepare(np.asarray(whole.reduce(fraction)), PLAIN) - prepare(np.asarray(whole), PLAIN)) * 255
    assert apart.max() < 1.5
    assert apart.mean() < 0.3


def test_neither_axis_comes_first(photo: Photo) -> None:
    """Pillow's bytes depend on which axis it takes first, and that on its version and the shape of the photo."""
    for size in [(2000, 40), (300, 310)]:
        rgb = photo(*size)
        turned = prepare(rgb.transpose(1, 0, 2), PLAIN)
        np.testing.assert_allclose(prepare(rgb, PLAIN), turned.transpose(0, 2, 1), atol=1e-5)


@pytest.mark.parametrize("size", [(1, 1), (1, 5000), (5000, 1), (2, 3), (224, 224), (3, 20000)])
def test_every_size_and_proportion_is_accepted(size: tuple[int, int], photo: Photo) -> None:
    pixels = prepare(photo(*size), PLAIN)
    assert pixels.shape == (3, 224, 224)
    assert pixels.dtype == np.float32
    assert pixels.flags.c_contiguous
    assert pixels.min() >= 0
    assert pixels.max() <= 1


def test_each_channel_is_normalised_by_its_own_numbers() -> None:
    rgb = np.empty((300, 400, 3), np.uint8)
    rgb[:] = (51, 102, 204)
    preprocess = Preprocess(256, 224, "bilinear", (0.1, 0.2, 0.3), (0.5, 0.25, 0.1), 1)
    wanted = [(0.2 - 0.1) / 0.5, (0.4 - 0.2) / 0.25, (0.8 - 0.3) / 0.1]
    for channel, value in zip(prepare(rgb, preprocess), wanted, strict=True):
        np.testing.assert_allclose(channel, value, atol=1e-5)


def test_crop_ignores_what_lies_outside(photo: Photo) -> None:
    rgb = photo(400, 900)
    changed = rgb.copy()
    changed[:, :200] = 0
    changed[:, -200:] = 255
    np.testing.assert_array_equal(prepare(rgb, PLAIN), prepare(changed, PLAIN))


def test_input_is_not_changed_and_need_not_be_contiguous(photo: Photo) -> None:
    rgb = photo(60, 80)
    rgb.flags.writeable = False
    flipped = rgb[:, ::-1]
    np.testing.assert_allclose(prepare(flipped, PLAIN), prepare(rgb, PLAIN)[:, :, ::-1], atol=1.01 / 255)


def test_batch_is_its_photos_one_by_one(photo: Photo) -> None:
    photos = [photo(60, 80, 1), photo(300, 20, 2)]
    batch = prepare_batch(photos, PLAIN)
    assert batch.dtype == np.float32
    np.testing.assert_array_equal(batch, np.stack([prepare(rgb, PLAIN) for rgb in photos]))


@pytest.mark.parametrize(
    "wrong",
    [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 4), np.uint8), np.zeros((4, 4, 3)), np.zeros((0, 4, 3), np.uint8)],
)
def test_what_is_no_rgb_photo_is_refused(wrong: NDArray[np.uint8]) -> None:
    with pytest.raises(ValueError, match="uint8"):
        prepare(wrong, PLAIN)
