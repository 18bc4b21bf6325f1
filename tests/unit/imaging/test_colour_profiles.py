"""Colour profiles are applied where they can be, and do no harm where they cannot."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from fewshot_gui.imaging import read_photo


def srgb_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def swapped_profile() -> bytes:
    """A profile for which the first number of a pixel is green and the second red, under a name of its own."""
    profile = srgb_profile().replace("sRGB".encode("utf-16-be"), "Test".encode("utf-16-be"))
    return profile.replace(b"rXYZ", b"temp", 1).replace(b"gXYZ", b"rXYZ", 1).replace(b"temp", b"gXYZ", 1)


@pytest.mark.parametrize("name", ["a.png", "a.tif", "a.jpg", "a.webp"])
def test_a_foreign_profile_is_applied(tmp_path: Path, name: str) -> None:
    Image.new("RGB", (16, 16), (255, 0, 0)).save(tmp_path / name, icc_profile=swapped_profile())
    red, green, blue = read_photo(tmp_path / name)[8, 8].astype(int)
    assert red < 20
    assert green > 235
    assert blue < 20


def test_transparency_survives_the_conversion(tmp_path: Path) -> None:
    image = Image.new("RGBA", (16, 16), (255, 0, 0, 255))
    image.paste((255, 0, 0, 0), (0, 0, 8, 16))
    image.save(tmp_path / "a.png", icc_profile=swapped_profile())
    pixels = read_photo(tmp_path / "a.png")
    assert tuple(pixels[8, 2]) == (255, 255, 255)
    assert pixels[8, 12].argmax() == 1


def test_srgb_is_left_exactly_as_it_is(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "a.png", icc_profile=srgb_profile())
    np.testing.assert_array_equal(read_photo(tmp_path / "a.png"), pixels)


@pytest.mark.parametrize("profile", [b"nonsense", b"\x00" * 200, srgb_profile()[:150], swapped_profile()[:300]])
def test_a_broken_profile_is_ignored(tmp_path: Path, profile: bytes) -> None:
    Image.new("RGB", (16, 16), (200, 10, 20)).save(tmp_path / "a.png", icc_profile=profile)
    assert tuple(read_photo(tmp_path / "a.png")[8, 8]) == (200, 10, 20)


@pytest.mark.parametrize(("mode", "colour"), [("CMYK", (0, 255, 255, 0)), ("L", 80)])
def test_a_profile_for_another_colour_space_is_ignored(tmp_path: Path, mode: str, colour: object) -> None:
    image = Image.new(mode, (16, 16), colour)
    image.save(tmp_path / "plain.tif")
    image.save(tmp_path / "profiled.tif", icc_profile=swapped_profile())
    np.testing.assert_array_equal(read_photo(tmp_path / "profiled.tif"), read_photo(tmp_path / "plain.tif"))
