"""The eye in the task bar."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.widgets.watch_chip import WatchChip

CARD, SHARE = Path("/media/card"), Path("/net/microscope")


@pytest.fixture
def chip(qtbot: QtBot, theme: Theme) -> WatchChip:
    chip = WatchChip(theme)
    qtbot.addWidget(chip)
    return chip


def test_there_is_nothing_to_see_while_nothing_is_watched(chip: WatchChip) -> None:
    assert chip.isHidden()


def test_it_says_what_is_watched_and_what_came(chip: WatchChip) -> None:
    chip.show_state([CARD, SHARE], [], 0, 0)
    assert (chip.watching.text().strip(), chip.new.isHidden()) == ("Watching", True)
    chip.show_state([CARD, SHARE], [], 3, 1200)
    assert (chip.watching.text().strip(), chip.new.text()) == ("Watching · 3 coming", "1,200 new")
    assert str(SHARE) in chip.watching.toolTip()
    assert chip.new.accessibleName() == "Go to 1,200 new photos"


def test_a_folder_that_is_not_there_is_waited_for(chip: WatchChip) -> None:
    chip.show_state([CARD], [CARD], 0, 0)
    assert chip.watching.text().strip() == "Waiting for the folder"
    assert "not there now" in chip.watching.toolTip()
    chip.show_state([CARD, SHARE], [CARD], 0, 0)
    assert chip.watching.text().strip() == "Watching"


def test_what_came_stays_to_be_gone_to_when_watching_ends(chip: WatchChip) -> None:
    chip.show_state([], [], 0, 2)
    assert not chip.isHidden()
    assert chip.watching.isHidden()
    assert not chip.new.isHidden()


def test_mouse_and_keyboard_reach_both(chip: WatchChip, qtbot: QtBot) -> None:
    chip.show_state([CARD], [], 0, 2)
    chip.show()
    with qtbot.waitSignal(chip.folders_requested):
        chip.watching.click()
    assert chip.new.focusPolicy() & Qt.FocusPolicy.TabFocus
    with qtbot.waitSignal(chip.new_requested):
        qtbot.keyClick(chip.new, Qt.Key.Key_Space)
