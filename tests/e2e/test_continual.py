"""A project grows: classes and examples that come later leave the rest as it was, and nothing is looked at twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pytestqt.qtbot import QtBot

from fewshot_gui.encoders.encoder import Encoder
from fewshot_gui.project.class_edits import remove_class
from fewshot_gui.project.example_edits import add_examples, read_files, remove_examples
from fewshot_gui.project.project import Project
from fewshot_gui.ui.main_window import MainWindow
from fewshot_gui.ui.models.photo_row import PhotoRow
from fewshot_gui.workflows.sample import SampleFiles
from tests.e2e.driving import rows, settle, teach

LATER = "Plane"
SURE = 0.8


def answers(window: MainWindow) -> NDArray[np.float32]:
    """The probabilities of every photo, bit for bit."""
    outcome, project = window.session.outcome, window.session.project
    assert outcome is not None
    assert project is not None
    embeddings = [window.session.embedding_of(photo_id) for photo_id in sorted(project.photos)]
    return outcome.adapted.predict(np.stack([one for one in embeddings if one is not None])).probabilities


def project_of(window: MainWindow) -> Project:
    project = window.session.project
    assert project is not None
    return project


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many photos the encoder gets, call by call."""
    seen: list[int] = []
    embed = Encoder.embed

    def counting(self: Encoder, photos: Any) -> NDArray[np.float32]:
        seen.append(len(photos))
        return embed(self, photos)

    monkeypatch.setattr(Encoder, "embed", counting)
    return seen


def sure_ones(before: dict[str, PhotoRow]) -> list[str]:
    return [name for name, row in before.items() if (row.shown_confidence or 0) > SURE and not row.is_none]


def test_a_class_that_is_added_later_takes_only_what_it_explains(
    labelled: MainWindow, leaves: SampleFiles, qtbot: QtBot, looked_at: list[int]
) -> None:
    before = rows(labelled)
    sure = sure_ones(before)
    assert sure
    teach(labelled, leaves, (LATER,))
    settle(labelled, qtbot)
    after = rows(labelled)
    later = project_of(labelled).classes[-1].id
    assert [after[name].label for name in sure if after[name].label != later] == [
        before[name].label for name in sure if after[name].label != later
    ]
    taken = [name for name in before if after[name].machine_label == later]
    assert taken
    truth = {line.split(",")[0].removeprefix("photos/"): line for line in _answer_lines(leaves)}
    assert all(LATER in truth[name] for name in taken if name in sure)
    assert sum(looked_at) == len(leaves.examples[LATER]), "nothing but the new examples is looked at"


def test_a_class_that_came_and_went_leaves_every_answer_bit_for_bit(
    labelled: MainWindow, leaves: SampleFiles, qtbot: QtBot
) -> None:
    before = answers(labelled)
    teach(labelled, leaves, (LATER,))
    settle(labelled, qtbot)
    assert answers(labelled).shape[1] == before.shape[1] + 1
    labelled.session.apply(remove_class(project_of(labelled), project_of(labelled).classes[-1].id))
    settle(labelled, qtbot)
    np.testing.assert_array_equal(answers(labelled), before)


def test_an_example_that_is_added_is_answered_without_looking_at_the_photos_again(
    labelled: MainWindow, leaves: SampleFiles, qtbot: QtBot, looked_at: list[int]
) -> None:
    project = project_of(labelled)
    before, sure = answers(labelled), sure_ones(rows(labelled))
    labels = {name: rows(labelled)[name].label for name in sure}
    known = leaves.photos[0]
    added = add_examples(project, project.classes[0].id, read_files([known]).files)
    labelled.session.apply(added.edit)
    settle(labelled, qtbot)
    assert looked_at == [], "the photo was embedded already, and so was every other"
    kept = [name for name in sure if name != Path(known).name]
    assert [rows(labelled)[name].label for name in kept] == [labels[name] for name in kept]
    newest = max(project.examples)
    labelled.session.apply(remove_examples(project, [newest]))
    settle(labelled, qtbot)
    np.testing.assert_array_equal(answers(labelled), before)


def _answer_lines(leaves: SampleFiles) -> list[str]:
    return (leaves.folder / "answers.csv").read_text(encoding="utf-8-sig").splitlines()
