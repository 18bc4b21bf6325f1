"""The automatic method with the folder: where it helps, where it must not hurt, and where it is not used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from fewshot_gui.core.support import SupportSet
from fewshot_gui.learners import adapt_held_out, learner, leave_one_per_class_out
from fewshot_gui.learners.likelihood import own_margin

STRANGERS = 6
"""Classes beyond the six known ones that strangers come from."""


def accuracies(
    world: Callable[..., Any], shots: int, folder: Sequence[int], *, draws: int = 8, spread: float = 0.25
) -> tuple[float, float]:
    """Mean accuracy on the known photos of a folder without and with its use.

    Args:
        world: The fixture.
        shots: Examples of each of the six classes.
        folder: How many photos of every class the folder has; those after the sixth are strangers.
    """
    right = []
    for seed in range(draws):
        place = world(6 + STRANGERS, seed=seed, spread=spread)
        support = place.support([shots] * 6)
        photos, labels = place.draw(list(folder))
        known = np.isin(labels, support.class_ids)
        alone = learner("auto").adapt(support)
        taught = learner("auto").adapt(support, unlabelled=photos)
        right.append(
            [
                (each.class_ids[each.logits(photos[known]).argmax(axis=1)] == labels[known]).mean()
                for each in (alone, taught)
            ]
        )
    before, after = np.mean(right, axis=0)
    return float(before), float(after)


@pytest.mark.parametrize("shots", [1, 2])
def test_a_folder_of_the_classes_helps(world: Callable[..., Any], shots: int) -> None:
    before, after = accuracies(world, shots, [25] * 6, draws=8)
    assert after > before + (0.1 if shots == 1 else 0.03)


@pytest.mark.parametrize(
    "folder",
    [
        (60, 20, 10, 10, 5, 5),
        (150,),
        (0, 40),
        (25,) * 6 + (6,) * STRANGERS,
        (25,) * 6 + (25,) * STRANGERS,
        (5,) * 6 + (40,) * STRANGERS,
        (3,) * 6,
    ],
    ids=["uneven", "one class", "few of one class", "some strangers", "half strangers", "mostly strangers", "tiny"],
)
@pytest.mark.parametrize("shots", [1, 2])
def test_no_folder_hurts(world: Callable[..., Any], shots: int, folder: Sequence[int]) -> None:
    before, after = accuracies(world, shots, folder)
    assert after > before - 0.01


def test_where_photos_cluster_by_something_else_it_hardly_hurts(world: Callable[..., Any]) -> None:
    """Photos look alike by what varies within every class; held-out examples tell that the folder misleads."""
    before, after = accuracies(world, 2, (25,) * 6 + (25,) * STRANGERS, spread=0.5, draws=16)
    assert after > before - 0.025


@pytest.mark.parametrize(
    ("shots", "classes", "photos"), [(3, 4, 100), (1, 4, 12), (1, 1, 100)], ids=["enough examples", "tiny", "one class"]
)
def test_it_is_not_used(world: Callable[..., Any], shots: int, classes: int, photos: int) -> None:
    place = world(classes)
    support, (folder, _) = place.support([shots] * classes), place.draw([photos // classes] * classes)
    alone = learner("auto").adapt(support)
    asked = learner("auto").adapt(support, unlabelled=folder)
    assert asked.method == alone.method
    np.testing.assert_array_equal(asked.logits(folder), alone.logits(folder))


def test_copies_of_a_few_photos_are_no_folder(world: Callable[..., Any]) -> None:
    place = world(3)
    support, (photos, _) = place.support([1] * 3), place.draw([4] * 3)
    burst = np.repeat(photos, 30, axis=0)
    assert "folder" not in learner("auto").adapt(support, unlabelled=burst).method


def test_it_says_that_it_used_the_folder(world: Callable[..., Any]) -> None:
    place = world(4)
    support, (folder, _) = place.support([2] * 4), place.draw([25] * 4)
    splits = leave_one_per_class_out(support, repeats=8, seed=0)
    assessed = adapt_held_out(learner("auto"), support, splits, unlabelled=folder)
    assert assessed.classifier.method.endswith("+folder")
    assert "look alike" in assessed.reason
    assert adapt_held_out(learner("auto"), support, splits).reason == ""


def test_where_nothing_is_held_out_its_usual_scale_is_smaller(world: Callable[..., Any]) -> None:
    place = world(4)
    folder, _ = place.draw([25] * 4)
    one, two = place.support([1] * 4), place.support([2] * 4)
    splits = leave_one_per_class_out(two, repeats=8, seed=0)
    assert adapt_held_out(learner("auto"), one, (), unlabelled=folder).relative_scale < 1
    assert adapt_held_out(learner("auto"), one, ()).relative_scale == 1
    assert adapt_held_out(learner("auto"), two, splits, unlabelled=folder).relative_scale == 1


def test_the_prediction_of_a_photo_does_not_depend_on_those_predicted_with_it(world: Callable[..., Any]) -> None:
    place = world(4)
    support, (folder, _) = place.support([1] * 4), place.draw([30] * 4)
    classifier = learner("auto").adapt(support, unlabelled=folder)
    together = classifier.logits(folder)
    alone = np.concatenate([classifier.logits(folder[row : row + 1]) for row in range(len(folder))])
    np.testing.assert_allclose(alone, together, atol=1e-5 * np.abs(together).max())
    np.testing.assert_allclose(classifier.logits(folder[::-1]), together[::-1], atol=1e-5 * np.abs(together).max())


def test_a_large_folder_is_sampled_and_the_same_call_gives_the_same(world: Callable[..., Any]) -> None:
    place = world(3)
    support, (folder, labels) = place.support([1] * 3), place.draw([1500] * 3)
    half = folder.astype(np.float16)
    one, two = (learner("auto", seed=4).adapt(support, unlabelled=half) for _ in range(2))
    np.testing.assert_array_equal(one.logits(folder), two.logits(folder))
    alone = learner("auto").adapt(support)
    right = [(each.class_ids[each.logits(folder).argmax(axis=1)] == labels).mean() for each in (alone, one)]
    assert right[1] > right[0]


def test_nothing_that_goes_in_is_changed_and_the_order_of_examples_does_not_matter(world: Callable[..., Any]) -> None:
    place = world(3)
    support, (folder, _) = place.support([2, 1, 2]), place.draw([20] * 3)
    before = folder.copy()
    expected = learner("auto").adapt(support, unlabelled=folder).logits(folder)
    np.testing.assert_array_equal(folder, before)
    order = np.array([4, 0, 3, 1, 2])
    other = SupportSet(support.embeddings[order], support.labels[order])
    got = learner("auto").adapt(other, unlabelled=folder).logits(folder)
    np.testing.assert_allclose(got, expected, atol=1e-3 * np.abs(expected).max())


def test_held_out_answers_are_of_the_accuracy_and_scale_of_the_classifiers(world: Callable[..., Any]) -> None:
    """With two examples, one held out, the answers are those of a classifier from one example and the folder."""
    right, promised, margins = [], [], []
    for seed in range(12):
        place = world(5, seed=seed, spread=0.25)
        support, (folder, labels) = place.support([2] * 5), place.draw([30] * 5)
        splits = leave_one_per_class_out(support, repeats=8, seed=0)
        assessed = adapt_held_out(learner("auto"), support, splits, unlabelled=folder)
        one = learner("auto").adapt(support.subset(splits[0].train), unlabelled=folder)
        right.append((one.class_ids[one.logits(folder).argmax(axis=1)] == labels).mean())
        promised.append(assessed.held_out.right.mean())
        own = own_margin(assessed.classifier.logits(support.embeddings), np.repeat(np.arange(5), 2), np.arange(10))
        margins.append(own)
    assert np.mean(promised) == pytest.approx(np.mean(right), abs=0.06)
    np.testing.assert_allclose(margins, 1, rtol=1e-3)
