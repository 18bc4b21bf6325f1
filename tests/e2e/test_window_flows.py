"""The conversations of the window: projects, encoders, moved photos, tables, and the place of the details."""

from __future__ import annotations

import csv
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.encoders import download as download_module
from fewshot_gui.encoders import encoder_spec
from fewshot_gui.project.errors import DamagedProjectError, OutsidePhotosError
from fewshot_gui.project.opening import create_project
from fewshot_gui.project.project import Project
from fewshot_gui.ui import project_flows
from fewshot_gui.ui.main_window import MainWindow
from fewshot_gui.workflows.sample import SampleFiles
from tests.e2e.conftest import Running
from tests.e2e.driving import (
    answer_folder,
    answer_question,
    answer_save,
    choose_row,
    error_of,
    export_page,
    labels,
    open_new,
    rows,
    settle,
    teach,
)


@pytest.fixture
def window(program: Running) -> MainWindow:
    """The window with its start page."""
    return program.start()


def test_a_project_that_is_not_there_is_said_at_once(
    window: MainWindow, tmp_path: Path, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    window.open_path(tmp_path / "gone.fewshot")
    qtbot.waitUntil(lambda: "is not in its folder any more" in error_of(window))
    assert window.session.project is None


def test_a_project_open_elsewhere_is_said(
    window: MainWindow, tmp_path: Path, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    with create_project(tmp_path / "Busy.fewshot", "Busy"):
        window.open_path(tmp_path / "Busy.fewshot")
        qtbot.waitUntil(lambda: "it is open in another window" in error_of(window))


def test_recent_projects_lead_back_and_can_be_forgotten(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    open_new(window, tmp_path / "Leaves.fewshot")
    window.actions_table["close"].trigger()
    assert window.session.project is None
    assert [project.name for project in window.preferences.recent] == ["Leaves"]
    with qtbot.waitSignal(window.session.opened, timeout=10_000):
        window.start.recent_chosen.emit(tmp_path / "Leaves.fewshot")
    settle(window, qtbot)
    opened = window.session.project
    window.open_path(tmp_path / "Leaves.fewshot")
    settle(window, qtbot)
    assert window.session.project is opened, "what is open already is not opened again"
    window.actions_table["close"].trigger()
    window.start.recent_removed.emit(tmp_path / "Leaves.fewshot")
    assert window.preferences.recent == ()


@pytest.mark.parametrize("agreed", [True, False])
def test_a_damaged_project_is_recovered_if_the_person_agrees(
    window: MainWindow, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, agreed: bool
) -> None:
    path, backup = tmp_path / "Leaves.fewshot", tmp_path / "2026-01-01.fewshot"

    def damaged(*_args: object, **_options: object) -> Project:
        raise DamagedProjectError(path, backup)

    monkeypatch.setattr(project_flows, "open_project", damaged)
    monkeypatch.setattr(
        project_flows, "recover", lambda *_args, **_options: create_project(tmp_path / "New.fewshot", "Recovered")
    )
    asked = answer_question(monkeypatch, "Recover" if agreed else "Cancel")
    window.open_path(path)
    qtbot.waitUntil(lambda: bool(asked))
    settle(window, qtbot)
    assert asked == [str(DamagedProjectError(path, backup))]
    assert (window.session.project is not None) == agreed


def test_a_damaged_project_without_a_backup_is_only_said(
    window: MainWindow, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(path: Path, **_options: object) -> Project:
        raise DamagedProjectError(path, None)

    monkeypatch.setattr(project_flows, "open_project", damaged)
    asked = answer_question(monkeypatch, "Cancel")
    window.open_path(tmp_path / "Leaves.fewshot")
    qtbot.waitUntil(lambda: "look for a copy" in error_of(window))
    assert asked == []


@pytest.mark.parametrize("agreed", [True, False])
def test_a_foreign_project_uses_outside_photos_only_if_the_person_agrees(
    window: MainWindow, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, agreed: bool
) -> None:
    def open_foreign(path: Path, *, allow_outside: bool = False) -> Project:
        if not allow_outside:
            raise OutsidePhotosError(path, ("/elsewhere",))
        return create_project(path, "Foreign")

    monkeypatch.setattr(project_flows, "open_project", open_foreign)
    asked = answer_question(monkeypatch, "Allow" if agreed else "Cancel")
    window.open_path(tmp_path / "Foreign.fewshot")
    qtbot.waitUntil(lambda: bool(asked))
    settle(window, qtbot)
    assert (window.session.project is not None) == agreed


def test_a_copy_holds_the_project_and_the_old_one_stays_open(
    labelled: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = labelled.session.project
    answer_save(monkeypatch, tmp_path / "Copy")
    labelled.actions_table["save_copy"].trigger()
    assert (tmp_path / "Copy.fewshot").is_file()
    assert labelled.session.project is project


@pytest.mark.parametrize("outcome", ["declined", "failed", "downloaded"])
def test_an_encoder_is_downloaded_only_if_the_person_agrees_and_a_failure_changes_nothing(
    labelled: MainWindow,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    outcome: str,
) -> None:
    project, before = labelled.session.project, labels(labelled)
    assert project is not None
    spec = encoder_spec("dinov2-small")
    assert spec.download is not None
    downloads: list[str] = []

    def download(wanted: object, _progress: object) -> None:
        downloads.append(str(wanted))
        if outcome == "failed":
            raise FewshotError("example.org could not be reached.")

    monkeypatch.setattr(download_module, "download_encoder", download)
    asked = answer_question(monkeypatch, "Cancel" if outcome == "declined" else "Download")
    labelled.header.encoder_chosen.emit(spec.id)
    settle(labelled, qtbot)
    assert len(asked) == 1
    assert all(word in asked[0] for word in (spec.title, spec.licence, spec.origin, "88 MB"))
    assert len(downloads) == (outcome != "declined")
    assert ("example.org could not be reached." in error_of(labelled)) == (outcome == "failed")
    assert project.settings.get("encoder") == (spec.id if outcome == "downloaded" else None)
    if outcome != "downloaded":
        assert labels(labelled) == before


def test_photos_that_were_moved_are_found_again(
    program: Running, leaves: SampleFiles, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, old, new = program.start(), tmp_path / "old", tmp_path / "new"
    shutil.copytree(leaves.folder / "photos", old)
    open_new(window, tmp_path / "Leaves.fewshot")
    teach(window, leaves)
    window.session.add_folders([old])
    settle(window, qtbot)
    before = labels(window)
    window.actions_table["close"].trigger()
    old.rename(new)
    window.open_path(tmp_path / "Leaves.fewshot")
    qtbot.waitUntil(lambda: window.session.project is not None)
    settle(window, qtbot)
    assert "Find moved photos" in error_of(window)
    assert len(window.session.failures) == len(before)
    answer_folder(monkeypatch, new)
    window.actions_table["find_moved"].trigger()
    settle(window, qtbot)
    assert window.session.project is not None
    assert {photo.path.parent for photo in window.session.project.photos.values()} == {new}
    assert window.model.counts().errors == 0
    assert labels(window) == before
    assert {row.path.parent for row in rows(window).values()} == {new}


def test_the_table_says_what_the_window_shows_when_it_was_asked_for(
    labelled: MainWindow, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = labelled.session.project
    assert project is not None
    labelled.deciding.choose([1])
    labelled.deciding.label(project.classes[0].id)
    settle(labelled, qtbot)
    answer_save(monkeypatch, tmp_path / "table")
    export_page(labelled, "CSV table")[0].export.click()
    labelled.model.clear_predictions()
    settle(labelled, qtbot)
    with (tmp_path / "table.csv").open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.DictReader(file))
    assert len(table) == 22
    assert all(row["label"] for row in table)
    assert all(not row["confidence"] for row in table if row["label"] == "None of these" or row["method"] == "person")
    assert [row["label"] for row in table if row["method"] == "person"] == ["Beech"]


def test_a_table_that_cannot_be_written_is_said(
    labelled: MainWindow,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    (tmp_path / "no folder").touch()
    answer_save(monkeypatch, tmp_path / "no folder" / "table.csv")
    export_page(labelled, "CSV table")[0].export.click()
    qtbot.waitUntil(lambda: bool(error_of(labelled)))
    assert "table.csv" in error_of(labelled)


def test_unreadable_photos_are_listed_and_tried_again(
    labelled: MainWindow, leaves: SampleFiles, tmp_path: Path, qtbot: QtBot
) -> None:
    folder = tmp_path / "more"
    folder.mkdir()
    (folder / "broken.jpg").write_bytes(b"not a picture")
    labelled.session.add_folders([folder])
    settle(labelled, qtbot)
    assert [str(path.name) for path, _ in labelled.model.failures()] == ["broken.jpg"]
    shutil.copyfile(leaves.photos[0], folder / "broken.jpg")
    labelled.session.retry_failures()
    settle(labelled, qtbot)
    assert labelled.model.failures() == []
    assert labelled.session.failures == {}


def test_in_a_narrow_window_the_details_are_a_sheet_that_mouse_and_keys_open_and_close(
    labelled: MainWindow, qtbot: QtBot
) -> None:
    show = labelled.photos.bar.details
    assert labelled.inspector.isVisible()
    assert not show.isVisible()
    labelled.resize(1000, 700)
    assert not labelled.inspector.isVisible()
    assert show.isVisible()
    choose_row(labelled, 0)
    show.click()
    assert labelled.inspector.isVisible()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert not labelled.inspector.isVisible()
    assert QApplication.focusWidget() is labelled.photos.grid
    labelled.actions_table["inspector"].trigger()
    assert labelled.inspector.isVisible()
    labelled.resize(1280, 800)
    assert labelled.inspector.isVisible()
    assert not labelled.inspector_place.floating
    labelled.actions_table["inspector"].trigger()
    assert not labelled.inspector.isVisible()
    assert show.isVisible()
    for width in (1000, 1280):
        labelled.resize(width, 800)
        assert not labelled.inspector.isVisible()
    labelled.actions_table["inspector"].trigger()
    assert labelled.inspector.isVisible()


def test_the_photo_in_focus_is_what_details_and_large_view_show(labelled: MainWindow, qtbot: QtBot) -> None:
    first = choose_row(labelled, 0)
    assert labelled.focus.current == first
    labelled.focus.open_large()
    labelled.photos.go_by(1)
    second = labelled.model.photo_at(1)
    assert labelled.focus.current == second.photo_id
    qtbot.waitUntil(lambda: not labelled.runner.busy)
    labelled.photos.grid.clearSelection()
    assert labelled.focus.current is None
    assert not labelled.large_view.isVisible()


def test_light_and_dark_change_at_once_and_are_remembered(labelled: MainWindow) -> None:
    light = labelled.theme.tokens
    labelled.actions_table["dark"].trigger()
    assert labelled.theme.tokens != light
    assert labelled.preferences.appearance == "dark"
    labelled.actions_table["light"].trigger()
    assert labelled.theme.tokens == replace(light)
