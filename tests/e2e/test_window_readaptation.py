"""After a correction all photos are labelled anew, under the eyes of the person who is looking at them."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from fewshot_gui.project.decision_edits import decide
from fewshot_gui.ui import labeller
from fewshot_gui.ui.export.shown_labels import ShownLabels
from fewshot_gui.ui.labeller import LabelBatch
from fewshot_gui.ui.main_window import MainWindow
from fewshot_gui.ui.models.photo_filter import SortKey
from tests.e2e.driving import rows, settle


@pytest.fixture
def heard(labelled: MainWindow, monkeypatch: pytest.MonkeyPatch) -> list[LabelBatch]:
    """The labels that come from now on, two photos at a time as if the folder were large."""
    monkeypatch.setattr(labeller, "_SHOWN_AT_ONCE", 2)
    batches: list[LabelBatch] = []
    labelled.session.labelled.connect(batches.append)
    return batches


def correct(window: MainWindow, photo_id: int, class_number: int, qtbot: QtBot) -> None:
    project = window.session.project
    assert project is not None
    window.session.apply(decide(project, [photo_id], project.classes[class_number].id))
    settle(window, qtbot)


def test_the_gallery_keeps_its_place_its_selection_and_its_order(
    labelled: MainWindow, heard: list[LabelBatch], qtbot: QtBot
) -> None:
    labelled.resize(900, 500)
    grid = labelled.photos.grid
    bar = grid.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    order = labelled.model.ids_of(slice(None))
    grid.select_photos(order[-6:-2], order[-4])
    bar.setValue(bar.maximum() - 7)
    before = rows(labelled)
    correct(labelled, order[0], 0, qtbot)
    correct(labelled, order[1], 1, qtbot)
    assert len(heard) == 2 * -(-len(order) // 2)
    assert {name: row.confidence for name, row in rows(labelled).items()} != {
        name: row.confidence for name, row in before.items()
    }, "nothing was labelled anew"
    assert labelled.model.ids_of(slice(None)) == order
    assert (grid.selected_ids, grid.current_id) == (order[-6:-2], order[-4])
    assert bar.value() == bar.maximum() - 7


@pytest.mark.usefixtures("heard")
def test_what_is_exported_is_what_the_new_classifier_says_to_the_last_digit(labelled: MainWindow, qtbot: QtBot) -> None:
    correct(labelled, labelled.model.ids_of(slice(0, 1))[0], 2, qtbot)
    session = labelled.session
    assert session.project is not None
    assert session.outcome is not None
    photos = list(session.project.photos.values())
    embeddings = np.stack([session.embedding_of(photo.id) for photo in photos])  # type: ignore[misc] - all have one
    predictions = session.outcome.adapted.predict(embeddings)
    wanted = dict(zip((photo.path for photo in photos), predictions.ranked().first_confidence.tolist(), strict=True))
    shown = ShownLabels.taken_of(session, labelled.model)
    assert shown is not None
    undecided = [photo for photo in shown.labels().photos if photo.row.method != "person"]
    assert len(undecided) > len(photos) / 2
    for photo in undecided:
        if photo.row.confidence is not None:
            assert photo.row.confidence == pytest.approx(wanted[photo.path], abs=1e-6)


@pytest.mark.usefixtures("heard")
def test_the_bar_counts_the_labels_that_changed_in_all_batches(
    labelled: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    labelled.model.set_sort(SortKey.NAME)
    said: list[str] = []
    monkeypatch.setattr(labelled.task_bar, "show_change", said.append)
    project = labelled.session.project
    assert project is not None
    before = {row.photo_id: row.label for row in rows(labelled).values()}
    beech = [photo_id for photo_id, label in before.items() if label == project.classes[0].id]
    labelled.session.apply(decide(project, beech, project.classes[1].id))
    settle(labelled, qtbot)
    undecided = {row.photo_id: row.label for row in rows(labelled).values() if not row.decided}
    changed = sum(label != before[photo_id] for photo_id, label in undecided.items())
    assert changed > 2, "all could be in one batch"
    assert said[-1] == f"{changed} labels changed"
