"""What is written behind: never lost once a person builds on it, never out of order."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from fewshot_gui.core.errors import ProjectFileError
from fewshot_gui.core.prediction import NONE_OF_THESE
from fewshot_gui.project.class_edits import add_class
from fewshot_gui.project.decision_edits import decide
from fewshot_gui.project.opening import open_project, save_copy
from fewshot_gui.project.photo_edits import add_photos, remove_photos, set_fingerprints
from fewshot_gui.project.project import Project
from fewshot_gui.project.records import Kind

StateOf = Callable[[Project], dict[str, object]]


def found(project: Project, count: int, folder: str = "/p") -> list[int]:
    """Find photos whose rows wait; their ids."""
    edit = add_photos(project, [f"{folder}/{n}.jpg" for n in range(count)], at_once=False)
    return [int(key) for key in edit.keys(Kind.PHOTOS)]


def rows_in_file(project: Project) -> int:
    """How many photos the file holds by now."""
    (count,) = project.database._connection.execute("SELECT count(*) FROM photos").fetchone()
    return int(count)


def fill_the_disk(project: Project) -> None:
    """Leave no room for another page."""
    connection = project.database._connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}").fetchone()


def test_what_was_found_is_in_memory_at_once_and_in_the_file_by_portions(project: Project) -> None:
    ids = found(project, 2500)
    assert list(project.photos) == ids
    assert (rows_in_file(project), project.pending) == (0, 2500)
    written = []
    while project.pending:
        project.write_pending()
        written.append(rows_in_file(project))
    assert written == [1000, 2000, 2500]


def test_an_edit_takes_everything_before_it_along(project: Project, state: StateOf, state_on_disk: StateOf) -> None:
    ids = found(project, 30)
    set_fingerprints(project, {ids[3]: "content"}, {ids[3]: 5}, at_once=False)
    decide(project, ids[:2], NONE_OF_THESE)
    assert project.pending == 0
    assert rows_in_file(project) == 30
    before = state(project)
    assert state_on_disk(project) == before


def test_of_two_changes_of_a_photo_the_newer_counts(project: Project, state: StateOf, state_on_disk: StateOf) -> None:
    ids = found(project, 5)
    set_fingerprints(project, {ids[0]: "old"}, {ids[0]: 1}, at_once=False)
    remove_photos(project, [ids[1]])
    set_fingerprints(project, {ids[0]: "new"}, {ids[0]: 2}, at_once=False)
    project.write_pending()
    assert project.photos[ids[0]].fingerprint == "new"
    before = state(project)
    assert ids[1] not in project.photos
    assert state_on_disk(project) == before


def test_closing_and_copies_have_everything(project: Project, tmp_path: Path, state_on_disk: StateOf) -> None:
    found(project, 7)
    copy = save_copy(project, tmp_path / "copy")
    with open_project(copy) as other:
        assert len(other.photos) == 7
    found(project, 3, "/more")
    assert len(state_on_disk(project)["order"]) == 10  # type: ignore[arg-type] - a list


def test_nothing_found_changes_nothing(project: Project) -> None:
    found(project, 2)
    project.write_pending()
    revision = project.revision
    assert found(project, 2) == []
    assert (project.pending, project.revision) == (0, revision)


@pytest.mark.provokes_logs
def test_on_a_full_disk_it_waits_and_the_edit_of_a_person_changes_nothing(
    project: Project, state: StateOf, state_on_disk: StateOf
) -> None:
    oak = int(add_class(project, "Oak").keys(Kind.CLASSES)[0])
    fill_the_disk(project)
    ids = found(project, 3000)
    before = state(project)
    with pytest.raises(ProjectFileError, match="the disk is full"):
        project.write_pending()
    with pytest.raises(ProjectFileError, match="the disk is full"):
        decide(project, ids, oak)
    assert (state(project), project.pending) == (before, 3000)
    project.database._connection.execute("PRAGMA max_page_count = 1000000").fetchone()
    decide(project, ids[:1], oak)
    after = state(project)
    assert project.pending == 0
    assert state_on_disk(project) == after


@pytest.mark.provokes_logs
def test_closing_on_a_full_disk_keeps_the_project(project: Project) -> None:
    add_class(project, "Oak")
    fill_the_disk(project)
    found(project, 3000)
    project.close()
    project.close()
    with open_project(project.path) as again:
        assert ([record.name for record in again.classes], len(again.photos)) == (["Oak"], 0)


def test_a_person_who_edits_while_rows_are_written_comes_after_them(
    project: Project, state: StateOf, state_on_disk: StateOf
) -> None:
    done = threading.Event()

    def write() -> None:
        while not done.is_set():
            project.write_pending()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(60):
            ids = found(project, 40, f"/folder {number}")
            set_fingerprints(project, dict.fromkeys(ids, f"content {number}"), dict.fromkeys(ids, 1), at_once=False)
            decide(project, ids[:3], NONE_OF_THESE)
            remove_photos(project, ids[2:5])
            if number % 3 == 0:
                project.undo()
    finally:
        done.set()
        writer.join()
    before = state(project)
    assert state_on_disk(project) == before


WRITER = """
import sys, threading
from pathlib import Path
from fewshot_gui.core.prediction import NONE_OF_THESE
from fewshot_gui.project.decision_edits import decide
from fewshot_gui.project.opening import open_project
from fewshot_gui.project.photo_edits import add_photos
from fewshot_gui.project.records import Kind

project = open_project(Path(sys.argv[1]))

def write():
    while True:
        project.write_pending()

threading.Thread(target=write, daemon=True).start()
number = 0
while True:
    edit = add_photos(project, [f"/{number}/{n}.jpg" for n in range(50)], at_once=False)
    if number % 3 == 2:
        ids = [int(key) for key in edit.keys(Kind.PHOTOS)]
        decide(project, ids[:1], NONE_OF_THESE)
        print(ids[0], flush=True)
    number += 1
"""


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
@pytest.mark.parametrize("decisions", [1, 12])
def test_a_killed_process_loses_no_decision_and_no_photo_of_one(project: Project, decisions: int) -> None:
    project.close()
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(project.path)], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        completed = [int(writer.stdout.readline()) for _ in range(decisions)]
        writer.send_signal(signal.SIGKILL)
        completed += [int(line) for line in writer.stdout.read().split("\n")[:-1]]
    with open_project(project.path) as again:
        assert set(completed) <= set(again.decisions)
        assert set(again.decisions) <= set(again.photos)
        assert list(again.photos) == list(range(1, len(again.photos) + 1)), "earlier ones are never missing"
