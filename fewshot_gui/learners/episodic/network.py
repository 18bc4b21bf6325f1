"""What is meta-trained or adapted: rows in, features out."""

from __future__ import annotations

from torch import Tensor, nn

from fewshot_gui.core.operator_graph import OperatorGraph, Value
from fewshot_gui.learners.starting_point import NetworkSpec


class Network(nn.Module):
    """Maps rows float32 (n, ``spec.inputs``) to features float32 (n, ``features``); every row by itself.

    No module in it may couple the rows of a batch or keep statistics of them: normalisation is per row (GroupNorm,
    LayerNorm) or frozen. So no query can leak into another's prediction, and second derivatives are right under
    ``torch.func`` (batch normalisation in training mode under ``vmap`` is silently wrong, pytorch/functorch#534).
    """

    def __init__(self, spec: NetworkSpec, features: int) -> None:
        super().__init__()
        self.spec = spec
        self.features = features

    def forward(self, rows: Tensor) -> Tensor:
        """Features float32 (n, features)."""
        raise NotImplementedError

    def add_operators(self, graph: OperatorGraph, rows: Value) -> Value:
        """Add what :meth:`forward` computes in evaluation mode to the graph of an exported model."""
        raise NotImplementedError
