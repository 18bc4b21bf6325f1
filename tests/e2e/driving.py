"""What a person does to the window, for the tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from fewshot_gui.project.example_edits import add_class_with_examples, read_files
from fewshot_gui.project.opening import create_project
from fewshot_gui.project.project import Project
from fewshot_gui.ui.export.export_dialog import ExportDialog
from fewshot_gui.ui.export.export_page import ExportPage
from fewshot_gui.ui.main_window import MainWindow
from fewshot_gui.ui.models.photo_row import PhotoRow
from fewshot_gui.workflows.sample import SampleFiles

SPECIES = ("Beech", "Maple", "Oak")


def settle(window: MainWindow, qtbot: QtBot) -> None:
    """Wait until nothing is being computed any more."""
    qtbot.waitUntil(lambda: not window.session.busy and not window.runner.busy, timeout=240_000)


def open_new(window: MainWindow, path: Path) -> Project:
    """Work on a new project."""
    project = create_project(path, path.stem)
    window.session.open(project)
    return project


def teach(window: MainWindow, leaves: SampleFiles, species: tuple[str, ...] = SPECIES) -> None:
    """Make classes of species, each with its examples."""
    project = window.session.project
    assert project is not None
    for name in species:
        window.session.apply(add_class_with_examples(project, name, read_files(leaves.examples[name]).files).edit)


def rows(window: MainWindow) -> dict[str, PhotoRow]:
    """What the gallery shows, by file name."""
    return {row.name: row for row in map(window.model.photo_at, range(window.model.rowCount()))}


def labels(window: MainWindow) -> dict[int, int]:
    """The label that each photo shows."""
    return {row.photo_id: row.label for row in rows(window).values()}


def choose_row(window: MainWindow, row: int) -> int:
    """Choose one photo and give the gallery the keyboard; returns its id."""
    window.photos.go_to_row(row)
    window.photos.focus_grid()
    return window.model.photo_at(row).photo_id


def drop(target: QWidget, mime: QMimeData, place: QPoint) -> None:
    """Let something that is dragged go over a widget."""
    actions, buttons, keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    target.dragEnterEvent(QDragEnterEvent(place, actions, mime, buttons, keys))
    target.dropEvent(QDropEvent(QPointF(place), actions, mime, buttons, keys))


def files(*paths: Path) -> QMimeData:
    """A drag of files and folders, as a file manager offers it."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def below_the_cards(window: MainWindow) -> QPoint:
    """Where a drop makes a new class."""
    return QPoint(window.classes.width() // 2, window.classes.height() - 30)


def answer_save(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    """Let the next file dialogs that ask where to save answer at once."""
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args, **_options: (str(path), ""))


def answer_folder(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    """Let the next file dialogs that ask for a folder answer at once."""
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_args, **_options: str(path))


def answer_open(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    """Let the next file dialogs that ask for a file answer at once."""
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args, **_options: (str(path), ""))


def export_page(window: MainWindow, title: str) -> tuple[ExportDialog, ExportPage]:
    """Open the export dialog and turn to a page."""
    window.actions_table["export"].trigger()
    dialog = next(one for one in window.findChildren(ExportDialog) if one.isVisible())
    dialog.show_page(title)
    return dialog, dialog.page


def answer_question(monkeypatch: pytest.MonkeyPatch, button: str) -> list[str]:
    """Let questions be answered with this button; returns a list to which their texts are added."""
    asked: list[str] = []

    def answer(box: QMessageBox) -> int:
        asked.append(box.text())
        next(one for one in box.buttons() if one.text().replace("&", "") == button).click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", answer)
    return asked


def error_of(window: MainWindow) -> str:
    """The sentence on what went wrong, or nothing."""
    return window.task_bar.error


def button_of(part: QWidget, text: str) -> QPushButton:
    """The button in ``part`` with this caption."""
    return next(one for one in part.findChildren(QPushButton) if one.text() == text)
