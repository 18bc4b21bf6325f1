"""Photos and their folders: adding is quick and quiet, removing can be undone with all decisions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fewshot_gui.core.prediction import NONE_OF_THESE
from fewshot_gui.project.decision_edits import decide
from fewshot_gui.project.edits import Edit
from fewshot_gui.project.photo_edits import add_photos, add_source, remove_photos, remove_source, set_fingerprints
from fewshot_gui.project.project import Project
from fewshot_gui.project.records import Kind

StateOf = Callable[[Project], dict[str, object]]


def ids(edit: Edit) -> list[int]:
    return [int(key) for key in edit.keys(Kind.PHOTOS)]


def test_photos_keep_the_order_of_arrival_and_are_added_once(project: Project) -> None:
    first = add_photos(project, ["/p/b.jpg", Path("/p/a.jpg"), "/p/b.jpg", "/p/x/../b.jpg"])
    second = add_photos(project, ["/p/a.jpg", "/p/c.jpg"])
    assert [photo.file for photo in project.photos.values()] == ["/p/b.jpg", "/p/a.jpg", "/p/c.jpg"]
    assert project.photo_ids.tolist() == [*ids(first), *ids(second)]
    assert project.photo_id("/p/c.jpg") == ids(second)[0]
    assert project.photo_id("/p/d.jpg") is None


def test_adding_is_no_step_of_undo_but_makes_older_work_stale(project: Project) -> None:
    revision = project.revision
    add_photos(project, ["/p/a.jpg"])
    assert project.history.next_undo is None
    assert project.revision == project.revision_of(Kind.PHOTOS) == revision + 1
    assert project.revision_of(Kind.CLASSES) == 0


def test_removing_photos_and_undo_bring_back_decisions_and_order(project: Project, state: StateOf) -> None:
    photos = ids(add_photos(project, [f"/p/{n}.jpg" for n in range(6)]))
    decide(project, photos[:4], NONE_OF_THESE)
    before = state(project)
    remove_photos(project, photos[1:3])
    assert project.photo_ids.tolist() == [photos[0], *photos[3:]]
    assert set(project.decisions) == {photos[0], photos[3]}
    assert project.photo_id("/p/1.jpg") is None
    project.undo()
    assert state(project) == before


def test_removing_a_folder_keeps_photos_that_another_folder_has(
    project: Project, state: StateOf, state_on_disk: StateOf
) -> None:
    outer = int(add_source(project, Path("/p/outer")).keys(Kind.SOURCES)[0])
    add_source(project, Path("/p/outer/inner"))
    assert not add_source(project, Path("/p/outer"))
    photos = ids(add_photos(project, ["/p/outer/a.jpg", "/p/outer/inner/b.jpg", "/p/outer2/c.jpg"]))
    decide(project, photos, NONE_OF_THESE)
    before = state(project)
    edit = remove_source(project, outer)
    assert edit.description == "remove folder “outer”"
    assert list(project.photos) == photos[1:]
    assert list(project.decisions) == photos[1:]
    project.undo()
    assert state(project) == before
    assert state_on_disk(project) == before


def test_undo_of_a_removal_wins_over_a_scan_in_between(
    project: Project, state: StateOf, state_on_disk: StateOf
) -> None:
    source = int(add_source(project, Path("/p")).keys(Kind.SOURCES)[0])
    photos = ids(add_photos(project, ["/p/a.jpg", "/p/b.jpg"]))
    decide(project, photos, NONE_OF_THESE)
    before = state(project)
    remove_source(project, source)
    add_source(project, Path("/p"))
    (again,) = ids(add_photos(project, ["/p/b.jpg"]))
    assert again not in photos
    inverse = project.undo()
    assert inverse is not None
    assert again in inverse.keys(Kind.PHOTOS)
    assert state(project) == before
    project.redo()
    assert not project.photos
    project.undo()
    assert state_on_disk(project) == before


def test_fingerprints_are_kept_and_survive_undo(project: Project, make_file: Callable[..., Path]) -> None:
    path = make_file("home/a.jpg", "12345")
    (photo,) = ids(add_photos(project, [path]))
    remove_photos(project, [photo])
    project.undo()
    revision = project.revision
    set_fingerprints(project, {photo: "abc", 999: "gone"})
    assert (project.photos[photo].fingerprint, project.photos[photo].size) == ("abc", 5)
    assert project.revision == revision
    assert not set_fingerprints(project, {photo: "abc"})
    path.unlink()
    set_fingerprints(project, {photo: "def"})
    assert (project.photos[photo].fingerprint, project.photos[photo].size) == ("def", None)
    project.redo()
    project.undo()
    assert project.photos[photo].file == str(path)
