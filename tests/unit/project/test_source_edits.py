"""Folders of a project that are watched."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from fewshot_gui.project import schema
from fewshot_gui.project.opening import open_project
from fewshot_gui.project.photo_edits import add_photos, add_source, remove_source
from fewshot_gui.project.project import Project
from fewshot_gui.project.relink import relink
from fewshot_gui.project.source_edits import count_photos, set_watched


@pytest.fixture
def card(project: Project, tmp_path: Path) -> int:
    """The id of a folder of the project."""
    add_source(project, tmp_path / "card")
    return next(iter(project.sources))


def test_watching_is_kept_and_taken_back(project: Project, card: int, reopened: Callable[[Project], Project]) -> None:
    assert not project.sources[card].watched
    assert set_watched(project, card, watched=True).description == "watch folder “card”"
    assert not set_watched(project, card, watched=True), "it was so before"
    with reopened(project) as again:
        assert again.sources[card].watched
        set_watched(again, card, watched=False)
        assert again.history.next_undo is not None
        assert again.history.next_undo.description == "stop watching folder “card”"
        again.undo()
        assert again.sources[card].watched


def test_a_folder_that_was_removed_comes_back_watched(project: Project, card: int) -> None:
    set_watched(project, card, watched=True)
    remove_source(project, card)
    project.undo()
    assert project.sources[card].watched


def test_a_folder_that_moved_stays_watched(project: Project, card: int, make_file: Callable[..., Path]) -> None:
    set_watched(project, card, watched=True)
    gone = project.sources[card].path / "a.jpg"
    there = make_file("moved/a.jpg")
    add_photos(project, [gone])
    relink(project, {str(gone): str(there)})
    assert (project.sources[card].path, project.sources[card].watched) == (there.parent, True)


def test_no_folder_of_an_older_project_is_watched(project: Project) -> None:
    project.close()
    project.path.unlink()
    with sqlite3.connect(project.path, isolation_level=None) as connection:
        schema.migrate(connection, schema.MIGRATIONS[:2])
        connection.execute("INSERT INTO sources VALUES (3, './cams')")
    connection.close()
    with open_project(project.path) as again:
        assert [source.watched for source in again.sources.values()] == [False]
        set_watched(again, 3, watched=True)
    with open_project(project.path) as again:
        assert again.sources[3].watched


def test_the_photos_in_a_folder_are_counted(project: Project, card: int, tmp_path: Path) -> None:
    add_photos(project, [tmp_path / name for name in ("card/a.jpg", "card/deep/b.jpg", "cardboard/c.jpg")])
    assert count_photos(project, card) == 2
