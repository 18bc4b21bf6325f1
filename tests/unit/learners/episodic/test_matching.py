"""Matching networks against numpy, and where exponentials end."""

from __future__ import annotations

import numpy as np
import torch

from fewshot_gui.learners.episodic.catalogue import episodic_method
from fewshot_gui.learners.episodic.matching import MatchingMethod, class_log_means
from fewshot_gui.learners.starting_point import NetworkSpec
from tests.unit.learners.episodic.worlds import drawn, gain, same_nuisance

SPEC = NetworkSpec("adapter", 8, 4)


def test_the_probabilities_are_the_papers_for_equal_counts() -> None:
    """Equation 1: the sum of a softmax over all examples, by class."""
    method = episodic_method("matching", SPEC).double()
    assert isinstance(method, MatchingMethod)
    support, labels, ways, queries, _ = drawn(8, (3, 3, 3))
    with torch.no_grad():
        probabilities = method.logits(method.adapt(support, labels, ways), queries).softmax(dim=1).numpy()
    distances = ((queries.numpy()[:, None] - support.numpy()) ** 2).sum(axis=2)
    attention = np.exp(-np.exp(method.log_scale.item()) * distances)
    attention /= attention.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(probabilities, attention @ np.eye(3)[labels.numpy()], rtol=1e-6)


def test_a_copy_of_an_example_changes_nothing() -> None:
    """A class does not become more probable by the count of its examples."""
    method = episodic_method("matching", SPEC).double()
    support, labels, ways, queries, _ = drawn(8, (1, 2))
    once = method.logits(method.adapt(support, labels, ways), queries)
    again = method.adapt(torch.cat([support, support[:1]]), torch.cat([labels, labels[:1]]), ways)
    torch.testing.assert_close(method.logits(again, queries), once)


def test_with_one_example_per_class_it_is_prototypes() -> None:
    support, labels, ways, queries, _ = drawn(8, (1, 1, 1))
    matching, prototypes = (episodic_method(name, SPEC).double() for name in ("matching", "prototypes"))
    torch.testing.assert_close(
        matching.logits(matching.adapt(support, labels, ways), queries),
        prototypes.logits(prototypes.adapt(support, labels, ways), queries),
    )


def test_attention_too_small_for_a_number_still_ranks_classes() -> None:
    scores = torch.tensor([[-2000.0, -1000.0, -3000.0, -torch.inf]], requires_grad=True)
    members = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.0, 1.0]])
    means = class_log_means(scores, members)
    half = float(np.log(2))
    torch.testing.assert_close(means, torch.tensor([[-2000.0 - half, -1000.0 - half]]))
    torch.autograd.backward(means.sum())
    torch.testing.assert_close(scores.grad, torch.tensor([[1.0, 1.0, 0.0, 0.0]]))


def test_class_log_means_have_the_right_second_derivatives() -> None:
    members = torch.eye(3, dtype=torch.float64)[[0, 1, 1, 2, 0]]
    scores = torch.randn(2, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(0), requires_grad=True)
    assert torch.autograd.gradgradcheck(lambda values: class_log_means(values, members), scores)


def test_meta_training_helps_on_unseen_classes() -> None:
    assert gain("matching", same_nuisance) > 0.15
