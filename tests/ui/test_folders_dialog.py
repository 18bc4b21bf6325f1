"""The dialog with the folders of a project."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLabel, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from fewshot_gui.ui.dialogs.folders_dialog import FoldersDialog, FolderState
from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.widgets.elided_label import ElidedLabel

CARD = FolderState(1, Path("/media/card/DCIM"), 1234, watched=False)
SHARE = FolderState(2, Path("/net/microscope"), 1, watched=True)


@pytest.fixture
def dialog(qtbot: QtBot, theme: Theme) -> FoldersDialog:
    dialog = FoldersDialog(theme)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.show_folders([CARD, SHARE])
    dialog.show()
    return dialog


def _said(dialog: FoldersDialog) -> list[str]:
    return [
        label.full_text if isinstance(label, ElidedLabel) else label.text()
        for label in dialog.findChildren(QLabel)
        if label.isVisible()
    ]


def test_each_folder_has_a_switch_and_says_what_is_in_it(dialog: FoldersDialog) -> None:
    boxes = dialog.findChildren(QCheckBox)
    assert [box.isChecked() for box in boxes] == [False, True]
    assert [box.accessibleName() for box in boxes] == ["Watch DCIM for new photos", "Watch microscope for new photos"]
    assert f"1,234 photos · {CARD.path}" in _said(dialog)
    assert f"1 photo · {SHARE.path}" in _said(dialog)


def test_what_the_person_wants_is_passed_on(dialog: FoldersDialog, qtbot: QtBot) -> None:
    with qtbot.waitSignal(dialog.watch_changed) as watched:
        dialog.findChildren(QCheckBox)[0].click()
    assert watched.args == [1, True]
    with qtbot.waitSignal(dialog.remove_requested) as removed:
        dialog.findChildren(QToolButton)[1].click()
    assert removed.args == [2]
    with qtbot.waitSignal(dialog.add_requested):
        next(button for button in dialog.findChildren(QPushButton) if button.text() == "Add a folder…").click()


def test_showing_what_is_so_already_asks_for_nothing(dialog: FoldersDialog) -> None:
    asked: list[object] = []
    dialog.watch_changed.connect(lambda *args: asked.append(args))
    dialog.show_folders([FolderState(1, CARD.path, 1235, watched=True), SHARE])
    assert [box.isChecked() for box in dialog.findChildren(QCheckBox)] == [True, True]
    assert asked == []


def test_a_folder_that_leaves_takes_its_card_with_it(dialog: FoldersDialog) -> None:
    dialog.findChildren(QToolButton)[0].setFocus()
    dialog.show_folders([SHARE])
    assert f"1,234 photos · {CARD.path}" not in _said(dialog)
    dialog.show_folders([])
    assert any("No folder yet" in text for text in _said(dialog))


def test_only_a_watched_folder_that_is_not_there_is_waited_for(dialog: FoldersDialog) -> None:
    dialog.show_missing([CARD.path, SHARE.path])
    assert len([text for text in _said(dialog) if text.startswith("Not there now")]) == 1
    dialog.show_missing([])
    assert not [text for text in _said(dialog) if text.startswith("Not there now")]
