"""The page on which a person begins."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from fewshot_gui.ui.recent_project import RecentProject
from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.widgets.start_page import StartPage

RECENT = (
    RecentProject(Path("/surveys/wardrobe.fewshot"), "Wardrobe survey", datetime(2026, 7, 14)),
    RecentProject(Path("/usb/leaves.fewshot"), "Leaves", datetime(2026, 7, 1), exists=False),
)


@pytest.fixture
def page(qtbot: QtBot, theme: Theme) -> StartPage:
    page = StartPage(theme)
    qtbot.addWidget(page)
    page.set_recent(RECENT)
    page.resize(1280, 800)
    page.show()
    return page


def _offer(page: StartPage, *paths: Path) -> tuple[bool, QMimeData]:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    action, button, keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    event = QDragEnterEvent(QPoint(50, 50), action, mime, button, keys)
    event.ignore()
    QApplication.sendEvent(page, event)
    return event.isAccepted(), mime


def _drop(page: StartPage, path: Path) -> None:
    accepted, mime = _offer(page, path)
    assert accepted
    action, button, keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(page, QDropEvent(QPointF(50, 50), action, mime, button, keys))


@pytest.mark.parametrize(
    ("text", "signal"),
    [("New project", "new_requested"), ("Open…", "open_requested"), ("Try the sample", "sample_requested")],
)
def test_buttons_begin(page: StartPage, qtbot: QtBot, text: str, signal: str) -> None:
    button = next(button for button in page.findChildren(QPushButton) if button.text() == text)
    with qtbot.waitSignal(getattr(page, signal)):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_a_recent_project_opens_by_key_and_by_click(page: StartPage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.recent_chosen) as chosen:
        qtbot.keyClick(page._recent, Qt.Key.Key_Return)
    assert chosen.args == [RECENT[0].path]
    place = page._recent.visualItemRect(page._recent.item(0)).center()
    with qtbot.waitSignals([page.recent_chosen]):
        qtbot.mouseClick(page._recent.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_a_project_that_is_gone_can_only_be_forgotten(page: StartPage, qtbot: QtBot) -> None:
    qtbot.keyClick(page._recent, Qt.Key.Key_Down)
    assert not page._recent._open.isEnabled()
    with qtbot.assertNotEmitted(page.recent_chosen):
        qtbot.keyClick(page._recent, Qt.Key.Key_Return)
    with qtbot.waitSignal(page.recent_removed) as removed:
        qtbot.keyClick(page._recent, Qt.Key.Key_Delete)
    assert removed.args == [RECENT[1].path]


def test_without_recent_projects_there_is_no_empty_list(page: StartPage) -> None:
    page.set_recent(())
    assert not page._recent.isVisible()
    assert not page._recent_title.isVisible()


def test_all_recent_rows_fit(page: StartPage) -> None:
    assert not page._recent.verticalScrollBar().isVisible()
    assert page._recent.viewport().rect().contains(page._recent.visualItemRect(page._recent.item(1)))


def test_a_dropped_folder_begins_a_project(page: StartPage, qtbot: QtBot, tmp_path: Path) -> None:
    with qtbot.waitSignal(page.folder_dropped) as dropped:
        _drop(page, tmp_path)
    assert dropped.args == [tmp_path]


def test_a_dropped_project_file_opens(page: StartPage, qtbot: QtBot, tmp_path: Path) -> None:
    project = tmp_path / "LEAVES.FEWSHOT"
    project.touch()
    with qtbot.waitSignal(page.recent_chosen) as chosen:
        _drop(page, project)
    assert chosen.args == [project]


@pytest.mark.parametrize("name", ["Foxes.ONNX", "signature.json"])
def test_a_dropped_model_begins_a_project(page: StartPage, qtbot: QtBot, tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    with qtbot.waitSignal(page.model_dropped) as dropped, qtbot.assertNotEmitted(page.recent_chosen):
        _drop(page, tmp_path / name)
    assert dropped.args == [tmp_path / name]


def test_a_dropped_folder_of_a_model_begins_a_project(page: StartPage, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "signature.json").touch()
    with qtbot.waitSignal(page.model_dropped) as dropped, qtbot.assertNotEmitted(page.folder_dropped):
        _drop(page, tmp_path)
    assert dropped.args == [tmp_path]


def test_other_things_are_not_taken(page: StartPage, tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.touch()
    assert not _offer(page, text)[0]
    assert not _offer(page, tmp_path / "absent.fewshot")[0]
    assert not _offer(page, tmp_path, tmp_path.parent)[0]
    assert not _offer(page)[0]
