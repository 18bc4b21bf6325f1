"""Matching networks (Vinyals et al. 2016, arXiv 1606.04080), without their full-context embeddings."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from fewshot_gui.core.operator_graph import OperatorGraph, Value
from fewshot_gui.learners.episodic.method import EpisodicMethod, TaskState
from fewshot_gui.learners.episodic.network import Network
from fewshot_gui.learners.episodic.operators import add_log_sum_exp, tensor_constant
from fewshot_gui.learners.episodic.prototypes import add_closeness, initial_log_scale, squared_distances


class MatchingMethod(EpisodicMethod):
    """A row belongs to the class whose examples it attends to.

    The attention to an example is ``exp(-scale * squared distance)`` with a learned scale: the paper's softmax of
    cosines, without a scale, cannot be sharp (cosines end at 1), and re-implementations lost 6 to 20 points by it.
    """

    def __init__(self, network: Network) -> None:
        super().__init__(network)
        self.log_scale = nn.Parameter(torch.tensor(initial_log_scale(network)))

    def adapt(self, support: Tensor, labels: Tensor, ways: int) -> TaskState:
        """``keys`` float32 (n, features), the examples, and ``members`` float32 (n, ways), one-hot."""
        keys = self.network(support)
        return {"keys": keys, "members": nn.functional.one_hot(labels, ways).to(keys.dtype)}

    def logits(self, state: TaskState, rows: Tensor) -> Tensor:
        """Log of the mean attention to each class, up to a constant of the row: float32 (n, ways)."""
        scores = -self.log_scale.exp() * squared_distances(self.network(rows), state["keys"])
        return class_log_means(scores, state["members"])

    def add_operators(self, graph: OperatorGraph, state: TaskState, rows: Value) -> Value:
        """See :class:`~fewshot_gui.learners.episodic.method.EpisodicMethod`."""
        scores = add_closeness(graph, self.network.add_operators(graph, rows), state["keys"], self.log_scale)
        return add_class_log_means(graph, scores, state["members"])


def class_log_means(scores: Tensor, members: Tensor) -> Tensor:
    """``log(mean(exp(score)))`` over the examples of each class, finite however small the exponentials are.

    The mean, not the paper's sum, which is the same for equal counts: a sum would take the counts of examples for how
    common the classes are, and people pick examples, they do not draw them from the folder.

    Args:
        scores: (q, n), of each row with each example; ``-inf`` leaves one out, never a whole class.
        members: (n, ways), one-hot.

    Returns:
        (q, ways).
    """
    classes = members.argmax(dim=1).expand_as(scores)
    # The largest score of each class is only a shift that cancels, so it needs no derivative.
    best = torch.full_like(scores[:, :1], -torch.inf).repeat(1, members.shape[1])
    best = best.scatter_reduce(1, classes, scores.detach(), "amax")
    sums = (scores - best.gather(1, classes)).exp() @ members
    return best + sums.log() - members.sum(dim=0).log()


def add_class_log_means(graph: OperatorGraph, scores: Value, members: Tensor) -> Value:
    """Add :func:`class_log_means` of scores (q, n) to the graph of an exported model; gives float32 (q, ways)."""
    of_classes = graph.add("Unsqueeze", scores, graph.integers(2))
    lowest = graph.constant(torch.finfo(torch.float32).min)
    own = graph.add("Where", graph.constant(members > 0, np.bool_), of_classes, lowest)
    sums = add_log_sum_exp(graph, own, axis=1)
    return graph.add("Sub", sums, tensor_constant(graph, members.sum(dim=0).log()))
