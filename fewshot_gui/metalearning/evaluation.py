"""What a method is worth on unseen tasks: the statistics over episodes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NORMAL_95 = 1.96
"""Standard errors on either side of a mean that hold 95 % of a normal distribution."""

_BINS = 10


@dataclass(frozen=True)
class MeanInterval:
    """A mean over episodes and the half-width of its 95 % interval."""

    mean: float
    half_width: float

    @classmethod
    def of(cls, values: NDArray[np.floating]) -> MeanInterval:
        """Of one value per episode, (n,) with n >= 1; from a single episode nothing can be said, so NaN."""
        spread = float(values.std(ddof=1)) if len(values) > 1 else float("nan")
        return cls(float(values.mean()), NORMAL_95 * spread / float(np.sqrt(len(values))))


@dataclass(frozen=True, eq=False)
class EpisodeOutcome:
    """How a method did in one episode.

    Attributes:
        right: bool (k,), of each query that belongs to one of the classes whether the label was right.
        confidence: float32 (k,), of its label, 0..1.
        auroc: How well familiarity tells these queries from strangers; ``None`` without strangers.
        seconds: What adapting took.
    """

    right: NDArray[np.bool_]
    confidence: NDArray[np.float32]
    auroc: float | None
    seconds: float

    @classmethod
    def of(
        cls,
        probabilities: NDArray[np.floating],
        familiarity: NDArray[np.floating],
        query_labels: NDArray[np.int64],
        seconds: float,
    ) -> EpisodeOutcome:
        """Judge the answers to the queries of an episode.

        Args:
            probabilities: (q, ways), columns in the order of the labels.
            familiarity: (q,), the larger the more a query resembles the examples.
            query_labels: int64 (q,), 0..ways-1, or negative for strangers.
            seconds: What adapting took.
        """
        known = query_labels >= 0
        answers = probabilities[known]
        return cls(
            right=answers.argmax(axis=1) == query_labels[known],
            confidence=answers.max(axis=1).astype(np.float32),
            auroc=None if known.all() else auroc(familiarity[known], familiarity[~known]),
            seconds=seconds,
        )


@dataclass(frozen=True)
class Figures:
    """What one method does with so many examples per class.

    Attributes:
        method: A learner's name, or :data:`~fewshot_gui.metalearning.frozen_prototypes.FROZEN_PROTOTYPES`.
        shots: Examples per class, or ``None`` where they vary.
        episodes: How many tasks.
        queries: Mean number of queries of an episode, without strangers.
        accuracy: Mean share of right labels over the episodes, 0..1, with its interval; strangers are left out.
        calibration_error: Expected calibration error over the queries of all episodes, 0..1.
        auroc: Mean over the episodes, 0..1, 0.5 being chance; ``None`` without strangers.
        seconds: Median of the seconds per adaptation, so that loading a library the first time does not count.
        gain: Mean difference of accuracy to the frozen prototypes on the same episodes, with its interval.
    """

    method: str
    shots: int | None
    episodes: int
    queries: float
    accuracy: MeanInterval
    calibration_error: float
    auroc: float | None
    seconds: float
    gain: MeanInterval


def accuracies(outcomes: Sequence[EpisodeOutcome]) -> NDArray[np.float64]:
    """The share of right labels in each episode, float64 (n,)."""
    return np.array([outcome.right.mean() for outcome in outcomes])


def figures(
    method: str, shots: int | None, outcomes: Sequence[EpisodeOutcome], baseline: Sequence[EpisodeOutcome]
) -> Figures:
    """Sum up the outcomes of a method and those of the frozen prototypes on the same episodes, n >= 1 each."""
    values = accuracies(outcomes)
    aurocs = [outcome.auroc for outcome in outcomes if outcome.auroc is not None]
    return Figures(
        method=method,
        shots=shots,
        episodes=len(outcomes),
        queries=float(np.mean([len(outcome.right) for outcome in outcomes])),
        accuracy=MeanInterval.of(values),
        calibration_error=calibration_error(
            np.concatenate([outcome.confidence for outcome in outcomes]),
            np.concatenate([outcome.right for outcome in outcomes]),
        ),
        auroc=float(np.mean(aurocs)) if aurocs else None,
        seconds=float(np.median([outcome.seconds for outcome in outcomes])),
        gain=MeanInterval.of(values - accuracies(baseline)),
    )


def calibration_error(confidence: NDArray[np.floating], right: NDArray[np.bool_]) -> float:
    """Expected calibration error over 10 equal bins (Guo et al. 2017, arXiv 1706.04599), 0..1.

    Args:
        confidence: (n,), 0..1.
        right: bool (n,), whether the label was right.
    """
    bins = np.minimum((confidence * _BINS).astype(np.int64), _BINS - 1)
    difference = np.bincount(bins, weights=confidence.astype(np.float64) - right, minlength=_BINS)
    return float(np.abs(difference).sum() / len(confidence))


def auroc(known: NDArray[np.floating], strangers: NDArray[np.floating]) -> float:
    """The probability that a known query has more familiarity than a stranger, ties counting half: 0..1.

    Args:
        known: (k,), k >= 1.
        strangers: (s,), s >= 1.
    """
    ordered = np.sort(strangers)
    below = np.searchsorted(ordered, known, side="left")
    not_above = np.searchsorted(ordered, known, side="right")
    return float((below + not_above).mean() / (2 * len(strangers)))
