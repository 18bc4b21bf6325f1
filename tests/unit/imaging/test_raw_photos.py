"""Camera raw, on small DNG files made here: a red left half and a blue right half."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fewshot_gui.core.errors import PhotoError
from fewshot_gui.imaging import photo_details, read_photo, thumbnail
from tests.unit.imaging.tiff_files import TiffTags, tiff_bytes

HEIGHT, WIDTH = 400, 600


def mosaic() -> bytes:
    """What a sensor with red, green / green, blue filters records."""
    values = np.full((HEIGHT, WIDTH), 2000, "<u2")
    values[0::2, 0 : WIDTH // 2 : 2] = 40_000
    values[1::2, WIDTH // 2 + 1 :: 2] = 40_000
    return values.tobytes()


def dng_tags(orientation: int) -> TiffTags:
    identity = [number for row in np.eye(3, dtype=int) for cell in row for number in (int(cell), 1)]
    return {
        271: ("s", b"Maker\x00"),
        272: ("s", b"Model\x00"),
        274: ("H", [orientation]),
        306: ("s", b"2020:01:02 03:04:05\x00"),
        50706: ("B", [1, 4, 0, 0]),  # DNGVersion
        50708: ("s", b"Maker Model\x00"),
        50721: ("ii", identity),  # ColorMatrix1
        50728: ("II", [1, 1] * 3),  # AsShotNeutral
        50778: ("H", [21]),  # CalibrationIlluminant1
    }


def mosaic_tags() -> TiffTags:
    size = {254: ("I", [0]), 256: ("I", [WIDTH]), 257: ("I", [HEIGHT]), 277: ("H", [1]), 278: ("I", [HEIGHT])}
    depth = {258: ("H", [16]), 259: ("H", [1]), 50717: ("I", [65535])}
    filters = {262: ("H", [32803]), 33421: ("H", [2, 2]), 33422: ("B", [0, 1, 1, 2])}
    return size | depth | filters


def write_dng(path: Path, orientation: int = 1) -> Path:
    path.write_bytes(tiff_bytes({**dng_tags(orientation), **mosaic_tags()}, mosaic()))
    return path


def write_dng_with_preview(path: Path, orientation: int = 1) -> Path:
    """With a green preview of 300 x 200, so that one sees where a thumbnail comes from."""
    buffer = io.BytesIO()
    Image.new("RGB", (300, 200), (0, 255, 0)).save(buffer, "JPEG")
    preview = {254: ("I", [1]), 256: ("I", [300]), 257: ("I", [200]), 258: ("H", [8] * 3), 259: ("H", [7])}
    preview |= {262: ("H", [6]), 277: ("H", [3]), 278: ("I", [200])}
    path.write_bytes(
        tiff_bytes({**dng_tags(orientation), **preview}, buffer.getvalue(), embedded=(mosaic_tags(), mosaic()))
    )
    return path


def brightest(pixel: np.ndarray) -> str:
    return ("red", "green", "blue")[int(pixel.argmax())]


def test_developed_in_colour(tmp_path: Path) -> None:
    pixels = read_photo(write_dng(tmp_path / "a.dng"))
    assert pixels.shape == (HEIGHT, WIDTH, 3)
    assert pixels.dtype == np.uint8
    assert brightest(pixels[200, 100]) == "red"
    assert brightest(pixels[200, 500]) == "blue"


@pytest.mark.parametrize(("orientation", "red_at"), [(3, (200, 500)), (6, (100, 200)), (8, (500, 200))])
def test_upright(tmp_path: Path, orientation: int, red_at: tuple[int, int]) -> None:
    path = write_dng(tmp_path / "a.dng", orientation)
    pixels = read_photo(path)
    details = photo_details(path)
    assert pixels.shape[:2] == (details.height, details.width)
    assert brightest(pixels[red_at]) == "red"


def test_half_the_resolution_where_that_is_enough(tmp_path: Path) -> None:
    path = write_dng(tmp_path / "a.dng")
    assert read_photo(path, short_side=200).shape == (200, 300, 3)
    assert read_photo(path, short_side=201).shape == (400, 600, 3)


def test_details(tmp_path: Path) -> None:
    details = photo_details(write_dng(tmp_path / "a.dng"))
    assert (details.width, details.height, details.format) == (WIDTH, HEIGHT, "RAW")
    assert details.taken == datetime(2020, 1, 2, 3, 4, 5)
    assert details.camera == "Maker Model"


def test_thumbnails_without_preview(tmp_path: Path) -> None:
    pixels = thumbnail(write_dng(tmp_path / "a.dng"), 90)
    assert pixels.shape == (60, 90, 3)
    assert brightest(pixels[30, 10]) == "red"


@pytest.mark.parametrize(("side", "colour"), [(90, "green"), (300, "green"), (301, "red")])
def test_thumbnails_from_the_preview(tmp_path: Path, side: int, colour: str) -> None:
    pixels = thumbnail(write_dng_with_preview(tmp_path / "a.dng"), side)
    assert max(pixels.shape) == side
    assert brightest(pixels[10, 10]) == colour


def test_a_preview_is_turned_like_the_photo(tmp_path: Path) -> None:
    pixels = thumbnail(write_dng_with_preview(tmp_path / "a.dng", orientation=6), 90)
    assert pixels.shape == (90, 60, 3)
    assert brightest(pixels[10, 10]) == "green"


def test_the_preview_is_not_taken_for_the_photo(tmp_path: Path) -> None:
    pixels = read_photo(write_dng_with_preview(tmp_path / "a.dng"))
    assert pixels.shape == (HEIGHT, WIDTH, 3)
    assert brightest(pixels[200, 100]) == "red"


def test_damaged(tmp_path: Path) -> None:
    path = write_dng(tmp_path / "a.nef")
    path.write_bytes(path.read_bytes()[:1000])
    for read in (read_photo, photo_details, lambda photo: thumbnail(photo, 50)):
        with pytest.raises(PhotoError):
            read(path)


def test_a_jpeg_with_the_suffix_of_a_raw(tmp_path: Path) -> None:
    Image.new("RGB", (30, 20)).save(tmp_path / "a.png")
    path = (tmp_path / "a.png").rename(tmp_path / "a.dng")
    assert read_photo(path).shape == (20, 30, 3)
