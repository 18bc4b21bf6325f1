"""What happens to edits when the process is killed or the disk is full."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from fewshot_gui.core.errors import ProjectFileError
from fewshot_gui.core.prediction import NONE_OF_THESE
from fewshot_gui.project.class_edits import add_class, remove_class
from fewshot_gui.project.decision_edits import decide
from fewshot_gui.project.opening import open_project
from fewshot_gui.project.photo_edits import add_photos
from fewshot_gui.project.project import Project
from fewshot_gui.project.records import Kind

StateOf = Callable[[Project], dict[str, object]]

WRITER = """
import sys
from pathlib import Path
from fewshot_gui.project.class_edits import add_class
from fewshot_gui.project.opening import open_project

project = open_project(Path(sys.argv[1]))
number = 0
while True:
    add_class(project, f"number {number}")
    print(number, flush=True)
    number += 1
"""


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
@pytest.mark.parametrize("edits", [1, 7, 40])
def test_a_killed_process_loses_no_completed_edit_and_leaves_no_lock(project: Project, edits: int) -> None:
    project.close()
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(project.path)], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        for _ in range(edits):
            completed = int(writer.stdout.readline())
        writer.send_signal(signal.SIGKILL)
        completed = max([completed, *(int(line) for line in writer.stdout.read().split("\n")[:-1])])
    with open_project(project.path) as again:
        names = [record.name for record in again.classes]
    assert names[: completed + 1] == [f"number {number}" for number in range(completed + 1)]
    assert len(names) <= completed + 2  # the edit in the middle of which it was killed may be there, whole
    assert {path.name for path in project.path.parent.iterdir()} == {"Leaves.fewshot", "Leaves.fewshot-backups"}


def fill_the_disk(project: Project) -> None:
    connection = project.database._connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}").fetchone()


@pytest.mark.provokes_logs
def test_a_full_disk_changes_nothing_in_memory_or_on_disk(
    project: Project, state: StateOf, state_on_disk: StateOf
) -> None:
    ids = [int(key) for key in add_photos(project, [f"/p/{n}.jpg" for n in range(3000)]).keys(Kind.PHOTOS)]
    oak = int(add_class(project, "Oak").keys(Kind.CLASSES)[0])
    decide(project, ids[:10], oak)
    before, revision, undo = state(project), project.revision, project.history.next_undo
    fill_the_disk(project)
    with pytest.raises(ProjectFileError, match=r"“Leaves\.fewshot”: the disk is full, so the change was not made"):
        decide(project, ids, NONE_OF_THESE)
    with pytest.raises(ProjectFileError, match="the disk is full"):
        add_photos(project, [f"/more/{n}.jpg" for n in range(3000)])
    assert state(project) == before
    assert (project.revision, project.history.next_undo) == (revision, undo)
    project.database._connection.execute("PRAGMA max_page_count = 1000000").fetchone()
    decide(project, ids, oak)
    project.undo()
    assert state_on_disk(project) == before


@pytest.mark.provokes_logs
def test_an_undo_on_a_full_disk_can_be_tried_again(project: Project, state: StateOf) -> None:
    ids = [int(key) for key in add_photos(project, [f"/p/{n}.jpg" for n in range(3000)]).keys(Kind.PHOTOS)]
    oak = int(add_class(project, "Oak").keys(Kind.CLASSES)[0])
    decide(project, ids, oak)
    before = state(project)
    edit = remove_class(project, oak)
    connection = project.database._connection
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    connection.execute("VACUUM")
    fill_the_disk(project)
    with pytest.raises(ProjectFileError, match="the disk is full"):
        project.undo()
    assert project.history.next_undo is edit
    connection.execute("PRAGMA max_page_count = 1000000").fetchone()
    project.undo()
    assert state(project) == before


def test_a_full_disk_while_copying_leaves_no_scrap(project: Project, tmp_path: Path) -> None:
    with pytest.raises(ProjectFileError):
        project.database.copy_to(tmp_path / "missing" / "copy.fewshot")
    assert {path.name for path in tmp_path.iterdir()} == {"home"}
