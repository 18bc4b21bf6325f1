"""The differentiable ridge head against scikit-learn and the learner of the application."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.linear_model import Ridge

from fewshot_gui.core.support import SupportSet
from fewshot_gui.learners.episodic.catalogue import episodic_method
from fewshot_gui.learners.episodic.ridge import ridge_head
from fewshot_gui.learners.starting_point import NetworkSpec
from tests.unit.learners.episodic.worlds import drawn, gain, same_nuisance


@pytest.mark.parametrize("inputs", [4, 40])
def test_it_is_scikit_learns_ridge_with_classes_weighing_the_same(inputs: int) -> None:
    """With more features than examples, and with fewer."""
    support, labels, ways, *_ = drawn(inputs, (5, 2, 3))
    members = torch.nn.functional.one_hot(labels, ways)
    weights, bias = ridge_head(support, members, torch.tensor(0.3, dtype=torch.float64))
    sample_weights = len(labels) / (ways * members.sum(dim=0)[labels]).double().numpy()
    reference = Ridge(alpha=0.3, solver="cholesky").fit(support.numpy(), members.numpy(), sample_weights)
    np.testing.assert_allclose(weights.numpy(), reference.coef_, atol=1e-9)
    np.testing.assert_allclose(bias.numpy(), reference.intercept_, atol=1e-9)


def test_untrained_it_is_the_learner_of_the_application() -> None:
    from fewshot_gui.learners.registry import learner

    support, labels, ways, queries, _ = drawn(16, (4, 2, 3), queries=20)
    rows, asked = support.numpy().astype(np.float32), queries.numpy().astype(np.float32)
    expected = learner("ridge").adapt(SupportSet(rows**2, labels.numpy())).logits(asked**2)
    method = episodic_method("ridge", NetworkSpec("adapter", 16, 4)).double()
    with torch.no_grad():
        logits = method.logits(method.adapt(support, labels, ways), queries).numpy() / 10
    np.testing.assert_allclose(logits, expected, atol=1e-4)


def test_meta_training_helps_on_unseen_classes() -> None:
    assert gain("ridge", same_nuisance) > 0.15
