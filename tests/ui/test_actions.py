"""The table of everything the window can do."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from fewshot_gui.core.resources import resource
from fewshot_gui.ui.actions import ACTIONS, ActionRow, Actions, key_rows
from fewshot_gui.ui.theme import Theme


@pytest.fixture
def window(qtbot: QtBot) -> QMainWindow:
    window = QMainWindow()
    qtbot.addWidget(window)
    return window


@pytest.mark.parametrize("row", ACTIONS, ids=lambda row: row.name)
def test_every_row_says_what_it_does(row: ActionRow) -> None:
    assert row.text
    assert row.tip.endswith(".")
    assert all(not QKeySequence(keys).isEmpty() for keys in row.keys)
    assert not row.icon or resource(f"icons/{row.icon}.svg").is_file()


def test_names_and_shortcuts_are_given_once() -> None:
    assert max(Counter(row.name for row in ACTIONS).values()) == 1
    assert max(Counter(QKeySequence(keys).toString() for row in ACTIONS for keys in row.keys).values()) == 1


def test_the_menus_hold_every_row_in_order(window: QMainWindow, theme: Theme) -> None:
    Actions(window, theme)
    menus = [action.menu() for action in window.menuBar().actions()]
    shown = [action.text() for menu in menus for action in menu.actions() if not action.isSeparator()]
    assert shown == [
        row.text for menu in ("File", "Edit", "View", "Learning", "Help") for row in ACTIONS if row.menu == menu
    ]


def test_without_a_project_only_what_makes_sense_is_enabled(window: QMainWindow, theme: Theme) -> None:
    actions = Actions(window, theme)
    for is_open in (True, False):
        actions.enable_for_project(is_open)
        for row in ACTIONS:
            assert actions[row.name].isEnabled() == (is_open or not row.needs_project)


def test_the_list_of_keys_holds_every_shortcut() -> None:
    listed = [key for row in key_rows() for key in row.keys]
    assert {key for row in ACTIONS for key in row.keys} <= set(listed)
    assert all(row.keys and row.text for row in key_rows())
