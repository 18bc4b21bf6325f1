"""A folder of folders as classes."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest

from fewshot_gui.core.errors import FewshotError, NotEnoughExamplesError
from fewshot_gui.workflows.example_folders import find_example_folders


def touch(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def test_a_class_is_a_folder_with_all_photos_below_it(tmp_path: Path) -> None:
    touch(tmp_path, "Oak/1.jpg", "Oak/deeper/2.jpg", "Elm/x.png", "Elm/notes.txt")
    touch(tmp_path, "loose.jpg", ".hidden/1.jpg", "empty/notes.txt")
    found = find_example_folders(tmp_path)
    assert [folder.name for folder in found] == ["Elm", "Oak"]
    assert [path.relative_to(tmp_path).as_posix() for folder in found for path in folder.photos] == [
        "Elm/x.png",
        "Oak/1.jpg",
        "Oak/deeper/2.jpg",
    ]


def test_the_order_does_not_depend_on_the_file_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["b", "B", "a", "É", "zebra", "Ärmel"]
    touch(tmp_path, *(f"{name}/1.jpg" for name in names))
    entries = list(tmp_path.iterdir())
    orders = []
    for order in (entries, entries[::-1]):
        monkeypatch.setattr(Path, "iterdir", lambda _folder, order=order: iter(order))
        orders.append([folder.name for folder in find_example_folders(tmp_path)])
    assert orders[0] == orders[1] == ["a", "B", "b", "zebra", "Ärmel", "É"]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_names_are_the_folder_s_own(tmp_path: Path, form: str) -> None:
    name = unicodedata.normalize(form, "Grünspecht")
    touch(tmp_path, f"{name}/1.jpg", "-x/1.jpg", "=1+1/1.jpg", "🦊 fox/1.jpg")
    listed = {path.name for path in tmp_path.iterdir()}
    assert {folder.name for folder in find_example_folders(tmp_path)} == listed


@pytest.mark.parametrize("names", [[], ["Oak/1.jpg"], ["Oak/1.jpg", "Elm/notes.txt"], ["1.jpg", "2.jpg"]])
def test_one_class_is_not_enough(tmp_path: Path, names: list[str]) -> None:
    touch(tmp_path, *names)
    count = sum(name.startswith("Oak") for name in names)
    with pytest.raises(NotEnoughExamplesError, match=f"at least two folders with photos .* it has {count}"):
        find_example_folders(tmp_path)


def test_what_cannot_be_listed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    touch(tmp_path, "Oak/1.jpg", "Elm/1.jpg", "Ash/1.jpg")
    scandir = os.scandir

    def refuse(path: os.PathLike[str]) -> object:
        if Path(path).name == "Ash":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr("fewshot_gui.imaging.scan.os.scandir", refuse)
    problems: list[tuple[Path, str]] = []
    found = find_example_folders(tmp_path, on_problem=lambda path, why: problems.append((path, why)))
    assert [folder.name for folder in found] == ["Elm", "Oak"]
    assert problems == [(tmp_path / "Ash", "you may not read it")]


@pytest.mark.parametrize(
    ("error", "reason"),
    [(PermissionError(13, "Permission denied"), "you may not read it"), (FileNotFoundError(2, ""), "no longer there")],
)
def test_a_folder_that_cannot_be_opened_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, reason: str
) -> None:
    def refuse(_folder: Path) -> object:
        raise error

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(FewshotError, match=rf"could not be read: .*{reason}; choose another folder\.$"):
        find_example_folders(tmp_path)
