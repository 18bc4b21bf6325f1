"""Episodic methods as learners: starting points, activations, what is stored. The rest is in ``test_contract``."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.core.support import SupportSet
from fewshot_gui.learners import (
    NetworkSpec,
    StartingPoint,
    adapt_held_out,
    classifier_from_arrays,
    learner,
    learner_specs,
    leave_one_per_class_out,
)
from fewshot_gui.learners.episodic_classifier import EpisodicClassifier

STARTING = [spec.name for spec in learner_specs() if spec.takes_starting_point and spec.name != "deep"]
METHODS = pytest.mark.parametrize("name", STARTING)


def trained(name: str, network: NetworkSpec, *, square_root: bool | None = True) -> StartingPoint:
    """A starting point that is unlike fresh parameters."""
    import torch

    from fewshot_gui.learners.episodic.catalogue import episodic_method

    method = episodic_method(name, network, seed=1)
    generator = torch.Generator().manual_seed(0)
    for parameter in method.network.parameters():
        parameter.data += 0.05 * torch.randn(parameter.shape, generator=generator)
    arrays = {key: value.numpy() for key, value in method.state_dict().items()}
    return StartingPoint(name, "Made up", "efficientnet-lite0", network, square_root, arrays)


def test_every_episodic_method_is_a_learner_that_takes_a_starting_point() -> None:
    from fewshot_gui.learners.episodic.catalogue import EPISODIC_METHODS

    assert sorted(STARTING) == sorted(EPISODIC_METHODS)


@METHODS
def test_it_starts_from_the_starting_point(name: str, world: Callable[..., Any]) -> None:
    place = world(3)
    support, (photos, _) = place.support((4, 4, 4)), place.draw((9, 9, 9))
    start = trained(name, NetworkSpec("adapter", 96, 8))
    method = learner(name)
    with_start = method.adapt(support, starting_point=start)
    assert np.abs(with_start.logits(photos) - method.adapt(support).logits(photos)).max() > 1e-3
    again = classifier_from_arrays(with_start.to_arrays())
    np.testing.assert_array_equal(again.logits(photos), with_start.logits(photos))
    assert again.method == name


@METHODS
def test_pictures_are_rows_like_any_others(name: str) -> None:
    rng = np.random.default_rng(0)
    kinds = rng.random((3, 784)) > 0.8
    pictures = (np.repeat(kinds, 4, axis=0) ^ (rng.random((12, 784)) > 0.95)).astype(np.float32)
    support = SupportSet(pictures, np.repeat([5, 3, 8], 4))
    classifier = learner(name).adapt(
        support, starting_point=trained(name, NetworkSpec("conv4", 784, 16), square_root=None)
    )
    assert (classifier.class_ids[classifier.logits(pictures).argmax(axis=1)] == support.labels).mean() > 0.9


def test_held_out_answers_come_from_the_starting_point_too(world: Callable[..., Any]) -> None:
    support = world(3).support((4, 4, 4))
    splits = leave_one_per_class_out(support, repeats=3, seed=0)
    start = trained("ridge", NetworkSpec("adapter", 96, 8))
    with_start = adapt_held_out(learner("ridge"), support, splits, starting_point=start)
    assert isinstance(with_start.classifier, EpisodicClassifier)
    assert len(with_start.held_out.rows) == 9
    plain = adapt_held_out(learner("ridge"), support, splits)
    assert not np.allclose(with_start.held_out.logits, plain.held_out.logits)


@pytest.mark.parametrize(
    "change",
    [{"method": "anil"}, {"network": NetworkSpec("adapter", 95, 8)}],
    ids=["another method", "other embeddings"],
)
def test_a_starting_point_that_does_not_fit_is_refused_in_words(
    change: dict[str, Any], world: Callable[..., Any]
) -> None:
    start = replace(trained("maml", NetworkSpec("adapter", 96, 8)), **change)
    with pytest.raises(FewshotError, match="“Made up” does not fit"):
        learner("maml").adapt(world(2).support((2, 2)), starting_point=start)


def test_what_only_adapting_needs_is_not_stored(world: Callable[..., Any]) -> None:
    arrays = learner("maml").adapt(world(2).support((3, 3))).to_arrays()
    assert sorted(name for name in arrays if name.startswith("parameter.")) == ["parameter.log_scale"]
    arrays = learner("anil").adapt(world(2).support((3, 3))).to_arrays()
    assert "parameter.rates" not in arrays
    assert "parameter.network.down.weight" in arrays


def test_it_cannot_be_changed(world: Callable[..., Any]) -> None:
    classifier = learner("matching").adapt(world(2).support((3, 3)))
    assert isinstance(classifier, EpisodicClassifier)
    for array in (classifier.class_ids, *classifier.state.values(), *classifier.parameters.values()):
        assert not array.flags.writeable


def test_the_number_of_threads_does_not_matter(world: Callable[..., Any]) -> None:
    import torch

    place = world(4)
    support, (photos, _) = place.support((6, 6, 6, 6)), place.draw((50, 50, 50, 50))
    threads, answers = torch.get_num_threads(), []
    try:
        for count in (1, 2):
            torch.set_num_threads(count)
            answers.append(learner("maml").adapt(support).logits(photos))
    finally:
        torch.set_num_threads(threads)
    np.testing.assert_allclose(answers[0], answers[1], atol=1e-4 * np.abs(answers[0]).max())


@pytest.mark.parametrize("name", ["maml", "protomaml", "anil"])
def test_ten_classes_of_ten_examples_take_less_than_a_second_of_one_core(name: str) -> None:
    rng = np.random.default_rng(0)
    embeddings = np.maximum(np.repeat(rng.random((10, 1280)), 10, axis=0) + rng.normal(0, 0.5, (100, 1280)), 0)
    support = SupportSet(embeddings.astype(np.float32), np.repeat(np.arange(10), 10))
    method = learner(name)
    method.adapt(support)
    started = time.process_time()
    method.adapt(support)
    assert time.process_time() - started < 1


def test_a_photo_without_any_feature_does_no_harm(world: Callable[..., Any]) -> None:
    place = world(2, spread=0.05)
    support, (photos, labels) = place.support((4, 4)), place.draw((20, 20))
    embeddings = np.concatenate([support.embeddings, np.zeros((1, 96), np.float32)])
    blank = SupportSet(embeddings, np.append(support.labels, support.labels[0]))
    for name in ("maml", "protomaml", "reptile"):
        classifier = learner(name).adapt(blank)
        assert (classifier.class_ids[classifier.logits(photos).argmax(axis=1)] == labels).mean() > 0.9
