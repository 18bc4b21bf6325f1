"""A classifier with all that makes its answers honest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from fewshot_gui.confidence import STRANGER_BELOW, Adapted, adapt_calibrated, nearest_examples
from fewshot_gui.core.errors import Cancelled, FewshotError
from fewshot_gui.core.progress import Unwatched
from fewshot_gui.core.support import SupportSet
from fewshot_gui.learners import AffineClassifier, learner_specs

NAMES = [spec.name for spec in learner_specs()]


class Cancelling(Unwatched):
    def check(self) -> None:
        raise Cancelled


@pytest.mark.parametrize("method", NAMES)
@pytest.mark.parametrize("counts", [(5, 5, 5), (1, 8, 3), (1, 1), (4,)], ids=str)
def test_predictions_are_probabilities(method: str, counts: tuple[int, ...], world: Callable[..., Any]) -> None:
    place = world(len(counts))
    support, (photos, _) = place.support(counts), place.draw([30] * len(counts))
    predictions = adapt_calibrated(method, support, folder_mean=photos.mean(axis=0), seed=1).predict(photos)
    assert predictions.probabilities.dtype == predictions.familiarity.dtype == np.float32
    np.testing.assert_allclose(predictions.probabilities.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_array_equal(predictions.class_ids, support.class_ids)
    np.testing.assert_array_equal(predictions.stranger, predictions.familiarity < STRANGER_BELOW)


def test_nothing_to_label_is_no_error(world: Callable[..., Any]) -> None:
    adapted = adapt_calibrated("auto", world(3).support((3, 3, 3)))
    assert len(adapted.predict(np.empty((0, 96), np.float16))) == 0


def test_the_same_seed_gives_the_same_answers(world: Callable[..., Any]) -> None:
    place = world(4, spread=0.6)
    support, (photos, _) = place.support((5, 4, 3, 6)), place.draw([20] * 4)
    one, two = (adapt_calibrated("auto", support, seed=5).predict(photos) for _ in range(2))
    np.testing.assert_array_equal(one.probabilities, two.probabilities)


@pytest.mark.parametrize("counts", [(5, 4, 3), (1, 2)], ids=str)
def test_saved_and_read_back_it_says_the_same(
    counts: tuple[int, ...], world: Callable[..., Any], tmp_path: Path
) -> None:
    place = world(len(counts))
    support, (photos, _) = place.support(counts), place.draw([20] * len(counts))
    adapted = adapt_calibrated("auto", support, folder_mean=photos.mean(axis=0))
    save_file(adapted.to_arrays(), tmp_path / "adapted.safetensors")
    again = Adapted.from_arrays(load_file(tmp_path / "adapted.safetensors"))
    np.testing.assert_array_equal(again.predict(photos).probabilities, adapted.predict(photos).probabilities)
    np.testing.assert_array_equal(again.predict(photos).familiarity, adapted.predict(photos).familiarity)
    assert again.temperature == adapted.temperature
    assert again.expected == adapted.expected
    assert again.expected_by_class == adapted.expected_by_class
    assert (again.method, again.reason) == (adapted.method, adapted.reason)


def test_damaged_arrays_are_refused_with_a_sentence(world: Callable[..., Any]) -> None:
    arrays = adapt_calibrated("auto", world(2).support((3, 3))).to_arrays()
    for name in ("temperature", "classifier.weights", "familiarity.levels", "expected"):
        with pytest.raises(FewshotError, match="adapt again"):
            Adapted.from_arrays({key: array for key, array in arrays.items() if key != name})


@pytest.mark.parametrize("method", NAMES)
def test_every_choice_comes_with_a_sentence(method: str, world: Callable[..., Any]) -> None:
    for counts in ((5, 5), (1, 1)):
        adapted = adapt_calibrated(method, world(2).support(counts))
        assert adapted.reason.endswith(".")
        assert adapted.method != "auto"


def test_it_can_be_cancelled(world: Callable[..., Any]) -> None:
    with pytest.raises(Cancelled):
        adapt_calibrated("auto", world(2).support((3, 3)), progress=Cancelling())


def test_an_unknown_method_is_refused_with_a_sentence(world: Callable[..., Any]) -> None:
    with pytest.raises(FewshotError, match="no method called “forest”"):
        adapt_calibrated("forest", world(2).support((3, 3)))


def test_the_nearest_examples_are_of_the_two_most_probable_classes(world: Callable[..., Any]) -> None:
    place = world(5, spread=0.6)
    support, (photos, _) = place.support((4, 4, 4, 4, 1)), place.draw([4] * 5)
    adapted = adapt_calibrated("auto", support)
    for photo in photos:
        ranked = adapted.predict(photo[None]).ranked()
        nearest = nearest_examples(adapted, support, photo, 4)
        labels = support.labels[[row for row, _ in nearest]]
        assert len({row for row, _ in nearest}) == 4
        assert set(labels) == {int(ranked.first[0]), int(ranked.second[0])}
        similarities = [similarity for _, similarity in nearest]
        assert similarities == sorted(similarities, reverse=True)
        assert all(0 <= similarity <= 1 for similarity in similarities)


def test_an_example_is_its_own_nearest(world: Callable[..., Any]) -> None:
    support = world(3).support((4, 4, 4))
    adapted = adapt_calibrated("auto", support)
    row, similarity = nearest_examples(adapted, support, support.embeddings[5], 3)[0]
    assert row == 5
    assert similarity == pytest.approx(1, abs=1e-5)
    assert len(nearest_examples(adapted, support, support.embeddings[5], 100)) == 8
    assert nearest_examples(adapted, support, support.embeddings[5], 0) == []


def test_a_single_class_has_no_runner_up() -> None:
    support = SupportSet(np.eye(3, 5), np.array([4, 4, 4]))
    assert len(nearest_examples(adapt_calibrated("auto", support), support, support.embeddings[0], 2)) == 2


def test_with_one_example_the_folder_has_a_part_and_photos_are_still_judged_one_by_one(
    world: Callable[..., Any],
) -> None:
    place = world(4)
    support, (photos, _) = place.support((1, 1, 1, 1)), place.draw((30, 30, 30, 30))
    adapted = adapt_calibrated("auto", support, folder=photos.astype(np.float16), folder_mean=photos.mean(axis=0))
    assert adapted.method.endswith("folder")
    together = adapted.predict(photos).probabilities
    np.testing.assert_allclose(adapted.predict(photos[5:6]).probabilities, together[5:6], atol=1e-5)
    again = Adapted.from_arrays(adapted.to_arrays())
    np.testing.assert_array_equal(again.predict(photos).probabilities, together)


@pytest.mark.parametrize("shots", [1, 2, 5, 10])
def test_large_folders_are_labelled_as_in_double_precision(shots: int, world: Callable[..., Any]) -> None:
    place = world(4, spread=0.8)
    support, (photos, _) = place.support((shots,) * 4), place.draw((2500,) * 4)
    halves = photos.astype(np.float16)
    adapted = adapt_calibrated("auto", support, folder=halves, folder_mean=photos.mean(axis=0))
    classifier, familiarity = adapted.classifier, adapted.familiarity
    assert isinstance(classifier, AffineClassifier)

    rows = halves.astype(np.float64)
    units = np.sqrt(rows) if classifier.transform.square_root else rows
    units /= np.linalg.norm(units, axis=1, keepdims=True)
    logits = (units @ classifier.weights + classifier.bias) / adapted.temperature.value
    probabilities = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    offsets = units - familiarity.transform.centre
    offsets /= np.linalg.norm(offsets, axis=1, keepdims=True)

    predictions = adapted.predict(halves)
    np.testing.assert_allclose(predictions.probabilities, probabilities, atol=1e-5)
    first, second = np.sort(probabilities, axis=1)[:, [-1, -2]].T
    clear = first - second > 1e-5
    np.testing.assert_array_equal(predictions.probabilities.argmax(axis=1)[clear], probabilities.argmax(axis=1)[clear])
    cosines = (offsets @ familiarity.prototypes).max(axis=1)
    np.testing.assert_allclose(predictions.familiarity, familiarity.of_cosines(cosines[:, None]), atol=1e-5)
    # Not only what the reference makes of the same parts: labels that are taken one photo at a time are the same.
    one_by_one = np.concatenate([adapted.predict(halves[row : row + 1]).probabilities for row in range(0, 10_000, 97)])
    np.testing.assert_allclose(one_by_one, predictions.probabilities[::97], atol=1e-5)
