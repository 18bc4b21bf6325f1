"""Choosing a method in the window: one edit, which adapts again and can be taken back; starting points; the reason."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from fewshot_gui.encoders import DEFAULT_ENCODER, encoder_spec
from fewshot_gui.learners import NetworkSpec, StartingPoint, learner_specs
from fewshot_gui.learners.starting_point_file import write_starting_point
from fewshot_gui.ui.lab.lab_window import LabPage
from fewshot_gui.ui.main_window import MainWindow
from fewshot_gui.ui.method_list import ADD_STARTING_POINT
from fewshot_gui.ui.models.photo_columns import UNLABELLED
from fewshot_gui.ui.widgets.choice_box import Choice, ChoiceBox
from tests.e2e.driving import answer_question, answer_save, error_of, labels, settle


def choices(window: MainWindow) -> dict[str, Choice]:
    """What the list of methods offers, by id."""
    box = method_box(window)
    return {box.itemData(row).id: box.itemData(row) for row in range(box.count())}


def method_box(window: MainWindow) -> ChoiceBox:
    return next(box for box in window.header.findChildren(ChoiceBox) if box.accessibleName().startswith("Method"))


def method_in_use(window: MainWindow) -> str:
    outcome = window.session.outcome
    return outcome.adapted.method if outcome is not None else ""


@pytest.fixture
def point_file(tmp_path: Path) -> Path:
    """A starting point for maml on the default encoder, as someone else would hand it over."""
    return write_point(tmp_path / "Leaves of Europe.safetensors", DEFAULT_ENCODER)


def write_point(path: Path, encoder: str) -> Path:
    from fewshot_gui.learners.episodic.catalogue import episodic_method

    network = NetworkSpec("adapter", encoder_spec(encoder).dimension, 16)
    method = episodic_method("maml", network, seed=1)
    arrays = {name: np.asarray(tensor.detach().numpy()) for name, tensor in method.state_dict().items()}
    facts = {"evaluation": "71.0 ± 0.8 % on 300 tasks of unseen classes; frozen prototypes 66.0 ± 0.9 %"}
    write_starting_point(StartingPoint("maml", path.stem, encoder, network, True, arrays, facts), path)
    return path


def add(window: MainWindow, path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args, **_options: (str(path), ""))
    window.header.method_chosen.emit(ADD_STARTING_POINT)
    settle(window, qtbot)


def test_every_method_is_offered_with_when_it_pays(labelled: MainWindow) -> None:
    offered = choices(labelled)
    assert {spec.name for spec in learner_specs()} <= set(offered)
    assert all(choice.help and choice.group for choice in offered.values())
    assert "More" not in {offered[spec.name].group for spec in learner_specs()}
    assert next(iter(offered)) == "auto"
    assert list(offered)[-1] == ADD_STARTING_POINT
    groups = [choice.group for choice in offered.values()]
    assert groups == sorted(groups, key=list(dict.fromkeys(groups)).index), "a group stands together"


@pytest.mark.parametrize("method", ["ridge", "matching", "maml"])
def test_another_method_is_one_edit_that_undo_takes_back(labelled: MainWindow, qtbot: QtBot, method: str) -> None:
    before, used = labels(labelled), method_in_use(labelled)
    labelled.header.method_chosen.emit(method)
    settle(labelled, qtbot)
    assert method_in_use(labelled) == method
    assert UNLABELLED not in labels(labelled).values()
    outcome = labelled.session.outcome
    assert outcome is not None
    assert labelled.task_bar.change
    assert outcome.adapted.reason in method_box(labelled).toolTip().replace("&#x27;", "'")
    labelled.actions_table["undo"].trigger()
    settle(labelled, qtbot)
    assert method_in_use(labelled) == used
    assert labels(labelled) == before


def test_a_starting_point_is_added_used_and_removed(
    labelled: MainWindow, point_file: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(labelled, point_file, qtbot, monkeypatch)
    (reference,) = (point.reference for point in labelled.points.points if not point.is_shipped)
    assert choices(labelled)[reference].title == "MAML · Leaves of Europe"
    assert "71.0" in choices(labelled)[reference].help
    labelled.header.method_chosen.emit(reference)
    settle(labelled, qtbot)
    assert method_in_use(labelled) == "maml"
    assert method_box(labelled).shown_text == "MAML · Leaves of Europe"
    assert UNLABELLED not in labels(labelled).values()
    page = labelled.lab.open_at(LabPage.POINTS).points
    page.choose(reference.partition(":")[2])
    assert page.current is not None
    assert not page.current.why_not
    asked = answer_question(monkeypatch, "Remove")
    page.remove.click()
    assert "Leaves of Europe" in asked[0]
    assert reference not in {point.reference for point in labelled.points.points}
    assert "not on this computer" in method_box(labelled).shown_text


def test_a_starting_point_of_another_encoder_says_so(
    labelled: MainWindow, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(labelled, write_point(tmp_path / "Finer.safetensors", "efficientnet-lite0+lite2"), qtbot, monkeypatch)
    (reference,) = (point.reference for point in labelled.points.points if not point.is_shipped)
    choice = choices(labelled)[reference]
    assert "another encoder" in choice.why_not
    assert encoder_spec("efficientnet-lite0+lite2").title in choice.why_not
    row = [method_box(labelled).itemData(row).id for row in range(method_box(labelled).count())].index(choice.id)
    index = method_box(labelled).model().index(row, 0)
    assert not index.flags() & index.flags().ItemIsEnabled


def test_a_file_that_is_no_starting_point_is_said_in_one_sentence(
    labelled: MainWindow,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    (tmp_path / "holiday.safetensors").write_bytes(b"no arrays at all")
    add(labelled, tmp_path / "holiday.safetensors", qtbot, monkeypatch)
    assert "holiday.safetensors" in error_of(labelled)
    assert all(point.is_shipped for point in labelled.points.points)


def test_a_copy_of_a_starting_point_can_be_passed_on(
    labelled: MainWindow, point_file: Path, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(labelled, point_file, qtbot, monkeypatch)
    answer_save(monkeypatch, tmp_path / "for a friend")
    page = labelled.lab.open_at(LabPage.POINTS).points
    page.choose(next(point.id for point in labelled.points.points if not point.is_shipped))
    page.save.click()
    assert (tmp_path / "for a friend.safetensors").read_bytes() == point_file.read_bytes()
