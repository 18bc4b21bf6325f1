"""What every few-shot method is, as a differentiable module: adapt to a support set, score queries."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping

from torch import Tensor, nn

from fewshot_gui.core.operator_graph import OperatorGraph, Value
from fewshot_gui.learners.episodic.network import Network

TaskState = Mapping[str, Tensor]
"""What a method learned from one support set, by name: prototypes, adapted parameters, a memory."""


class EpisodicMethod(nn.Module):
    """A few-shot method with everything of it that can be meta-learned as its parameters.

    The same ``adapt`` and ``logits`` serve the outer loop, which differentiates through both, and the application,
    which calls ``adapt`` once and ``logits`` for every photo. Tasks are handled one after the other: vmap over tasks
    gains nothing on a CPU and is wrong in corners.

    Attributes:
        network: Rows to features; :attr:`Network.features` of them.
    """

    network: Network

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    @abstractmethod
    def adapt(self, support: Tensor, labels: Tensor, ways: int) -> TaskState:
        """Learn a task.

        Args:
            support: float32 (n, inputs).
            labels: int64 (n,) in 0..ways-1; every class occurs.
            ways: How many classes there are.

        Returns:
            Tensors from which :meth:`logits` answers; on the graph of this module's parameters.
        """

    @abstractmethod
    def logits(self, state: TaskState, rows: Tensor) -> Tensor:
        """Score rows (n, inputs): float32 (n, ways). Each row depends on itself and the state only."""

    @abstractmethod
    def add_operators(self, graph: OperatorGraph, state: TaskState, rows: Value) -> Value:
        """Add what :meth:`logits` computes in evaluation mode to the graph of an exported model.

        Args:
            graph: Gets the operators.
            state: What :meth:`adapt` gave; becomes constants.
            rows: float32 (n, inputs), n free.

        Returns:
            float32 (n, ways).
        """

    def episode_loss(self, support: Tensor, labels: Tensor, ways: int, queries: Tensor, query_labels: Tensor) -> Tensor:
        """The loss the outer loop lowers, a scalar: by default the cross-entropy of the queries after adapting."""
        return nn.functional.cross_entropy(self.logits(self.adapt(support, labels, ways), queries), query_labels)

    def scoring_parameters(self) -> Mapping[str, Tensor]:
        """The parameters and buffers that :meth:`logits` reads, by name; an adapted classifier keeps no others."""
        return self.state_dict()
