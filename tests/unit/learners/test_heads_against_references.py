"""The closed-form heads against scikit-learn's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import Ridge
from sklearn.neighbors import NearestCentroid

from fewshot_gui.core.support import SupportSet
from fewshot_gui.learners import EmbeddingTransform, learner
from fewshot_gui.learners.dual import DualProblem, LinearRule
from fewshot_gui.learners.features import EmbeddingTransform as Transform
from fewshot_gui.learners.lda import LdaRule
from fewshot_gui.learners.ridge import RidgeRule

COUNTS = [(5, 5, 5, 5), (2, 9, 1, 12), (3, 4)]


def relative(logits: NDArray[np.floating]) -> NDArray[np.float64]:
    """Logits without what is the same for all classes."""
    return logits.astype(np.float64) - logits.mean(axis=1, keepdims=True, dtype=np.float64)


@pytest.fixture(params=COUNTS, ids=str)
def task(request: pytest.FixtureRequest, world: Callable[..., Any]) -> tuple[SupportSet, NDArray[np.float32]]:
    place = world(len(request.param))
    return place.support(request.param), place.draw([25] * len(request.param))[0]


def solved(rule: LinearRule, support: SupportSet, photos: NDArray[np.float32]) -> NDArray[np.float64]:
    transform = Transform.fitted_to(support.embeddings)
    solution = rule.solve(DualProblem.of(support, transform))
    return solution.logits((transform.apply(photos) @ transform.apply(support.embeddings).T).astype(np.float64))


@pytest.mark.filterwarnings("ignore:self.within_class_std_dev_ has at least 1 zero")
def test_prototypes_label_like_the_nearest_centroid(task: tuple[SupportSet, NDArray[np.float32]]) -> None:
    support, photos = task
    classifier = learner("prototypes").adapt(support)
    transform = EmbeddingTransform.fitted_to(support.embeddings)
    reference = NearestCentroid().fit(transform.apply(support.embeddings), support.labels)
    logits = classifier.logits(photos)
    labels = classifier.class_ids[logits.argmax(axis=1)]
    np.testing.assert_array_equal(labels, reference.predict(transform.apply(photos)))
    distances = ((transform.apply(photos)[:, None] - reference.centroids_[None]) ** 2).sum(axis=2)
    np.testing.assert_allclose(relative(logits), relative(-distances), atol=1e-5)


def test_cosine_prototypes_are_cosines(task: tuple[SupportSet, NDArray[np.float32]]) -> None:
    support, photos = task
    transform = EmbeddingTransform.fitted_to(support.embeddings)
    examples = transform.apply(support.embeddings)
    means = np.stack([examples[support.labels == label].mean(axis=0) for label in support.class_ids])
    cosines = transform.apply(photos) @ (means / np.linalg.norm(means, axis=1, keepdims=True)).T
    np.testing.assert_allclose(learner("prototypes-cosine").adapt(support).logits(photos), cosines, atol=1e-5)


@pytest.mark.parametrize("penalty", [0.03, 0.1, 1.0])
def test_ridge_is_weighted_least_squares(task: tuple[SupportSet, NDArray[np.float32]], penalty: float) -> None:
    support, photos = task
    transform = EmbeddingTransform.fitted_to(support.embeddings)
    counts = dict(zip(support.class_ids.tolist(), support.class_counts.tolist(), strict=True))
    weights = [len(support) / (len(counts) * counts[label]) for label in support.labels.tolist()]
    targets = (support.labels[:, None] == support.class_ids).astype(np.float64)
    examples = transform.apply(support.embeddings).astype(np.float64)
    reference = Ridge(alpha=penalty, solver="cholesky").fit(examples, targets, sample_weight=weights)
    expected = reference.predict(transform.apply(photos).astype(np.float64)).reshape(len(photos), -1)
    np.testing.assert_allclose(solved(RidgeRule(penalty), support, photos), expected, atol=1e-6)


@pytest.mark.filterwarnings("ignore:Only one sample available")
@pytest.mark.parametrize("shrinkage", [0.1, 0.5, 0.9])
def test_lda_is_scikit_learns(task: tuple[SupportSet, NDArray[np.float32]], shrinkage: float) -> None:
    support, photos = task
    transform = EmbeddingTransform.fitted_to(support.embeddings)
    classes = len(support.class_ids)
    reference = LinearDiscriminantAnalysis(solver="lsqr", shrinkage=shrinkage, priors=[1 / classes] * classes)
    reference.fit(transform.apply(support.embeddings).astype(np.float64), support.labels)
    expected = transform.apply(photos).astype(np.float64) @ reference.coef_.T + reference.intercept_
    got = solved(LdaRule(shrinkage), support, photos)
    if classes == 2:
        # scikit-learn gives the difference of the two only.
        got = got[:, 1:] - got[:, :1]
    else:
        got, expected = relative(got), relative(expected)
    np.testing.assert_allclose(got, expected, rtol=1e-4, atol=1e-5 * np.abs(expected).max())


def test_lda_of_single_examples_is_prototypes(world: Callable[..., Any]) -> None:
    place = world(4)
    support, (photos, _) = place.support((1, 1, 1, 1)), place.draw((9, 9, 9, 9))
    np.testing.assert_array_equal(
        learner("lda").adapt(support).logits(photos), learner("prototypes").adapt(support).logits(photos)
    )


def test_the_classifier_is_the_solution_written_out(task: tuple[SupportSet, NDArray[np.float32]]) -> None:
    support, photos = task
    np.testing.assert_allclose(
        learner("ridge").adapt(support).logits(photos), solved(RidgeRule(), support, photos), atol=1e-5
    )
