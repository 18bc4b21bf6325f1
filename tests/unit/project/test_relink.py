"""Moved photos are found by the end of their path, or by content, and never by a name alone."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from fewshot_gui.core.errors import Cancelled
from fewshot_gui.core.prediction import NONE_OF_THESE
from fewshot_gui.core.progress import Unwatched
from fewshot_gui.project import relink as relink_module
from fewshot_gui.project.class_edits import add_class
from fewshot_gui.project.decision_edits import decide
from fewshot_gui.project.example_edits import add_examples, read_files
from fewshot_gui.project.photo_edits import add_photos, add_source, set_fingerprints
from fewshot_gui.project.project import Project
from fewshot_gui.project.records import DecisionRecord, Kind
from fewshot_gui.project.relink import find_missing, find_moved, relink

MakeFile = Callable[..., Path]


def add(project: Project, paths: list[Path], *, read: bool) -> list[int]:
    ids = [int(key) for key in add_photos(project, paths).keys(Kind.PHOTOS)]
    if read:
        files = read_files(paths).files
        set_fingerprints(project, {key: file.fingerprint for key, file in zip(ids, files, strict=True)})
    return ids


@pytest.fixture
def cameras(tmp_path: Path, make_file: MakeFile) -> list[Path]:
    """Two cameras that use the same names, with pictures of the same size."""
    return [make_file(f"cams/{camera}/DCIM/IMG_{n}.jpg") for camera in "AB" for n in range(3)]


@pytest.mark.parametrize("read", [True, False])
def test_a_moved_tree_is_found_without_reading_a_photo(
    project: Project, cameras: list[Path], tmp_path: Path, read: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_source(project, tmp_path / "cams")
    ids = add(project, cameras, read=read)
    assert find_missing(project.photos.values()) == []
    (tmp_path / "archive").mkdir()
    shutil.move(tmp_path / "cams", tmp_path / "archive" / "2026")
    missing = find_missing(project.photos.values())
    assert [record.id for record in missing] == ids
    monkeypatch.setattr(relink_module, "fingerprint", lambda path: pytest.fail(f"{path} was read"))
    moves = find_moved(missing, tmp_path / "archive")
    assert moves.still_missing == ()
    edit = relink(project, moves.found)
    assert edit.description == "find 6 moved photos"
    assert [photo.path for photo in project.photos.values()] == [
        tmp_path / "archive" / "2026" / path.relative_to(tmp_path / "cams") for path in cameras
    ]
    assert [source.path for source in project.sources.values()] == [tmp_path / "archive" / "2026"]
    assert find_missing(project.photos.values()) == []
    project.undo()
    assert [photo.path for photo in project.photos.values()] == cameras
    assert [source.path for source in project.sources.values()] == [tmp_path / "cams"]


def test_renamed_photos_are_found_by_content(project: Project, cameras: list[Path], tmp_path: Path) -> None:
    ids = add(project, cameras, read=True)
    (tmp_path / "new").mkdir()
    expected = {}
    for number, path in enumerate(cameras[:5]):
        expected[str(path)] = str(path.rename(tmp_path / "new" / f"leaf {number}.jpg"))
    cameras[5].unlink()
    (tmp_path / "new" / "other.jpg").write_text("of no size that is missing here")
    moves = find_moved(find_missing(project.photos.values()), tmp_path / "new")
    assert dict(moves.found) == expected
    assert moves.still_missing == (str(cameras[5]),)
    relink(project, moves.found)
    assert [record.id for record in find_missing(project.photos.values())] == ids[5:]


def test_same_names_mixed_in_new_folders_are_told_by_content(
    project: Project, cameras: list[Path], tmp_path: Path
) -> None:
    add(project, cameras, read=True)
    expected = {}
    for path in cameras:
        other = "B" if "/A/" in str(path) else "A"
        target = tmp_path / "mixed" / f"{other}{other}" / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        expected[str(path)] = str(path.rename(target))
    assert dict(find_moved(find_missing(project.photos.values()), tmp_path / "mixed").found) == expected


def test_a_name_alone_is_no_proof(project: Project, make_file: MakeFile, tmp_path: Path) -> None:
    unread, read = make_file("old/IMG_1.jpg"), make_file("old/IMG_2.jpg", "was read")
    add(project, [unread], read=False)
    add(project, [read], read=True)
    shutil.rmtree(tmp_path / "old")
    make_file("new/IMG_1.jpg", "another")
    make_file("new/IMG_2.jpg", "larger than the one of that name was")
    moves = find_moved(find_missing(project.photos.values()), tmp_path / "new")
    assert not moves.found
    assert moves.still_missing == (str(unread), str(read))


def test_examples_move_too(project: Project, make_file: MakeFile, tmp_path: Path) -> None:
    oak = int(add_class(project, "Oak").keys(Kind.CLASSES)[0])
    path = make_file("old/a.jpg")
    add_examples(project, oak, read_files([path]).files)
    add(project, [path], read=True)
    (tmp_path / "old").rename(tmp_path / "new")
    missing = find_missing([*project.photos.values(), *project.examples.values()])
    assert len(missing) == 2
    relink(project, find_moved(missing, tmp_path / "new").found)
    assert [photo.path for photo in project.photos.values()] == [tmp_path / "new/a.jpg"]
    assert [example.path for example in project.examples.values()] == [tmp_path / "new/a.jpg"]


@pytest.mark.parametrize(
    ("old_at", "new_at", "kept"),
    [("1", "2", "2"), ("2", "1", "2"), ("1", None, "1"), (None, "1", "1"), (None, None, None)],
)
def test_a_new_place_that_is_a_photo_already_becomes_one_photo(
    project: Project, state: Callable[[Project], object], old_at: str | None, new_at: str | None, kept: str | None
) -> None:
    old, new = (int(key) for key in add_photos(project, ["/old/a.jpg", "/new/a.jpg"]).keys(Kind.PHOTOS))
    for photo, at in ((old, old_at), (new, new_at)):
        if at:
            decide(project, [photo], NONE_OF_THESE)
            project._rows.decisions[photo] = DecisionRecord(photo, NONE_OF_THESE, at)
    before = state(project)
    relink(project, {"/old/a.jpg": "/new/a.jpg"})
    assert {photo.id: photo.file for photo in project.photos.values()} == {old: "/new/a.jpg"}
    assert project.photo_id("/new/a.jpg") == old
    assert [decision.decided_at for decision in project.decisions.values()] == ([kept] if kept else [])
    project.undo()
    assert state(project) == before


def test_cancel(project: Project, cameras: list[Path], tmp_path: Path) -> None:
    class Cancelling(Unwatched):
        def check(self) -> None:
            raise Cancelled

    add(project, cameras, read=False)
    with pytest.raises(Cancelled):
        find_missing(project.photos.values(), Cancelling())
    with pytest.raises(Cancelled):
        find_moved(project.photos.values(), tmp_path, Cancelling())
