"""Multinomial logistic regression, every class weighing the same, solved in the span of the examples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.learners.dual import DualProblem, DualSolution
from fewshot_gui.learners.likelihood import log_softmax

_NEWTON_STEPS = 100
_TOLERANCE = 1e-6
"""The largest entry of the gradient at which the solution counts as found; the examples have length one."""

_ROUNDING = 1e-9
"""Directions in which the examples vary less than this, relative to the largest, are rounding errors."""


@dataclass(frozen=True)
class LogisticRule:
    """Regularised maximum likelihood with an intercept that is not regularised.

    Minimises ``strength * sum_i v_i cross_entropy_i + |W|^2 / 2`` with weights ``v`` that give every class the same
    share and sum to the number of examples, a group counting as one: the objective of scikit-learn's
    ``LogisticRegression(C=strength, class_weight="balanced")``.

    Attributes:
        strength: How much the examples count against the regularisation, above zero.
    """

    strength: float = 10.0

    def solve(self, problem: DualProblem) -> DualSolution:
        """Newton's method; each step is solved by conjugate gradients."""
        objective = _Objective.of(problem, self.strength)
        parameters = np.zeros((objective.inputs.shape[1], problem.classes))
        for _ in range(_NEWTON_STEPS):
            residuals, probabilities = objective.residuals(parameters)
            gradient = objective.gradient(parameters, residuals)
            if np.abs(gradient).max() <= _TOLERANCE:
                break
            step = objective.newton_step(gradient, probabilities)
            parameters = objective.descend(parameters, step, float((gradient * step).sum()))
        residuals, _ = objective.residuals(parameters)
        # Where the gradient vanishes, the weights are these combinations of the examples, and centring them is undone
        # by the intercept alone: each column sums to zero.
        shares = problem.means.sum(axis=1) / problem.classes
        bias = parameters[-1] + (shares @ problem.gram) @ residuals
        return DualSolution(-residuals, bias - bias.mean())


@dataclass(frozen=True, eq=False)
class _Objective:
    """The objective over weights and intercept, stacked as parameters, float64 (r + 1, c).

    Attributes:
        inputs: float64 (n, r + 1): the examples, centred, in the coordinates of their principal axes; and a one. Their
            weighted products with one another are zero, so that the Hessian is nearly diagonal.
        squares: float64 (r + 1, 1), the weighted sum of squares of each column of ``inputs``.
        targets: float64 (n, c), one-hot.
        weights: float64 (n, 1), what each example's cross-entropy counts.
        penalties: float64 (r + 1, 1): one for each weight, zero for the intercept.
    """

    inputs: NDArray[np.float64]
    squares: NDArray[np.float64]
    targets: NDArray[np.float64]
    weights: NDArray[np.float64]
    penalties: NDArray[np.float64]

    @classmethod
    def of(cls, problem: DualProblem, strength: float) -> _Objective:
        shares = problem.means.sum(axis=1) / problem.classes
        on_average = problem.gram @ shares
        centred = problem.gram - on_average[:, None] - on_average[None, :] + shares @ on_average
        weights = strength * problem.counts.sum() * shares[:, None]
        root = np.sqrt(weights)
        values, vectors = np.linalg.eigh(root * centred * root.T)
        kept = values > _ROUNDING * max(float(values[-1]), 1.0)
        coordinates = vectors[:, kept] * np.sqrt(values[kept]) / root
        ones = np.ones((len(shares), 1))
        return cls(
            inputs=np.column_stack([coordinates, ones]),
            squares=np.append(values[kept], weights.sum())[:, None],
            targets=(problem.means > 0).astype(np.float64),
            weights=weights,
            penalties=np.append(np.ones(coordinates.shape[1]), 0.0)[:, None],
        )

    def value(self, parameters: NDArray[np.float64]) -> float:
        cross_entropies = -(self.targets * log_softmax(self.inputs @ parameters)).sum(axis=1)
        return float(self.weights[:, 0] @ cross_entropies + 0.5 * (self.penalties * parameters**2).sum())

    def residuals(self, parameters: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The derivatives by the logits, and the probabilities, float64 (n, c) each."""
        probabilities = np.exp(log_softmax(self.inputs @ parameters))
        return self.weights * (probabilities - self.targets), probabilities

    def gradient(self, parameters: NDArray[np.float64], residuals: NDArray[np.float64]) -> NDArray[np.float64]:
        gradient: NDArray[np.float64] = self.inputs.T @ residuals + self.penalties * parameters
        return gradient

    def newton_step(self, gradient: NDArray[np.float64], probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
        """Minus the inverse Hessian times the gradient, as far as it pays (Eisenstat and Walker 1996)."""
        variances = probabilities * (1.0 - probabilities)
        usual = self.squares * (self.weights * variances).sum(axis=0) / self.weights.sum() + self.penalties
        usual = np.maximum(usual, 1e-12)
        step = np.zeros_like(gradient)
        residual = -gradient
        direction = residual / usual
        square = float((residual * direction).sum())
        enough = min(0.01, square**0.5) * square
        for _ in range(2 * gradient.size):
            moved = self.inputs @ direction
            moved = self.weights * probabilities * (moved - (probabilities * moved).sum(axis=1, keepdims=True))
            curved = self.inputs.T @ moved + self.penalties * direction
            length = square / max(float((direction * curved).sum()), 1e-300)
            step = step + length * direction
            residual = residual - length * curved
            scaled = residual / usual
            previous, square = square, float((residual * scaled).sum())
            if square <= enough:
                break
            direction = scaled + (square / previous) * direction
        return step

    def descend(self, parameters: NDArray[np.float64], step: NDArray[np.float64], slope: float) -> NDArray[np.float64]:
        """The parameters moved along the step, halved until the objective falls (Armijo)."""
        before, length = self.value(parameters), 1.0
        while length > 1e-10 and self.value(parameters + length * step) > before + 1e-4 * length * slope:
            length /= 2
        return parameters + length * step
