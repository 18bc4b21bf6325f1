"""The inner loop of gradient-based meta-learning: a few steps of gradient descent on one task's examples."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn

Parameters = Mapping[str, Tensor]
"""Tensors that a task changes, by name."""


def inner_step(
    loss: Callable[[Parameters], Tensor], parameters: Parameters, rates: Parameters, *, second_order: bool
) -> dict[str, Tensor]:
    """One step of gradient descent, itself differentiable (Finn et al. 2017, arXiv 1703.03400, eq. 1).

    Args:
        loss: Parameters to a scalar.
        parameters: What to change.
        rates: The learning rate of each parameter, a scalar or of the parameter's shape.
        second_order: Whether the result's derivative knows that the gradient depends on the parameters too. If not,
            the gradient counts as a constant (FOMAML, section 5.2 there); it is also cheaper.

    Returns:
        ``parameters - rates * gradient``, on the graph of ``parameters`` and ``rates``.
    """
    start = parameters if second_order else {name: value.detach() for name, value in parameters.items()}
    gradient = torch.func.grad(loss)(dict(start))
    if not second_order:
        gradient = {name: value.detach() for name, value in gradient.items()}
    return {name: value - rates[name] * gradient[name] for name, value in parameters.items()}


def balanced_cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """The cross-entropy of logits (n, ways) where every class weighs the same, however many rows it has; a scalar.

    Args:
        logits: float (n, ways).
        labels: int64 (n,) in 0..ways-1; every class occurs.
    """
    counts = nn.functional.one_hot(labels, logits.shape[1]).sum(dim=0)
    losses = nn.functional.cross_entropy(logits, labels, reduction="none")
    return (losses / counts[labels]).sum() / logits.shape[1]
