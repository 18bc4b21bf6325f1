from pathlib import Path

import pytest

from fewshot_gui.imaging import PHOTO_SUFFIXES, is_photo


@pytest.mark.parametrize(
    "name", ["a.jpg", "IMG_1.JPG", "a.b.HeIc", "ünï.webp", "a b.tiff", "x.CR2", "\udcff.png", "a\nb.gif"]
)
def test_photos(name: str) -> None:
    assert is_photo(name)
    assert is_photo(Path("some/folder.txt") / name)


@pytest.mark.parametrize("name", ["a.txt", "jpg", ".jpg", "._a.jpg", ".a.png", "a.jpg.txt", "a.mp4", "a.svg", "", "a."])
def test_other_files(name: str) -> None:
    assert not is_photo(name)


def test_suffixes_are_lower_case_and_dotted() -> None:
    assert all(suffix == suffix.lower() and suffix.startswith(".") for suffix in PHOTO_SUFFIXES)
    assert {".jpg", ".jpeg", ".jpe", ".jfif", ".heic", ".hif", ".avif", ".dib", ".dng", ".srw"} <= PHOTO_SUFFIXES
