"""A memory of examples and of classes known from elsewhere, with fast weights.

Of the family of memory-augmented networks (Santoro et al. 2016, arXiv 1605.06065), key-value memories (Miller et al.
2016, arXiv 1606.03126; Kaiser et al. 2017, arXiv 1703.03129) and MetaNet (Munkhdalai and Yu 2017, arXiv 1703.00837).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from fewshot_gui.core.operator_graph import OperatorGraph, Value
from fewshot_gui.learners.episodic.hypernetwork import silent_network
from fewshot_gui.learners.episodic.matching import add_class_log_means, class_log_means
from fewshot_gui.learners.episodic.method import EpisodicMethod, TaskState
from fewshot_gui.learners.episodic.network import Network
from fewshot_gui.learners.episodic.operators import add_log_sum_exp, tensor_constant
from fewshot_gui.learners.episodic.prototypes import add_closeness, initial_log_scale, squared_distances

_SLOTS = 64
_TINY = 1e-8
_SOFTNESS = 2.0
"""Scale of the relative distances by which the examples read one another; soft, so that errors leave a gradient."""


class MemoryMethod(EpisodicMethod):
    """Reads a class from the memory by attention, in two ways that are mixed.

    *Directly*: the memory's keys are the examples, their values the classes; the attention is that of
    :class:`~fewshot_gui.learners.episodic.matching.MatchingMethod`.

    *By way of what is known from elsewhere*: ``slots`` are keys of classes of past tasks, learned as parameters. They
    absorb some of the attention of a row, and pass it on to the classes whose examples resemble them. So a row and an
    example that differ from one another, but resemble the same known class, find together.

    *Fast weights* stretch the features before both, every one by as much as a learned function makes of the gradient
    of the examples' own loss by that stretch (MetaNet). So the examples of a task say which features tell its classes
    apart. The function is shared by all features; it begins as a timid step down the gradient.
    """

    def __init__(self, network: Network) -> None:
        super().__init__(network)
        features = network.features
        scale = initial_log_scale(network)
        self.log_scale = nn.Parameter(torch.tensor(scale))
        self.rate = nn.Parameter(torch.tensor(0.01))
        self.advice = silent_network(2, 16, 1)
        # Slots begin where features are, of length one or about one in every value. Those of a convolution move, and
        # the slots lag behind: so few are asked at first (-1 cost 2 points after 160 steps on Omniglot).
        moving = network.spec.kind == "conv4"
        self.slots = nn.Parameter(torch.randn(_SLOTS, features) * (1.0 if moving else 1 / math.sqrt(features)))
        self.slot_log_scale = nn.Parameter(torch.tensor(scale))
        self.absorption = nn.Parameter(torch.tensor(-3.0 if moving else -1.0))

    def adapt(self, support: Tensor, labels: Tensor, ways: int) -> TaskState:
        """Write the examples into the memory.

        Returns:
            ``keys`` float32 (n, features) and ``members`` (n, ways), one-hot: the examples, stretched;
            ``slot_keys`` (slots, features) and ``slot_values`` (slots, ways), log-probabilities;
            ``stretch`` (features,), the fast weights.
        """
        features = self.network(support)
        members = nn.functional.one_hot(labels, ways).to(features.dtype)
        stretch = self._stretch(features, members)
        keys, slots = features * stretch, self.slots * stretch
        scores = -self.slot_log_scale.exp() * squared_distances(slots, keys)
        values = class_log_means(scores, members).log_softmax(dim=1)
        return {"keys": keys, "members": members, "slot_keys": slots, "slot_values": values, "stretch": stretch}

    def logits(self, state: TaskState, rows: Tensor) -> Tensor:
        """Log-probabilities, float32 (n, ways)."""
        queries = self.network(rows) * state["stretch"]
        scores = -self.log_scale.exp() * squared_distances(queries, state["keys"])
        direct = class_log_means(scores, state["members"]).log_softmax(dim=1)
        absorbed = -self.slot_log_scale.exp() * squared_distances(queries, state["slot_keys"])
        passed_on = (absorbed.log_softmax(dim=1)[:, :, None] + state["slot_values"]).logsumexp(dim=1)
        own, known = self._gates()
        return torch.logaddexp(own + direct, known + passed_on)

    def add_operators(self, graph: OperatorGraph, state: TaskState, rows: Value) -> Value:
        """See :class:`~fewshot_gui.learners.episodic.method.EpisodicMethod`."""
        queries = graph.add("Mul", self.network.add_operators(graph, rows), tensor_constant(graph, state["stretch"]))
        scores = add_closeness(graph, queries, state["keys"], self.log_scale)
        direct = graph.add("LogSoftmax", add_class_log_means(graph, scores, state["members"]), axis=1)
        absorbed = graph.add(
            "LogSoftmax", add_closeness(graph, queries, state["slot_keys"], self.slot_log_scale), axis=1
        )
        by_slot = graph.add("Unsqueeze", absorbed, graph.integers(2))
        passed_on = add_log_sum_exp(
            graph, graph.add("Add", by_slot, tensor_constant(graph, state["slot_values"])), axis=1
        )
        ways = [
            graph.add("Unsqueeze", graph.add("Add", way, tensor_constant(graph, gate)), graph.integers(2))
            for way, gate in zip((direct, passed_on), self._gates(), strict=True)
        ]
        return add_log_sum_exp(graph, graph.add("Concat", *ways, axis=2), axis=2)

    def _gates(self) -> tuple[Tensor, Tensor]:
        """Log-probabilities of reading the examples, and of reading what is known from elsewhere."""
        return nn.functional.logsigmoid(-self.absorption), nn.functional.logsigmoid(self.absorption)

    def _stretch(self, features: Tensor, members: Tensor) -> Tensor:
        """The fast weights (features,), from 1 / 7 to 7."""
        squares = 2 * features.var(dim=0, correction=0)
        typical = squares.sum()

        def loss(stretch: Tensor) -> Tensor:
            return own_loss(features * stretch, members, typical)

        gradient = torch.func.grad(loss)(torch.ones_like(squares))
        # Each of f features has a share of about 1 / f of a distance and of its gradient.
        count = len(squares)
        known = torch.stack([count * gradient, (count * squares / (typical + _TINY) + 0.01).log()], dim=1)
        log_stretch: Tensor = 2 * (self.advice(known).squeeze(1) - self.rate * count * gradient).tanh()
        return log_stretch.exp()


def own_loss(features: Tensor, members: Tensor, typical: Tensor) -> Tensor:
    """How badly the examples read their own classes from one another, a scalar.

    Each is left out of what it reads, unless it is the only one of its class: that one finds itself, and its loss
    only says how much it looks like the examples of other classes.

    Args:
        features: (n, f).
        members: (n, ways), one-hot.
        typical: Squared distance that counts as one, a scalar; makes the loss the same at every scale of features.
    """
    scores = -_SOFTNESS / (typical + _TINY) * squared_distances(features, features)
    accompanied = (members @ members.T).sum(dim=1) > 1
    scores = scores.masked_fill(torch.diag(accompanied), -torch.inf)
    return -(class_log_means(scores, members).log_softmax(dim=1) * members).sum(dim=1).mean()
