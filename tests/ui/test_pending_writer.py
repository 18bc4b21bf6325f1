"""Writing what was found, beside the window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from fewshot_gui.project.opening import create_project, open_project
from fewshot_gui.project.photo_edits import add_photos
from fewshot_gui.project.project import Project
from fewshot_gui.ui.pending_writer import PendingWriter
from fewshot_gui.ui.tasks import TaskRunner


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with create_project(tmp_path / "Leaves.fewshot", "Leaves") as project:
        yield project


def test_everything_is_written_also_what_comes_meanwhile(project: Project, runner: TaskRunner, qtbot: QtBot) -> None:
    writer = PendingWriter(runner)
    for number in range(5):
        add_photos(project, [f"/{number}/{n}.jpg" for n in range(700)], at_once=False)
        writer.write(project)
    qtbot.waitUntil(lambda: not project.pending and not runner.busy)
    project.close()
    with open_project(project.path) as again:
        assert len(again.photos) == 3500


@pytest.mark.provokes_logs
def test_a_full_disk_is_said_once_and_tried_again_with_more(project: Project, runner: TaskRunner, qtbot: QtBot) -> None:
    heard: list[str] = []
    writer = PendingWriter(runner)
    writer.failed.connect(heard.append)
    connection = project.database._connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}").fetchone()
    add_photos(project, [f"/a/{n}.jpg" for n in range(700)], at_once=False)
    writer.write(project)
    qtbot.waitUntil(lambda: bool(heard) and not runner.busy)
    assert len(heard) == 1
    assert "the disk is full" in heard[0]
    connection.execute("PRAGMA max_page_count = 1000000").fetchone()
    add_photos(project, ["/b/1.jpg"], at_once=False)
    writer.write(project)
    qtbot.waitUntil(lambda: not project.pending and not runner.busy)
    assert len(heard) == 1
