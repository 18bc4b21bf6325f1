"""A folder under watch: photos that appear in it are labelled as they finish writing."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QToolButton
from pytestqt.qtbot import QtBot

from fewshot_gui.imaging import arriving, watching
from fewshot_gui.project.decision_edits import decide
from fewshot_gui.project.relink import relink
from fewshot_gui.ui.dialogs.folders_dialog import FoldersDialog
from fewshot_gui.ui.main_window import MainWindow
from fewshot_gui.ui.models.photo_columns import UNLABELLED
from fewshot_gui.ui.models.photo_filter import SortKey
from fewshot_gui.workflows.sample import SampleFiles
from tests.e2e.conftest import Running
from tests.e2e.driving import button_of, error_of, open_new, rows, settle, teach


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for nothing longer than a test can."""
    for name, seconds in (("_EVERY", 0.1), ("_EVERYTHING_EVERY", 0.5), ("_ARRIVING_EVERY", 0.1)):
        monkeypatch.setattr(watching, name, seconds)
    for name in ("_QUIET", "_QUIET_COARSE", "_PATIENCE_CUT_OFF", "_PATIENCE"):
        monkeypatch.setattr(arriving, name, 0.3)


@pytest.fixture
def card(tmp_path: Path, leaves: SampleFiles) -> Path:
    """A folder with four photos."""
    folder = tmp_path / "card"
    folder.mkdir()
    for photo in leaves.photos[:4]:
        shutil.copyfile(photo, folder / photo.name)
    return folder


@pytest.fixture
def window(program: Running, leaves: SampleFiles, card: Path, tmp_path: Path, qtbot: QtBot) -> MainWindow:
    """A window that watches the card."""
    window = program.start()
    open_new(window, tmp_path / "Leaves.fewshot")
    teach(window, leaves)
    window.session.add_folders([card])
    settle(window, qtbot)
    assert window.watching.watcher.folders == ()
    switch(window)
    qtbot.waitUntil(lambda: len(window.watching.watcher.folders) == 1, timeout=20_000)
    return window


def folders_dialog(window: MainWindow) -> FoldersDialog:
    window.actions_table["folders"].trigger()
    return next(dialog for dialog in window.findChildren(FoldersDialog) if dialog.isVisible())


def switch(window: MainWindow) -> None:
    """Turn watching of the only folder on, or off, as a person does."""
    dialog = folders_dialog(window)
    dialog.findChild(QCheckBox).click()
    dialog.reject()


def is_labelled(window: MainWindow, name: str) -> bool:
    row = rows(window).get(name)
    return row is not None and row.label != UNLABELLED


def test_a_photo_that_appears_is_labelled_and_can_be_gone_to(
    window: MainWindow, card: Path, leaves: SampleFiles, qtbot: QtBot
) -> None:
    chip = window.task_bar.watching
    assert chip.watching.isVisible()
    assert not chip.new.isVisible()
    assert window.model.sort_key is not SortKey.ADDED
    (card / "100CANON").mkdir()
    for name, photo in (("IMG_1.jpg", leaves.photos[5]), ("100CANON/IMG_2.jpg", leaves.photos[6])):
        shutil.copyfile(photo, card / name)
    qtbot.waitUntil(lambda: is_labelled(window, "IMG_1.jpg") and is_labelled(window, "IMG_2.jpg"), timeout=30_000)
    qtbot.waitUntil(lambda: chip.new.text() == "2 new" and chip.new.isVisible())
    chip.new.click()
    assert not chip.new.isVisible()
    assert window.model.sort_key is SortKey.ADDED
    (chosen,) = window.photos.chosen_ids()
    shown = window.model.photo(chosen)
    assert shown is not None
    assert shown.name in {"IMG_1.jpg", "IMG_2.jpg"}
    assert window.model.row_of(chosen) == 4
    settle(window, qtbot)
    assert error_of(window) == ""


def test_watching_is_part_of_the_project_and_of_undo(
    window: MainWindow, card: Path, leaves: SampleFiles, tmp_path: Path, qtbot: QtBot
) -> None:
    window.session.close()
    assert window.watching.watcher.folders == ()
    assert not window.task_bar.watching.watching.isVisible()
    window.open_path(tmp_path / "Leaves.fewshot")
    qtbot.waitUntil(lambda: window.watching.watcher.folders == (card,), timeout=20_000)
    shutil.copyfile(leaves.photos[7], card / "later.jpg")
    qtbot.waitUntil(lambda: is_labelled(window, "later.jpg"), timeout=30_000)
    switch(window)
    assert window.watching.watcher.folders == ()
    assert not window.task_bar.watching.watching.isVisible()
    assert window.actions_table["undo"].text() == "Undo stop watching folder “card”"
    window.actions_table["undo"].trigger()
    assert window.watching.watcher.folders == (card,)


def test_what_was_there_when_watching_begins_is_not_new_but_what_came_unseen_is(
    window: MainWindow, card: Path, leaves: SampleFiles, qtbot: QtBot
) -> None:
    switch(window)
    shutil.copyfile(leaves.photos[8], card / "unseen.jpg")
    switch(window)
    qtbot.waitUntil(lambda: is_labelled(window, "unseen.jpg"), timeout=30_000)
    assert window.task_bar.watching.new.text() == "1 new"
    assert len(rows(window)) == 5


