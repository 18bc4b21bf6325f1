"""A network that maps the description of a task to the parameters of its classifier.

Hypernetworks (Ha et al. 2016, arXiv 1609.09106) on what describes a set of examples, trained towards the classifier
that many examples would give, ``|f(d_i) - theta_i|^2`` (Wang and Hebert 2016, Learning to learn).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from fewshot_gui.core.operator_graph import OperatorGraph, Value
from fewshot_gui.learners.episodic.method import EpisodicMethod, TaskState
from fewshot_gui.learners.episodic.network import Network
from fewshot_gui.learners.episodic.operators import add_head, tensor_constant
from fewshot_gui.learners.episodic.prototypes import class_means, initial_log_scale
from fewshot_gui.learners.episodic.ridge import ridge_head

_STEPS = 3
_WIDTH = 64
_TARGET_PENALTY = 0.1
"""Of the ridge heads to learn from, in mean squared lengths of the features."""
_TINY = 1e-8

_Head = tuple[Tensor, Tensor]
"""Weights (ways, f) and bias (ways,) of a linear classifier of features relative to the task's centre."""


class HypernetworkMethod(EpisodicMethod):
    """Predicts a linear head from the support's statistics, then fine-tunes it by a few gradient steps.

    Untrained, the predicted head is that of
    :class:`~fewshot_gui.learners.episodic.prototypes.PrototypicalMethod`. Training adds to it a gain of every feature,
    from how much the feature varies within and between the classes, and a correction of every class, from its mean and
    spread relative to those of the task. Both are functions of sets: neither the order of the examples nor that of the
    classes matters, and there may be any number of either.
    """

    def __init__(self, network: Network) -> None:
        super().__init__(network)
        features = network.features
        self.log_scale = nn.Parameter(torch.tensor(initial_log_scale(network)))
        self.gains = silent_network(3, 16, 1)
        self.corrections = silent_network(2 * features + 2, _WIDTH, features + 1)
        self.log_rates = nn.Parameter(torch.zeros(_STEPS))

    def adapt(self, support: Tensor, labels: Tensor, ways: int) -> TaskState:
        """``weights`` float32 (ways, features) and ``bias`` (ways,), for features minus ``centre`` (features,)."""
        features = self.network(support)
        centre = class_means(features, labels, ways).mean(dim=0)
        weights, bias = self._tuned(self._predicted(features - centre, labels, ways), features - centre, labels)
        return {"weights": weights, "bias": bias, "centre": centre}

    def logits(self, state: TaskState, rows: Tensor) -> Tensor:
        """float32 (n, ways)."""
        return nn.functional.linear(self.network(rows) - state["centre"], state["weights"], state["bias"])

    def add_operators(self, graph: OperatorGraph, state: TaskState, rows: Value) -> Value:
        """See :class:`~fewshot_gui.learners.episodic.method.EpisodicMethod`."""
        features = self.network.add_operators(graph, rows)
        centred = graph.add("Sub", features, tensor_constant(graph, state["centre"]))
        return add_head(graph, centred, state["weights"], state["bias"])

    def episode_loss(self, support: Tensor, labels: Tensor, ways: int, queries: Tensor, query_labels: Tensor) -> Tensor:
        """Cross-entropy of the queries after fine-tuning plus ``|f(d) - theta|^2``.

        theta is the ridge head of support and queries together, which no support alone could give. Only directions
        are compared, both at length one: a common scale of a head is the logit scale's business.
        """
        features = self.network(torch.cat([support, queries]))
        classes = torch.cat([labels, query_labels])
        centre = class_means(features[: len(support)], labels, ways).mean(dim=0)
        features = features - centre
        head = self._predicted(features[: len(support)], labels, ways)
        weights, bias = self._tuned(head, features[: len(support)], labels)
        scores = nn.functional.linear(features[len(support) :], weights, bias)
        return nn.functional.cross_entropy(scores, query_labels) + _regression(head, features.detach(), classes)

    def _predicted(self, features: Tensor, labels: Tensor, ways: int) -> _Head:
        """The head f(d) that the description of the task maps to."""
        means = class_means(features, labels, ways)
        variances = class_means((features - means[labels]).square(), labels, ways)
        within, between = variances.mean(dim=0), means.square().mean(dim=0)
        typical = (within + between).mean() + _TINY
        counts = torch.bincount(labels, minlength=ways).to(features.dtype).log()
        shots = counts.mean().expand_as(within)
        of_features = torch.stack([(within / typical + 0.01).log(), (between / typical + 0.01).log(), shots], dim=1)
        spreads = (variances / typical + 0.01).sqrt()
        sizes = torch.stack([counts, torch.full_like(counts, math.log(ways))], dim=1)
        of_classes = torch.cat([means / typical.sqrt(), spreads - spreads.mean(dim=0), sizes], dim=1)
        corrections = self.corrections(of_classes)
        gains = 2 * self.gains(of_features).squeeze(1).sigmoid()
        weights = 2 * (means * gains + typical.sqrt() * corrections[:, :-1])
        bias = typical * corrections[:, -1] - 0.5 * (weights * means).sum(dim=1)
        scale = self.log_scale.exp()
        return scale * weights, scale * bias

    def _tuned(self, head: _Head, features: Tensor, labels: Tensor) -> _Head:
        """The head after steps down the cross-entropy of the examples, every class weighing the same."""
        weights, bias = head
        members = nn.functional.one_hot(labels, len(bias)).to(features.dtype)
        shares = (members / members.sum(dim=0)).sum(dim=1, keepdim=True)
        length = features.square().sum(dim=1).mean() + _TINY
        for rate in self.log_rates.exp():
            errors = shares * (nn.functional.linear(features, weights, bias).softmax(dim=1) - members)
            weights = weights - rate / length * errors.T @ features
            bias = bias - rate * errors.sum(dim=0)
        return weights, bias


def _regression(head: _Head, features: Tensor, labels: Tensor) -> Tensor:
    """Squared distance of the predicted head from the ridge head of all rows (n, f), both at length one."""
    members = nn.functional.one_hot(labels, len(head[1]))
    length = features.square().sum(dim=1).mean() + _TINY
    target = ridge_head(features, members, _TARGET_PENALTY * length)
    predicted, wanted = (
        torch.cat([weights.flatten() * length.sqrt(), bias - bias.mean()]) for weights, bias in (head, target)
    )
    return (_of_length_one(predicted) - _of_length_one(wanted)).square().sum()


def _of_length_one(vector: Tensor) -> Tensor:
    """A vector scaled to length one; the zero vector of a single class stays zero, with finite derivatives."""
    return vector * (vector.square().sum() + _TINY).rsqrt()


def silent_network(inputs: int, width: int, outputs: int) -> nn.Sequential:
    """A hidden layer whose output is zero until it is trained."""
    last = nn.Linear(width, outputs)
    nn.init.zeros_(last.weight)
    nn.init.zeros_(last.bias)
    return nn.Sequential(nn.Linear(inputs, width), nn.ReLU(), last)
