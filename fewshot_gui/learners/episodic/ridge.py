"""Ridge regression onto the classes as a differentiable head (R2D2, Bertinetto et al. 2019, arXiv 1805.08136)."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from fewshot_gui.core.operator_graph import OperatorGraph, Value
from fewshot_gui.learners.episodic.method import EpisodicMethod, TaskState
from fewshot_gui.learners.episodic.network import Network
from fewshot_gui.learners.episodic.operators import add_head


class RidgeMethod(EpisodicMethod):
    """Least squares with an intercept from features to one-hot classes, with a learned penalty and logit scale.

    The same problem as that of :class:`~fewshot_gui.learners.ridge.RidgeRule`: every class has the same weight.
    """

    def __init__(self, network: Network) -> None:
        super().__init__(network)
        # Features of length one leave about a half of it to what tells them apart, those of a convolution about 6.
        penalty = 1.0 if network.spec.kind == "conv4" else 0.1
        self.log_penalty = nn.Parameter(torch.tensor(math.log(penalty)))
        self.log_scale = nn.Parameter(torch.tensor(math.log(10.0)))

    def adapt(self, support: Tensor, labels: Tensor, ways: int) -> TaskState:
        """``weights`` float32 (ways, features) and ``bias`` (ways,), times the scale."""
        members = nn.functional.one_hot(labels, ways)
        weights, bias = ridge_head(self.network(support), members, self.log_penalty.exp())
        scale = self.log_scale.exp()
        return {"weights": scale * weights, "bias": scale * bias}

    def logits(self, state: TaskState, rows: Tensor) -> Tensor:
        """Fitted values, scaled: float32 (n, ways)."""
        return nn.functional.linear(self.network(rows), state["weights"], state["bias"])

    def add_operators(self, graph: OperatorGraph, state: TaskState, rows: Value) -> Value:
        """See :class:`~fewshot_gui.learners.episodic.method.EpisodicMethod`."""
        return add_head(graph, self.network.add_operators(graph, rows), state["weights"], state["bias"])


def ridge_head(features: Tensor, members: Tensor, penalty: Tensor) -> tuple[Tensor, Tensor]:
    """Weights (ways, f) and bias (ways,) that minimise ``sum_i v_i |W z_i + b - y_i|^2 + penalty |W|^2``.

    The weights ``v`` give every class the same share and sum to n. Solved as an n by n system (the Woodbury identity).

    Args:
        features: (n, f).
        members: (n, ways), one-hot.
        penalty: A scalar above 0.
    """
    targets = members.to(features.dtype)
    shares = (targets / targets.sum(dim=0)).sum(dim=1) / targets.shape[1]
    root = (len(features) * shares).sqrt()[:, None]
    centre, level = shares @ features, shares @ targets
    centred = root * (features - centre)
    system = centred @ centred.T + penalty * torch.eye(len(features), dtype=features.dtype, device=features.device)
    weights = torch.linalg.solve(system, root * (targets - level)).T @ centred
    return weights, level - weights @ centre
