"""Steps that several classifiers take in an exported model; see :mod:`fewshot_gui.core.operator_graph`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.core.operator_graph import OperatorGraph, Value

_LEAST_LENGTH = 1e-12
_TO_THE_END = 2**31 - 1


def add_normalised(graph: OperatorGraph, rows: Value) -> Value:
    """Bring the rows of float32 (n, f) to length one; zero rows stay zero."""
    lengths = graph.add("ReduceL2", rows, graph.integers(1), keepdims=1)
    return graph.add("Div", rows, graph.add("Max", lengths, graph.constant(_LEAST_LENGTH)))


def add_columns(graph: OperatorGraph, rows: Value, start: int, end: int = _TO_THE_END) -> Value:
    """The columns ``start`` to ``end`` of float32 (n, f), counted from the end where negative."""
    return graph.add("Slice", rows, graph.integers(start), graph.integers(end), graph.integers(1))


def add_linear(graph: OperatorGraph, rows: Value, weights: NDArray[np.floating], bias: NDArray[np.floating]) -> Value:
    """``rows @ weights + bias`` of (n, f), (f, c) and (c,); gives float32 (n, c)."""
    return graph.add("Add", graph.add("MatMul", rows, graph.constant(weights)), graph.constant(bias))
