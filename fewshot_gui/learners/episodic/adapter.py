"""A small network on top of embeddings."""

from __future__ import annotations

from torch import Tensor, nn

from fewshot_gui.core.operator_graph import OperatorGraph, Value
from fewshot_gui.learners.episodic.network import Network
from fewshot_gui.learners.episodic.operators import add_head
from fewshot_gui.learners.operators import add_normalised
from fewshot_gui.learners.starting_point import NetworkSpec


class Adapter(Network):
    """A residual bottleneck ``z + U relu(V z)`` on embeddings of length one; at first the identity, as U is zero.

    Its output is brought to length one again, so that distances between features have a known scale.
    """

    def __init__(self, spec: NetworkSpec) -> None:
        super().__init__(spec, spec.inputs)
        self.down = nn.Linear(spec.inputs, spec.width)
        self.up = nn.Linear(spec.width, spec.inputs)
        nn.init.zeros_(self.up.weight)
        nn.init.zeros_(self.up.bias)

    def forward(self, rows: Tensor) -> Tensor:
        """Features of length one, float32 (n, inputs)."""
        return nn.functional.normalize(rows + self.up(nn.functional.relu(self.down(rows))), dim=1)

    def add_operators(self, graph: OperatorGraph, rows: Value) -> Value:
        """See :class:`~fewshot_gui.learners.episodic.network.Network`."""
        narrow = graph.add("Relu", add_head(graph, rows, self.down.weight, self.down.bias))
        return add_normalised(graph, graph.add("Add", rows, add_head(graph, narrow, self.up.weight, self.up.bias)))
