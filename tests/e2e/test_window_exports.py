"""Everything that leaves the program, sent out through the window and read back by others."""

from __future__ import annotations

import csv
import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime
import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from fewshot_gui.cli import run
from fewshot_gui.exporting import NONE_OF_THESE_LABEL
from fewshot_gui.imaging import read_photo
from fewshot_gui.ui.export.copies_page import CopiesPage
from fewshot_gui.ui.export.keywords_page import KeywordsPage
from fewshot_gui.ui.export.model_page import ModelPage
from fewshot_gui.ui.export.plan_dialog import PlanDialog
from fewshot_gui.ui.export.report_dialog import ReportDialog
from fewshot_gui.ui.export.table_pages import CamtrapPage
from fewshot_gui.ui.main_window import MainWindow
from fewshot_gui.workflows.sample import SampleFiles
from tests.e2e.conftest import Running
from tests.e2e.driving import (
    answer_folder,
    answer_save,
    button_of,
    choose_row,
    error_of,
    export_page,
    open_new,
    rows,
    settle,
    teach,
)

MODEL = "Model that labels elsewhere"
COPIES = "Copies in class folders"
KEYWORDS = "Keywords beside the photos"


def _shown(window: MainWindow) -> dict[str, str]:
    """The label that each photo shows, by file name, in the words of tables."""
    return {name: NONE_OF_THESE_LABEL if row.is_none else row.label_text for name, row in rows(window).items()}


