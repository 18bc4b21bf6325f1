"""Which photos are shown, in which order, and that the order does not change under a person's eyes."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from fewshot_gui.core.prediction import NONE_OF_THESE
from fewshot_gui.ui.models.photo_arrangement import runs_of
from fewshot_gui.ui.models.photo_filter import FilterKind, PhotoFilter, SortKey
from fewshot_gui.ui.models.photo_model import PhotoModel
from tests.ui.photo_models import HAT, SHOES, end, label, model_of, shown_ids

NAN = float("nan")


@pytest.fixture
def model(qapp: object) -> Iterator[PhotoModel]:
    """Nine photos of every kind.

    10 a sure hat, 11 doubtful shoes, 12 a stranger, 13 not labelled, 14 decided, 15 unreadable, 16 decided to be none
    of these, 17 sure shoes, 18 a doubtful hat.
    """
    names = ["IMG_10", "IMG_9", "b", "a", "IMG_1", "c", "d", "IMG_2", "Z"]
    model = model_of([f"{name}.jpg" for name in names], [3, 1, NAN, 2, 9, 8, 7, 5, 6])
    label(
        model,
        [10, 11, 12, 14, 16, 17, 18],
        [HAT, SHOES, HAT, HAT, HAT, SHOES, HAT],
        [0.95, 0.4, 0.9, 0.2, 0.3, 0.85, 0.6],
        strangers=[12],
        familiarity=0.1,
    )
    model.set_decisions([14, 16], [SHOES, NONE_OF_THESE])
    model.set_errors([15], ["the file is cut off"])
    model.refresh_order()
    yield model
    end(model)


@pytest.mark.parametrize(
    ("kind", "class_id", "text", "expected"),
    [
        ("all", None, "", {10, 11, 12, 13, 14, 15, 16, 17, 18}),
        ("look", None, "", {11, 12, 18}),
        ("none", None, "", {12, 16}),
        ("decided", None, "", {14, 16}),
        ("errors", None, "", {15}),
        ("class", HAT, "", {10, 18}),
        ("class", SHOES, "", {11, 14, 17}),
        ("class", 99, "", set()),
        ("all", None, "img_1", {10, 14}),
        ("all", None, "  IMG_1 ", {10, 14}),
        ("look", None, "img", {11}),
        ("all", None, "nothing like it", set()),
    ],
)
def test_filters(model: PhotoModel, kind: str, class_id: int | None, text: str, expected: set[int]) -> None:
    model.set_filter(PhotoFilter(FilterKind(kind), class_id, text))
    assert set(shown_ids(model)) == expected
    assert model.rowCount() == len(expected)


@pytest.mark.parametrize(
    ("sort_key", "expected"),
    [
        # Labelled photos first, then decided ones, then 13 without a label, last 15 which cannot be read.
        (SortKey.LEAST_CERTAIN, [12, 11, 18, 17, 10, 14, 16, 13, 15]),
        (SortKey.MOST_CERTAIN, [10, 17, 18, 11, 12, 16, 14, 13, 15]),
        (SortKey.NAME, [13, 12, 15, 16, 14, 17, 11, 10, 18]),
        (SortKey.NEWEST, [14, 15, 16, 18, 17, 10, 13, 11, 12]),
        (SortKey.OLDEST, [11, 13, 10, 17, 18, 16, 15, 14, 12]),
        (SortKey.ADDED, [10, 11, 12, 13, 14, 15, 16, 17, 18]),
    ],
)
def test_orders(model: PhotoModel, sort_key: SortKey, expected: list[int]) -> None:
    model.set_sort(sort_key)
    assert shown_ids(model) == expected
    assert not model.order_stale


def test_a_class_filter_needs_a_class() -> None:
    with pytest.raises(ValueError, match="class id"):
        PhotoFilter(FilterKind.CLASS)
    with pytest.raises(ValueError, match="class id"):
        PhotoFilter(FilterKind.ALL, HAT)


def test_labels_do_not_move_photos_but_make_the_order_stale(model: PhotoModel, qtbot: QtBot) -> None:
    before = shown_ids(model)
    with qtbot.waitSignal(model.order_stale_changed) as stale:
        label(model, [10], [HAT], [0.01])
    assert stale.args == [True]
    assert shown_ids(model) == before
    with qtbot.waitSignal(model.order_stale_changed, timeout=0) as fresh:
        model.refresh_order()
    assert fresh.args == [False]
    assert shown_ids(model) == [10, *(photo_id for photo_id in before if photo_id != 10)]


def test_a_label_that_does_not_change_the_order_leaves_it_fresh(model: PhotoModel) -> None:
    label(model, [10], [SHOES], [0.96])
    assert not model.order_stale
    model.set_sort(SortKey.NAME)
    label(model, [10], [SHOES], [0.01])
    assert not model.order_stale


def test_the_order_is_fresh_again_when_the_labels_are_back(model: PhotoModel) -> None:
    label(model, [10], [HAT], [0.01])
    assert model.order_stale
    label(model, [10], [HAT], [0.95])
    assert not model.order_stale


def test_a_decided_photo_stays_where_one_works_through_the_doubtful(model: PhotoModel) -> None:
    model.set_filter(PhotoFilter(FilterKind.LOOK))
    assert shown_ids(model) == [12, 11, 18]
    model.set_decisions([12], [HAT])
    assert shown_ids(model) == [12, 11, 18]
    assert model.photo_at(0).decided
    assert model.order_stale
    model.refresh_order()
    assert shown_ids(model) == [11, 18]


def test_photos_that_begin_to_match_join_at_the_end(model: PhotoModel) -> None:
    model.set_filter(PhotoFilter(FilterKind.LOOK))
    label(model, [10, 13], [HAT, HAT], [0.3, 0.05])
    assert shown_ids(model) == [12, 11, 18, 10, 13]
    model.doubt_threshold = 0.9
    assert shown_ids(model) == [12, 11, 18, 10, 13, 17]
    assert model.order_stale


def test_new_photos_join_at_the_end_if_they_match(model: PhotoModel) -> None:
    model.set_sort(SortKey.NAME)
    before = shown_ids(model)
    model.append_photos([30, 31], ["/photos/_first.jpg", "/photos/0.jpg"])
    assert shown_ids(model) == [*before, 30, 31]
    assert model.order_stale
    model.set_filter(PhotoFilter(FilterKind.DECIDED))
    model.append_photos([32], ["/photos/x.jpg"])
    assert 32 not in shown_ids(model)


def test_removing_photos_keeps_the_order_though_it_is_stale(model: PhotoModel) -> None:
    label(model, [10], [HAT], [0.01])
    before = shown_ids(model)
    model.remove_photos([11, 17])
    assert shown_ids(model) == [photo_id for photo_id in before if photo_id not in {11, 17}]
    assert model.order_stale


def test_a_rearrangement_is_announced_around_the_reset(model: PhotoModel) -> None:
    heard: list[str] = []
    model.rearranging.connect(lambda: heard.append(f"rearranging {model.rowCount()}"))
    model.modelReset.connect(lambda: heard.append("reset"))
    model.rearranged.connect(lambda: heard.append(f"rearranged {model.rowCount()}"))
    model.criteria_changed.connect(lambda: heard.append("criteria"))
    model.set_filter(PhotoFilter(FilterKind.ERRORS))
    assert heard == ["rearranging 9", "reset", "rearranged 1", "criteria"]


def test_the_order_is_what_sorting_photo_by_photo_gives(qapp: object) -> None:
    chance = np.random.default_rng(5)
    count = 500
    model = model_of([f"{i}.jpg" for i in range(count)])
    ids = np.arange(10, 10 + count)
    confidences = chance.random(count).astype(np.float32).round(1)
    model.set_predictions(ids, chance.choice([HAT, SHOES], count), confidences, np.zeros(count, bool), np.ones(count))
    decided = chance.choice(ids, 80, replace=False)
    model.set_decisions(decided, np.full(80, HAT))
    model.refresh_order()
    reference = sorted(ids.tolist(), key=lambda i: (i in set(decided.tolist()), confidences[i - 10], i))
    assert shown_ids(model) == reference


@pytest.mark.parametrize("sort_key", SortKey)
def test_whether_the_order_is_fresh_is_what_sorting_says(qapp: object, sort_key: SortKey) -> None:
    chance = np.random.default_rng(7)
    count, said = 60, set[bool]()
    for kind in (FilterKind.ALL, FilterKind.LOOK):
        model = model_of([f"{i % 40}.jpg" for i in range(count)], chance.choice([1.0, 2.0, np.nan], count).tolist())
        model.set_filter(PhotoFilter(kind))
        model.set_sort(sort_key)
        for _ in range(12):
            some = chance.choice(np.arange(10, 10 + count), 2, replace=False)
            model.set_predictions(
                some, chance.choice([HAT, SHOES], 2), chance.random(2).round(1), chance.random(2) < 0.2, np.ones(2)
            )
            model.set_times(some[:1], [3.0])
            expected = not np.array_equal(model._order.fresh(model._threshold), model._order.slots)
            assert model.order_stale is expected
            said.add(expected)
            if chance.random() < 0.4:
                model.refresh_order()
                assert not model.order_stale
    assert False in said


def test_runs() -> None:
    assert runs_of(np.array([7, 3, 4, 9, 5])) == [range(3, 6), range(7, 8), range(9, 10)]
    assert runs_of(np.empty(0, np.int64)) == []


@pytest.mark.slow
def test_a_hundred_thousand_photos_are_arranged_in_a_blink(qapp: object) -> None:
    count = 100_000
    chance = np.random.default_rng(0)
    model = model_of([f"IMG_{i}.jpg" for i in chance.permutation(count)], (chance.random(count) * 1e9).tolist())
    ids = np.arange(10, 10 + count)
    model.set_predictions(
        ids, chance.choice([HAT, SHOES], count), chance.random(count), chance.random(count) < 0.05, chance.random(count)
    )
    for text in ("", "77"):
        model.set_filter(PhotoFilter(text=text))
        for sort_key in SortKey:
            assert min(_seconds_to_sort(model, sort_key) for _ in range(3)) < 0.05, (text, sort_key)


def _seconds_to_sort(model: PhotoModel, sort_key: SortKey) -> float:
    start = time.perf_counter()
    model.set_sort(sort_key)
    return time.perf_counter() - start
