"""A second opinion in the window: asked for, awaited beside the work, told in one sentence, and used."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from fewshot_gui.core.progress import Progress
from fewshot_gui.learners import adapt_held_out, learner
from fewshot_gui.learners.deep import SecondOpinion
from fewshot_gui.project.decision_edits import decide
from fewshot_gui.project.example_edits import add_class_with_examples, read_files
from fewshot_gui.ui import opinion_flow
from fewshot_gui.ui.main_window import MainWindow
from fewshot_gui.workflows.adapt_snapshot import METHOD_SETTING
from fewshot_gui.workflows.adapting import AdaptRequest
from fewshot_gui.workflows.embedding_source import EmbeddingSource
from fewshot_gui.workflows.sample import SampleFiles
from fewshot_gui.workflows.second_opinion import SecondOpinionOutcome, ask_second_opinion
from tests.e2e.conftest import Running
from tests.e2e.driving import SPECIES, button_of, labels, open_new, rows, settle


@pytest.fixture
def few(program: Running, leaves: SampleFiles, tmp_path: Path, qtbot: QtBot) -> MainWindow:
    """Three classes with two examples each: too few for a second opinion."""
    window = program.start()
    project = open_new(window, tmp_path / "Few.fewshot")
    for name in SPECIES:
        files = read_files(leaves.examples[name][:2]).files
        window.session.apply(add_class_with_examples(project, name, files).edit)
    window.session.add_folders([leaves.folder / "photos"])
    settle(window, qtbot)
    return window


class Oracle:
    """Answers in place of the real computation, when it is told to."""

    def __init__(self, window: MainWindow, share: float) -> None:
        self.may_answer = threading.Event()
        self._window = window
        self._share = share

    def __call__(self, _request: AdaptRequest, _source: EmbeddingSource, progress: Progress) -> SecondOpinionOutcome:
        for step in range(3000):
            progress.check()
            progress.report(step, 3000, "Adapting the encoder")
            if self.may_answer.wait(0.01):
                break
        outcome: Any = self._window.session.outcome
        quick = adapt_held_out(learner("prototypes"), outcome.support, ())
        opinion = SecondOpinion(
            quick.classifier,
            quick.held_out,
            share=self._share,
            quick_accuracy=0.81,
            deep_accuracy=0.84,
            joint_accuracy=0.93,
        )
        return SecondOpinionOutcome(outcome.adapted, outcome.support, outcome.origins, opinion, ())


@pytest.fixture(params=[0.6])
def oracle(labelled: MainWindow, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Oracle]:
    """Answers that deep earns this share."""
    oracle = Oracle(labelled, request.param)
    monkeypatch.setattr(opinion_flow, "ask_second_opinion", oracle)
    yield oracle
    oracle.may_answer.set()


def words(window: MainWindow) -> str:
    return window.opinion_strip.sentence.replace("\N{NO-BREAK SPACE}", " ")


def test_a_better_answer_is_told_with_both_expectations_and_can_be_used(
    labelled: MainWindow, oracle: Oracle, qtbot: QtBot
) -> None:
    project = labelled.session.project
    assert project is not None
    labelled.header.opinion_requested.emit()
    assert labelled.opinion_strip.isVisible()
    assert "about 40 seconds" in words(labelled)
    oracle.may_answer.set()
    settle(labelled, qtbot)
    assert "93 % right, the quick methods 81 %" in words(labelled)
    assert words(labelled).count("expected right instead of") == 1
    button_of(labelled.opinion_strip, "Use it").click()
    assert project.settings[METHOD_SETTING] == "deep"
    assert not labelled.opinion_strip.isVisible()
    labelled.actions_table["undo"].trigger()
    settle(labelled, qtbot)
    assert project.settings.get(METHOD_SETTING, "auto") == "auto"


@pytest.mark.parametrize("oracle", [0.0], indirect=True)
def test_an_answer_that_does_not_help_changes_nothing(labelled: MainWindow, oracle: Oracle, qtbot: QtBot) -> None:
    labelled.actions_table["opinion"].trigger()
    oracle.may_answer.set()
    settle(labelled, qtbot)
    assert "does not help here" in words(labelled)
    assert not button_of(labelled.opinion_strip, "Use it").isVisible()
    button_of(labelled.opinion_strip, "Close").click()
    assert not labelled.opinion_strip.isVisible()


def test_labelling_goes_on_meanwhile_and_an_answer_to_older_examples_is_not_given(
    labelled: MainWindow, oracle: Oracle, qtbot: QtBot
) -> None:
    project = labelled.session.project
    assert project is not None
    labelled.actions_table["opinion"].trigger()
    with qtbot.waitSignal(labelled.session.adapted, timeout=60_000):
        labelled.session.apply(decide(project, [next(iter(project.photos))], project.classes[0].id))
    assert "ask again" in words(labelled)
    oracle.may_answer.set()
    settle(labelled, qtbot)
    assert "ask again" in words(labelled)


def test_waiting_can_be_cancelled(labelled: MainWindow, oracle: Oracle, qtbot: QtBot) -> None:
    labelled.actions_table["opinion"].trigger()
    button_of(labelled.opinion_strip, "Cancel").click()
    settle(labelled, qtbot)
    assert not labelled.opinion_strip.isVisible()


def test_with_too_few_examples_it_says_so(few: MainWindow, qtbot: QtBot) -> None:
    few.actions_table["opinion"].trigger()
    settle(few, qtbot)
    assert "each class needs at least three" in words(few)
    assert not button_of(few.opinion_strip, "Use it").isVisible()


def test_where_deep_earns_nothing_it_labels_as_auto_does(few: MainWindow, qtbot: QtBot) -> None:
    before = labels(few)
    few.header.method_chosen.emit("deep")
    settle(few, qtbot)
    source = few.session.source
    assert source is not None
    assert source.spec.activations
    assert labels(few) == before
    few.photos.go_to_row(0)
    settle(few, qtbot)
    few.actions_table["opinion"].trigger()
    assert "in use already" in words(few)
    few.actions_table["undo"].trigger()
    settle(few, qtbot)
    assert few.session.source is not None
    assert not few.session.source.spec.activations
    assert labels(few) == before


@pytest.mark.slow
def test_the_real_computation_answers_and_labels(labelled: MainWindow, qtbot: QtBot) -> None:
    assert opinion_flow.ask_second_opinion is ask_second_opinion
    labelled.actions_table["opinion"].trigger()
    settle(labelled, qtbot)
    assert words(labelled).endswith(".")
    labelled.header.method_chosen.emit("deep")
    settle(labelled, qtbot)
    assert all(row.label_text for row in rows(labelled).values())
