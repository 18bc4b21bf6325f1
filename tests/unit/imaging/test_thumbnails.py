from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from PIL.ExifTags import Base

from fewshot_gui.core.errors import PhotoError
from fewshot_gui.imaging import thumbnail


def exif_with_preview(preview: Image.Image, orientation: int = 1) -> bytes:
    """EXIF whose second directory holds a JPEG, as cameras write it."""
    buffer = io.BytesIO()
    preview.save(buffer, "JPEG", quality=95)
    data = buffer.getvalue()
    second = 8 + 2 + 12 + 4
    pixels = second + 2 + 3 * 12 + 4
    entry = struct.Struct("<HHII").pack
    short, long = 3, 4
    return b"".join(
        [
            b"Exif\x00\x00II*\x00" + struct.pack("<I", 8),
            struct.pack("<H", 1) + entry(Base.Orientation, short, 1, orientation) + struct.pack("<I", second),
            struct.pack("<H", 3) + entry(Base.Compression, short, 1, 6),
            entry(Base.JpegIFOffset, long, 1, pixels) + entry(Base.JpegIFByteCount, long, 1, len(data)),
            struct.pack("<I", 0) + data,
        ]
    )


def photo_with_preview(path: Path, preview_size: tuple[int, int], orientation: int = 1) -> None:
    """A red photo of 640 x 480 whose preview is blue, so that one sees where a thumbnail comes from."""
    preview = Image.new("RGB", preview_size, (0, 0, 255))
    Image.new("RGB", (640, 480), (255, 0, 0)).save(path, exif=exif_with_preview(preview, orientation))


def colour(pixels: NDArray[np.uint8]) -> str:
    return ("red", "green", "blue")[pixels.reshape(-1, 3).mean(axis=0).argmax()]


def test_the_preview_of_the_camera_is_used_where_it_is_large_enough(tmp_path: Path) -> None:
    photo_with_preview(tmp_path / "a.jpg", (160, 120))
    assert thumbnail(tmp_path / "a.jpg", 160).shape == (120, 160, 3)
    assert colour(thumbnail(tmp_path / "a.jpg", 160)) == "blue"
    assert colour(thumbnail(tmp_path / "a.jpg", 64)) == "blue"
    assert colour(thumbnail(tmp_path / "a.jpg", 161)) == "red"


def test_a_preview_with_black_bars_is_not_used(tmp_path: Path) -> None:
    photo_with_preview(tmp_path / "a.jpg", (160, 110))
    assert colour(thumbnail(tmp_path / "a.jpg", 100)) == "red"


def test_the_preview_is_turned_like_the_photo(tmp_path: Path) -> None:
    photo_with_preview(tmp_path / "a.jpg", (160, 120), orientation=6)
    pixels = thumbnail(tmp_path / "a.jpg", 160)
    assert pixels.shape == (160, 120, 3)
    assert colour(pixels) == "blue"


def test_a_broken_preview_is_not_used(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    whole = exif_with_preview(Image.new("RGB", (160, 120), (0, 0, 255)))
    Image.new("RGB", (640, 480), (255, 0, 0)).save(path, exif=whole[:-300])
    assert colour(thumbnail(path, 100)) == "red"


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.tif", "a.webp", "a.gif"])
@pytest.mark.parametrize(
    ("size", "side", "expected"),
    [
        ((640, 480), 100, (75, 100, 3)),
        ((480, 640), 100, (100, 75, 3)),
        ((40, 30), 100, (30, 40, 3)),
        ((100, 100), 100, (100, 100, 3)),
        ((3000, 4), 100, (1, 100, 3)),
    ],
)
def test_the_longest_side(
    tmp_path: Path, name: str, size: tuple[int, int], side: int, expected: tuple[int, int, int]
) -> None:
    Image.new("RGB", size, (10, 200, 30)).save(tmp_path / name)
    pixels = thumbnail(tmp_path / name, side)
    assert pixels.shape == expected
    assert pixels.flags.writeable
    assert np.abs(pixels.reshape(-1, 3).mean(axis=0) - (10, 200, 30)).max() < 12


def test_sixteen_bits_and_transparency(tmp_path: Path) -> None:
    Image.fromarray(np.arange(200 * 200, dtype=np.uint16).reshape(200, 200) // 10).save(tmp_path / "deep.png")
    assert 90 < thumbnail(tmp_path / "deep.png", 50).mean() < 160
    Image.new("RGBA", (200, 200), (0, 0, 0, 0)).save(tmp_path / "clear.png")
    assert (thumbnail(tmp_path / "clear.png", 50) == 255).all()


def test_errors(tmp_path: Path) -> None:
    with pytest.raises(PhotoError):
        thumbnail(tmp_path / "gone.jpg", 100)
    with pytest.raises(ValueError, match="side"):
        thumbnail(tmp_path / "gone.jpg", 0)
