"""Prototypes: a photo belongs to the class whose mean example is nearest (Snell et al. 2017, arXiv 1703.05175)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fewshot_gui.learners.dual import DualProblem, DualSolution


@dataclass(frozen=True)
class PrototypeRule:
    """Minus the squared Euclidean distance to the class mean, up to a constant per photo: ``2 z.p - |p|^2``."""

    def solve(self, problem: DualProblem) -> DualSolution:
        """Find the class means."""
        means = problem.means
        return DualSolution(2.0 * means, -np.einsum("nc,nc->c", means, problem.gram @ means))


@dataclass(frozen=True)
class CosinePrototypeRule:
    """The cosine between the photo and the class mean."""

    def solve(self, problem: DualProblem) -> DualSolution:
        """Find the class means and bring them to length one."""
        means = problem.means
        squares = np.einsum("nc,nc->c", means, problem.gram @ means)
        return DualSolution(means / np.sqrt(np.maximum(squares, 1e-12)), np.zeros(problem.classes))
