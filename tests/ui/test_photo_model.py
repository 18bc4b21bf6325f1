"""What is known of the photos, and how it changes."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from fewshot_gui.core.prediction import NONE_OF_THESE
from fewshot_gui.ui.models.photo_arrangement import PHOTO_ROLE
from fewshot_gui.ui.models.photo_columns import UNDECIDED, UNLABELLED
from fewshot_gui.ui.models.photo_filter import PhotoCounts, PhotoFilter, SortKey
from fewshot_gui.ui.models.photo_model import PhotoModel
from fewshot_gui.ui.models.photo_row import ClassStyle, PhotoRow
from tests.ui.photo_models import HAT, SHOES, STYLES, label, model_of, shown_ids


def row(model: PhotoModel, photo_id: int) -> PhotoRow:
    photo = model.photo(photo_id)
    assert photo is not None
    return photo


def changed_rows(model: PhotoModel) -> set[int]:
    """A set that fills with the rows that are announced as changed from now on."""
    rows: set[int] = set()
    model.dataChanged.connect(lambda first, last, _roles: rows.update(range(first.row(), last.row() + 1)))
    return rows


def test_it_keeps_the_rules_of_qt_models(qtmodeltester: ModelTester, qapp: object) -> None:
    model = model_of(["a.jpg", "b.jpg", "c.jpg"])
    qtmodeltester.check(model, force_py=True)
    label(model, [10, 11], [HAT, SHOES], [0.9, 0.2])
    model.refresh_order()
    model.append_photos([20], ["/photos/d.jpg"])
    model.remove_photos([11])


def test_a_new_photo_says_its_name_until_it_is_labelled(qapp: object) -> None:
    model = model_of(["a.jpg"])
    photo = row(model, 10)
    assert (photo.name, photo.path) == ("a.jpg", Path("/photos/a.jpg"))
    assert (photo.label, photo.style, photo.label_text) == (UNLABELLED, None, "")
    assert not photo.doubtful
    assert photo.shown_confidence is None
    assert photo.spoken == "a.jpg, not labelled yet"
    assert model.counts() == PhotoCounts(all=1, unlabelled=1)


def test_a_photo_is_added_once(qapp: object) -> None:
    model = model_of(["a.jpg", "b.jpg"])
    model.append_photos([11, 12], ["/photos/other.jpg", "/photos/c.jpg"])
    assert shown_ids(model) == [10, 11, 12]
    assert row(model, 11).name == "b.jpg"


@pytest.mark.parametrize(
    ("confidence", "stranger", "shown", "spoken"),
    [
        (0.98, False, HAT, "a.jpg, Hat, 98\N{NO-BREAK SPACE}%"),
        (0.58, False, HAT, "a.jpg, Hat, 58\N{NO-BREAK SPACE}%, doubtful"),
        (0.70, False, HAT, "a.jpg, Hat, 70\N{NO-BREAK SPACE}%"),
        (0.98, True, NONE_OF_THESE, "a.jpg, none of these, looks like none of your examples, doubtful"),
        (0.10, True, NONE_OF_THESE, "a.jpg, none of these, looks like none of your examples, doubtful"),
    ],
)
def test_what_a_machine_label_looks_like(
    qapp: object, confidence: float, stranger: bool, shown: int, spoken: str
) -> None:
    model = model_of(["a.jpg"])
    model.set_predictions([10], [HAT], np.float32([confidence]), [stranger], np.float32([0.2]), [SHOES])
    photo = row(model, 10)
    assert photo.label == shown
    assert photo.machine_label == HAT
    assert photo.second_label == SHOES
    assert photo.spoken == spoken


def test_a_decision_wins_over_the_machine_and_a_confirmed_label_keeps_its_confidence(qapp: object) -> None:
    model = model_of(["a.jpg", "b.jpg", "c.jpg"])
    label(model, [10, 11, 12], [HAT, HAT, HAT], [0.5, 0.5, 0.5])
    model.set_decisions([10, 11, 12], [HAT, SHOES, NONE_OF_THESE])
    confirmed, corrected, none = (row(model, photo_id) for photo_id in (10, 11, 12))
    assert confirmed.shown_confidence == 0.5
    assert confirmed.spoken == "a.jpg, Hat, 50\N{NO-BREAK SPACE}%, decided by you"
    assert corrected.label_text == "Shoes"
    assert corrected.shown_confidence is None
    assert none.label_text == "None"
    assert none.shown_confidence is None
    assert model.counts().look == 0
    model.set_decisions([11], [UNDECIDED])
    assert row(model, 11).label_text == "Hat"
    assert row(model, 11).doubtful


@pytest.mark.parametrize("confirmed", [False, True])
def test_a_stranger_is_unfamiliar_and_its_confidence_is_of_a_class_and_so_not_shown(
    qapp: object, confirmed: bool
) -> None:
    model = model_of(["a.jpg"])
    label(model, [10], [HAT], [0.3], strangers=[10])
    if confirmed:
        model.set_decisions([10], [NONE_OF_THESE])
    assert row(model, 10).unfamiliar
    assert row(model, 10).shown_confidence is None


def test_a_known_photo_that_a_person_calls_none_of_these_is_not_unfamiliar(qapp: object) -> None:
    model = model_of(["a.jpg"])
    label(model, [10], [HAT], [0.3])
    model.set_decisions([10], [NONE_OF_THESE])
    assert not row(model, 10).unfamiliar


def test_the_labels_shown_come_by_id_and_leave_out_what_has_none(qapp: object) -> None:
    model = model_of(["a.jpg", "b.jpg", "c.jpg", "d.jpg"])
    label(model, [10, 11], [HAT, SHOES], [0.9, 0.9], strangers=[11])
    model.set_decisions([12], [SHOES])
    assert model.labels_of([10, 11, 12, 13, 99]) == {10: HAT, 11: NONE_OF_THESE, 12: SHOES}
    model.set_classes([])
    assert model.labels_of([10, 11, 12]) == {11: NONE_OF_THESE}


def test_a_snapshot_stays_what_it_was(qapp: object) -> None:
    model = model_of(["a.jpg", "b.jpg"])
    label(model, [10], [HAT], [0.9])
    model.set_errors([11], ["it is damaged"])
    before = list(model.snapshot())
    snapshot = model.snapshot()
    label(model, [10], [SHOES], [0.2])
    model.set_errors([11], [None])
    model.append_photos([20], ["/photos/d.jpg"])
    model.remove_photos([11])
    assert repr(list(snapshot)) == repr(before)  # a time that is not known is not equal to itself
    assert [photo.label_text for photo in snapshot] == ["Hat", ""]
    assert [photo.error for photo in snapshot] == [None, "it is damaged"]


def test_counts(qapp: object) -> None:
    model = model_of([f"{i}.jpg" for i in range(8)])
    label(model, [10, 11, 12, 13, 14], [HAT, HAT, SHOES, SHOES, HAT], [0.9, 0.5, 0.9, 0.9, 0.9], strangers=[13])
    model.set_decisions([14, 15], [SHOES, NONE_OF_THESE])
    model.set_errors([16], ["the file is cut off"])
    assert model.counts() == PhotoCounts(
        all=8, look=2, none=2, decided=2, errors=1, unlabelled=1, per_class={HAT: 2, SHOES: 2}
    )


def test_counts_are_announced_with_every_change(qapp: object, qtbot: QtBot) -> None:
    model = model_of(["a.jpg", "b.jpg"])
    for change in (
        lambda: model.append_photos([30], ["/photos/x.jpg"]),
        lambda: label(model, [10], [HAT], [0.9]),
        lambda: model.set_decisions([10], [SHOES]),
        lambda: model.set_errors([11], ["it is empty"]),
        lambda: setattr(model, "doubt_threshold", 0.95),
        model.clear_errors,
        model.clear_predictions,
        lambda: model.remove_photos([10]),
        model.reset,
    ):
        with qtbot.waitSignal(model.counts_changed, timeout=0):
            change()


def test_how_many_labels_changed(qapp: object) -> None:
    model = model_of([f"{i}.jpg" for i in range(5)])
    ids = [10, 11, 12, 13, 14]
    assert label(model, ids, [HAT] * 5, [0.9] * 5) == 0, "a first label is no change"
    assert label(model, ids, [HAT] * 5, [0.8] * 5) == 0
    model.set_decisions([12], [HAT])
    # 10 stays, 11 changes, 12 is decided, 13 becomes a stranger, 99 is not known
    changed = label(
        model, [*ids, 99], [HAT, SHOES, SHOES, HAT, HAT, SHOES], [0.9] * 6, strangers=[13], familiarity=0.95
    )
    assert changed == 2
    glowing = [photo_id for photo_id in ids if row(model, photo_id).changed_at > -math.inf]
    assert glowing == [11, 13]
    model.clear_predictions()
    assert label(model, ids, [SHOES] * 5, [0.9] * 5) == 0, "after a fresh start every label is a first one"


def test_only_what_looks_different_is_repainted(qapp: object) -> None:
    model = model_of([f"{i}.jpg" for i in range(6)])
    ids = list(range(10, 16))
    label(model, ids, [HAT] * 6, [0.9] * 6)
    rows = changed_rows(model)
    label(model, ids, [HAT, SHOES, HAT, HAT, HAT, HAT], [0.9, 0.9, 0.6, 0.9004, 0.9, 0.9])
    assert rows == {1, 2}
    rows.clear()
    model.set_decisions([13, 14], [HAT, UNDECIDED])
    assert rows == {3}
    rows.clear()
    model.set_classes([ClassStyle(HAT, "Cap", 0)])
    assert rows == set(range(6))
    assert row(model, 11).label_text == "", "a class that is gone is shown no more"


def test_many_scattered_changes_are_announced_together(qapp: object) -> None:
    model = model_of([f"{i}.jpg" for i in range(1000)])
    announced = []
    model.dataChanged.connect(lambda first, last, _roles: announced.append((first.row(), last.row())))
    even = list(range(10, 1010, 2))
    label(model, even, [HAT] * 500, [0.9] * 500)
    assert announced == [(0, 998)]


def test_errors_come_and_go(qapp: object) -> None:
    model = model_of(["a.jpg", "b.jpg", "c.jpg"])
    model.set_errors([12, 10, 99], ["it is empty", "the file is cut off", "not known"])
    assert model.failures() == [
        (Path("/photos/a.jpg"), "the file is cut off"),
        (Path("/photos/c.jpg"), "it is empty"),
    ]
    assert row(model, 10).spoken == "a.jpg, can't be read"
    model.set_errors([10], [None])
    assert row(model, 10).error is None
    model.clear_errors()
    assert model.failures() == []
    assert model.counts().errors == 0


def test_an_unreadable_photo_needs_no_look(qapp: object) -> None:
    model = model_of(["a.jpg"])
    label(model, [10], [HAT], [0.1])
    model.set_errors([10], ["the file is cut off"])
    assert model.counts().look == 0


def test_removing_keeps_everything_of_the_others(qapp: object) -> None:
    model = model_of([f"{i}.jpg" for i in range(5)], times=[5, 4, 3, 2, 1])
    label(model, [10, 12, 14], [HAT, SHOES, HAT], [0.9, 0.8, 0.7])
    model.set_errors([13], ["it is empty"])
    model.set_decisions([14], [SHOES])
    before = [repr(row(model, photo_id)) for photo_id in (12, 13, 14)]  # as text, because NaN is not NaN
    model.remove_photos([11, 10, 77])
    assert sorted(shown_ids(model)) == [12, 13, 14]
    assert [repr(row(model, photo_id)) for photo_id in (12, 13, 14)] == before
    assert model.photo(10) is None
    assert model.counts().all == 3
    model.remove_photos([13])
    assert model.failures() == []
    model.append_photos([13], ["/photos/again.jpg"])
    assert row(model, 13).error is None


def test_rows_and_ids_are_each_others_inverse(qapp: object) -> None:
    model = model_of([f"{i}.jpg" for i in range(20)])
    label(model, list(range(10, 30)), [HAT] * 20, np.linspace(0.9, 0.1, 20).tolist())
    model.refresh_order()
    for place, photo_id in enumerate(shown_ids(model)):
        assert model.row_of(photo_id) == place
        assert model.photo_at(place).photo_id == photo_id
        assert repr(model.index(place).data(PHOTO_ROLE)) == repr(model.photo(photo_id))
    assert model.row_of(99) is None


def test_forgetting_all_leaves_the_classes(qapp: object) -> None:
    model = model_of(["a.jpg"])
    model.reset()
    assert model.rowCount() == 0
    assert model.counts() == PhotoCounts()
    assert model.classes == STYLES
    model.append_photos([10], ["/photos/a.jpg"])
    assert row(model, 10).label == UNLABELLED


def test_photos_that_moved_keep_everything_but_their_place(qapp: object) -> None:
    model = model_of(["b.jpg", "a.jpg"])
    label(model, [10], [HAT], [0.9])
    model.set_paths([10, 99], [Path("/elsewhere/0.jpg"), Path("/elsewhere/none.jpg")])
    assert (row(model, 10).path, row(model, 10).label) == (Path("/elsewhere/0.jpg"), HAT)
    model.set_sort(SortKey.NAME)
    assert shown_ids(model) == [10, 11]
    model.set_filter(PhotoFilter(text="b.jpg"))
    assert shown_ids(model) == []
