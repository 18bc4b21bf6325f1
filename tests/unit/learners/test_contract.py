"""What every learner on offer must keep, whatever its method."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from fewshot_gui.core.errors import Cancelled, FewshotError
from fewshot_gui.core.support import SupportSet
from fewshot_gui.learners import Learner, classifier_from_arrays, learner, learner_specs
from tests.unit.learners.exported import Exported

NAMES = [spec.name for spec in learner_specs()]
COUNTS = {
    "equal": (5, 5, 5, 5),
    "unequal": (2, 9, 3, 12),
    "one each": (1, 1, 1, 1),
    "one with one": (1, 6, 6, 6),
    "two classes": (4, 4),
    "single class": (5,),
    "single example": (1,),
}


@pytest.fixture(params=NAMES)
def method(request: pytest.FixtureRequest) -> Learner:
    return learner(request.param, seed=3)


@pytest.fixture(params=list(COUNTS.values()), ids=list(COUNTS))
def counts(request: pytest.FixtureRequest) -> Sequence[int]:
    return request.param


class CancelsAfter:
    """A progress that is cancelled at its n-th check."""

    def __init__(self, checks: int) -> None:
        self.left = checks

    def report(self, done: int, total: int | None = None, note: str = "") -> None:
        pass

    def check(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Cancelled


def test_logits_have_a_column_for_every_class_in_ascending_order(
    method: Learner, counts: Sequence[int], world: Callable[..., Any]
) -> None:
    place = world(len(counts))
    support, (photos, _) = place.support(counts), place.draw([3] * len(counts))
    classifier = method.adapt(support)
    logits = classifier.logits(photos)
    assert logits.dtype == np.float32
    assert logits.shape == (len(photos), len(counts))
    assert np.isfinite(logits).all()
    assert classifier.class_ids.tolist() == [10 * column + 7 for column in range(len(counts))]
    assert classifier.class_ids.dtype == np.int64
    assert classifier.method
    assert classifier.method != "auto"


def test_new_photos_of_separable_classes_are_labelled_right(method: Learner, world: Callable[..., Any]) -> None:
    place = world(4, spread=0.05)
    support, (photos, labels) = place.support((5, 5, 5, 5)), place.draw((40, 40, 40, 40))
    classifier = method.adapt(support)
    assert (classifier.class_ids[classifier.logits(photos).argmax(axis=1)] == labels).mean() > 0.95


def test_the_same_call_gives_the_same_classifier(
    method: Learner, counts: Sequence[int], world: Callable[..., Any]
) -> None:
    place = world(len(counts))
    support, (photos, _) = place.support(counts), place.draw([3] * len(counts))
    np.testing.assert_array_equal(method.adapt(support).logits(photos), method.adapt(support).logits(photos))


def test_the_order_of_examples_and_the_numbers_of_classes_do_not_matter(
    method: Learner, counts: Sequence[int], world: Callable[..., Any]
) -> None:
    place = world(len(counts))
    support, (photos, _) = place.support(counts), place.draw([5] * len(counts))
    rng = np.random.default_rng(1)
    order = rng.permutation(len(support))
    renamed = dict(zip(support.class_ids.tolist(), rng.permutation(1000)[: len(counts)].tolist(), strict=True))
    other = SupportSet(
        support.embeddings[order], np.array([renamed[label] for label in support.labels[order].tolist()])
    )
    expected, got = method.adapt(support), method.adapt(other)
    columns = [got.class_ids.tolist().index(renamed[label]) for label in expected.class_ids.tolist()]
    logits = expected.logits(photos)
    np.testing.assert_allclose(got.logits(photos)[:, columns], logits, atol=2e-4 * max(np.abs(logits).max(), 1))


def test_nothing_that_goes_in_is_changed(method: Learner, world: Callable[..., Any]) -> None:
    place = world(3)
    support, (photos, _) = place.support((2, 4, 6)), place.draw((3, 3, 3))
    before = support.embeddings.copy(), support.labels.copy(), photos.copy()
    method.adapt(support).logits(photos)
    np.testing.assert_array_equal(support.embeddings, before[0])
    np.testing.assert_array_equal(support.labels, before[1])
    np.testing.assert_array_equal(photos, before[2])


def test_a_photo_is_judged_by_itself(method: Learner, world: Callable[..., Any]) -> None:
    place = world(3)
    classifier = method.adapt(place.support((5, 5, 5)))
    photos, _ = place.draw((400, 400, 400))
    together = classifier.logits(photos)
    alone = np.concatenate([classifier.logits(photos[row : row + 1]) for row in range(0, 1200, 97)])
    np.testing.assert_allclose(together[::97], alone, rtol=1e-4, atol=1e-4 * np.abs(together).max())
    assert classifier.logits(photos[:0]).shape == (0, 3)


def test_half_precision_photos_are_welcome(method: Learner, world: Callable[..., Any]) -> None:
    place = world(3)
    classifier = method.adapt(place.support((5, 5, 5)))
    photos, _ = place.draw((9, 9, 9))
    half = photos.astype(np.float16)
    np.testing.assert_array_equal(classifier.logits(half), classifier.logits(half.astype(np.float32)))


def test_saved_and_read_back_it_says_the_same(method: Learner, world: Callable[..., Any]) -> None:
    place = world(3)
    classifier = method.adapt(place.support((2, 5, 7)))
    photos, _ = place.draw((9, 9, 9))
    arrays = {name: array.copy() for name, array in classifier.to_arrays().items()}
    again = classifier_from_arrays(arrays)
    np.testing.assert_array_equal(again.logits(photos), classifier.logits(photos))
    np.testing.assert_array_equal(again.class_ids, classifier.class_ids)
    assert again.method == classifier.method


def test_exported_it_says_the_same(method: Learner, counts: Sequence[int], world: Callable[..., Any]) -> None:
    place = world(len(counts))
    classifier = method.adapt(place.support(counts))
    photos, _ = place.draw([4] * len(counts))
    photos = np.concatenate([photos, np.zeros_like(photos[:1]), 1e30 * photos[:1], 1e-30 * photos[:1]])
    expected = classifier.logits(photos)
    exported = Exported(classifier.add_operators, photos.shape[1], outputs=len(counts))
    for rows in (slice(1), slice(1, 3), slice(-7, None)):
        close = 1e-4 * max(np.abs(expected).max(), 1e-2)
        np.testing.assert_allclose(exported(photos[rows]), expected[rows], rtol=1e-4, atol=close)


@pytest.mark.parametrize("size", [3e38, 1e-30], ids=["huge", "tiny"])
def test_exported_it_says_the_same_of_photos_of_any_size(method: Learner, size: float) -> None:
    rows = np.eye(6, 8) * size * np.where(np.arange(8) % 2, -1, 1)
    classifier = method.adapt(SupportSet(rows.astype(np.float32), np.array([1, 1, 1, 2, 2, 2])))
    expected = classifier.logits(rows)
    exported = Exported(classifier.add_operators, 8, outputs=2)
    np.testing.assert_allclose(exported(rows), expected, rtol=1e-4, atol=1e-4 * np.abs(expected).max())


def test_damaged_arrays_are_refused_with_a_sentence(method: Learner, world: Callable[..., Any]) -> None:
    arrays = method.adapt(world(2).support((2, 2))).to_arrays()
    damaged = [{kept: arrays[kept] for kept in arrays if kept != lost} for lost in arrays]
    damaged += [arrays | {name: arrays[name][:1]} for name in arrays if name.endswith("class_ids")]
    for each in [*damaged, {}]:
        with pytest.raises(FewshotError, match="adapt again"):
            classifier_from_arrays(each)


def test_it_can_be_cancelled_at_every_check(method: Learner, world: Callable[..., Any]) -> None:
    support = world(3).support((4, 4, 4))
    checks = 0
    while True:
        try:
            method.adapt(support, progress=CancelsAfter(checks))
        except Cancelled:
            checks += 1
            continue
        break
    assert checks >= 1


@pytest.mark.parametrize("signed", [False, True], ids=["non-negative", "signed"])
@pytest.mark.parametrize(
    "embeddings",
    [
        np.full((6, 8), 0.3),
        np.zeros((6, 8)),
        np.arange(6.0)[:, None],
        np.eye(6, 8) * 3e38,
        np.eye(6, 8) * 1e-30,
        np.repeat(np.eye(2, 8), 3, axis=0),
    ],
    ids=["constant", "zero", "one feature", "huge", "tiny", "duplicates"],
)
def test_odd_embeddings_give_finite_logits(method: Learner, embeddings: np.ndarray, signed: bool) -> None:
    embeddings = embeddings * (np.where(np.arange(embeddings.shape[1]) % 2, -1, 1) if signed else 1)
    support = SupportSet(embeddings.astype(np.float32), np.array([1, 1, 1, 2, 2, 2]))
    with np.errstate(all="raise", under="ignore"):
        logits = method.adapt(support).logits(support.embeddings)
    assert np.isfinite(logits).all()


@pytest.mark.parametrize("size", [3e38, 1e-30], ids=["huge", "tiny"])
def test_the_size_of_an_embedding_does_not_matter(method: Learner, size: float) -> None:
    support = SupportSet(np.eye(6, 8, dtype=np.float32) + 0.1, np.array([1, 1, 1, 2, 2, 2]))
    resized = SupportSet((support.embeddings / 1.1 * size).astype(np.float32), support.labels)
    expected = method.adapt(support).logits(support.embeddings)
    np.testing.assert_allclose(method.adapt(resized).logits(resized.embeddings), expected, rtol=1e-3, atol=1e-3)


def test_copies_of_one_example_in_a_group_count_once(method: Learner, world: Callable[..., Any]) -> None:
    place = world(3)
    support, (photos, _) = place.support((4, 4, 4)), place.draw((20, 20, 20))
    copies = np.concatenate([np.arange(12), np.zeros(9, np.int64)])
    burst = SupportSet(support.embeddings[copies], support.labels[copies], copies)
    expected, got = method.adapt(support).logits(photos), method.adapt(burst).logits(photos)
    np.testing.assert_allclose(got, expected, atol=1e-3 * np.abs(expected).max())


def test_it_says_what_it_is(method: Learner) -> None:
    assert method.title
    assert method.help.endswith(".")
    assert method.help.count(".") == 1


def test_an_unknown_method_is_named_with_those_there_are() -> None:
    with pytest.raises(FewshotError, match=r"“forest”.*auto.*lda"):
        learner("forest")


def test_names_are_unique_and_auto_is_first() -> None:
    assert NAMES[0] == "auto"
    assert len(set(NAMES)) == len(NAMES)
    assert [learner(name).name for name in NAMES] == NAMES
