"""Dialogs that tell: keys, unreadable files, and what the program is."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton, QTableView
from pytestqt.qtbot import QtBot

from fewshot_gui.ui.dialogs.about_dialog import AboutDialog, BundledLicence
from fewshot_gui.ui.dialogs.failures_dialog import Failure, FailuresDialog
from fewshot_gui.ui.dialogs.keys_dialog import KeyRow, KeysDialog
from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.widgets.keycap import KeyCap

FAILURES = tuple(Failure(Path(f"/photos/{name}.jpg"), f"reason {name}") for name in "abc")


@pytest.fixture
def failures(qtbot: QtBot, theme: Theme) -> FailuresDialog:
    dialog = FailuresDialog(FAILURES)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def _press(dialog: FailuresDialog, text: str) -> None:
    next(button for button in dialog.findChildren(QPushButton) if button.text() == text).click()


def test_failures_are_listed_with_file_and_reason(failures: FailuresDialog) -> None:
    model = failures.findChild(QTableView).model()
    cells = [[model.index(row, column).data() for column in range(2)] for row in range(model.rowCount())]
    assert cells == [["a.jpg", "reason a"], ["b.jpg", "reason b"], ["c.jpg", "reason c"]]
    assert "/photos/a.jpg" in model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)


def test_the_whole_list_is_copied_or_what_is_selected(failures: FailuresDialog) -> None:
    _press(failures, "Copy list")
    assert QGuiApplication.clipboard().text().splitlines()[2] == f"{FAILURES[2].path}\treason c"
    table = failures.findChild(QTableView)
    table.setSelectionMode(QTableView.SelectionMode.MultiSelection)
    table.selectRow(2)
    _press(failures, "Copy list")
    assert QGuiApplication.clipboard().text().splitlines() == [
        f"{FAILURES[0].path}\treason a",
        f"{FAILURES[2].path}\treason c",
    ]


def test_the_folder_of_the_selected_file_opens(failures: FailuresDialog, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    _press(failures, "Show in folder")
    assert [Path(url.toLocalFile()) for url in opened] == [Path("/photos")]


def test_reading_can_be_tried_again(failures: FailuresDialog, qtbot: QtBot) -> None:
    with qtbot.waitSignal(failures.retry_requested):
        _press(failures, "Try again")


def test_keys_stand_in_their_groups(qtbot: QtBot, theme: Theme) -> None:
    rows = (
        KeyRow("Label", ("1", "…", "9"), "Give the label of that class"),
        KeyRow("Move", ("Space",), "Large view"),
        KeyRow("Label", ("0",), "None of these"),
    )
    dialog = KeysDialog(theme, rows)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.show()
    texts = [label.text() for label in dialog.findChildren(QLabel)]
    assert texts.count("Label") == 1
    assert {"Label", "Move", "Large view", "None of these"} <= set(texts)
    assert {cap.accessibleName() for cap in dialog.findChildren(KeyCap)} == {"1", "…", "9", "0", "Space"}
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_about_tells_the_version_and_every_licence(qtbot: QtBot, theme: Theme) -> None:
    works = (BundledLicence("Icons 1.0", "ISC", "Text of ISC"), BundledLicence("Weights", "Apache-2.0", "Text of A"))
    dialog = AboutDialog(theme, "0.1.0", "Apache-2.0", works)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    assert any(label.text() == "Version 0.1.0 · Apache-2.0" for label in dialog.findChildren(QLabel))
    assert dialog._text.toPlainText() == "Text of ISC"
    dialog._list.setCurrentRow(1)
    assert dialog._text.toPlainText() == "Text of A"


def test_works_are_found_by_name_or_licence(qtbot: QtBot, theme: Theme) -> None:
    works = (
        BundledLicence("Icons 1.0", "ISC", "Text of ISC"),
        BundledLicence("Weights", "Apache-2.0", "Text of A"),
        BundledLicence("More weights", "MIT", "Text of M"),
    )
    dialog = AboutDialog(theme, "0.1.0", "Apache-2.0", works)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    for words, text in (("WEIGHTS", "Text of A"), ("mit", "Text of M"), ("nowhere", "Nothing in the list"), ("", None)):
        dialog._find.setText(words)
        if text is not None:
            assert dialog._text.toPlainText().startswith(text)
    assert not any(dialog._list.item(row).isHidden() for row in range(3))


def test_about_survives_an_empty_list(qtbot: QtBot, theme: Theme) -> None:
    dialog = AboutDialog(theme, "0.1.0", "Apache-2.0", ())
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    assert dialog._text.toPlainText() == ""
