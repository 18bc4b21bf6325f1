"""The main job in the window: from an empty project to a table, with a correction on the way."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from fewshot_gui.ui.main_window import MainWindow
from fewshot_gui.ui.models.photo_row import PhotoRow
from fewshot_gui.workflows.sample import SampleFiles
from tests.e2e.conftest import Running
from tests.e2e.driving import export_page

_SPECIES = ("Beech", "Maple", "Oak")


def _drop(target: QWidget, paths: list[Path], place: QPoint) -> None:
    """Drop files on a widget as a file manager does."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    actions, buttons, keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    target.dragEnterEvent(QDragEnterEvent(place, actions, mime, buttons, keys))
    target.dropEvent(QDropEvent(QPointF(place), actions, mime, buttons, keys))


def _answer(monkeypatch: pytest.MonkeyPatch, dialog: str, path: Path) -> None:
    """Let a file dialog answer at once."""
    monkeypatch.setattr(QFileDialog, dialog, lambda *_args, **_options: (str(path), ""))


def _settle(window: MainWindow, qtbot: QtBot) -> None:
    """Wait until nothing is being computed any more."""

    def settled() -> None:
        assert not window.session.busy
        assert not window.runner.busy

    qtbot.waitUntil(settled, timeout=60_000)


def _rows(window: MainWindow) -> dict[str, PhotoRow]:
    return {row.name: row for row in map(window.model.photo_at, range(window.model.rowCount()))}


def _table(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_from_an_empty_project_to_a_table(
    program: Running, leaves: SampleFiles, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = program.start()
    project_file = tmp_path / "Leaves.fewshot"

    # A new project, its classes dropped as folders, then the photos.
    _answer(monkeypatch, "getSaveFileName", project_file)
    with qtbot.waitSignal(window.session.opened, timeout=10_000):
        window.actions_table["new"].trigger()
    area = QPoint(window.classes.width() // 2, window.classes.height() - 30)
    _drop(window.classes, [leaves.folder / "examples" / name for name in _SPECIES], area)
    _settle(window, qtbot)
    project = window.session.project
    assert project is not None
    assert [record.name for record in project.classes] == list(_SPECIES)
    assert len(project.examples) == 3 * 4
    _drop(window.photos, [leaves.folder / "photos"], QPoint(50, 50))
    _settle(window, qtbot)

    # Every photo is labelled, and better than by chance.
    rows = _rows(window)
    assert len(rows) == len(leaves.photos)
    truth = {row["photo"]: row["label"] for row in _table(leaves.answers)}
    known = [row for row in rows.values() if truth[row.name] in _SPECIES]
    right = [row for row in known if row.style is not None and row.style.name == truth[row.name]]
    assert len(right) >= 0.6 * len(known)
    assert all(0 < row.confidence <= 1 for row in rows.values())

    # Correct one: it is decided, teaches the others, and the bar says what changed.
    hornbeam = next(row for row in rows.values() if truth[row.name] == "Hornbeam")
    before = {row.photo_id: (row.machine_label, row.confidence) for row in rows.values()}
    window.photos.grid.select_photos([hornbeam.photo_id])
    window.photos.grid.setFocus()
    beech = project.classes[0]
    qtbot.keyClick(window.photos.grid, Qt.Key.Key_1)
    _settle(window, qtbot)
    assert project.decisions[hornbeam.photo_id].class_id == beech.id
    after = {row.photo_id: (row.machine_label, row.confidence) for row in _rows(window).values()}
    assert sum(after[one] != before[one] for one in before) > len(before) // 2
    corrected = window.model.photo(hornbeam.photo_id)
    assert corrected is not None
    assert corrected.decided

    # Undo and redo it.
    window.actions_table["undo"].trigger()
    _settle(window, qtbot)
    assert not project.decisions
    again = {row.photo_id: (row.machine_label, row.confidence) for row in _rows(window).values()}
    assert again == before
    window.actions_table["redo"].trigger()
    _settle(window, qtbot)
    assert hornbeam.photo_id in project.decisions
    program.quit()

    # Another day: open it again, and everything is there.
    window = program.start()
    window.open_path(project_file)
    qtbot.waitUntil(lambda: window.session.project is not None, timeout=10_000)
    _settle(window, qtbot)
    row = window.model.photo(hornbeam.photo_id)
    assert row is not None
    assert row.decided
    assert row.style is not None
    assert row.style.name == "Beech"
    assert {row.photo_id: row.machine_label for row in _rows(window).values()} == {
        photo_id: label for photo_id, (label, _) in after.items()
    }

    # Leave with a table that says what the window shows.
    table_file = tmp_path / "labels.csv"
    _answer(monkeypatch, "getSaveFileName", table_file)
    export_page(window, "CSV table")[0].export.click()
    _settle(window, qtbot)
    table = {Path(row["photo"]).name: row for row in _table(table_file)}
    assert set(table) == {path.name for path in leaves.photos}
    assert table[hornbeam.name]["label"] == "Beech"
    assert table[hornbeam.name]["method"] == "person"
    assert all(row["label"] in {*_SPECIES, "None of these"} for row in table.values())
