"""Ridge regression onto the classes, every class weighing the same (Bertinetto et al. 2019, arXiv 1805.08136)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fewshot_gui.learners.dual import DualProblem, DualSolution


@dataclass(frozen=True)
class RidgeRule:
    """Weighted least squares with an intercept from transformed embeddings to one-hot classes.

    Minimises ``sum_i v_i |W z_i + b - y_i|^2 + penalty |W|^2`` with weights ``v`` that give every class the same
    share and sum to the number of examples, a group counting as one. Solved in its dual form, an n by n system (the
    Woodbury identity).

    Attributes:
        penalty: The regularisation, above zero; examples have length one.
    """

    penalty: float = 0.1

    def solve(self, problem: DualProblem) -> DualSolution:
        """Solve the dual system."""
        n, means = len(problem.columns), problem.means
        shares = means.sum(axis=1) / problem.classes
        targets = (means > 0).astype(np.float64)
        average_target = shares @ targets
        on_average = problem.gram @ shares
        centred = problem.gram - on_average[:, None] - on_average[None, :] + shares @ on_average
        root = np.sqrt(problem.counts.sum() * shares)[:, None]
        system = root * centred * root.T + self.penalty * np.eye(n)
        coefficients = root * np.linalg.solve(system, root * (targets - average_target))
        # Centring the photo is folded into the coefficients and the bias.
        bias = average_target - on_average @ coefficients + (shares @ on_average) * coefficients.sum(axis=0)
        return DualSolution(coefficients - np.outer(shares, coefficients.sum(axis=0)), bias)
