"""The classifier of every closed-form head: an affine function of the transformed embedding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.core.operator_graph import OperatorGraph, Value
from fewshot_gui.learners.features import EmbeddingTransform, Projection
from fewshot_gui.learners.operators import add_linear


@dataclass(frozen=True, eq=False)
class AffineClassifier:
    """``logits = transform(embedding) @ weights + bias``. Immutable: the arrays are read-only copies.

    Attributes:
        transform: What is done to an embedding first.
        weights: float32 (d, c).
        bias: float32 (c,).
        class_ids: int64 (c,), ascending.
        method: The method that found the weights.
    """

    transform: EmbeddingTransform
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    class_ids: NDArray[np.int64]
    method: str

    def __post_init__(self) -> None:
        for name, dtype in (("weights", np.float32), ("bias", np.float32), ("class_ids", np.int64)):
            array = np.array(getattr(self, name), dtype=dtype, order="C")
            array.flags.writeable = False
            object.__setattr__(self, name, array)
        if self.weights.shape[1:] != self.bias.shape or self.bias.shape != self.class_ids.shape:
            raise ValueError(f"{self.weights.shape} weights, {self.bias.shape} bias, {self.class_ids.shape} class ids")

    def logits(self, embeddings: NDArray[np.floating]) -> NDArray[np.float32]:
        """Score photos: (n, d) to float32 (n, c)."""
        return self.scored(self.transform.project(embeddings, self.weights))

    @property
    def projection(self) -> Projection:
        """What :meth:`scored` wants to be given, for whoever projects the same photos on something else too."""
        return Projection(self.transform, self.weights)

    def scored(self, projected: NDArray[np.float32]) -> NDArray[np.float32]:
        """The logits, float32 (n, c), of photos projected by :attr:`projection`, float32 (n, c)."""
        return projected + self.bias

    def add_operators(self, graph: OperatorGraph, rows: Value) -> Value:
        """Add what :meth:`logits` does to ``rows`` float32 (n, d); gives float32 (n, c)."""
        return add_linear(graph, self.transform.add_operators(graph, rows), self.weights, self.bias)

    def scaled(self, factor: float) -> AffineClassifier:
        """The classifier whose logits are ``factor`` times as large."""
        return replace(self, weights=np.float32(factor) * self.weights, bias=np.float32(factor) * self.bias)

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """The arrays of a ``safetensors`` file; read back by :meth:`from_arrays`."""
        return {
            "square_root": np.array([self.transform.square_root], np.uint8),
            "weights": self.weights,
            "bias": self.bias,
            "class_ids": self.class_ids,
            "method": np.frombuffer(self.method.encode(), np.uint8),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> AffineClassifier:
        """The classifier that :meth:`to_arrays` wrote down.

        Raises:
            KeyError: An array is missing.
            ValueError: The shapes disagree.
        """
        return cls(
            transform=EmbeddingTransform(square_root=bool(arrays["square_root"][0])),
            weights=np.asarray(arrays["weights"], np.float32),
            bias=np.asarray(arrays["bias"], np.float32),
            class_ids=np.asarray(arrays["class_ids"], np.int64),
            method=np.asarray(arrays["method"], np.uint8).tobytes().decode(),
        )
