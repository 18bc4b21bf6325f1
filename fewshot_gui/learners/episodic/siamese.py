"""Siamese networks: a learned metric of pairs (Koch et al. 2015, Siamese neural networks for one-shot recognition)."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from fewshot_gui.core.operator_graph import OperatorGraph, Value
from fewshot_gui.learners.episodic.matching import add_class_log_means, class_log_means
from fewshot_gui.learners.episodic.method import EpisodicMethod, TaskState
from fewshot_gui.learners.episodic.network import Network
from fewshot_gui.learners.episodic.operators import tensor_constant

_VALUES_AT_ONCE = 2**24
"""How many differences are held at a time when nothing is differentiated: 64 MiB."""


class SiameseMethod(EpisodicMethod):
    """Two rows are of one class with probability ``sigmoid(bias - weights . |a - b|)``.

    The weights begin equal, so that the metric is the city-block distance until it is meta-trained. A row belongs to
    the class whose examples have the highest mean odds of being of one class with it: the mean of the odds, a ratio of
    likelihoods, heeds the examples that are near; that of their logarithms was 2 points worse on photos at 5 examples.
    """

    def __init__(self, network: Network) -> None:
        super().__init__(network)
        sharpness, typical = _start(network)
        # In f dimensions the city-block distance is about 0.8 sqrt(f) times the Euclidean one.
        self.weights = nn.Parameter(torch.full((network.features,), sharpness / math.sqrt(network.features)))
        self.bias = nn.Parameter(torch.tensor(0.8 * sharpness * typical))

    def adapt(self, support: Tensor, labels: Tensor, ways: int) -> TaskState:
        """``keys`` float32 (n, features), the examples, and ``members`` float32 (n, ways), one-hot."""
        keys = self.network(support)
        return {"keys": keys, "members": nn.functional.one_hot(labels, ways).to(keys.dtype)}

    def logits(self, state: TaskState, rows: Tensor) -> Tensor:
        """Log of the mean odds of being of one class with each class's examples: float32 (n, ways)."""
        return class_log_means(self.log_odds(self.network(rows), state["keys"]), state["members"])

    def add_operators(self, graph: OperatorGraph, state: TaskState, rows: Value) -> Value:
        """See :class:`~fewshot_gui.learners.episodic.method.EpisodicMethod`."""
        features = graph.add("Unsqueeze", self.network.add_operators(graph, rows), graph.integers(1))
        differences = graph.add("Abs", graph.add("Sub", features, tensor_constant(graph, state["keys"])))
        unlike = graph.add("MatMul", differences, tensor_constant(graph, self.weights))
        log_odds = graph.add("Sub", tensor_constant(graph, self.bias), unlike)
        return add_class_log_means(graph, log_odds, state["members"])

    def log_odds(self, rows: Tensor, others: Tensor) -> Tensor:
        """Log-odds that features are of one class, (q, n) of (q, f) and (n, f)."""
        blocks = torch.split(rows, max(1, _VALUES_AT_ONCE // others.numel()))
        return torch.cat([self.bias - (block[:, None] - others).abs() @ self.weights for block in blocks])

    def episode_loss(
        self,
        support: Tensor,
        labels: Tensor,
        ways: int,  # noqa: ARG002 - of the contract; pairs need no count of classes
        queries: Tensor,
        query_labels: Tensor,
    ) -> Tensor:
        """Binary cross-entropy of the pairs of a query with an example or another query.

        Pairs of one class and pairs of two weigh the same in total, however many classes there are.
        """
        features = self.network(torch.cat([queries, support]))
        classes = torch.cat([query_labels, labels])
        odds = self.log_odds(features[: len(queries)], features)
        same = query_labels[:, None] == classes
        # A query is no pair with itself.
        alike = same & ~torch.eye(len(queries), len(features), dtype=torch.bool, device=same.device)
        losses = nn.functional.binary_cross_entropy_with_logits(odds, same.to(odds.dtype), reduction="none")
        return 0.5 * (_mean_where(losses, alike) + _mean_where(losses, ~same))


def _mean_where(values: Tensor, mask: Tensor) -> Tensor:
    """The mean of the values that ``mask`` picks; 0 where it picks none."""
    weights = mask.to(values.dtype)
    return (values * weights).sum() / weights.sum().clamp(min=1)


def _start(network: Network) -> tuple[float, float]:
    """How sharp the metric is to begin with, and the Euclidean distance at which it is undecided.

    They matter: on Omniglot, four times too soft a start was 20 points behind after 400 steps.
    """
    if network.spec.kind == "conv4":
        return 4.0, 0.33 * math.sqrt(network.features)
    return 10.0, 0.85
