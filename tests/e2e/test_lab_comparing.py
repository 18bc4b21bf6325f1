"""Comparing methods in the learning lab, through the window, on drawn photos."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from fewshot_gui.ui.lab.evaluation_page import EvaluationPage
from fewshot_gui.ui.lab.lab_window import LabPage
from fewshot_gui.ui.main_window import MainWindow
from tests.e2e.conftest import Running
from tests.e2e.driving import answer_folder, answer_save, settle


@pytest.fixture
def window(program: Running) -> MainWindow:
    """The window with its start page: the lab needs no project."""
    return program.start()


@pytest.fixture
def page(window: MainWindow, herbarium: Path, monkeypatch: pytest.MonkeyPatch) -> EvaluationPage:
    """The page, set up for five small tasks."""
    page = window.lab.open_at(LabPage.COMPARE).comparing
    answer_folder(monkeypatch, herbarium)
    page.folders.add_requested.emit()
    page.shots.setText("1, 2")
    page.tasks.setValue(5)
    page.ways.setValue(3)
    return page


def table(page: EvaluationPage) -> list[list[str]]:
    """The cells of the results."""
    model = page.results_model
    columns = range(model.columnCount())
    return [[str(model.data(model.index(row, column))) for column in columns] for row in range(model.rowCount())]


def test_results_stream_in_beside_plain_prototypes(window: MainWindow, page: EvaluationPage, qtbot: QtBot) -> None:
    assert page.start.isEnabled()
    page.start.click()
    assert not page.start.isVisible()
    qtbot.waitUntil(lambda: len(table(page)) >= 1, timeout=240_000)
    settle(window, qtbot)
    rows = table(page)
    methods = ["Plain prototypes", "Auto", "Ridge", "LDA"]
    assert [row[:2] for row in rows] == [[name, shots] for shots in ("1", "2") for name in methods]
    assert rows[0][3] == "–"
    assert all("±" in row[2] and row[4].endswith("s") for row in rows)
    assert page.start.isVisible()
    assert page.export.isEnabled()


def test_results_are_exported_as_table_and_with_all_details(
    window: MainWindow, page: EvaluationPage, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.start.click()
    settle(window, qtbot)
    for name in ("comparison.csv", "comparison.json"):
        answer_save(monkeypatch, tmp_path / name)
        page.export.click()
    with (tmp_path / "comparison.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    details = json.loads((tmp_path / "comparison.json").read_text(encoding="utf-8"))
    assert [row["method"] for row in rows] == [row["method"] for row in details["results"]]
    assert [float(row["accuracy"]) for row in rows] == [row["accuracy"] for row in details["results"]]
    assert details["shots"] == [1, 2]
    assert "comparison.json" in window.task_bar.change


def test_a_folder_without_classes_is_said_in_one_sentence(
    window: MainWindow, page: EvaluationPage, qtbot: QtBot, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    page.folders.set_folders([tmp_path])
    page.start.click()
    settle(window, qtbot)
    assert page.error.sentence.endswith(".")
    assert "\n" not in page.error.sentence
    assert page.start.isEnabled()


def test_a_comparison_can_be_cancelled(window: MainWindow, page: EvaluationPage, qtbot: QtBot) -> None:
    page.tasks.setValue(5000)
    page.start.click()
    qtbot.waitUntil(lambda: window.runner.busy)
    page.cancel.click()
    settle(window, qtbot)
    assert page.start.isVisible()
    assert not page.error.sentence


def test_what_is_missing_is_said_before_it_starts(window: MainWindow) -> None:
    page = window.lab.open_at(LabPage.COMPARE).comparing
    assert not page.start.isEnabled()
    assert "folder" in page.missing
    page.folders.add(Path.home())
    page.shots.setText("1, many")
    assert "numbers" in page.missing
    page.shots.setText("5; 1 5")
    assert page.wish.shots == (1, 5)
    assert page.start.isEnabled()


def test_the_keyboard_alone_compares_methods(
    window: MainWindow, herbarium: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.activateWindow()
    qtbot.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    lab = window.lab.lab
    assert lab is not None
    qtbot.waitExposed(lab)
    lab.activateWindow()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_args, **_options: str(herbarium))
    page = lab.comparing
    page.tasks.setValue(2)
    page.ways.setValue(3)
    for _ in range(60):
        focused = lab.focusWidget()
        if isinstance(focused, QPushButton) and focused.text() == "Add a folder…" and not page.folders.folders:
            qtbot.keyClick(focused, Qt.Key.Key_Space)
        if focused is page.start:
            break
        qtbot.keyClick(focused or lab, Qt.Key.Key_Tab)
    assert lab.focusWidget() is page.start
    qtbot.keyClick(page.start, Qt.Key.Key_Space)
    settle(window, qtbot)
    assert table(page)
    qtbot.keyClick(lab, Qt.Key.Key_Escape)
    assert not lab.isVisible()
