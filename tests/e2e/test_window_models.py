"""A new project from a model, this program's or another's, through the window."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from fewshot_gui.ui.export.report_dialog import ReportDialog
from fewshot_gui.ui.from_model.model_dialog import ModelDialog
from fewshot_gui.ui.main_window import MainWindow
from fewshot_gui.workflows.sample import SampleFiles
from tests.e2e.conftest import Running
from tests.e2e.driving import (
    answer_folder,
    answer_open,
    answer_question,
    answer_save,
    drop,
    error_of,
    export_page,
    files,
    rows,
    settle,
)
from tests.unit.exporting.tiny_models import Tiny

COLOURS = {"red": (250, 5, 5), "green": (5, 250, 5), "blue": (5, 5, 250)}
KEEN = Tiny(("n", 8, 8, 3), gain=12.0)
"""Sure of every plain colour."""


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    """Three photos of each of three colours."""
    folder = tmp_path / "plain"
    folder.mkdir()
    for name, colour in COLOURS.items():
        for number in range(3):
            shade = tuple(min(255, level + 20 * number) for level in colour)
            Image.new("RGB", (40, 30), shade).save(folder / f"{name} {number}.png")
    return folder


def _dialog(window: MainWindow, qtbot: QtBot) -> ModelDialog:
    qtbot.waitUntil(lambda: bool(window.findChildren(ModelDialog)), timeout=30_000)
    return window.findChildren(ModelDialog)[-1]


def _words(dialog: ModelDialog | ReportDialog) -> str:
    return "\n".join(label.text() for label in dialog.findChildren(QLabel))


def _create(dialog: ModelDialog, window: MainWindow, qtbot: QtBot) -> str:
    """Make the project and wait until it is labelled; returns what the report says."""
    with qtbot.waitSignal(window.session.opened, timeout=60_000):
        dialog.create_project.click()
    settle(window, qtbot)
    assert error_of(window) == ""
    (report,) = (one for one in window.findChildren(ReportDialog) if one.isVisible())
    said = _words(report)
    report.close()
    return said


def test_a_model_of_this_program_labels_as_it_did(
    labelled: MainWindow, leaves: SampleFiles, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {name: (row.label_text, row.confidence) for name, row in rows(labelled).items()}
    answer_save(monkeypatch, tmp_path / "leaves.onnx")
    export_page(labelled, "Model that labels elsewhere")[0].export.click()
    settle(labelled, qtbot)
    next(one for one in labelled.findChildren(ReportDialog) if one.isVisible()).close()

    answer_open(monkeypatch, tmp_path / "leaves.onnx")
    labelled.actions_table["from_model"].trigger()
    dialog = _dialog(labelled, qtbot)
    assert dialog.choices is None, "it prepares photos itself"
    assert "A model that this program exported.\nClasses\n3: Beech, Maple, Oak" in _words(dialog)
    answer_folder(monkeypatch, leaves.folder / "photos")
    dialog.browse.click()
    answer_save(monkeypatch, tmp_path / "Again.fewshot")
    assert "brings 12 examples of 3 classes" in _create(dialog, labelled, qtbot)
    project = labelled.session.project
    assert project is not None
    assert project.path == tmp_path / "Again.fewshot"
    assert [record.name for record in project.classes] == ["Beech", "Maple", "Oak"]
    after = {name: (row.label_text, row.confidence) for name, row in rows(labelled).items()}
    assert {name: label for name, (label, _) in after.items()} == {name: label for name, (label, _) in before.items()}
    for name, (_, confidence) in after.items():
        assert confidence == pytest.approx(before[name][1], abs=0.02)


def test_somebody_elses_model_is_shown_and_finds_its_examples(
    program: Running, plain: Path, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = program.start()
    KEEN.save(tmp_path / "lobe" / "model.onnx")
    signature = {
        "doc_name": "Colours",
        "filename": "model.onnx",
        "inputs": {"Image": {"dtype": "float32", "shape": [None, 8, 8, 3]}},
        "classes": {"Label": list(COLOURS)},
    }
    (tmp_path / "lobe" / "signature.json").write_text(json.dumps(signature), encoding="utf-8")
    answer_open(monkeypatch, tmp_path / "lobe" / "signature.json")
    window.actions_table["from_model"].trigger()
    dialog = _dialog(window, qtbot)
    said = _words(dialog)
    assert "A model made with Lobe." in said
    assert "3: red, green, blue" in said
    assert "Shrunk to 8 x 8 pixels" in said
    assert dialog.choices is not None
    assert dialog.choices.pixels.shown_text == "0 to 1"
    assert dialog.wish.input is None
    answer_folder(monkeypatch, plain)
    dialog.browse.click()
    answer_save(monkeypatch, tmp_path / "Colours.fewshot")
    assert "look through them" in _create(dialog, window, qtbot)
    assert {name: row.label_text for name, row in rows(window).items()} == {
        path.name: path.name.split()[0] for path in plain.iterdir()
    }


def test_another_order_of_colours_is_asked_for_and_kept_to(
    program: Running, plain: Path, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = program.start()
    KEEN.save(tmp_path / "colours.onnx")
    (tmp_path / "names.txt").write_text("\n".join(COLOURS), encoding="utf-8")
    asked = answer_question(monkeypatch, "Choose the label file…")
    answers = iter([tmp_path / "colours.onnx", tmp_path / "names.txt"])
    monkeypatch.setattr(
        "fewshot_gui.ui.from_model.model_flow.QFileDialog.getOpenFileName", lambda *_args: (str(next(answers)), "")
    )
    window.actions_table["from_model"].trigger()
    dialog = _dialog(window, qtbot)
    assert len(asked) == 1
    assert "does not say what its 3 classes are called" in asked[0]
    assert "A guess" in _words(dialog), "the person shall look at the labels"
    assert dialog.choices is not None
    dialog.choices.pixels.chosen.emit("0 to 1")
    dialog.choices.order.chosen.emit("bgr")
    answer_folder(monkeypatch, plain)
    dialog.browse.click()
    answer_save(monkeypatch, tmp_path / "Turned.fewshot")
    _create(dialog, window, qtbot)
    turned = {"red": "blue", "green": "green", "blue": "red"}
    assert {name: row.label_text for name, row in rows(window).items()} == {
        path.name: turned[path.name.split()[0]] for path in plain.iterdir()
    }


def test_a_model_that_is_dropped_on_the_start_page_is_opened(
    program: Running, tmp_path: Path, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    window = program.start()
    damaged = tmp_path / "damaged.onnx"
    damaged.write_bytes(b"nonsense")
    drop(window.start, files(damaged), QPoint(50, 50))
    qtbot.waitUntil(lambda: "damaged.onnx" in error_of(window), timeout=30_000)
    assert window.findChildren(ModelDialog) == []
    Tiny(
        ("n", 8, 8, 3), output_name="probabilities", metadata={"task": "classify", "names": "{0:'a',1:'b',2:'c'}"}
    ).save(tmp_path / "best.onnx")
    drop(window.start, files(tmp_path / "best.onnx"), QPoint(50, 50))
    dialog = _dialog(window, qtbot)
    assert "A model made with Ultralytics." in _words(dialog)
    dialog.close()
