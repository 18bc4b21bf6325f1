"""Heads with their answers on held-out examples, brought to one scale and weighted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.core.progress import Progress
from fewshot_gui.learners.count_correction import count_bias, own_score_excess
from fewshot_gui.learners.cross_validation import Split
from fewshot_gui.learners.dual import DualProblem, DualSolution, LinearRule
from fewshot_gui.learners.likelihood import best_scale, cross_entropy, own_margin

_EVIDENCE = 0.5
"""How much of the held-out log-likelihood counts: held-out answers share most of their training examples, and their
likelihoods differ by more than independent ones would. 0.25 to 2 differ by 0.1 points on the development tasks."""


@dataclass(frozen=True, eq=False)
class HeadAnswers:
    """One head on all examples and on the training side of every split.

    The logits on both sides have the same margin on the examples behind them
    (:func:`~fewshot_gui.learners.likelihood.own_margin`), so that what fits one fits the other.

    Attributes:
        solution: From all examples.
        parts: From the training rows of each split.
        held_out: float64 (m, c), the logits of the held-out rows of all splits.
    """

    solution: DualSolution
    parts: tuple[DualSolution, ...]
    held_out: NDArray[np.float64]

    def scaled(self, factor: float) -> HeadAnswers:
        """The head whose logits are ``factor`` times as large."""
        parts = tuple(part.scaled(factor) for part in self.parts)
        return HeadAnswers(self.solution.scaled(factor), parts, factor * self.held_out)

    def __add__(self, other: HeadAnswers) -> HeadAnswers:
        parts = tuple(mine + its for mine, its in zip(self.parts, other.parts, strict=True))
        return HeadAnswers(self.solution + other.solution, parts, self.held_out + other.held_out)


def solve_with_splits(
    rule: LinearRule, problem: DualProblem, splits: Sequence[Split], progress: Progress
) -> HeadAnswers:
    """Solve a head for all examples and every split, corrected for unequal counts, logits of margin one.

    Raises:
        Cancelled: The person cancelled.
    """
    parts, solutions, answers = [], [], []
    for split in splits:
        progress.check()
        parts.append(problem.subset(split.train))
        solutions.append(rule.solve(parts[-1]))
        answers.append(solutions[-1].logits(problem.gram[np.ix_(split.held_out, split.train)]))
    progress.check()
    held_out = [split.held_out for split in splits]
    excess = own_score_excess(problem, parts, solutions, held_out, answers) if splits else 0.0
    solutions = [
        _of_margin_one(_corrected(each, part, excess), part) for each, part in zip(solutions, parts, strict=True)
    ]
    answers = [
        each.logits(problem.gram[np.ix_(split.held_out, split.train)])
        for each, split in zip(solutions, splits, strict=True)
    ]
    return HeadAnswers(
        solution=_of_margin_one(_corrected(rule.solve(problem), problem, excess), problem),
        parts=tuple(solutions),
        held_out=np.concatenate([np.empty((0, problem.classes)), *answers]),
    )


def _corrected(solution: DualSolution, problem: DualProblem, excess: float) -> DualSolution:
    return DualSolution(solution.coefficients, solution.bias + count_bias(problem.counts, excess))


def _of_margin_one(solution: DualSolution, problem: DualProblem) -> DualSolution:
    return solution.scaled(1.0 / own_margin(solution.logits(problem.gram), problem.columns, problem.groups))


def blend(heads: Sequence[HeadAnswers], shares: NDArray[np.float64]) -> HeadAnswers:
    """The weighted sum of heads; ``shares`` float64, one per head."""
    blended = heads[0].scaled(float(shares[0]))
    for head, share in zip(heads[1:], shares[1:], strict=True):
        blended += head.scaled(float(share))
    return blended


def scaled_by_likelihood(
    heads: Sequence[HeadAnswers], columns: NDArray[np.int64], observations: int
) -> tuple[list[HeadAnswers], NDArray[np.float64]]:
    """Scale every head's logits to probabilities, and weight the heads by their held-out likelihood.

    Args:
        heads: Of margin one, with at least one held-out answer each.
        columns: int64 (m,), the right column of each held-out row.
        observations: How many of these rows are independent.

    Returns:
        The scaled heads, and their shares, float64, which sum to 1.
    """
    scaled = [head.scaled(best_scale(head.held_out, columns, observations)) for head in heads]
    losses = np.array([cross_entropy(head.held_out, columns) for head in scaled])
    shares = np.exp(-_EVIDENCE * observations * (losses - losses.min()))
    return scaled, shares / shares.sum()
