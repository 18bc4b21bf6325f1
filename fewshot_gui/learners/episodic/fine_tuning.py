"""Fine-tuning a network with a linear head on a handful of rows, by a fixed number of optimiser steps."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from fewshot_gui.core.operator_graph import OperatorGraph, Value
from fewshot_gui.learners.episodic.network import Network
from fewshot_gui.learners.episodic.operators import add_head
from fewshot_gui.learners.episodic.prototypes import class_means
from fewshot_gui.learners.operators import add_normalised

_LEAST_FEATURE = 1e-3
"""Added before the square root, whose slope at zero has no bound; pooled features are around 0.1 to 1."""
_HEAD_SCALE = 12.0
"""The length of the first weights of a class: it makes softmax probabilities of cosines between vectors of length 1."""


@dataclass(frozen=True)
class FineTuning:
    """How to fine-tune. The defaults were chosen on hand signs, letters and clothes.

    Twice the rate of the network does not converge. Leaving half of the four blocks as they are saves half of the time
    and costs 4 points on hand signs.

    Attributes:
        steps: Of the optimiser; their number, not that of passes over the rows, is what the result depends on.
        batch: Rows of a step.
        network_rate: The highest learning rate of the network (Adam, Kingma and Ba 2015, arXiv 1412.6980).
        head_rate: That of the head.
        warm_up: Steps until the rates are at their highest; then they fall along half a cosine.
        smoothing: Of the labels (Szegedy et al. 2016, arXiv 1512.00567).
    """

    steps: int = 30
    batch: int = 32
    network_rate: float = 2e-3
    head_rate: float = 1e-2
    warm_up: int = 5
    smoothing: float = 0.1


class HeadedNetwork(nn.Module):
    """A network with a linear head on the square roots of its features at length one.

    Attributes:
        network: Rows to features that are not negative.
        weights: float32 (features, ways).
        bias: float32 (ways,).
    """

    def __init__(self, network: Network, ways: int) -> None:
        super().__init__()
        self.network = network
        self.weights = nn.Parameter(torch.zeros(network.features, ways))
        self.bias = nn.Parameter(torch.zeros(ways))

    def forward(self, rows: Tensor) -> Tensor:
        """Logits float32 (n, ways); each row depends on itself only."""
        return self._directions(rows) @ self.weights + self.bias

    def add_operators(self, graph: OperatorGraph, rows: Value) -> Value:
        """Add what :meth:`forward` computes in evaluation mode to the graph of an exported model."""
        features = graph.add("Relu", self.network.add_operators(graph, rows))
        roots = graph.add("Sqrt", graph.add("Add", features, graph.constant(_LEAST_FEATURE)))
        return add_head(graph, add_normalised(graph, roots), self.weights.T, self.bias)

    def begin_with_prototypes(self, rows: Tensor, labels: Tensor) -> None:
        """Let the head be that of the class means, relative to the mean of all, before anything is adapted."""
        with torch.no_grad():
            ways = len(self.bias)
            prototypes = nn.functional.normalize(class_means(self._directions(rows), labels, ways), dim=1)
            self.weights.copy_(_HEAD_SCALE * (prototypes - prototypes.mean(dim=0)).T)
            self.bias.zero_()

    def _directions(self, rows: Tensor) -> Tensor:
        return nn.functional.normalize((self.network(rows).clamp_min(0) + _LEAST_FEATURE).sqrt(), dim=1)


def fine_tune(
    model: HeadedNetwork,
    rows: Tensor,
    labels: Tensor,
    weights: Tensor,
    settings: FineTuning,
    *,
    seed: int,
    after_step: Callable[[], None],
) -> None:
    """Fine-tune ``model`` in place.

    Args:
        model: Changed.
        rows: float32 (n, inputs), in an order that does not depend on chance.
        labels: int64 (n,) in 0..ways-1; every class occurs.
        weights: float32 (n,), what each row counts in the loss, 1 on average.
        settings: How.
        seed: Fixes which rows come together.
        after_step: Called after every step; may raise, to stop.
    """
    model.begin_with_prototypes(rows, labels)
    head = [model.weights, model.bias]
    optimiser = torch.optim.Adam(
        [
            {"params": list(model.network.parameters()), "rate": settings.network_rate},
            {"params": head, "rate": settings.head_rate},
        ],
        betas=(0.9, 0.99),
    )
    batches = _batches(len(rows), settings.batch, torch.Generator().manual_seed(seed))
    for step in range(settings.steps):
        batch = next(batches)
        for group in optimiser.param_groups:
            group["lr"] = group["rate"] * _schedule(step, settings)
        losses = nn.functional.cross_entropy(
            model(rows[batch]), labels[batch], label_smoothing=settings.smoothing, reduction="none"
        )
        optimiser.zero_grad()
        torch.autograd.backward((losses * weights[batch]).mean())
        optimiser.step()
        after_step()


def _schedule(step: int, settings: FineTuning) -> float:
    """The share of the highest rate at a step: rising in a line, falling along half a cosine."""
    rising = min(1.0, (step + 1) / settings.warm_up)
    return rising * 0.5 * (1.0 + math.cos(math.pi * step / settings.steps))


def _batches(count: int, size: int, generator: torch.Generator) -> Iterator[Tensor]:
    """Endless batches of row numbers: every row once, newly shuffled, before any comes again."""
    waiting = torch.empty(0, dtype=torch.int64)
    while True:
        while len(waiting) < min(size, count):
            waiting = torch.cat([waiting, torch.randperm(count, generator=generator)])
        yield waiting[:size]
        waiting = waiting[size:]
