"""Photos come out upright, whatever format says how the camera was held."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from numpy.typing import NDArray
from PIL import ExifTags, Image

from fewshot_gui.imaging import photo_details, read_photo, thumbnail

T = Image.Transpose
# What a camera held that way stores of an upright scene: the inverse of what the tag asks the reader to do.
STORED = {
    2: T.FLIP_LEFT_RIGHT,
    3: T.ROTATE_180,
    4: T.FLIP_TOP_BOTTOM,
    5: T.TRANSPOSE,
    6: T.ROTATE_90,
    7: T.TRANSVERSE,
    8: T.ROTATE_270,
}
FORMATS = {
    "a.jpg": {"quality": 95, "subsampling": 0},
    "a.png": {},
    "a.tif": {},
    "lzw.tif": {"compression": "tiff_lzw"},
    "a.webp": {"lossless": True},
    "a.avif": {"quality": 90},
    "a.heic": {"quality": 90},
}


def write(path: Path, scene: NDArray[np.uint8], orientation: object) -> None:
    image = Image.fromarray(scene)
    if orientation in STORED:
        image = image.transpose(STORED[orientation])
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    if path.suffix == ".heic":
        pillow_heif.from_pillow(image).save(path, exif=exif.tobytes(), quality=90)
    else:
        image.save(path, exif=exif, **FORMATS.get(path.name, {}))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", FORMATS)
def test_every_orientation_of_every_format(
    tmp_path: Path, scene: NDArray[np.uint8], name: str, orientation: int
) -> None:
    path = tmp_path / name
    write(path, scene, orientation)

    pixels = read_photo(path)

    assert pixels.shape == scene.shape
    assert np.abs(pixels.astype(int) - scene).mean() < 6
    assert thumbnail(path, 32).shape == (24, 32, 3)
    details = photo_details(path)
    assert (details.height, details.width) == scene.shape[:2]


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_senseless_orientations_are_ignored(tmp_path: Path, scene: NDArray[np.uint8], orientation: int) -> None:
    path = tmp_path / "a.png"
    write(path, scene, orientation)

    np.testing.assert_array_equal(read_photo(path), scene)


def test_exif_behind_the_pixels_of_a_png(tmp_path: Path, scene: NDArray[np.uint8]) -> None:
    path = tmp_path / "late.png"
    Image.fromarray(scene).transpose(T.ROTATE_90).save(path)
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    payload = b"eXIf" + exif.tobytes().removeprefix(b"Exif\x00\x00")
    chunk = struct.pack(">I", len(payload) - 4) + payload + struct.pack(">I", zlib.crc32(payload))
    data = path.read_bytes()
    path.write_bytes(data[:-12] + chunk + data[-12:])

    np.testing.assert_array_equal(read_photo(path), scene)
    assert (photo_details(path).height, photo_details(path).width) == scene.shape[:2]


def test_broken_exif_does_not_spoil_the_photo(tmp_path: Path, scene: NDArray[np.uint8]) -> None:
    path = tmp_path / "a.jpg"
    Image.fromarray(scene).save(path, exif=b"Exif\x00\x00II*\x00\xff\xff\xff\x7f\x00", quality=95)

    assert read_photo(path).shape == scene.shape
    assert photo_details(path).taken is None
    assert thumbnail(path, 16).shape == (12, 16, 3)
