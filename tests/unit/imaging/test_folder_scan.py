from __future__ import annotations

import os
from pathlib import Path

import pytest

from fewshot_gui.imaging import scan_photos


def make(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def found(root: Path) -> tuple[list[str], dict[str, str]]:
    problems: dict[str, str] = {}

    def on_problem(path: Path, reason: str) -> None:
        problems[str(path.relative_to(root))] = reason

    return [str(path.relative_to(root)) for path in scan_photos(root, on_problem=on_problem)], problems


def test_natural_order_and_own_photos_before_subfolders(tmp_path: Path) -> None:
    make(tmp_path, "IMG_10.jpg", "IMG_2.jpg", "img_1.PNG", "b/1.jpg", "a10/x.jpg", "a9/x.jpg", "a9/deep/y.jpg", "a.txt")
    assert found(tmp_path) == (
        ["img_1.PNG", "IMG_2.jpg", "IMG_10.jpg", "a9/x.jpg", "a9/deep/y.jpg", "a10/x.jpg", "b/1.jpg"],
        {},
    )


def test_names_that_begin_with_numbers_or_letters_can_be_compared(tmp_path: Path) -> None:
    make(tmp_path, "1.jpg", "a1.jpg", "01.jpg", "1a.jpg", "٣.jpg", "a.jpg", "9" * 200 + ".jpg")
    assert len(found(tmp_path)[0]) == 7


def test_hidden_and_system_files_are_skipped(tmp_path: Path) -> None:
    make(tmp_path, "._a.jpg", ".b.jpg", ".git/c.jpg", "@eaDir/d.jpg", "__MACOSX/e.jpg", "$RECYCLE.BIN/f.jpg", "g.jpg")
    assert found(tmp_path) == (["g.jpg"], {})


def test_a_hidden_folder_is_searched_when_asked_for(tmp_path: Path) -> None:
    make(tmp_path, ".hidden/a.jpg")
    assert [path.name for path in scan_photos(tmp_path / ".hidden")] == ["a.jpg"]


def test_loops_end_and_photos_keep_their_own_place(tmp_path: Path) -> None:
    make(tmp_path, "z/a.jpg", "z/y/b.jpg")
    (tmp_path / "z/y/up").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "z/self").symlink_to(tmp_path / "z", target_is_directory=True)
    (tmp_path / "first").symlink_to(tmp_path / "z", target_is_directory=True)
    assert found(tmp_path) == (["z/a.jpg", "z/y/b.jpg"], {})


def test_linked_folders_elsewhere_are_followed_once(tmp_path: Path) -> None:
    make(tmp_path, "elsewhere/a.jpg", "here/b.jpg")
    for link in ("one", "two"):
        (tmp_path / "here" / link).symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    assert found(tmp_path / "here") == (["b.jpg", "one/a.jpg"], {})


def test_dead_links(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").symlink_to("gone.jpg")
    (tmp_path / "folder").symlink_to("gone", target_is_directory=True)
    (tmp_path / "loop").symlink_to("loop")
    photos, problems = found(tmp_path)
    assert photos == ["photo.jpg"]
    assert set(problems) == {"folder", "loop"}
    assert "no longer there" in problems["folder"]


def test_a_folder_that_cannot_be_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "a/1.jpg", "b/2.jpg")
    scandir = os.scandir

    def refuse(path: Path) -> object:
        if Path(path).name == "a":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert found(tmp_path) == (["b/2.jpg"], {"a": "you may not read it"})


def test_the_first_photos_come_before_the_tree_is_walked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "a.jpg", "b/c.jpg")
    listed = []
    scandir = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: listed.append(Path(path).name) or scandir(path))

    photos = scan_photos(tmp_path)

    assert next(photos).name == "a.jpg"
    assert listed == [tmp_path.name]
    assert next(photos).name == "c.jpg"


def test_odd_names_survive(tmp_path: Path) -> None:
    names = [b"new\nline.jpg", "🦊.jpg".encode(), b"x" * 200 + b".jpg", b" leading.jpg", b"per%cent.jpg"]
    if os.name == "posix":
        names.append(b"latin1-\xe9.jpg")
    for name in names:
        try:
            (tmp_path / os.fsdecode(name)).touch()
        except OSError:  # macOS refuses names that are not UTF-8
            names.remove(name)
    assert sorted(os.fsencode(path.name) for path in scan_photos(tmp_path)) == sorted(names)


def test_a_folder_with_the_name_of_a_photo_is_a_folder(tmp_path: Path) -> None:
    make(tmp_path, "trip.jpg/a.jpg")
    assert found(tmp_path) == (["trip.jpg/a.jpg"], {})


def test_a_very_deep_tree(tmp_path: Path) -> None:
    depth = 1200  # more than Python lets functions nest
    if len(str(tmp_path)) + 2 * depth > 4000 or os.name == "nt":
        pytest.skip("paths this long cannot be made here")
    folders = [tmp_path.joinpath(*["d"] * level) for level in range(1, depth + 1)]
    for folder in folders:
        folder.mkdir()
    photo = folders[-1] / "a.jpg"
    photo.touch()

    assert list(scan_photos(tmp_path)) == [photo]

    photo.unlink()
    for folder in reversed(folders):
        folder.rmdir()


def test_a_single_file(tmp_path: Path) -> None:
    make(tmp_path, "a.jpg", "a.txt")
    assert list(scan_photos(tmp_path / "a.jpg")) == [tmp_path / "a.jpg"]
    (tmp_path / "dead.jpg").symlink_to("gone.jpg")
    assert list(scan_photos(tmp_path / "dead.jpg")) == [tmp_path / "dead.jpg"]

    problems = []
    for name in ("a.txt", "gone"):
        assert not list(
            scan_photos(tmp_path / name, on_problem=lambda path, reason: problems.append((path.name, reason)))
        )
    assert problems == [("a.txt", "its name is not that of a photo"), ("gone", "it is no longer there")]


def test_problems_nobody_listens_to_are_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert not list(scan_photos(tmp_path / "gone"))
    assert "no longer there" in caplog.text
