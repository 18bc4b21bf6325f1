"""Labelling by keys alone, and keys that stay letters where one types."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMetaMethod, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from fewshot_gui.core.prediction import NONE_OF_THESE
from fewshot_gui.project.project import Project
from fewshot_gui.ui.actions import ACTIONS
from fewshot_gui.ui.dialogs.keys_dialog import KeysDialog
from fewshot_gui.ui.main_window import MainWindow
from tests.e2e.driving import choose_row, error_of, settle


@pytest.fixture
def project(labelled: MainWindow) -> Project:
    assert labelled.session.project is not None
    return labelled.session.project


def decided(project: Project) -> dict[int, int]:
    return {decision.photo_id: decision.class_id for decision in project.decisions.values()}


def keys_dialogs(window: MainWindow) -> list[KeysDialog]:
    return [dialog for dialog in window.findChildren(KeysDialog) if dialog.isVisible()]


def test_digits_enter_and_delete_decide_and_go_on(labelled: MainWindow, project: Project, qtbot: QtBot) -> None:
    grid = labelled.photos.grid
    ids = [labelled.model.photo_at(row).photo_id for row in range(4)]
    shown = labelled.model.photo_at(2).label
    choose_row(labelled, 0)
    for key in (Qt.Key.Key_2, Qt.Key.Key_0, Qt.Key.Key_Return, Qt.Key.Key_9):
        qtbot.keyClick(grid, key)
    expected = {ids[0]: project.classes[1].id, ids[1]: NONE_OF_THESE, ids[2]: shown}
    assert decided(project) == expected
    assert error_of(labelled) == "There is no class with the key 9."
    assert grid.current_id == ids[3]
    qtbot.keyClick(grid, Qt.Key.Key_Left)
    qtbot.keyClick(grid, Qt.Key.Key_Delete)
    del expected[ids[2]]
    assert decided(project) == expected
    settle(labelled, qtbot)


def test_several_are_decided_together_and_stay_chosen(labelled: MainWindow, project: Project, qtbot: QtBot) -> None:
    grid = labelled.photos.grid
    choose_row(labelled, 0)
    for _ in range(2):
        qtbot.keyClick(grid, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    chosen = grid.selected_ids
    assert len(chosen) == 3
    qtbot.keyClick(grid, Qt.Key.Key_1)
    assert decided(project) == dict.fromkeys(chosen, project.classes[0].id)
    assert grid.selected_ids == chosen
    settle(labelled, qtbot)


def test_the_large_view_labels_and_goes_on(labelled: MainWindow, project: Project, qtbot: QtBot) -> None:
    first = choose_row(labelled, 0)
    qtbot.keyClick(labelled.photos.grid, Qt.Key.Key_Space)
    assert labelled.large_view.isVisible()
    qtbot.keyClick(labelled.large_view, Qt.Key.Key_1)
    assert decided(project) == {first: project.classes[0].id}
    assert labelled.focus.current == labelled.model.photo_at(1).photo_id
    assert labelled.large_view.isVisible()
    qtbot.keyClick(labelled.large_view, Qt.Key.Key_Escape)
    assert not labelled.large_view.isVisible()
    assert QApplication.focusWidget() is labelled.photos.grid
    settle(labelled, qtbot)


def test_reviewing_begins_with_the_least_certain(labelled: MainWindow, qtbot: QtBot) -> None:
    choose_row(labelled, 5)
    labelled.actions_table["review"].trigger()
    assert all(row.doubtful for row in map(labelled.model.photo_at, range(labelled.model.rowCount())))
    assert labelled.photos.chosen_ids() == [labelled.model.photo_at(0).photo_id]
    assert QApplication.focusWidget() is labelled.photos.grid
    labelled.actions_table["show_all"].trigger()
    assert labelled.model.rowCount() == 22


def test_what_is_typed_into_the_search_stays_there(labelled: MainWindow, project: Project, qtbot: QtBot) -> None:
    choose_row(labelled, 0)
    qtbot.keyClick(labelled.photos.grid, Qt.Key.Key_F)
    search = labelled.photos.bar.search
    assert QApplication.focusWidget() is search
    qtbot.keyClicks(search, "scan_001?")
    qtbot.keyClick(search, Qt.Key.Key_Backspace)
    qtbot.keyClick(search, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(search, Qt.Key.Key_Delete)
    assert not decided(project)
    assert project.history.next_undo is not None, "Ctrl+Z was for the text"
    assert keys_dialogs(labelled) == []
    search.setText("scan_001")
    assert {row.name[:8] for row in map(labelled.model.photo_at, range(labelled.model.rowCount()))} == {"scan_001"}
    qtbot.keyClick(search, Qt.Key.Key_Escape)
    assert labelled.model.rowCount() == 22
    qtbot.keyClick(search, Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is labelled.photos.grid


def test_a_question_mark_shows_all_keys(labelled: MainWindow, qtbot: QtBot) -> None:
    choose_row(labelled, 0)
    qtbot.keyClick(labelled.photos.grid, Qt.Key.Key_Question)
    (dialog,) = keys_dialogs(labelled)
    dialog.close()


def test_every_action_is_answered(labelled: MainWindow) -> None:
    for row in ACTIONS:
        action = labelled.actions_table[row.name]
        assert action.isSignalConnected(QMetaMethod.fromSignal(action.triggered)), row.name


def test_f6_goes_round_and_tab_reaches_every_control(labelled: MainWindow, qtbot: QtBot) -> None:
    choose_row(labelled, 0)
    visited: list[QWidget] = []
    for _ in range(4):
        labelled.actions_table["next_part"].trigger()
        focus = QApplication.focusWidget()
        visited += [part for part in labelled.parts() if part is focus or part.isAncestorOf(focus)]
    assert len(set(visited)) == len(visited) == 4
    reached = set()
    for _ in range(300):
        qtbot.keyClick(labelled, Qt.Key.Key_Tab)
        reached.add(QApplication.focusWidget())
    controls = [
        one
        for one in labelled.findChildren(QWidget)
        if one.isVisible() and one.isEnabled() and one.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]
    assert [one for one in controls if one not in reached] == []
