"""Linear discriminant analysis with one covariance for all classes, shrunk towards a multiple of the identity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.learners.dual import DualProblem, DualSolution
from fewshot_gui.learners.prototypes import PrototypeRule


@dataclass(frozen=True)
class LdaRule:
    """Gaussian classes with the same covariance and the same prior.

    The covariance is ``(1 - s) S + s (trace(S) / d) I`` with S the mean of the classes' covariances: that of
    ``sklearn.discriminant_analysis.LinearDiscriminantAnalysis(solver="lsqr", shrinkage=s, priors=uniform)``, inverted
    with the Woodbury identity in the span of the examples. Where no class varies (one example each), it is the
    identity, and the head is that of the prototypes.

    Attributes:
        shrinkage: s, above 0 and up to 1.
    """

    shrinkage: float = 0.5

    def solve(self, problem: DualProblem) -> DualSolution:
        """Solve the dual system."""
        n, means, columns = len(problem.columns), problem.means, problem.columns
        # The scatter is the Gram matrix of how far each example lies from its class mean, weighted to add up to S.
        root = np.sqrt(means.sum(axis=1) / problem.classes)[:, None]
        on_means = problem.gram @ means
        scatter = root * _from_means(_from_means(problem.gram, means, columns).T, means, columns) * root.T
        floor = self.shrinkage * float(np.trace(scatter)) / problem.dimension
        if floor <= 1e-12:
            return PrototypeRule().solve(problem)
        # The mean of the prototypes is subtracted: the same for all classes, it only costs digits.
        centre = means.mean(axis=1, keepdims=True)
        offsets = means - centre
        on_offsets = on_means - on_means.mean(axis=1, keepdims=True)
        kept = 1.0 - self.shrinkage
        system = kept * scatter + floor * np.eye(n)
        varying = root * np.linalg.solve(system, root * _from_means(on_offsets, means, columns))
        varying -= means @ ((means > 0).astype(np.float64).T @ varying)
        coefficients = (offsets - kept * varying) / floor
        bias = -0.5 * np.einsum("nc,nc->c", means + centre, problem.gram @ coefficients)
        return DualSolution(coefficients, bias)


def _from_means(
    rows: NDArray[np.float64], means: NDArray[np.float64], columns: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Row i, one per example, minus the mean of the rows of i's class, float64 (n, k)."""
    deviations: NDArray[np.float64] = rows - (means.T @ rows)[columns]
    return deviations
