"""Methods that adapt by gradient descent from a meta-learned start: MAML and its relatives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.func import functional_call

from fewshot_gui.core.operator_graph import OperatorGraph, Value
from fewshot_gui.learners.episodic.inner_loop import Parameters, balanced_cross_entropy, inner_step
from fewshot_gui.learners.episodic.method import EpisodicMethod, TaskState
from fewshot_gui.learners.episodic.network import Network
from fewshot_gui.learners.episodic.operators import add_head, tensor_constant
from fewshot_gui.learners.episodic.prototypes import class_means, initial_log_scale
from fewshot_gui.learners.starting_point import NetworkKind

_BODY, _WEIGHT, _BIAS, _CENTRE = "network.", "head.weight", "head.bias", "head.centre"


@dataclass(frozen=True)
class InnerLoop:
    """What a gradient-based method does with a task.

    Attributes:
        adapts_network: Whether the steps change the network or the head only (ANIL, Raghu et al. 2020, 1909.09157).
        second_order: Whether the outer loop differentiates through the gradients of the steps (else: FOMAML).
        head_from_prototypes: Whether the head starts as the prototypes' (ProtoMAML, Triantafillou et al. 2020,
            1903.03096) instead of zero.
        steps: Steps in training mode.
        evaluation_steps: Steps in evaluation mode; those beyond ``steps`` use the rates of the last.
    """

    adapts_network: bool = True
    second_order: bool = True
    head_from_prototypes: bool = False
    steps: int = 5
    evaluation_steps: int = 5


@dataclass(frozen=True)
class FirstRates:
    """Learning rates to begin with: of the network, and of the head's weights and biases."""

    network: float
    weight: float
    bias: float


# The steps overshoot when rate x scale^2 x variance of the features is above 2; a bias has a "feature" of size one.
_FIRST_RATES: Mapping[NetworkKind, FirstRates] = {
    "adapter": FirstRates(network=0.05, weight=0.1, bias=0.005),
    "tail": FirstRates(network=0.01, weight=0.05, bias=0.005),
    "conv4": FirstRates(network=0.003, weight=0.05, bias=0.05),
}
# How far the network moves in a task is all that Reptile learns from, and its rates stay as they are.
_REPTILE_RATES: Mapping[NetworkKind, FirstRates] = {
    **_FIRST_RATES,
    "conv4": FirstRates(network=0.05, weight=0.1, bias=0.1),
}


