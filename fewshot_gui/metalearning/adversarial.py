"""Queries changed against the method, within bounds, so that it learns to withstand that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from fewshot_gui.learners.episodic.method import EpisodicMethod
from fewshot_gui.learners.starting_point import NetworkKind

Norm = Literal["largest", "euclidean"]
"""How the size of a change is measured: by its largest value, as is usual for pixels, or by its length as a share of
the row's."""


@dataclass(frozen=True)
class Attack:
    """Projected gradient ascent (Madry et al. 2018, arXiv 1706.06083): steps up the loss, kept within a ball.

    The attacker knows the method, what it made of the examples, and the right answers. Examples stay as they are.

    Attributes:
        radius: Of the ball around each row: a value, or a share of the row's length.
        norm: Of the ball.
        steps: Steps of 2.5 radii in all, so that every point of the ball can be reached.
        bounds: Least and largest value that a row can have, such as (0, 1) for pixels.
    """

    radius: float
    norm: Norm
    steps: int = 5
    bounds: tuple[float, float] | None = None

    def __call__(
        self, method: EpisodicMethod, support: Tensor, labels: Tensor, ways: int, queries: Tensor, query_labels: Tensor
    ) -> Tensor:
        """The changed queries, float32 (q, inputs).

        Args:
            method: What is attacked; its gradients are left alone.
            support: float32 (n, inputs).
            labels: int64 (n,), 0..ways-1.
            ways: How many classes there are.
            queries: float32 (q, inputs).
            query_labels: int64 (q,), 0..ways-1.
        """
        with torch.no_grad():
            state = method.adapt(support, labels, ways)
            changed = self._within(queries, queries + self._random(queries))
        for _ in range(self.steps):
            changed.requires_grad_(True)
            loss = nn.functional.cross_entropy(method.logits(state, changed), query_labels, reduction="sum")
            (gradient,) = torch.autograd.grad(loss, changed)
            with torch.no_grad():
                step = 2.5 / self.steps * self._longest(queries, gradient)
                changed = self._within(queries, changed + step)
        return changed.detach()

    def _random(self, rows: Tensor) -> Tensor:
        """A random place in the ball to begin at."""
        if self.norm == "largest":
            return (2 * torch.rand_like(rows) - 1) * self.radius
        direction = nn.functional.normalize(torch.randn_like(rows), dim=1)
        return direction * torch.rand_like(rows[:, :1]) * self._lengths(rows)

    def _longest(self, rows: Tensor, gradient: Tensor) -> Tensor:
        """From the middle of the ball to its edge in the steepest direction."""
        if self.norm == "largest":
            return gradient.sign() * self.radius
        return nn.functional.normalize(gradient, dim=1) * self._lengths(rows)

    def _lengths(self, rows: Tensor) -> Tensor:
        """The radius of each row's ball, (n, 1)."""
        lengths: Tensor = torch.linalg.vector_norm(rows, dim=1, keepdim=True)
        return self.radius * lengths

    def _within(self, rows: Tensor, changed: Tensor) -> Tensor:
        """What comes nearest to ``changed`` in the ball and the bounds."""
        change = changed - rows
        if self.norm == "largest":
            change = change.clamp(-self.radius, self.radius)
        else:
            length = torch.linalg.vector_norm(change, dim=1, keepdim=True)
            change = change * (self._lengths(rows) / length.clamp(min=1e-12)).clamp(max=1.0)
        return rows + change if self.bounds is None else (rows + change).clamp(*self.bounds)


def usual_attack(kind: NetworkKind, radius: float) -> Attack:
    """An attack that suits the rows of a network: on the values of pixels, or on the direction of embeddings.

    Args:
        kind: Of the network.
        radius: Of the ball; 0.1 is a strong attack both on pixels 0..1 and on embeddings of length one.
    """
    if kind == "conv4":
        return Attack(radius, "largest", bounds=(0.0, 1.0))
    return Attack(radius, "euclidean")
