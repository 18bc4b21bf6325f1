"""Looking through a report before it is saved, and the strip that offers one."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from fewshot_gui.ui.dialogs.diagnostics_dialog import DiagnosticsDialog
from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.widgets.crash_strip import CrashStrip

FILES = (("README.txt", "read me"), ("log/fewshot-gui.log", "x" * 2500))


@pytest.fixture
def dialog(qtbot: QtBot, theme: Theme) -> DiagnosticsDialog:
    dialog = DiagnosticsDialog(theme)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def button(part: QWidget, text: str) -> QPushButton:
    return next(one for one in part.findChildren(QPushButton) if one.text() == text)


def test_nothing_can_be_saved_before_it_is_there(dialog: DiagnosticsDialog) -> None:
    assert not button(dialog, "Save…").isEnabled()
    dialog.show_working("Collecting the logs")
    assert dialog._note.text() == "Collecting the logs…"
    dialog.show_files(FILES)
    assert button(dialog, "Save…").isEnabled()
    assert not dialog._note.isVisible()


def test_every_file_can_be_read_first(dialog: DiagnosticsDialog, qtbot: QtBot) -> None:
    dialog.show_files(FILES)
    assert [dialog._list.item(row).text() for row in range(2)] == ["README.txt · 7 B", "log/fewshot-gui.log · 2.5 kB"]
    assert dialog._text.toPlainText() == "read me"
    qtbot.keyClick(dialog._list, Qt.Key.Key_Down)
    assert dialog._text.toPlainText() == "x" * 2500


def test_names_come_in_only_when_ticked_and_the_place_is_kept(dialog: DiagnosticsDialog, qtbot: QtBot) -> None:
    dialog.show_files(FILES)
    dialog._list.setCurrentRow(1)
    assert not dialog._names.isChecked()
    with qtbot.waitSignal(dialog.names_allowed) as allowed:
        dialog._names.click()
    assert allowed.args == [True]
    dialog.show_files((FILES[0], ("log/fewshot-gui.log", "with names")))
    assert dialog._text.toPlainText() == "with names"


def test_what_went_wrong_is_said_and_one_can_try_again(dialog: DiagnosticsDialog) -> None:
    dialog.show_failed("There is no log.")
    assert not button(dialog, "Save…").isEnabled()
    dialog.show_files(FILES)
    dialog.show_failed("The disk is full.")
    assert dialog._error.sentence == "The disk is full."
    assert button(dialog, "Save…").isEnabled()


def test_closing_by_any_way_is_told(dialog: DiagnosticsDialog, qtbot: QtBot) -> None:
    with qtbot.waitSignal(dialog.cancel_requested):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)


def test_the_strip_offers_a_report_or_goes(qtbot: QtBot, theme: Theme) -> None:
    strip = CrashStrip(theme)
    qtbot.addWidget(strip)
    assert strip.isHidden()
    strip.show()
    assert "Your decisions are saved" in strip.accessibleName()
    button(strip, "Dismiss").click()
    assert strip.isHidden()
    strip.show()
    with qtbot.waitSignal(strip.report_requested):
        button(strip, "Save a report…").click()
    assert strip.isHidden()