class GradientMethod(EpisodicMethod):
    """A linear head on the network's features, both adapted by a few steps of gradient descent on the support set.

    Meta-learned are the network's initial parameters, a rate for every parameter and step (MAML++, Antoniou et al.
    2019, 1810.09502), and the scale of the logits.

    The head starts at zero, the same for every class: then classes may be numbered at will and be as many as they like.
    A learned vector common to all classes (UNICORN-MAML, Ye & Chao 2022, 2106.09486) would cancel in the softmax, so
    zero stands for all of them (the zeroing trick of Kao et al. 2022, 2106.15367). The head's rates are multiplied by
    the number of classes: after one step its weights are ``rate * scale * (p_c - mean of p)`` with p the class means,
    for few classes and for many.

    Attributes:
        loop: What is done with a task.
        rates: float32 (parameters, steps); first the network's in the order of ``named_parameters``, if it is adapted,
            then those of the head's weights and biases.
        step_weights: float32 (steps,), what the query loss after each step counts in :meth:`episode_loss`; at first
            only the last does. The outer loop may change it (:func:`annealed_step_weights`). Not saved.
    """

    first_rates: ClassVar[Mapping[NetworkKind, FirstRates]] = _FIRST_RATES
    rates: Tensor
    step_weights: Tensor

    def __init__(self, network: Network, loop: InnerLoop) -> None:
        super().__init__(network)
        self.loop = loop
        self.log_scale = nn.Parameter(torch.tensor(initial_log_scale(network)))
        self._body = tuple(f"{_BODY}{name}" for name, _ in network.named_parameters()) if loop.adapts_network else ()
        first = self.first_rates[network.spec.kind]
        rates = torch.tensor([first.network] * len(self._body) + [first.weight, first.bias])
        self.rates = nn.Parameter(rates[:, None].repeat(1, loop.steps))
        self.register_buffer("step_weights", annealed_step_weights(loop.steps, 1.0), persistent=False)

    def adapt(self, support: Tensor, labels: Tensor, ways: int) -> TaskState:
        """``head.weight`` (ways, f), ``head.bias`` (ways,) and, if the network is adapted, its ``network.*``."""
        *_, state = self._states(support, labels, ways)
        return state

    def logits(self, state: TaskState, rows: Tensor) -> Tensor:
        """The head on the adapted network's features, scaled: float32 (n, ways)."""
        return self._head(state, self._features(state, rows) - state[_CENTRE])

    def add_operators(self, graph: OperatorGraph, state: TaskState, rows: Value) -> Value:
        """See :class:`~fewshot_gui.learners.episodic.method.EpisodicMethod`."""
        network = deepcopy(self.network)
        network.load_state_dict(self._adapted(state), strict=False)
        features = network.add_operators(graph, rows)
        centred = graph.add("Sub", features, tensor_constant(graph, state[_CENTRE]))
        scale = self.log_scale.exp()
        return add_head(graph, centred, scale * state[_WEIGHT], scale * state[_BIAS])

    def episode_loss(self, support: Tensor, labels: Tensor, ways: int, queries: Tensor, query_labels: Tensor) -> Tensor:
        """The queries' cross-entropy; in training mode after every step, weighted by ``step_weights``."""
        if not self.training:
            return super().episode_loss(support, labels, ways, queries, query_labels)
        states = zip(self.step_weights.tolist(), self._states(support, labels, ways), strict=True)
        return torch.stack(
            [
                weight * nn.functional.cross_entropy(self.logits(state, queries), query_labels)
                for weight, state in states
                if weight > 0
            ]
        ).sum()

    def scoring_parameters(self) -> Mapping[str, Tensor]:
        """The scale, and the network unless every task has its own."""
        unused = ("rates", *self._body)
        return {name: value for name, value in self.state_dict().items() if name not in unused}

    def _states(self, support: Tensor, labels: Tensor, ways: int) -> Iterator[dict[str, Tensor]]:
        """What the task is scored with, after each step."""
        centre, changing = self._start(support, labels, ways)
        # The network gives the same in every step unless it is adapted.
        features = None if self._body else self.network(support)

        def loss(parameters: Parameters) -> Tensor:
            seen = self._features(parameters, support) if features is None else features
            return balanced_cross_entropy(self._head(parameters, seen - centre), labels)

        for step in range(self.loop.steps if self.training else self.loop.evaluation_steps):
            changing = inner_step(loss, changing, self._step_rates(step, ways), second_order=self.loop.second_order)
            yield changing | {_CENTRE: centre}

    def _start(self, support: Tensor, labels: Tensor, ways: int) -> tuple[Tensor, dict[str, Tensor]]:
        """The centre, and what the steps change, before the first."""
        prototypes = class_means(self.network(support), labels, ways)
        centre = prototypes.mean(dim=0)
        prototypes = prototypes - centre
        weight, bias = torch.zeros_like(prototypes), prototypes.new_zeros(ways)
        if self.loop.head_from_prototypes:
            weight, bias = 2 * prototypes, -prototypes.square().sum(dim=1)
        own = dict(self.named_parameters())
        return centre, {name: own[name] for name in self._body} | {_WEIGHT: weight, _BIAS: bias}

    def _step_rates(self, step: int, ways: int) -> dict[str, Tensor]:
        *body, weight, bias = self.rates[:, min(step, self.loop.steps - 1)]
        return dict(zip(self._body, body, strict=True)) | {_WEIGHT: ways * weight, _BIAS: ways * bias}

    def _features(self, parameters: Parameters, rows: Tensor) -> Tensor:
        features: Tensor = functional_call(self.network, self._adapted(parameters), (rows,))
        return features

    def _adapted(self, parameters: Parameters) -> dict[str, Tensor]:
        """Those of the network that the steps change, by their names in it."""
        return {name.removeprefix(_BODY): parameters[name] for name in self._body}

    def _head(self, parameters: Parameters, features: Tensor) -> Tensor:
        return self.log_scale.exp() * nn.functional.linear(features, parameters[_WEIGHT], parameters[_BIAS])


class ReptileMethod(GradientMethod):
    """Moves what tasks start from towards where they end (Nichol et al. 2018, arXiv 1803.02999).

    The rates and the scale are not learned: the distance to the end of a task says nothing of them.
    """

    first_rates = _REPTILE_RATES

    def __init__(self, network: Network, loop: InnerLoop) -> None:
        super().__init__(network, loop)
        self.rates.requires_grad_(False)
        self.log_scale.requires_grad_(False)

    def episode_loss(self, support: Tensor, labels: Tensor, ways: int, queries: Tensor, query_labels: Tensor) -> Tensor:
        """A surrogate with the gradient ``theta - phi``, phi being theta adapted to support and queries together.

        Its value is the cross-entropy of support and queries after adapting. In evaluation mode: that of the queries
        after adapting to the support.
        """
        if not self.training:
            return super().episode_loss(support, labels, ways, queries, query_labels)
        rows, row_labels = torch.cat([support, queries]), torch.cat([labels, query_labels])
        adapted = {name: value.detach() for name, value in self.adapt(rows, row_labels, ways).items()}
        own = dict(self.named_parameters())
        pull = torch.stack([(own[name] * (own[name].detach() - adapted[name])).sum() for name in self._body]).sum()
        with torch.no_grad():
            value = nn.functional.cross_entropy(self.logits(adapted, rows), row_labels)
        return value + pull - pull.detach()


def annealed_step_weights(steps: int, share: float) -> Tensor:
    """What the query loss after each inner step counts: float32 (steps,), adding up to 1 (MAML++, section 4).

    At first all steps count the same; the others then fade to nothing and the last takes over. That steadies the
    beginning of the training.

    Args:
        steps: Of the inner loop.
        share: How far the fading is, from 0 to 1.
    """
    weights = torch.full((steps,), (1.0 - share) / steps)
    weights[-1] += share
    return weights
