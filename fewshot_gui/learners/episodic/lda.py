"""Linear discriminant analysis as a differentiable head: the distance to class means where little varies in a class."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from fewshot_gui.core.operator_graph import OperatorGraph, Value
from fewshot_gui.learners.episodic.method import EpisodicMethod, TaskState
from fewshot_gui.learners.episodic.network import Network
from fewshot_gui.learners.episodic.operators import add_head
from fewshot_gui.learners.episodic.prototypes import class_means, initial_log_scale

_LEAST_VARIANCE = 1e-8
"""Added to the variance of every feature, so that classes that do not vary leave the distance as it is."""


class DiscriminantMethod(EpisodicMethod):
    """Gaussian classes of one covariance, shrunk towards a multiple of the identity by a learned share s.

    The covariance is that of :class:`~fewshot_gui.learners.lda.LdaRule`, ``(1 - s) S + s (trace(S) / f) I`` with S the
    mean of the classes' covariances. Divided by its second part it is ``I + k S``, and the logit is the negative
    squared distance to the class mean under the inverse of that, times a learned scale. Where no class varies (one
    example each) S is zero and the head is :class:`~fewshot_gui.learners.episodic.prototypes.PrototypicalMethod`.
    """

    def __init__(self, network: Network) -> None:
        super().__init__(network)
        self.shrinkage = nn.Parameter(torch.tensor(0.0))
        self.log_scale = nn.Parameter(torch.tensor(initial_log_scale(network)))

    def adapt(self, support: Tensor, labels: Tensor, ways: int) -> TaskState:
        """``weights`` float32 (ways, features) and ``bias`` (ways,), times the scale."""
        features = self.network(support)
        means = class_means(features, labels, ways)
        sizes = torch.bincount(labels, minlength=ways)[labels]
        deviations = (features - means[labels]) / (ways * sizes).to(features.dtype).sqrt()[:, None]
        centre = means.mean(dim=0)
        whitened = self._whitened(means - centre, deviations)
        scale = self.log_scale.exp()
        # The squared length of a row is the same for all classes and is left out.
        return {"weights": 2 * scale * whitened, "bias": -scale * (whitened * (means + centre)).sum(dim=1)}

    def logits(self, state: TaskState, rows: Tensor) -> Tensor:
        """Negative squared distances, scaled, up to a constant of the row: float32 (n, ways)."""
        return nn.functional.linear(self.network(rows), state["weights"], state["bias"])

    def add_operators(self, graph: OperatorGraph, state: TaskState, rows: Value) -> Value:
        """See :class:`~fewshot_gui.learners.episodic.method.EpisodicMethod`."""
        return add_head(graph, self.network.add_operators(graph, rows), state["weights"], state["bias"])

    def _whitened(self, offsets: Tensor, deviations: Tensor) -> Tensor:
        """``offsets (I + k S)^-1`` with S the Gram matrix of deviations (n, f), by an n by n system (Woodbury)."""
        shrinkage = self.shrinkage.sigmoid()
        variance = deviations.square().sum() / deviations.shape[1]
        strength = (1 - shrinkage) / (shrinkage * variance + _LEAST_VARIANCE)
        identity = torch.eye(len(deviations), dtype=deviations.dtype, device=deviations.device)
        system = identity + strength * deviations @ deviations.T
        varying: Tensor = torch.linalg.solve(system, deviations @ offsets.T).T @ deviations
        return offsets - strength * varying
