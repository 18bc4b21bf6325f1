"""Making and changing classes in the real window: by keys, by drops, and back again."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from fewshot_gui.project.project import Project
from fewshot_gui.ui.drops import photos_mime
from fewshot_gui.ui.main_window import MainWindow
from fewshot_gui.workflows.sample import SampleFiles
from tests.e2e.conftest import Running
from tests.e2e.driving import below_the_cards, drop, error_of, files, open_new, settle


@pytest.fixture
def window(program: Running, tmp_path: Path) -> MainWindow:
    """The window with an empty project."""
    window = program.start()
    open_new(window, tmp_path / "Leaves.fewshot")
    return window


@pytest.fixture
def project(window: MainWindow) -> Project:
    assert window.session.project is not None
    return window.session.project


def names(project: Project) -> list[str]:
    return [record.name for record in project.classes]


def sizes(project: Project) -> dict[str, int]:
    return {record.name: len(project.examples_of(record.id)) for record in project.classes}


def type_name(window: MainWindow, qtbot: QtBot, name: str) -> None:
    """Type into the field that is open for the name of a class."""
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    qtbot.keyClicks(editor, name)
    qtbot.keyClick(editor, Qt.Key.Key_Return)


def test_a_class_is_made_and_named_by_keys(window: MainWindow, project: Project, qtbot: QtBot) -> None:
    window.actions_table["add_class"].trigger()
    type_name(window, qtbot, "Hat")
    assert names(project) == ["Hat"]
    window.actions_table["add_class"].trigger()
    type_name(window, qtbot, "hat")
    assert names(project) == ["Hat", "Class 2"]
    assert error_of(window) == "There is already a class “Hat”; choose another name."


def test_keys_typed_into_a_name_are_letters(window: MainWindow, project: Project, qtbot: QtBot) -> None:
    window.actions_table["add_class"].trigger()
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    qtbot.keyClicks(editor, "What? 10")
    for key in (Qt.Key.Key_Z, Qt.Key.Key_Y):
        qtbot.keyClick(editor, key, Qt.KeyboardModifier.ControlModifier)
    assert names(project) == ["Class 1"], "Ctrl+Z is for the text, not for the project"
    qtbot.keyClick(editor, Qt.Key.Key_Delete)
    editor.selectAll()
    qtbot.keyClicks(editor, "What? 10")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert names(project) == ["What? 10"]
    assert QApplication.activeModalWidget() is None


def test_a_folder_of_folders_becomes_classes_and_undo_takes_each_back(
    window: MainWindow, project: Project, leaves: SampleFiles, qtbot: QtBot
) -> None:
    drop(window.classes, files(leaves.folder / "examples"), below_the_cards(window))
    settle(window, qtbot)
    assert sizes(project) == dict.fromkeys(sorted(leaves.examples, key=str.casefold), 4)
    for left in (4, 3):
        window.actions_table["undo"].trigger()
        assert len(project.classes) == left
    window.actions_table["redo"].trigger()
    assert len(project.classes) == 4


def test_photos_of_the_gallery_and_files_go_to_a_class(labelled: MainWindow, leaves: SampleFiles, qtbot: QtBot) -> None:
    project = labelled.session.project
    assert project is not None
    beech = project.classes[0].id
    photos = list(project.photos)[:2]
    labelled.classes.photos_dropped_on_class.emit(beech, photos)
    settle(labelled, qtbot)
    assert len(project.examples_of(beech)) == 4 + 2
    labelled.classes.paths_dropped_on_class.emit(beech, [leaves.examples["Oak"][0]])
    settle(labelled, qtbot)
    assert sizes(project) == {"Beech": 7, "Maple": 4, "Oak": 3}
    assert "moved here" in labelled.task_bar.change
    labelled.actions_table["undo"].trigger()
    assert sizes(project) == {"Beech": 6, "Maple": 4, "Oak": 4}
    drop(labelled.classes, photos_mime(photos), below_the_cards(labelled))
    settle(labelled, qtbot)
    assert list(sizes(project).values()) == [4, 4, 4, 2]


def test_a_picture_from_a_browser_is_kept_beside_the_project(
    window: MainWindow, project: Project, qtbot: QtBot
) -> None:
    image, mime = QImage(60, 60, QImage.Format.Format_RGB32), QMimeData()
    image.fill(QColor("red"))
    mime.setImageData(image)
    drop(window.classes, mime, below_the_cards(window))
    settle(window, qtbot)
    assert sizes(project) == {"Class 1": 1}
    (example,) = project.examples.values()
    assert example.path.parent == project.path.parent / "Leaves pictures"


def test_a_mere_address_is_refused_with_advice(window: MainWindow, project: Project) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/a.jpg")])
    drop(window.classes, mime, QPoint(100, 200))
    assert "save the picture to a folder first" in error_of(window)
    assert not project.classes


def test_what_holds_no_photos_is_refused(window: MainWindow, project: Project, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "empty").mkdir()
    drop(window.classes, files(tmp_path / "empty"), below_the_cards(window))
    settle(window, qtbot)
    assert "There are no photos in what was dropped" in error_of(window)
    assert not project.classes


def test_merging_moving_ordering_and_removing_can_be_undone(labelled: MainWindow, qtbot: QtBot) -> None:
    project, editing = labelled.session.project, labelled.class_editing
    assert project is not None
    beech, maple, oak = (record.id for record in project.classes)
    before = sizes(project)
    editing.merge(beech, maple)
    assert sizes(project) == {"Maple": 8, "Oak": 4}
    editing.move_examples([one.id for one in project.examples_of(oak)][:1], maple)
    assert sizes(project) == {"Maple": 9, "Oak": 3}
    editing.reorder(oak, 0)
    assert names(project) == ["Oak", "Maple"]
    editing.remove_examples([one.id for one in project.examples_of(oak)])
    editing.remove(maple)
    assert sizes(project) == {"Oak": 0}
    for _ in range(5):
        labelled.actions_table["undo"].trigger()
    assert sizes(project) == before
    for _ in range(5):
        labelled.actions_table["redo"].trigger()
    assert sizes(project) == {"Oak": 0}
    settle(labelled, qtbot)


def test_the_filter_of_a_class_goes_with_the_class(labelled: MainWindow, qtbot: QtBot) -> None:
    project = labelled.session.project
    assert project is not None
    beech = project.classes[0].id
    labelled.classes.class_filter_requested.emit(beech)
    assert 0 < labelled.model.rowCount() < len(project.photos)
    labelled.class_editing.remove(beech)
    assert labelled.model.rowCount() == len(project.photos)
    settle(labelled, qtbot)
