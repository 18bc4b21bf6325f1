"""Prototypical networks (Snell et al. 2017, arXiv 1703.05175)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from fewshot_gui.core.operator_graph import OperatorGraph, Value
from fewshot_gui.learners.episodic.method import EpisodicMethod, TaskState
from fewshot_gui.learners.episodic.network import Network
from fewshot_gui.learners.episodic.operators import tensor_constant


class PrototypicalMethod(EpisodicMethod):
    """A row belongs to the class whose mean feature is nearest.

    The logit is the negative squared Euclidean distance times a learned scale; for features that are not of length
    one a scale of 1 is the paper's.
    """

    def __init__(self, network: Network) -> None:
        super().__init__(network)
        self.log_scale = nn.Parameter(torch.tensor(initial_log_scale(network)))

    def adapt(self, support: Tensor, labels: Tensor, ways: int) -> TaskState:
        """``prototypes`` float32 (ways, features)."""
        return {"prototypes": class_means(self.network(support), labels, ways)}

    def logits(self, state: TaskState, rows: Tensor) -> Tensor:
        """Negative squared distances, scaled: float32 (n, ways)."""
        return -self.log_scale.exp() * squared_distances(self.network(rows), state["prototypes"])

    def add_operators(self, graph: OperatorGraph, state: TaskState, rows: Value) -> Value:
        """See :class:`~fewshot_gui.learners.episodic.method.EpisodicMethod`."""
        return add_closeness(graph, self.network.add_operators(graph, rows), state["prototypes"], self.log_scale)


def class_means(features: Tensor, labels: Tensor, ways: int) -> Tensor:
    """The mean feature of each class, float32 (ways, f) of (n, f)."""
    members = nn.functional.one_hot(labels, ways).to(features.dtype)
    return (members.T @ features) / members.sum(dim=0)[:, None]


def squared_distances(rows: Tensor, points: Tensor) -> Tensor:
    """Squared Euclidean distances, (n, m) of (n, f) and (m, f)."""
    return (rows.square().sum(dim=1)[:, None] + points.square().sum(dim=1)) - 2 * rows @ points.T


def add_closeness(graph: OperatorGraph, rows: Value, points: Tensor, log_scale: Tensor) -> Value:
    """Add ``-exp(log_scale) * squared_distances(rows, points)`` to the graph of an exported model."""
    own = graph.add("ReduceSumSquare", rows, graph.integers(1), keepdims=1)
    products = graph.add("MatMul", rows, tensor_constant(graph, -2 * points.T))
    both = graph.add("Add", own, tensor_constant(graph, points.square().sum(dim=1)))
    return graph.add("Mul", graph.add("Add", both, products), tensor_constant(graph, -log_scale.exp()))


def initial_log_scale(network: Network) -> float:
    """A logit scale to begin with: features of length one differ by at most 4, those of a convolution by far more."""
    return {"adapter": 2.3, "tail": 2.3, "conv4": 0.0}[network.spec.kind]
