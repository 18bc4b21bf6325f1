"""The memory: what its fast weights and its slots are worth, and what it does without them."""

from __future__ import annotations

import pytest
import torch

from fewshot_gui.learners.episodic.catalogue import episodic_method
from fewshot_gui.learners.episodic.memory import MemoryMethod, own_loss
from fewshot_gui.learners.starting_point import NetworkSpec
from tests.unit.learners.episodic.worlds import (
    ADAPTER,
    World,
    accuracy,
    drawn,
    gain,
    known_classes,
    meta_train,
    moved,
    new_nuisance,
    same_nuisance,
)

FAST_WEIGHTS, SLOTS = ("rate", "advice"), ("absorption",)


def trained(world: World, *, without: tuple[str, ...] = (), steps: int = 60) -> float:
    """Accuracy after meta-training, with parts switched off, or held as they begin, from the start."""
    method = episodic_method("memory", ADAPTER)
    assert isinstance(method, MemoryMethod)
    with torch.no_grad():
        if "rate" in without:
            method.rate.zero_()
        if "absorption" in without:
            method.absorption.fill_(-100.0)
    meta_train(method, world, frozen=without or ("none",), steps=steps)
    return accuracy(method, world)


def test_without_fast_weights_and_slots_it_is_matching() -> None:
    spec = NetworkSpec("adapter", 8, 4)
    memory, matching = (episodic_method(name, spec).double() for name in ("memory", "matching"))
    assert isinstance(memory, MemoryMethod)
    with torch.no_grad():
        memory.rate.zero_()
        memory.absorption.fill_(-100.0)
    support, labels, ways, queries, _ = drawn(8, (3, 1, 2))
    logits = memory.logits(memory.adapt(support, labels, ways), queries)
    expected = matching.logits(matching.adapt(support, labels, ways), queries).log_softmax(dim=1)
    torch.testing.assert_close(logits, expected)


def test_logits_are_log_probabilities() -> None:
    method = moved("memory", NetworkSpec("adapter", 8, 4))
    support, labels, ways, queries, _ = drawn(8, (3, 1, 2))
    logits = method.logits(method.adapt(support, labels, ways), queries)
    torch.testing.assert_close(logits.logsumexp(dim=1), torch.zeros(len(queries), dtype=torch.float64))


def test_fast_weights_find_the_features_that_tell_the_classes_of_a_task_apart() -> None:
    """What no network trained once for all tasks can do: the nuisance is new in every task."""
    assert trained(new_nuisance) > trained(new_nuisance, without=FAST_WEIGHTS) + 0.3


def test_slots_help_where_classes_come_again() -> None:
    """With the network and the fast weights held, so that slots are all that can learn the classes."""
    held = (*FAST_WEIGHTS, "network")
    assert trained(known_classes, without=held, steps=100) > trained(known_classes, without=(*held, *SLOTS)) + 0.05


def test_examples_that_have_company_do_not_read_themselves() -> None:
    """By hand: two of one class at distance 1; the lone one of the other class finds itself."""
    features = torch.tensor([[0.0], [1.0], [3.0]], dtype=torch.float64)
    members = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]], dtype=torch.float64)
    near, far, farther = (torch.tensor(-2.0 * d, dtype=torch.float64).exp() for d in (1.0, 4.0, 9.0))
    first, second = near / 2 / (near / 2 + farther), near / 2 / (near / 2 + far)
    third = 1 / (1 + (far + farther) / 2)
    expected = -(first.log() + second.log() + third.log()) / 3
    loss = own_loss(features, members, torch.tensor(1.0, dtype=torch.float64))
    torch.testing.assert_close(loss, expected, rtol=1e-6, atol=0)


@pytest.mark.parametrize("size", [0.1, 1e3])
def test_fast_weights_do_not_depend_on_the_scale_of_features(size: float) -> None:
    features, labels, ways, *_ = drawn(8, (3, 1, 2))
    method = moved("memory", NetworkSpec("adapter", 8, 4))
    assert isinstance(method, MemoryMethod)
    members = torch.nn.functional.one_hot(labels, ways).double()
    stretch = method._stretch(features, members)
    assert (stretch - 1).abs().max() > 1e-3
    torch.testing.assert_close(method._stretch(size * features, members), stretch, rtol=1e-2, atol=1e-3)


def test_meta_training_helps_on_unseen_classes() -> None:
    assert gain("memory", same_nuisance) > 0.15