def test_an_overwritten_photo_is_labelled_anew_and_a_decision_on_it_is_not_lost(
    window: MainWindow, card: Path, leaves: SampleFiles, qtbot: QtBot
) -> None:
    project = window.session.project
    assert project is not None
    first, second = (leaves.photos[0].name, leaves.photos[1].name)
    before = rows(window)
    class_id = project.classes[0].id
    window.session.apply(decide(project, [before[second].photo_id], class_id))
    settle(window, qtbot)
    embedding = window.session.embedding_of(before[first].photo_id)
    assert embedding is not None
    for name in (first, second):
        shutil.copyfile(leaves.photos[9], card / name)
    qtbot.waitUntil(lambda: "overwritten after you decided" in error_of(window), timeout=30_000)
    qtbot.waitUntil(lambda: window.task_bar.watching.new.text() == "2 new", timeout=30_000)
    settle(window, qtbot)
    after = window.session.embedding_of(before[first].photo_id)
    assert after is not None
    assert not (after == embedding).all()
    assert rows(window)[second].decision == class_id
    assert second in error_of(window)
    assert {row.photo_id for row in rows(window).values()} == {row.photo_id for row in before.values()}


def test_a_photo_that_was_cut_off_is_read_again_once_it_is_whole(
    window: MainWindow, card: Path, leaves: SampleFiles, qtbot: QtBot
) -> None:
    content = leaves.photos[9].read_bytes()
    path = card / "slow.jpg"
    path.write_bytes(content[:3000])
    qtbot.waitUntil(lambda: "slow.jpg" in rows(window) and bool(rows(window)["slow.jpg"].error), timeout=30_000)
    assert rows(window)["slow.jpg"].error == "the file is cut off"
    path.write_bytes(content)
    qtbot.waitUntil(lambda: rows(window)["slow.jpg"].error is None, timeout=30_000)
    qtbot.waitUntil(lambda: is_labelled(window, "slow.jpg"), timeout=30_000)


def test_a_folder_that_is_pulled_out_is_told_once_and_watched_again(
    window: MainWindow, card: Path, leaves: SampleFiles, qtbot: QtBot
) -> None:
    gone: list[object] = []
    window.watching.failed.connect(gone.append)
    aside = card.rename(card.parent / "aside")
    chip = window.task_bar.watching
    qtbot.waitUntil(lambda: chip.watching.text().strip() == "Waiting for the folder", timeout=20_000)
    assert "is not there; watching goes on when it is back" in error_of(window)
    dialog = folders_dialog(window)
    assert any("Not there now" in label.text() for label in dialog.findChildren(type(dialog._none)))
    dialog.reject()
    aside.rename(card)
    shutil.copyfile(leaves.photos[8], card / "back.jpg")
    qtbot.waitUntil(lambda: is_labelled(window, "back.jpg"), timeout=30_000)
    assert chip.watching.text().strip().startswith("Watching")
    assert len(gone) == 1
    assert len(rows(window)) == 5


def test_a_deleted_photo_stays_a_row(window: MainWindow, card: Path, leaves: SampleFiles, qtbot: QtBot) -> None:
    (card / leaves.photos[0].name).unlink()
    shutil.copyfile(leaves.photos[8], card / "next.jpg")
    qtbot.waitUntil(lambda: is_labelled(window, "next.jpg"), timeout=30_000)
    assert rows(window)[leaves.photos[0].name].error is None
    assert error_of(window) == ""


def test_a_folder_leaves_the_project_and_comes_back_watched(window: MainWindow, card: Path, qtbot: QtBot) -> None:
    dialog = folders_dialog(window)
    dialog.findChild(QToolButton).click()
    project = window.session.project
    assert project is not None
    assert not project.sources
    assert not rows(window)
    assert window.watching.watcher.folders == ()
    assert "Undo brings it back" in window.task_bar.change
    dialog.reject()
    window.actions_table["undo"].trigger()
    qtbot.waitUntil(lambda: window.watching.watcher.folders == (card,), timeout=20_000)
    qtbot.waitUntil(lambda: len(rows(window)) == 4, timeout=20_000)


def test_a_folder_that_was_moved_is_watched_where_it_is_now(
    window: MainWindow, card: Path, leaves: SampleFiles, qtbot: QtBot
) -> None:
    project = window.session.project
    assert project is not None
    there = card.rename(card.parent / "moved")
    moves = {photo.file: str(there / photo.path.name) for photo in project.photos.values()}
    window.session.apply(relink(project, moves))
    qtbot.waitUntil(lambda: window.watching.watcher.folders == (there,), timeout=20_000)
    shutil.copyfile(leaves.photos[8], there / "next.jpg")
    qtbot.waitUntil(lambda: is_labelled(window, "next.jpg"), timeout=30_000)
    assert len(rows(window)) == 5


def test_the_keyboard_reaches_the_switch(window: MainWindow, qtbot: QtBot) -> None:
    dialog = folders_dialog(window)
    box = dialog.findChild(QCheckBox)
    assert box.isChecked()
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Space)
    assert window.watching.watcher.folders == ()
    assert dialog.findChild(QToolButton).focusPolicy() & Qt.FocusPolicy.TabFocus
    button_of(dialog, "Close").click()


def test_the_window_closes_at_once_while_a_folder_is_watched(
    program: Running, window: MainWindow, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: not window.runner.busy, timeout=20_000)
    started = time.monotonic()
    program.quit()
    assert time.monotonic() - started < 1
