"""A computation written down as ONNX operators, without ONNX: how the parts of the program describe themselves.

Whatever takes part in labelling a photo adds its own operators to one graph; :mod:`fewshot_gui.exporting.model` turns
the whole into a file. Operators are those of the default domain at :data:`OPSET`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

OPSET = 18
"""The version of the operators: the oldest that torch's exporter writes, so that models run in as many places as can
be."""

Value: TypeAlias = str
"""The name of a tensor in the graph."""

Attribute: TypeAlias = int | float | str | Sequence[int] | Sequence[float]
"""What an operator can be told besides its inputs."""


class ScoredValues(NamedTuple):
    """What labelling says of n photos, as names of tensors.

    Attributes:
        probabilities: float32 (n, c), calibrated; every row sums to 1.
        familiarity: float32 (n,) in 0..1.
    """

    probabilities: Value
    familiarity: Value


@dataclass(frozen=True, eq=False)
class Operator:
    """One step of the computation.

    Attributes:
        kind: The operator's name, such as ``"MatMul"``; or that of a network which the writer puts in its place.
        inputs: Empty names stand for optional inputs that are left out.
        outputs: Names that no other operator gives.
        attributes: By their names in the specification.
    """

    kind: str
    inputs: tuple[Value, ...]
    outputs: tuple[Value, ...]
    attributes: dict[str, Attribute]


class OperatorGraph:
    """Collects operators in the order in which they run.

    Attributes:
        operators: Those added so far.
        constants: Arrays by name.
    """

    def __init__(self) -> None:
        self.operators: list[Operator] = []
        self.constants: dict[Value, NDArray[Any]] = {}
        self._names = 0

    def constant(self, array: Any, dtype: type[np.generic] = np.float32) -> Value:
        """A constant tensor; a number gives a scalar."""
        name = self._fresh("constant")
        self.constants[name] = np.ascontiguousarray(array, dtype) if np.ndim(array) else np.array(array, dtype)
        return name

    def integers(self, *values: int) -> Value:
        """A constant int64 vector, such as a shape or axes."""
        return self.constant(np.array(values, np.int64), np.int64)

    def add(self, kind: str, *inputs: Value, **attributes: Attribute) -> Value:
        """Add an operator with one output and return the output's name."""
        return self.add_many(kind, *inputs, outputs=1, **attributes)[0]

    def add_many(self, kind: str, *inputs: Value, outputs: int, **attributes: Attribute) -> tuple[Value, ...]:
        """Add an operator with several outputs and return their names."""
        names = tuple(self._fresh(kind) for _ in range(outputs))
        self.operators.append(Operator(kind, inputs, names, attributes))
        return names

    def _fresh(self, kind: str) -> Value:
        self._names += 1
        return f"{kind}_{self._names}"
