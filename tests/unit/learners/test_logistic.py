"""Logistic regression against scikit-learn's, and against its own optimality conditions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from fewshot_gui.core.support import SupportSet
from fewshot_gui.learners.dual import DualProblem
from fewshot_gui.learners.features import EmbeddingTransform
from fewshot_gui.learners.logistic import LogisticRule


def solved(support: SupportSet, strength: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The transformed examples, the weights and the biases."""
    transform = EmbeddingTransform.fitted_to(support.embeddings)
    transformed = transform.apply(support.embeddings).astype(np.float64)
    solution = LogisticRule(strength).solve(DualProblem.of(support, transform))
    return transformed, transformed.T @ solution.coefficients, solution.bias


@pytest.mark.parametrize("strength", [0.1, 10.0, 1000.0])
@pytest.mark.parametrize("counts", [(5, 5, 5, 5), (1, 1, 1), (2, 9, 3, 12)], ids=["equal", "one each", "unequal"])
def test_it_is_scikit_learns(world: Callable[..., Any], counts: Sequence[int], strength: float) -> None:
    support = world(len(counts)).support(counts)
    transformed, weights, bias = solved(support, strength)
    reference = LogisticRegression(C=strength, class_weight="balanced", tol=1e-9, max_iter=20_000)
    reference.fit(transformed, support.labels)
    np.testing.assert_allclose(weights, reference.coef_.T, atol=1e-4 * np.abs(reference.coef_).max())
    np.testing.assert_allclose(bias, reference.intercept_ - reference.intercept_.mean(), atol=1e-3)


def test_two_classes_have_opposite_weights(world: Callable[..., Any]) -> None:
    _, weights, bias = solved(world(2).support((4, 7)), 10.0)
    np.testing.assert_allclose(weights[:, 0], -weights[:, 1], atol=1e-5)
    assert bias.sum() == pytest.approx(0, abs=1e-9)


def test_the_gradient_vanishes_with_many_examples(world: Callable[..., Any]) -> None:
    counts = (30, 20, 40, 10, 25)
    support = world(5, spread=0.9).support(counts)
    transformed, weights, bias = solved(support, 10.0)
    logits = transformed @ weights + bias
    probabilities = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    columns = np.repeat(np.arange(5), counts)
    share = 10.0 * (sum(counts) / 5 / np.array(counts))[columns]
    errors = share[:, None] * (probabilities - np.eye(5)[columns])
    np.testing.assert_allclose(transformed.T @ errors + weights, 0, atol=1e-5)
    np.testing.assert_allclose(errors.sum(axis=0), 0, atol=1e-5)
