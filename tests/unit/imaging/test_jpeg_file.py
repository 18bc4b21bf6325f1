"""Which JPEGs are left to other decoders than Pillow."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from fewshot_gui.core.errors import PhotoError
from fewshot_gui.imaging import JpegFile, plain_jpeg, read_photo
from fewshot_gui.imaging import jpeg_file as module
from fewshot_gui.imaging.jpeg_file import jpeg_in_memory
from tests.unit.imaging.test_colour_profiles import srgb_profile, swapped_profile

Save = Callable[..., Path]


@pytest.fixture
def save(tmp_path: Path, scene: NDArray[np.uint8]) -> Save:
    """Writes the scene: ``save(mode="RGB", name="photo.jpg", **options of Pillow)``."""

    def write(mode: str = "RGB", name: str = "photo.jpg", **options: Any) -> Path:
        Image.fromarray(scene).convert(mode).save(tmp_path / name, **options)
        return tmp_path / name

    return write


def taken(path: Path) -> JpegFile:
    jpeg = plain_jpeg(path)
    assert jpeg is not None
    return jpeg


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"progressive": True},
        {"subsampling": "4:4:4"},
        {"subsampling": "4:2:2"},
        {"subsampling": "4:2:0"},
        {"icc_profile": srgb_profile()},
        {"icc_profile": b"no profile"},
        {"restart_marker_rows": 1},
    ],
    ids=str,
)
def test_what_all_decoders_read_alike_is_taken(save: Save, options: dict[str, Any]) -> None:
    path = save(quality=80, **options)
    jpeg = taken(path)
    assert jpeg.content == path.read_bytes()
    assert (jpeg.turn, jpeg.width, jpeg.height) == (None, 64, 48)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_turn_is_that_of_the_reader(save: Save, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = save(exif=exif, quality=95)
    jpeg = taken(path)
    assert (jpeg.width, jpeg.height) == (64, 48), "as it is stored"
    stored = Image.open(io.BytesIO(jpeg.content))
    upright = stored if jpeg.turn is None else stored.transpose(jpeg.turn)
    np.testing.assert_array_equal(np.asarray(upright), read_photo(path))


@pytest.mark.parametrize(
    ("mode", "options"),
    [
        ("L", {}),
        ("CMYK", {}),
        ("RGB", {"icc_profile": swapped_profile()}),
        ("RGB", {"keep_rgb": True}),
        ("RGB", {"name": "photo.png"}),
        ("RGB", {"name": "photo.webp"}),
    ],
    ids=str,
)
def test_what_decoders_read_differently_is_left_to_pillow(save: Save, mode: str, options: dict[str, Any]) -> None:
    path = save(mode, **options)
    assert plain_jpeg(path) is None
    read_photo(path)


def test_the_content_counts_and_not_the_name(save: Save) -> None:
    assert taken(save().rename(save().with_name("photo.png"))).width == 64


@pytest.mark.parametrize("marker", [0xC3, 0xC5, 0xC9, 0xCA])
def test_lossless_hierarchical_and_arithmetic_coding_are_left_to_pillow(save: Save, marker: int) -> None:
    path = save()
    path.write_bytes(path.read_bytes().replace(b"\xff\xc0\x00\x11", bytes((0xFF, marker, 0, 0x11))))
    assert plain_jpeg(path) is None


def test_odd_sampling_is_left_to_pillow(save: Save) -> None:
    """Brightness in 1 x 1 and one colour in 2 x 1: allowed by the standard, and hardly ever seen."""
    path = save(subsampling="4:4:4")
    content = path.read_bytes()
    frame = content.index(b"\xff\xc0")
    colour = frame + 10 + 3 + 1  # the sampling of the second component
    assert content[colour] == 0x11
    path.write_bytes(content[:colour] + b"\x21" + content[colour + 1 :])
    assert plain_jpeg(path) is None


def test_without_the_marks_of_jfif_and_adobe_the_components_tell(save: Save) -> None:
    path = save(subsampling="4:4:4")
    content = path.read_bytes()
    assert content[2:4] == b"\xff\xe0"
    without = content[:2] + content[4 + int.from_bytes(content[4:6], "big") :]
    path.write_bytes(without)
    taken(path)
    frame = without.index(b"\xff\xc0")
    renamed = bytearray(without)
    for number in range(3):
        renamed[frame + 10 + 3 * number] = 10 + number
    path.write_bytes(renamed)
    assert plain_jpeg(path) is None


@pytest.mark.parametrize("share", [0.0, 0.001, 0.1, 0.5, 0.99])
def test_a_file_that_is_cut_off_is_left_to_pillow(save: Save, share: float) -> None:
    path = save()
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    assert plain_jpeg(path) is None
    with pytest.raises(PhotoError):
        read_photo(path)


def test_what_cannot_be_read_is_left_to_the_reader(tmp_path: Path) -> None:
    (tmp_path / "nonsense.jpg").write_bytes(b"\xff\xd8\xff" + bytes(200) + b"\xff\xd9")
    for name in ("nonsense.jpg", "missing.jpg", "."):
        assert plain_jpeg(tmp_path / name) is None


def test_a_huge_photo_is_left_to_pillow(save: Save, monkeypatch: pytest.MonkeyPatch) -> None:
    path = save()
    monkeypatch.setattr(module, "_MOST_PIXELS", 64 * 48)
    taken(path)
    monkeypatch.setattr(module, "_MOST_PIXELS", 64 * 48 - 1)
    assert plain_jpeg(path) is None


def test_a_jpeg_of_our_own_is_taken_as_it_is(save: Save) -> None:
    content = save().read_bytes()
    jpeg = jpeg_in_memory(content)
    assert (jpeg.content, jpeg.turn, jpeg.width, jpeg.height) == (content, None, 64, 48)


@pytest.mark.shared_data
def test_whatever_bytes_a_file_holds_nothing_is_raised(shared_data: Path) -> None:
    files = [path for path in (shared_data / "odd").rglob("*") if path.is_file() and path.stat().st_size < 10**7]
    taken = [path for path in files if plain_jpeg(path)]
    assert 50 < len(taken) < len(files)
    assert all(path.read_bytes().startswith(b"\xff\xd8\xff") for path in taken)
