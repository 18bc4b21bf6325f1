"""Prototypical networks against scikit-learn and by hand."""

from __future__ import annotations

import numpy as np
import torch
from sklearn.neighbors import NearestCentroid

from fewshot_gui.learners.episodic.catalogue import episodic_method
from fewshot_gui.learners.episodic.prototypes import PrototypicalMethod, class_means, squared_distances
from fewshot_gui.learners.starting_point import NetworkSpec
from tests.unit.learners.episodic.worlds import drawn, gain, same_nuisance

SPEC = NetworkSpec("adapter", 8, 4)
"""Untrained it is the identity on rows of length one, so features are the rows."""


def test_an_unbalanced_support_gives_the_mean_of_each_class() -> None:
    """As in easyfsl's finetuning_methods_test.py: a class of three weighs its own three, a class of one its one."""
    features = torch.tensor([[0.3, -0.6], [0.9, 0.0], [-0.6, 0.9], [2.0, -1.0]])
    expected = torch.tensor([[0.2, 0.1], [2.0, -1.0]])
    torch.testing.assert_close(class_means(features, torch.tensor([0, 0, 0, 1]), 2), expected)


def test_logits_are_scaled_negative_squared_distances() -> None:
    """By hand, with a scale of 10: from (1, 0) to (0.6, 0.8) it is 0.8, to (-1, 0) it is 4."""
    method = episodic_method("prototypes", NetworkSpec("adapter", 2, 2))
    assert isinstance(method, PrototypicalMethod)
    torch.nn.init.constant_(method.log_scale, float(np.log(10.0)))
    state = method.adapt(torch.tensor([[0.6, 0.8], [-1.0, 0.0]]), torch.arange(2), 2)
    torch.testing.assert_close(method.logits(state, torch.tensor([[1.0, 0.0]])), torch.tensor([[-8.0, -40.0]]))


def test_it_is_scikit_learns_nearest_centroid() -> None:
    method = episodic_method("prototypes", SPEC).double()
    support, labels, ways, queries, _ = drawn(8, (5, 2, 3, 1), queries=200)
    with torch.no_grad():
        answers = method.logits(method.adapt(support, labels, ways), queries).argmax(dim=1)
    reference = NearestCentroid().fit(support.numpy(), labels.numpy())
    np.testing.assert_array_equal(answers.numpy(), reference.predict(queries.numpy()))


def test_squared_distances_are_those_of_the_definition() -> None:
    rows, points = torch.rand(5, 3, dtype=torch.float64), torch.rand(4, 3, dtype=torch.float64)
    torch.testing.assert_close(squared_distances(rows, points), torch.cdist(rows, points).square())


def test_meta_training_helps_on_unseen_classes() -> None:
    assert gain("prototypes", same_nuisance) > 0.15
