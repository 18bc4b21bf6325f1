"""Large photos are decoded no larger than needed, and never smaller."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fewshot_gui.imaging import read_photo


def smooth(height: int, width: int) -> Image.Image:
    y, x = np.mgrid[0:height, 0:width]
    picture = np.stack([x * 255 // width, y * 255 // height, (x + y) * 255 // (height + width)], axis=2)
    return Image.fromarray(picture.astype(np.uint8))


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.tif", "a.webp"])
@pytest.mark.parametrize("size", [(600, 800), (801, 599), (100, 900)])
@pytest.mark.parametrize("short_side", [16, 50, 99, 224, 300, 2000])
def test_the_short_side_is_kept(tmp_path: Path, name: str, size: tuple[int, int], short_side: int) -> None:
    smooth(*size).save(tmp_path / name)

    height, width = read_photo(tmp_path / name, short_side=short_side).shape[:2]

    assert min(height, width) >= min(short_side, *size)
    assert height <= size[0]
    assert width / height == pytest.approx(size[1] / size[0], rel=0.05)


def test_a_12_megapixel_jpeg_is_decoded_at_an_eighth(tmp_path: Path) -> None:
    smooth(3000, 4000).save(tmp_path / "a.jpg")
    assert read_photo(tmp_path / "a.jpg", short_side=224).shape == (375, 500, 3)
    assert read_photo(tmp_path / "a.jpg", short_side=376).shape == (750, 1000, 3)
    assert read_photo(tmp_path / "a.jpg").shape == (3000, 4000, 3)


@pytest.mark.parametrize("name", ["a.jpg", "a.png"])
def test_no_pixel_stands_for_less_than_the_others(tmp_path: Path, name: str) -> None:
    """Else the middle of the photo would move, by half a pixel or more."""
    smooth(1204, 1812).save(tmp_path / name)
    assert read_photo(tmp_path / name, short_side=150).shape == (301, 453, 3)
    smooth(1201, 1812).save(tmp_path / name)
    assert read_photo(tmp_path / name, short_side=150).shape == (1201, 1812, 3)
    smooth(1203, 1812).save(tmp_path / name)
    assert read_photo(tmp_path / name, short_side=150).shape == (401, 604, 3)


@pytest.mark.parametrize("name", ["a.jpg", "a.png"])
def test_smaller_shows_the_same(tmp_path: Path, name: str) -> None:
    image = smooth(640, 960)
    image.save(tmp_path / name)

    small = read_photo(tmp_path / name, short_side=160)

    assert small.shape == (160, 240, 3)
    reference = np.asarray(image.resize((240, 160), Image.Resampling.BOX)).astype(int)
    assert np.abs(small - reference).mean() < 3


@pytest.mark.parametrize("short_side", [0, -5])
def test_a_senseless_short_side_is_a_mistake_of_the_caller(tmp_path: Path, short_side: int) -> None:
    with pytest.raises(ValueError, match="short_side"):
        read_photo(tmp_path / "a.jpg", short_side=short_side)


@pytest.mark.parametrize("size", [(640, 960), (1, 70_000), (70_000, 1), (257, 256), (256, 256)], ids=str)
def test_every_pixel_of_a_large_photo_arrives_in_its_place(tmp_path: Path, size: tuple[int, int]) -> None:
    """They come strip by strip."""
    wanted = np.random.default_rng(0).integers(0, 256, (*size, 3), np.uint8)
    Image.fromarray(wanted).save(tmp_path / "a.png", compress_level=1)
    pixels = read_photo(tmp_path / "a.png")
    np.testing.assert_array_equal(pixels, wanted)
    assert pixels.flags.writeable
    assert pixels.flags.c_contiguous
