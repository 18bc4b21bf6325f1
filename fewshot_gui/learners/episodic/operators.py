"""Steps that several episodic methods and networks take in an exported model."""

from __future__ import annotations

from torch import Tensor

from fewshot_gui.core.operator_graph import OperatorGraph, Value
from fewshot_gui.learners.operators import add_linear


def tensor_constant(graph: OperatorGraph, tensor: Tensor) -> Value:
    """A tensor, such as a parameter, as a float32 constant."""
    return graph.constant(tensor.detach().cpu().numpy())


def add_head(graph: OperatorGraph, features: Value, weight: Tensor, bias: Tensor) -> Value:
    """``torch.nn.functional.linear`` with weight (c, f) and bias (c,), of float32 (n, f); gives float32 (n, c)."""
    return add_linear(graph, features, weight.detach().T.cpu().numpy(), bias.detach().cpu().numpy())


def add_log_sum_exp(graph: OperatorGraph, values: Value, axis: int) -> Value:
    """``log(sum(exp(value)))`` along an axis, which goes; finite however small the exponentials are."""
    axes = graph.integers(axis)
    largest = graph.add("ReduceMax", values, axes, keepdims=1)
    shares = graph.add("Exp", graph.add("Sub", values, largest))
    total = graph.add("Log", graph.add("ReduceSum", shares, axes, keepdims=1))
    return graph.add("Squeeze", graph.add("Add", total, largest), axes)
