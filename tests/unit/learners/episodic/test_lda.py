"""The differentiable LDA head against scikit-learn."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from fewshot_gui.learners.episodic.catalogue import episodic_method
from fewshot_gui.learners.episodic.lda import DiscriminantMethod
from fewshot_gui.learners.starting_point import NetworkSpec
from tests.unit.learners.episodic.worlds import drawn, gain, same_nuisance


@pytest.mark.parametrize("inputs", [6, 40])
@pytest.mark.parametrize("shrinkage", [0.1, 0.5, 0.9])
def test_it_is_scikit_learns_shrunk_lda(inputs: int, shrinkage: float) -> None:
    """The same up to a scale of all logits; with more features than examples, and with fewer."""
    support, labels, ways, queries, _ = drawn(inputs, (5, 2, 4), queries=20)
    method = episodic_method("lda", NetworkSpec("adapter", inputs, 2)).double()
    assert isinstance(method, DiscriminantMethod)
    with torch.no_grad():
        method.shrinkage.fill_(math.log(shrinkage / (1 - shrinkage)))
        logits = method.logits(method.adapt(support, labels, ways), queries).numpy()
    reference = LinearDiscriminantAnalysis(solver="lsqr", shrinkage=shrinkage, priors=np.full(ways, 1 / ways))
    expected = reference.fit(support.numpy(), labels.numpy()).decision_function(queries.numpy())
    logits -= logits.mean(axis=1, keepdims=True)
    expected -= expected.mean(axis=1, keepdims=True)
    scale = np.linalg.norm(logits) / np.linalg.norm(expected)
    np.testing.assert_allclose(logits, scale * expected, rtol=1e-4, atol=1e-4 * np.abs(logits).max())


def test_classes_that_do_not_vary_leave_prototypes() -> None:
    support, labels, ways, queries, _ = drawn(8, (1, 1, 1))
    lda, prototypes = (episodic_method(name, NetworkSpec("adapter", 8, 4)).double() for name in ("lda", "prototypes"))
    logits = lda.logits(lda.adapt(support, labels, ways), queries)
    expected = prototypes.logits(prototypes.adapt(support, labels, ways), queries)
    torch.testing.assert_close(logits.log_softmax(dim=1), expected.log_softmax(dim=1))


def test_meta_training_helps_on_unseen_classes() -> None:
    assert gain("lda", same_nuisance) > 0.15
