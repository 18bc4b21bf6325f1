"""What is said before and after an export."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QPushButton, QTableView
from pytestqt.qtbot import QtBot

from fewshot_gui.exporting import LabelledPhoto, LabelSet, TableRow
from fewshot_gui.exporting.folders import PlannedCopy, SortingOptions, SortingOutcome, SortingPlan, Step
from fewshot_gui.exporting.model.card import Check
from fewshot_gui.exporting.model.verification import EXACT, ROUNDED, Verification
from fewshot_gui.exporting.sidecars import LeftSidecar, SidecarReport
from fewshot_gui.exporting.tables import Written
from fewshot_gui.ui.export.export_report import ExportReport
from fewshot_gui.ui.export.plan_dialog import PlanDialog
from fewshot_gui.ui.export.plan_words import PlanWords
from fewshot_gui.ui.export.report_dialog import ReportDialog
from fewshot_gui.ui.export.reports import keywords_report, model_report, sorting_report, table_report
from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.wording import NO_BREAK
from fewshot_gui.workflows.exporting_model import ModelExport

LONG = "A class name of no less than forty letters"


def _plan(tmp_path: Path, *steps: Step, hard_links: bool = False, free_bytes: int = 10**9) -> SortingPlan:
    copies = []
    for number, step in enumerate(steps):
        photo = LabelledPhoto(tmp_path / f"IMG_{number}.jpg", TableRow(f"IMG_{number}.jpg", LONG, 0.9))
        left_out = step is Step.LEAVE_OUT
        target = None if left_out else tmp_path / "out" / LONG / f"IMG_{number}.jpg"
        copies.append(PlannedCopy(photo, step, target, "it has no label" if left_out else "", 2_000_000))
    labels = LabelSet("Forest", (LONG,), tuple(copy.photo for copy in copies), (), datetime.now(UTC), "")
    options = SortingOptions(hard_links=hard_links)
    return SortingPlan(labels, tmp_path / "out", options, tuple(copies), free_bytes, notes=("A note.",))


@pytest.mark.parametrize(
    ("steps", "hard_links", "sentence", "room", "button"),
    [
        (
            (Step.COPY, Step.COPY, Step.LEAVE_OUT),
            False,
            "2 photos will be copied to “{out}”; 1 left out, for the reasons below.",
            "The copies take 4.0 MB; the disk has 1.0 GB left.",
            "Copy 2 photos",
        ),
        ((Step.LINK,), True, "1 photo will be linked to “{out}”.", "", "Link 1 photo"),
        (
            (Step.RENEW, Step.IN_PLACE),
            False,
            "Nothing is missing in “{out}”; 1 will get a new label; 1 there already.",
            "",
            "Renew 1 label",
        ),
        ((Step.IN_PLACE, Step.IN_PLACE), False, "Nothing is missing in “{out}”; 2 there already.", "", ""),
    ],
)
def test_a_plan_in_words(
    tmp_path: Path, steps: tuple[Step, ...], hard_links: bool, sentence: str, room: str, button: str
) -> None:
    words = PlanWords.of(_plan(tmp_path, *steps, hard_links=hard_links))
    assert (words.sentence, words.room, words.button) == (sentence.format(out=tmp_path / "out"), room, button)


def test_a_plan_lists_first_what_is_left_out(tmp_path: Path, qtbot: QtBot, theme: Theme) -> None:
    dialog = PlanDialog(PlanWords.of(_plan(tmp_path, Step.IN_PLACE, Step.COPY, Step.LEAVE_OUT)))
    qtbot.addWidget(dialog)
    model = dialog.findChild(QTableView).model()
    texts = [[model.index(row, column).data() for column in range(3)] for row in range(model.rowCount())]
    assert texts == [
        ["IMG_2.jpg", "Left out", "it has no label"],
        ["IMG_1.jpg", "Copy", str(Path(LONG, "IMG_1.jpg"))],
        ["IMG_0.jpg", "There already", str(Path(LONG, "IMG_0.jpg"))],
    ]
    with qtbot.waitSignal(dialog.agreed):
        dialog.begin.click()


def test_a_plan_that_does_not_fit_cannot_begin(tmp_path: Path, qtbot: QtBot, theme: Theme) -> None:
    words = PlanWords.of(_plan(tmp_path, Step.COPY, free_bytes=1000))
    dialog = PlanDialog(words)
    qtbot.addWidget(dialog)
    assert words.room == (
        "The copies need 2.0 MB and the disk has only 1.0 kB left: make room, or choose another disk."
    )
    assert not dialog.begin.isEnabled()


def _verification(agreeing: int, clear_agreeing: int, difference: float, photos: int = 200) -> Verification:
    return Verification(photos, agreeing, 180, clear_agreeing, difference, 0.001, 0.01, (), EXACT)


def _model(tmp_path: Path, *checks: Check, files: tuple[str, ...] = ("m.onnx", "m.card.md")) -> ExportReport:
    for name in files:
        (tmp_path / name).write_bytes(b"0" * 1_400_000)
    return model_report(ModelExport(tuple(tmp_path / name for name in files), checks))


def test_a_model_that_agrees_wholly_says_so_without_figures(tmp_path: Path) -> None:
    report = _model(tmp_path, Check("m.onnx", "", _verification(200, 180, 0.0003)))
    assert report.sentence == (
        "“m.onnx” labels photos without this program. Before it was saved, it labelled 200 photos of yours, and the "
        "answers were compared with those here."
    )
    assert report.facts == (
        ("Same label as here", "all 200 photos"),
        ("Confidence", "the same"),
        ("Files", "m.onnx: the model, 1.4 MB\nm.card.md: what it is, for those you give it to"),
    )
    assert report.notes == ()


def test_a_model_that_differs_is_never_said_to_agree_wholly(tmp_path: Path) -> None:
    report = _model(tmp_path, Check("m.onnx", "", _verification(9999, 180, 0.0123, photos=10_000)))
    assert report.facts[:2] == (
        ("Same label as here", f"9,999 of 10,000 photos (99{NO_BREAK}%)"),
        ("Confidence", f"at most 1.2{NO_BREAK}% higher or lower"),
    )
    assert report.notes == (
        "Other labels come only where two classes are all but equally likely, so that rounding decides.",
    )


def test_other_versions_of_a_model_have_lines_of_their_own(tmp_path: Path) -> None:
    report = _model(
        tmp_path,
        Check("m.onnx", "", _verification(200, 180, 0.0)),
        Check("m.onnx", "whole", _verification(30, 30, 0.0, photos=30)),
        Check("m.int8.onnx", "", Verification(200, 196, 180, 178, 0.084, 0.01, 0.01, (), ROUNDED)),
        files=("m.onnx", "m.int8.onnx", "m.mlpackage"),
    )
    assert report.facts[2:4] == (
        ("With photos in full size", "same label for all 30 photos, confidence the same"),
        (
            "The small version",
            f"same label for 196 of 200 photos (98{NO_BREAK}%), confidence at most 8.4{NO_BREAK}% higher or lower",
        ),
    )
    assert report.facts[4][1].splitlines()[1] == "m.int8.onnx: the small version, 1.4 MB"
    assert len(report.notes) == 1
    assert "Core ML" in report.notes[0]


def test_keywords_that_could_not_be_written_are_named(tmp_path: Path) -> None:
    left = tuple(
        LeftSidecar(tmp_path / f"{number}.jpg", tmp_path / f"{number}.jpg.xmp", "you may not change it")
        for number in range(7)
    )
    written = (tmp_path / "a.jpg.xmp",)
    report = keywords_report(tmp_path, SidecarReport(written, (), 3, (tmp_path / "a.bak",), left), removed=False)
    assert report.sentence == "Keywords were written beside 1 photo; 3 needed no change."
    assert report.notes[0] == "“0.jpg.xmp” was left as it is: you may not change it."
    assert report.notes[5:] == ("And 2 more.", "A copy (.bak) is kept of 1 file that another program had written.")
    nothing = keywords_report(tmp_path, SidecarReport((), (), 0, (), ()), removed=True)
    assert (nothing.sentence, nothing.is_short) == ("Keywords were removed beside 0 photos.", True)


def test_copies_that_failed_are_named(tmp_path: Path) -> None:
    outcome = SortingOutcome(
        copied=2, linked=0, renewed=0, in_place=0, left_out=0, failed=((tmp_path / "x.jpg", "it is gone"),), notes=(),
        log=tmp_path / "out" / "copies.csv",
    )  # fmt: skip
    report = sorting_report(_plan(tmp_path, Step.COPY), outcome)
    assert report.notes == ("“x.jpg” could not be copied: it is gone.",)
    assert ("List of all copies", "copies.csv") in report.facts


def test_a_short_report_needs_no_dialog(tmp_path: Path) -> None:
    assert table_report(tmp_path / "t.csv", Written(1)).is_short
    assert not table_report(tmp_path / "t.csv", Written(1, ("2 photos are left out.",))).is_short


def test_a_report_is_shown_whole_and_closed_by_enter(tmp_path: Path, qtbot: QtBot, theme: Theme) -> None:
    facts = (("Same label for photos handed over", "all 200 photos"), ("Files", f"{LONG} {LONG}\nanother"))
    dialog = ReportDialog(ExportReport("Done", f"{LONG}. " * 4, tmp_path, facts, ("A note. " * 20,)))
    qtbot.addWidget(dialog)
    dialog.show()
    for label in dialog.findChildren(QLabel):
        assert label.height() >= label.heightForWidth(label.width()), label.text()
    focused = dialog.focusWidget()
    assert isinstance(focused, QPushButton)
    assert focused.text() == "Close"


def test_without_a_folder_there_is_none_to_show(qtbot: QtBot, theme: Theme) -> None:
    dialog = ReportDialog(ExportReport("Done", "All is well."))
    qtbot.addWidget(dialog)
    dialog.show()
    assert [button.text() for button in dialog.findChildren(QPushButton) if button.isVisible()] == ["Close"]