def _content(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _report(window: MainWindow) -> str:
    """Everything that the report says, which is closed then."""
    (dialog,) = (one for one in window.findChildren(ReportDialog) if one.isVisible())
    said = "\n".join(label.text() for label in dialog.findChildren(QLabel))
    dialog.close()
    return said


def _export(window: MainWindow, title: str, qtbot: QtBot) -> None:
    export_page(window, title)[0].export.click()
    settle(window, qtbot)
    assert error_of(window) == ""


def _workbook(path: Path) -> dict[str, str]:
    sheet = openpyxl.load_workbook(path).worksheets[0]
    header, *lines = sheet.iter_rows(values_only=True)
    return {Path(str(line[header.index("photo")])).name: str(line[header.index("label")]) for line in lines}


def _comma_table(path: Path) -> dict[str, str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {Path(row["photo"]).name: row["label"] for row in csv.DictReader(file)}


def _json_table(path: Path) -> dict[str, str]:
    document = json.loads(path.read_text(encoding="utf-8"))
    return {Path(photo["photo"]).name: photo["label"] for photo in document["photos"]}


def _coco(path: Path) -> dict[str, str]:
    document = json.loads(path.read_text(encoding="utf-8"))
    names = {image["id"]: Path(image["file_name"]).name for image in document["images"]}
    categories = {category["id"]: category["name"] for category in document["categories"]}
    return {names[one["image_id"]]: categories[one["category_id"]] for one in document["annotations"]}


@pytest.mark.parametrize(
    ("title", "name", "read"),
    [
        ("Excel workbook", "labels.xlsx", _workbook),
        ("CSV table", "labels.csv", _comma_table),
        ("JSON", "labels.json", _json_table),
    ],
)
def test_a_table_says_what_the_window_shows(
    labelled: MainWindow,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    title: str,
    name: str,
    read: Callable[[Path], dict[str, str]],
) -> None:
    choose_row(labelled, 0)
    labelled.deciding.none_of_these()
    settle(labelled, qtbot)
    answer_save(monkeypatch, tmp_path / Path(name).stem)  # the ending is added
    _export(labelled, title, qtbot)
    assert read(tmp_path / name) == _shown(labelled)
    assert labelled.task_bar.change == f"“{name}” holds 22 photos now."


def test_the_window_exports_the_table_that_the_command_does(
    labelled: MainWindow, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_save(monkeypatch, tmp_path / "window.csv")
    _export(labelled, "CSV table", qtbot)
    labelled.actions_table["close"].trigger()
    settle(labelled, qtbot)
    assert run(["export", str(tmp_path / "Leaves.fewshot"), "--table", str(tmp_path / "command.csv")]) == 0
    by_window, by_command = (
        (tmp_path / name).read_text(encoding="utf-8-sig") for name in ("window.csv", "command.csv")
    )
    assert by_window == by_command


def test_formats_for_archives_and_training(
    labelled: MainWindow, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_classes = {name: label for name, label in _shown(labelled).items() if label != NONE_OF_THESE_LABEL}
    answer_save(monkeypatch, tmp_path / "coco.json")
    _export(labelled, "COCO annotations", qtbot)
    assert _coco(tmp_path / "coco.json").items() >= of_classes.items()

    answer_save(monkeypatch, tmp_path / "occurrences.csv")
    _export(labelled, "Darwin Core occurrences", qtbot)
    assert "“occurrences.csv” holds" in _report(labelled)
    with (tmp_path / "occurrences.csv").open(encoding="utf-8", newline="") as file:
        occurrences = list(csv.DictReader(file))
    assert sorted(row["scientificName"] for row in occurrences) == sorted(of_classes.values())
    assert {row["basisOfRecord"] for row in occurrences} == {"MachineObservation"}


def test_a_table_for_training_goes_into_the_folder_of_the_photos(
    program: Running, leaves: SampleFiles, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, photos = _own_photos(program, leaves, tmp_path, qtbot)
    before = _content(photos)
    asked: list[str] = []

    def answer(_parent: object, _question: str, start: str) -> str:
        asked.append(start)
        return start

    monkeypatch.setattr("fewshot_gui.ui.export.export_targets.QFileDialog.getExistingDirectory", answer)
    _export(window, "Hugging Face image folder", qtbot)
    assert asked == [str(photos)], "the folder that the project labels is proposed"
    with (photos / "metadata.csv").open(encoding="utf-8", newline="") as file:
        assert {row["file_name"] for row in csv.DictReader(file)} == set(_shown(window))
    assert before.items() <= _content(photos).items()


def test_a_camera_trap_package_asks_for_what_the_photos_do_not_tell(
    labelled: MainWindow,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    answer_save(monkeypatch, tmp_path / "survey.zip")
    dialog, page = export_page(labelled, "Camtrap DP")
    assert isinstance(page, CamtrapPage)
    assert not dialog.export.isEnabled()
    assert dialog.why_not == "Say who makes the package."
    page.contributor.setText("Ada Lovelace")
    dialog.export.click()
    settle(labelled, qtbot)
    assert "where each camera stood" in error_of(labelled)
    assert not (tmp_path / "survey.zip").exists()

    dialog, page = export_page(labelled, "Camtrap DP")
    assert isinstance(page, CamtrapPage)
    assert page.contributor.text() == "Ada Lovelace", "what was filled in is still there"
    page.latitude.setText("48.2082")
    page.longitude.setText("16.3738")
    labelled.task_bar._error_since -= 10
    dialog.export.click()
    settle(labelled, qtbot)
    assert error_of(labelled) == "", "the old error is gone"
    assert "“survey.zip” holds 22 photos now." in _report(labelled)
    with zipfile.ZipFile(tmp_path / "survey.zip") as package:
        tables = {name: len(package.read(name).splitlines()) - 1 for name in package.namelist() if name.endswith("csv")}
        assert json.loads(package.read("datapackage.json"))["contributors"][0]["title"] == "Ada Lovelace"
    assert tables == {"deployments.csv": 1, "media.csv": 22, "observations.csv": 22}


def test_the_model_gives_the_labels_of_the_window(
    labelled: MainWindow, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = labelled.session.source
    assert source is not None
    answer_save(monkeypatch, tmp_path / "leaves.onnx")
    dialog, page = export_page(labelled, MODEL)
    assert isinstance(page, ModelPage)
    assert page.wish.carry_examples
    dialog.export.click()
    settle(labelled, qtbot)
    assert error_of(labelled) == ""
    said = _report(labelled)
    assert "it labelled 34 photos of yours" in said
    assert "Same label as here\nall 34 photos\nConfidence\nthe same" in said
    assert "leaves.predict.py: labels photos with it, in Python" in said
    names = (tmp_path / "leaves.labels.txt").read_text(encoding="utf-8").splitlines()
    session = onnxruntime.InferenceSession(tmp_path / "leaves.onnx", providers=["CPUExecutionProvider"])
    styles = {style.id: style.name for style in labelled.model.classes}
    for row in rows(labelled).values():
        photo = read_photo(row.path, short_side=source.spec.preprocess.read_short_side)
        (place,), (probabilities,) = session.run(["label", "probabilities"], {"image": photo[np.newaxis]})
        assert names[place] == styles[row.machine_label]
        if not row.stranger:
            assert probabilities[place] == pytest.approx(row.confidence, abs=0.02)


def test_copies_are_shown_before_they_are_made_and_made_only_once(
    labelled: MainWindow, leaves: SampleFiles, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    originals = _content(leaves.folder / "photos")
    target = tmp_path / "sorted"
    target.mkdir()
    answer_folder(monkeypatch, target)
    dialog, page = export_page(labelled, COPIES)
    assert isinstance(page, CopiesPage)
    page.with_none.setChecked(True)
    page.with_keywords.setChecked(True)
    dialog.export.click()
    plan = _plan(labelled, qtbot)
    assert plan.begin.text() == "Copy 22 photos"
    assert _content(target) == {}, "nothing is written before the person agrees"
    plan.begin.click()
    settle(labelled, qtbot)
    assert "copies.csv" in _report(labelled)
    made = _content(target)
    assert {name.split("/")[1]: name.split("/")[0] for name in made if "/" in name} == _shown(labelled)
    assert labelled.preferences.last_folder == target

    export_page(labelled, COPIES)[0].export.click()
    plan = _plan(labelled, qtbot)
    said = " ".join(label.text() for label in plan.findChildren(QLabel))
    assert f"Nothing is missing in “{target}”; 22 there already." in said
    assert not plan.begin.isVisible()
    button_of(plan, "Close").click()
    assert _content(target) == made
    assert _content(leaves.folder / "photos") == originals


def test_keywords_are_written_and_taken_back_and_photos_stay_as_they_are(
    program: Running, leaves: SampleFiles, tmp_path: Path, qtbot: QtBot
) -> None:
    window, photos = _own_photos(program, leaves, tmp_path, qtbot)
    before = _content(photos)
    of_classes = sum(label != NONE_OF_THESE_LABEL for label in _shown(window).values())
    _export(window, KEYWORDS, qtbot)
    assert window.task_bar.change.startswith(f"Keywords were written beside {of_classes} photos")
    written = _content(photos)
    assert before.items() < written.items()
    assert len(written) == len(before) + of_classes

    _export(window, KEYWORDS, qtbot)
    assert _content(photos) == written, "labels that did not change are not written again"

    dialog, page = export_page(window, KEYWORDS)
    assert isinstance(page, KeywordsPage)
    page.what.chosen.emit("remove")
    assert dialog.export.text() == "Remove keywords"
    dialog.export.click()
    settle(window, qtbot)
    assert window.task_bar.change.startswith(f"Keywords were removed beside {of_classes} photos")
    assert _content(photos) == before


def test_the_cancel_button_stops_an_export_without_a_trace(
    labelled: MainWindow, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_save(monkeypatch, tmp_path / "out" / "leaves.onnx")
    dialog, page = export_page(labelled, MODEL)
    assert isinstance(page, ModelPage)
    page.int8.setChecked(True)
    dialog.export.click()
    qtbot.waitUntil(lambda: labelled.task_bar._title.text() == "Exporting the model", timeout=30_000)
    button_of(labelled.task_bar, "Cancel").click()
    settle(labelled, qtbot)
    assert [one for one in labelled.findChildren(ReportDialog) if one.isVisible()] == []
    assert error_of(labelled) == ""
    assert _content(tmp_path / "out") == {}


def test_who_thinks_better_of_it_is_back_in_the_dialog(
    labelled: MainWindow, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fewshot_gui.ui.export.export_targets.QFileDialog.getSaveFileName", lambda *_args: ("", ""))
    dialog, _ = export_page(labelled, "JSON")
    dialog.export.click()
    assert dialog.isVisible()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert export_page(labelled, dialog.page.title)[0] is dialog
    open_new(labelled, tmp_path / "Another.fewshot")
    assert not any(one.isVisible() for one in labelled.findChildren(type(dialog))), "it was about the other project"


def test_without_photos_examples_or_labels_the_pages_say_so(
    program: Running, leaves: SampleFiles, tmp_path: Path, qtbot: QtBot
) -> None:
    window = program.start()
    open_new(window, tmp_path / "Empty.fewshot")
    dialog, _ = export_page(window, "Excel workbook")
    assert (dialog.about, dialog.why_not) == (
        "No photos",
        "Add a folder of photos first; there is nothing to export yet.",
    )
    dialog.show_page(MODEL)
    assert dialog.why_not == "Give at least two classes an example photo each; then there is a model to export."
    window.session.add_folders([leaves.folder / "photos"])
    settle(window, qtbot)
    dialog.show_page("Excel workbook")
    assert dialog.about == "22 photos, 0 labelled, none decided by you"
    assert dialog.why_not == "No photo has a label yet: give at least two classes an example photo each."
    assert not dialog.export.isEnabled()
    dialog.close()


def _own_photos(program: Running, leaves: SampleFiles, tmp_path: Path, qtbot: QtBot) -> tuple[MainWindow, Path]:
    """The window with photos that files may be put beside."""
    photos = tmp_path / "photos"
    photos.mkdir()
    for path in leaves.photos:
        (photos / path.name).write_bytes(path.read_bytes())
    window = program.start()
    open_new(window, tmp_path / "Leaves.fewshot")
    teach(window, leaves)
    window.session.add_folders([photos])
    settle(window, qtbot)
    return window, photos


def _plan(window: MainWindow, qtbot: QtBot) -> PlanDialog:
    qtbot.waitUntil(lambda: any(one.isVisible() for one in window.findChildren(PlanDialog)), timeout=30_000)
    return next(one for one in window.findChildren(PlanDialog) if one.isVisible())
