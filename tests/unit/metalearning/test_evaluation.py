"""The statistics of an evaluation, against answers that are known beforehand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import NearestCentroid

from fewshot_gui.metalearning.episode import STRANGER
from fewshot_gui.metalearning.evaluation import EpisodeOutcome, MeanInterval, auroc, calibration_error, figures
from fewshot_gui.metalearning.frozen_prototypes import frozen_prototypes


def outcomes(rng: np.random.Generator, ways: int, *, skill: float, episodes: int = 400) -> list[EpisodeOutcome]:
    """A learner that knows the answer to a share of 20 queries, says so, and guesses the others; 5 are strangers."""
    found = []
    for _ in range(episodes):
        labels = np.concatenate([rng.integers(ways, size=20), np.full(5, STRANGER)])
        scores = rng.random((25, ways))
        knows = (rng.random(25) < skill) & (labels != STRANGER)
        scores[knows] = np.eye(ways)[labels[knows]] * 1e6
        found.append(EpisodeOutcome.of(scores / scores.sum(axis=1, keepdims=True), knows * 1.0, labels, 0.5))
    return found


class TestFigures:
    def test_a_perfect_learner_scores_everything(self) -> None:
        rng = np.random.default_rng(0)
        perfect, guessing = outcomes(rng, 5, skill=1), outcomes(rng, 5, skill=0)
        found = figures("perfect", 1, perfect, guessing)
        assert found.accuracy == MeanInterval(1.0, 0.0)
        assert found.calibration_error == pytest.approx(0, abs=1e-5)
        assert found.auroc == 1.0
        assert (found.episodes, found.queries, found.seconds) == (400, 20, 0.5)
        assert found.gain.mean == pytest.approx(0.8, abs=0.02)

    def test_guessing_scores_one_in_so_many_classes(self) -> None:
        guessing = outcomes(np.random.default_rng(1), 4, skill=0)
        found = figures("guessing", None, guessing, guessing)
        assert abs(found.accuracy.mean - 0.25) < 2 * found.accuracy.half_width
        assert found.auroc == 0.5
        assert found.gain == MeanInterval(0.0, 0.0)

    def test_the_interval_of_a_paired_difference_is_narrower_than_that_of_the_accuracy(self) -> None:
        # Tasks differ far more than methods on the same task.
        rng = np.random.default_rng(2)
        difficulty = rng.uniform(0.3, 0.9, 200)

        def answers(better: float) -> list[EpisodeOutcome]:
            rights = [np.arange(100) < 100 * (value + better) for value in difficulty]
            return [EpisodeOutcome(right, np.full(100, 0.5, np.float32), None, 0.0) for right in rights]

        found = figures("better", 5, answers(0.05), answers(0.0))
        assert found.gain.mean == pytest.approx(0.05, abs=0.005)
        assert found.gain.half_width < found.accuracy.half_width / 5
        assert found.auroc is None


class TestMeanInterval:
    def test_holds_the_truth_in_19_of_20_cases(self) -> None:
        rng = np.random.default_rng(3)
        intervals = [MeanInterval.of(rng.binomial(75, 0.7, 200) / 75) for _ in range(1000)]
        covered = np.mean([abs(one.mean - 0.7) <= one.half_width for one in intervals])
        assert covered == pytest.approx(0.95, abs=0.02)

    def test_a_single_episode_tells_nothing_of_the_spread(self) -> None:
        assert math.isnan(MeanInterval.of(np.array([0.5])).half_width)


class TestCalibrationError:
    def test_is_the_gap_between_confidence_and_accuracy(self) -> None:
        confidence = np.array([0.95] * 10 + [0.55] * 10)
        right = np.array([True] * 9 + [False] + [True] * 3 + [False] * 7)
        assert calibration_error(confidence, right) == pytest.approx((0.05 + 0.25) / 2)

    def test_is_small_for_honest_confidences(self) -> None:
        rng = np.random.default_rng(4)
        confidence = rng.uniform(0.2, 1.0, 50_000)
        assert calibration_error(confidence, rng.random(50_000) < confidence) < 0.01

    def test_takes_certainty(self) -> None:
        assert calibration_error(np.ones(4, np.float32), np.array([True, True, True, False])) == pytest.approx(0.25)


class TestAuroc:
    def test_equals_that_of_scikit_learn_with_ties(self) -> None:
        rng = np.random.default_rng(5)
        known, strangers = rng.integers(0, 12, 60) / 10 + 0.3, rng.integers(0, 12, 25) / 10
        truth = np.repeat([1, 0], [60, 25])
        assert auroc(known, strangers) == pytest.approx(roc_auc_score(truth, np.concatenate([known, strangers])))

    def test_is_one_if_separable_and_zero_if_upside_down(self) -> None:
        assert auroc(np.array([0.7, 0.8]), np.array([0.1, 0.6])) == 1.0
        assert auroc(np.array([0.1]), np.array([0.2, 0.3])) == 0.0


class TestFrozenPrototypes:
    def test_labels_as_the_nearest_centroid_of_scikit_learn(self) -> None:
        rng = np.random.default_rng(6)
        labels = np.repeat(np.arange(4), [1, 2, 5, 7])
        support = (rng.normal(size=(15, 20)) + labels[:, None]).astype(np.float32)
        queries = (rng.normal(size=(200, 20)) + rng.integers(0, 4, (200, 1))).astype(np.float32)
        probabilities, familiarity = frozen_prototypes(support, labels, queries)
        reference = NearestCentroid().fit(support, labels)
        np.testing.assert_array_equal(probabilities.argmax(axis=1), reference.predict(queries))
        assert probabilities.sum(axis=1) == pytest.approx(1)
        distances = np.linalg.norm(queries[:, None] - reference.centroids_[None], axis=2)
        assert -familiarity == pytest.approx((distances**2).min(axis=1), rel=1e-4)

    def test_is_the_softmax_of_negative_squared_distances_also_far_away(self) -> None:
        support = np.array([[0.0], [1.0]], np.float32)
        probabilities, _ = frozen_prototypes(support, np.array([0, 1]), np.array([[0.25], [1e4]], np.float32))
        assert probabilities[0, 0] == pytest.approx(1 / (1 + np.exp(0.25**2 - 0.75**2)))
        assert probabilities[1].tolist() == [0.0, 1.0]
