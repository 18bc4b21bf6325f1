"""Packages that appear whole or not at all, and never in the place of something else."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.exporting.tables.whole_package import DESCRIPTOR, SOURCE_TITLE, whole_package

OURS = json.dumps({"sources": [{"title": SOURCE_TITLE}]})
OTHERS = json.dumps({"sources": [{"title": "another program"}]})


def _write(target: Path, text: str) -> None:
    with whole_package(target) as folder:
        (folder / DESCRIPTOR).write_text(OURS, encoding="utf-8")
        (folder / "table.csv").write_text(text, encoding="utf-8")


def _read(target: Path) -> str:
    if target.suffix == ".zip":
        with zipfile.ZipFile(target) as archive:
            return archive.read("table.csv").decode()
    return (target / "table.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["p", "p.zip", "p.ZIP", "new/folders/p"])
def test_an_earlier_package_is_replaced(tmp_path: Path, name: str) -> None:
    target = tmp_path / name
    _write(target, "first")
    _write(target, "second")
    if target.suffix != ".ZIP":
        assert _read(target) == "second"
    assert [path.name for path in target.parent.iterdir()] == [target.name]


def test_photos_that_were_put_into_a_package_stay(tmp_path: Path) -> None:
    _write(tmp_path / "p", "first")
    (tmp_path / "p" / "photo.jpg").touch()
    _write(tmp_path / "p", "second")
    assert {path.name for path in (tmp_path / "p").iterdir()} == {DESCRIPTOR, "table.csv", "photo.jpg"}
    assert _read(tmp_path / "p") == "second"


def test_an_empty_folder_will_do(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    _write(tmp_path / "p", "first")
    assert _read(tmp_path / "p") == "first"


@pytest.mark.parametrize("name", ["p", "p.zip"])
def test_a_failure_keeps_the_earlier_package(tmp_path: Path, name: str) -> None:
    target = tmp_path / name
    _write(target, "first")

    def write_and_fail() -> None:
        with whole_package(target) as folder:
            (folder / "table.csv").write_text("second", encoding="utf-8")
            raise OSError(28, "No space left on device")

    with pytest.raises(FewshotError, match=r"No space left on device.*choose another place"):
        write_and_fail()
    assert _read(target) == "first"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("descriptor", [OTHERS, "no JSON", "[]", '{"sources": 3}', None])
def test_something_else_is_never_replaced(tmp_path: Path, descriptor: str | None) -> None:
    folder, archive = tmp_path / "p", tmp_path / "p.zip"
    folder.mkdir()
    (folder / "photo.jpg").touch()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("photo.jpg", b"")
        if descriptor is not None:
            (folder / DESCRIPTOR).write_text(descriptor, encoding="utf-8")
            file.writestr(DESCRIPTOR, descriptor)
    before = archive.read_bytes()
    for target in (folder, archive):
        with pytest.raises(FewshotError, match="already holds something else"):
            _write(target, "second")
    assert archive.read_bytes() == before
    assert not (folder / "table.csv").exists()


@pytest.mark.parametrize("name", ["file", "file.zip"])
def test_a_file_that_is_no_package_is_never_replaced(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"mine")
    with pytest.raises(FewshotError, match="already holds something else"):
        _write(tmp_path / name, "second")
    assert (tmp_path / name).read_bytes() == b"mine"


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FewshotError, match="choose another place"):
        _write(tmp_path / "file" / "p", "first")
