"""A project from elsewhere is followed outside its folder only when the person says so."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from fewshot_gui.core.folders import data_folder
from fewshot_gui.project.class_edits import add_class
from fewshot_gui.project.errors import OutsidePhotosError
from fewshot_gui.project.example_edits import add_examples
from fewshot_gui.project.opening import open_project, recover
from fewshot_gui.project.photo_edits import add_photos, add_source
from fewshot_gui.project.project import Project
from fewshot_gui.project.records import Kind, PhotoFile
from fewshot_gui.project.trust import computer_token, is_token


def another_computer() -> None:
    shutil.rmtree(data_folder())


def test_the_own_project_opens_without_a_question(project: Project, tmp_path: Path) -> None:
    add_photos(project, [tmp_path / "outside" / "a.jpg"])
    project.close()
    open_project(project.path).close()


def test_outside_photos_are_asked_about_once(project: Project, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    add_photos(project, [project.path.parent / "a.jpg", outside / "a.jpg", outside / "deep" / "b.jpg"])
    project.close()
    another_computer()
    with pytest.raises(OutsidePhotosError, match="another computer") as caught:
        open_project(project.path)
    assert caught.value.folders == (str(outside),)
    open_project(project.path, allow_outside=True).close()
    open_project(project.path).close()


@pytest.mark.parametrize("kind", [Kind.SOURCES, Kind.EXAMPLES])
def test_folders_and_examples_count_too(project: Project, kind: Kind) -> None:
    if kind is Kind.SOURCES:
        add_source(project, Path("/elsewhere"))
    else:
        oak = int(add_class(project, "Oak").keys(Kind.CLASSES)[0])
        add_examples(project, oak, [PhotoFile("/elsewhere/a.jpg", 1, "00")])
    project.close()
    another_computer()
    with pytest.raises(OutsidePhotosError) as caught:
        open_project(project.path)
    assert caught.value.folders == ("/elsewhere",)


def test_a_project_with_its_photos_travels_without_a_question(project: Project, tmp_path: Path) -> None:
    home = project.path.parent
    add_source(project, home)
    add_photos(project, [home / "cams" / "a.jpg"])
    project.close()
    another_computer()
    shutil.move(home, tmp_path / "colleague")
    with open_project(tmp_path / "colleague" / "Leaves.fewshot") as again:
        assert [photo.path for photo in again.photos.values()] == [tmp_path / "colleague" / "cams" / "a.jpg"]
        assert [source.path for source in again.sources.values()] == [tmp_path / "colleague"]


def test_recovering_asks_too_and_leaves_nothing_behind(
    project: Project, reopened: Callable[[Project], Project]
) -> None:
    add_photos(project, ["/elsewhere/a.jpg"])
    reopened(project).close()
    project.path.write_bytes(b"broken")
    another_computer()
    before = sorted(project.path.parent.iterdir())
    with pytest.raises(OutsidePhotosError):
        recover(project.path)
    assert sorted(project.path.parent.iterdir()) == before
    recover(project.path, allow_outside=True).close()


def test_a_token_holds_for_one_project_on_one_computer() -> None:
    token = computer_token("a")
    assert is_token("a", token)
    assert not is_token("b", token)
    assert not is_token("a", None)
    another_computer()
    assert not is_token("a", token)


@pytest.mark.provokes_logs
def test_without_a_data_folder_nothing_is_known_but_projects_open(
    project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    project.close()
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("FEWSHOT_GUI_DATA", str(tmp_path / "file"))
    assert computer_token("a") is None
    open_project(project.path).close()
