"""Unequal numbers of examples should not decide who wins.

The mean of few examples is noisy, and the noise is part of what the head scores new photos with: on its own examples a
class scores higher than on new photos, by about ``k / n`` with n examples and one k for all classes. Rules such as
``2 z.p - |p|^2`` pay for the noise with half of that, and classes with few examples are chosen too rarely. The
correction measures k on held-out examples and gives half of it back, as ``k / (2 (n + 1))``; the one in the denominator
keeps it small where it is least certain, at a single example. With equal counts it changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.learners.dual import DualProblem, DualSolution


def own_score_excess(
    whole: DualProblem,
    parts: Sequence[DualProblem],
    solutions: Sequence[DualSolution],
    held_out: Sequence[NDArray[np.int64]],
    answers: Sequence[NDArray[np.float64]],
) -> float:
    """How much more a class scores on its own examples than on held-out ones, times its number of examples: k.

    Args:
        whole: All examples.
        parts: The training side of each split.
        solutions: The head of each split.
        held_out: int64, the held-out rows of each split.
        answers: float64 (m, c), the logits of these rows.

    Returns:
        k, at least 0, in units of the logits.
    """
    excess = []
    for part, solution, rows, logits in zip(parts, solutions, held_out, answers, strict=True):
        own = np.einsum("nc,nc->c", part.means, solution.logits(part.gram))
        columns = whole.columns[rows]
        excess.append(part.counts[columns] * (own[columns] - logits[np.arange(len(rows)), columns]))
    return max(float(np.concatenate(excess).mean()), 0.0)


def count_bias(counts: NDArray[np.float64], excess: float) -> NDArray[np.float64]:
    """What to add to each class's bias, float64 (c,), given its number of examples and :func:`own_score_excess`."""
    bias: NDArray[np.float64] = excess / (2.0 * (counts + 1.0))
    return bias
