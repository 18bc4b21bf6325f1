"""Every pixel layout becomes what a person would see."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from fewshot_gui.imaging import read_photo
from fewshot_gui.imaging.modes import stretched
from tests.unit.imaging.tiff_files import tiff_bytes

WHITE = (255, 255, 255)


def ramp(high: int, dtype: type[np.generic], low: int = 0) -> NDArray[np.generic]:
    return np.linspace(low, high, 64 * 64).reshape(64, 64).astype(dtype)


def read(path: Path) -> NDArray[np.uint8]:
    pixels = read_photo(path)
    assert pixels.dtype == np.uint8
    assert pixels.ndim == 3
    assert pixels.shape[2] == 3
    assert pixels.flags.writeable
    assert pixels.flags.c_contiguous
    return pixels


@pytest.mark.parametrize("name", ["a.png", "a.tif", "a.bmp", "a.gif"])
def test_lossless_colours_are_exact(tmp_path: Path, scene: NDArray[np.uint8], name: str) -> None:
    Image.fromarray(scene).save(tmp_path / name)
    np.testing.assert_array_equal(read(tmp_path / name), scene)


@pytest.mark.parametrize("mode", ["1", "L"])
def test_grey_fills_all_three_channels(tmp_path: Path, mode: str) -> None:
    grey = np.zeros((20, 30), np.uint8)
    grey[5:10] = 255
    Image.fromarray(grey).convert(mode).save(tmp_path / "a.png")
    np.testing.assert_array_equal(read(tmp_path / "a.png"), np.stack([grey] * 3, axis=2))


@pytest.mark.parametrize(
    ("mode", "name"), [("LA", "a.png"), ("RGBA", "a.png"), ("RGBA", "a.webp"), ("RGBA", "a.tif"), ("LA", "a.tif")]
)
def test_what_is_transparent_becomes_white(tmp_path: Path, mode: str, name: str) -> None:
    image = Image.new(mode, (20, 10), (10, 0) if mode == "LA" else (10, 10, 10, 0))
    image.paste((90, 255) if mode == "LA" else (90, 90, 90, 255), (0, 0, 10, 10))
    image.save(tmp_path / name, **({"lossless": True} if name == "a.webp" else {}))

    pixels = read(tmp_path / name)

    assert tuple(pixels[5, 15]) == WHITE
    assert tuple(pixels[5, 5]) == (90, 90, 90)


def test_half_transparent_is_half_white(tmp_path: Path) -> None:
    Image.new("RGBA", (4, 4), (0, 100, 200, 51)).save(tmp_path / "a.png")
    assert tuple(read(tmp_path / "a.png")[0, 0]) == (204, 224, 244)


@pytest.mark.parametrize("name", ["a.png", "a.gif"])
def test_palettes_and_their_transparent_colour(tmp_path: Path, name: str) -> None:
    image = Image.new("P", (20, 10), 1)
    image.putpalette([255, 0, 0, 0, 0, 255])
    image.paste(0, (0, 0, 10, 10))
    image.save(tmp_path / name)
    assert tuple(read(tmp_path / name)[5, 15]) == (0, 0, 255)

    image.save(tmp_path / name, transparency=1)
    pixels = read(tmp_path / name)
    assert tuple(pixels[5, 15]) == WHITE
    assert tuple(pixels[5, 5]) == (255, 0, 0)


@pytest.mark.parametrize(("mode", "key"), [("L", 7), ("RGB", (7, 7, 7)), ("1", 0)])
def test_a_single_transparent_colour_in_a_png(tmp_path: Path, mode: str, key: object) -> None:
    image = Image.new(mode, (8, 8), key)
    image.save(tmp_path / "a.png", transparency=key)
    assert tuple(read(tmp_path / "a.png")[0, 0]) == WHITE


@pytest.mark.parametrize("name", ["a.jpg", "a.tif"])
def test_cmyk_is_not_inverted(tmp_path: Path, name: str) -> None:
    Image.new("CMYK", (16, 16), (0, 255, 255, 0)).save(tmp_path / name)
    red, green, blue = read(tmp_path / name)[8, 8].astype(int)
    assert red > 200
    assert green < 60
    assert blue < 60


def test_cmyk_jpeg_without_adobes_marker_is_not_inverted(tmp_path: Path) -> None:
    path = tmp_path / "plain.jpg"
    Image.new("CMYK", (16, 16), (255, 0, 0, 255)).save(path)  # Pillow stores the complement and says so
    data = path.read_bytes()
    start = data.index(b"\xff\xee")
    path.write_bytes(data[:start] + data[start + 2 + int.from_bytes(data[start + 2 : start + 4], "big") :])

    red, green, blue = read(path)[8, 8].astype(int)  # without the marker that complement is the ink: 0, 1, 1, 0

    assert red > 200
    assert green < 60
    assert blue < 60


def test_ycck_jpeg(tmp_path: Path) -> None:
    path = tmp_path / "ycck.jpg"
    Image.new("CMYK", (16, 16), (0, 255, 255, 0)).save(path)
    data = bytearray(path.read_bytes())
    marker = data.index(b"Adobe")
    data[marker + 11] = 2  # transform: YCCK; the same numbers now mean another colour, but not a damaged file
    path.write_bytes(data)
    assert read(path).shape == (16, 16, 3)


@pytest.mark.parametrize("high", [900, 4095, 65535])
@pytest.mark.parametrize("name", ["a.png", "a.tif"])
def test_sixteen_bit_grey_is_never_black(tmp_path: Path, name: str, high: int) -> None:
    Image.fromarray(ramp(high, np.uint16)).save(tmp_path / name)

    grey = read(tmp_path / name)[:, :, 0]

    assert grey[0, 0] == 0
    assert grey[-1, -1] == 255
    assert abs(int(grey[32, 0]) - 128) <= 1
    assert (np.diff(grey.ravel().astype(int)) >= 0).all()


@pytest.mark.parametrize("dtype", [np.int32, np.float32])
def test_thirty_two_bit_grey(tmp_path: Path, dtype: type[np.generic]) -> None:
    Image.fromarray(ramp(3000, dtype, low=-1000)).save(tmp_path / "a.tif")
    grey = read(tmp_path / "a.tif")[:, :, 0]
    assert (grey.min(), grey.max()) == (0, 255)


def test_white_is_zero_in_sixteen_bits(tmp_path: Path) -> None:
    values = ramp(4095, np.uint16)
    tags = {256: ("I", [64]), 257: ("I", [64]), 258: ("H", [16]), 259: ("H", [1]), 262: ("H", [0])}
    (tmp_path / "a.tif").write_bytes(tiff_bytes(tags, values.astype("<u2").tobytes()))
    grey = read(tmp_path / "a.tif")[:, :, 0]
    assert (grey[0, 0], grey[-1, -1]) == (255, 0)


@pytest.mark.parametrize(("high", "brightest"), [(4095, 255), (65535, 255), (30000, 117)])
def test_sixteen_bit_colour(tmp_path: Path, high: int, brightest: int) -> None:
    values = np.stack([ramp(high, np.uint16)] * 3, axis=2)
    tags = {256: ("I", [64]), 257: ("I", [64]), 258: ("H", [16] * 3), 259: ("H", [1]), 262: ("H", [2]), 277: ("H", [3])}
    (tmp_path / "a.tif").write_bytes(tiff_bytes(tags, values.astype("<u2").tobytes()))
    assert read(tmp_path / "a.tif").max() == brightest


def test_a_palette_that_uses_only_the_low_bytes(tmp_path: Path) -> None:
    colours = np.zeros((3, 256), np.uint16)
    colours[:, 5] = (200, 100, 50)
    tags = {256: ("I", [8]), 257: ("I", [8]), 258: ("H", [8]), 259: ("H", [1]), 262: ("H", [3])}
    tags[320] = ("H", colours.ravel().tolist())
    (tmp_path / "a.tif").write_bytes(tiff_bytes(tags, bytes([5]) * 64))
    assert tuple(read(tmp_path / "a.tif")[0, 0]) == (200, 100, 50)


def test_a_hot_pixel_does_not_darken_the_rest() -> None:
    values = ramp(1000, np.uint16).repeat(4, axis=0).repeat(4, axis=1)
    values[7, 7] = 65535
    assert np.median(stretched(values)) > 120


def test_a_few_bright_spots_on_black_stay_visible() -> None:
    values = np.zeros((300, 300), np.uint16)
    values[10:12, 10:12] = 500
    assert stretched(values)[10, 10] == 255


@pytest.mark.parametrize(("value", "expected"), [(0, 0), (65535, 255), (32768, 128)])
def test_a_flat_picture_keeps_its_brightness(value: int, expected: int) -> None:
    assert (stretched(np.full((5, 5), value, np.uint16)) == expected).all()


def test_missing_values_are_black() -> None:
    values = ramp(10, np.float32)
    values[0, :2] = np.nan, np.inf
    assert not stretched(values)[0, :2].any()
    assert stretched(values).max() == 255
    assert not stretched(np.full((3, 3), np.nan, np.float32)).any()


@pytest.mark.parametrize(
    ("name", "options"), [("a.gif", {}), ("a.webp", {"lossless": True}), ("a.png", {}), ("a.tif", {})]
)
def test_the_first_of_many_frames(tmp_path: Path, name: str, options: dict[str, bool]) -> None:
    frames = [Image.new("RGB", (16, 16), colour) for colour in ("red", "lime", "blue")]
    frames[0].save(tmp_path / name, save_all=True, append_images=frames[1:], **options)
    assert tuple(read(tmp_path / name)[8, 8]) == (255, 0, 0)


@pytest.mark.parametrize(("mode", "colour"), [("YCbCr", (76, 85, 255)), ("LAB", (138, 209, 198))])
def test_other_colour_spaces(tmp_path: Path, mode: str, colour: tuple[int, int, int]) -> None:
    Image.new(mode, (16, 16), colour).save(tmp_path / "a.tif")
    red, green, blue = read(tmp_path / "a.tif")[8, 8].astype(int)
    assert red > 200
    assert green < 80
    assert blue < 80
