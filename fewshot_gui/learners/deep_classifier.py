"""The classifier of the deep method: the automatic method's head and an adapted tail of the encoder, blended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.core.operator_graph import OperatorGraph, Value
from fewshot_gui.learners.affine import AffineClassifier
from fewshot_gui.learners.operators import add_columns
from fewshot_gui.learners.starting_point import NetworkKind, NetworkSpec

if TYPE_CHECKING:
    from fewshot_gui.learners.episodic.fine_tuning import HeadedNetwork

KIND = "deep"
"""What :meth:`DeepClassifier.to_arrays` writes as its kind."""

_BLOCK_ROWS = 64
"""Rows scored at once: their activations within the network, some 20 MB, are used while they are still at hand."""


@dataclass(frozen=True, eq=False)
class DeepClassifier:
    """``logits = quick(embedding) + tail(activations)``; both parts carry their share of the blend. Immutable.

    Its rows are embeddings followed by activations; see
    :attr:`~fewshot_gui.core.support.SupportSet.rows`.

    Attributes:
        quick: The head on the embedding.
        network: What maps activations to features; ``network.inputs`` of them end every row.
        parameters: float32, those of the network with its linear head, by name.
        class_ids: int64 (c,), ascending.
    """

    quick: AffineClassifier
    network: NetworkSpec
    parameters: Mapping[str, NDArray[np.float32]]

    reads_activations = True
    """Rows must hold activations."""

    def __post_init__(self) -> None:
        parameters = {name: np.array(array, np.float32, order="C") for name, array in self.parameters.items()}
        for array in parameters.values():
            array.flags.writeable = False
        object.__setattr__(self, "parameters", parameters)
        if parameters["bias"].shape != self.quick.class_ids.shape:
            raise ValueError(
                f"{parameters['bias'].shape} classes of the tail, {self.quick.class_ids.shape} of the head"
            )

    @property
    def method(self) -> str:
        """``"deep"`` and the methods of the head."""
        return f"deep+{self.quick.method}"

    @property
    def class_ids(self) -> NDArray[np.int64]:
        """int64 (c,), ascending."""
        return self.quick.class_ids

    def logits(self, embeddings: NDArray[np.floating]) -> NDArray[np.float32]:
        """Score photos: (n, d + network.inputs) to float32 (n, c), some hundreds a second on each core."""
        logits = self.quick.logits(embeddings[:, : -self.network.inputs])
        logits += scored(self._model, embeddings[:, -self.network.inputs :])
        return logits

    def add_operators(self, graph: OperatorGraph, rows: Value) -> Value:
        """Add what :meth:`logits` does to ``rows`` float32 (n, d + network.inputs); gives float32 (n, c)."""
        activations = self.network.inputs
        quick = self.quick.add_operators(graph, add_columns(graph, rows, 0, -activations))
        return graph.add("Add", quick, self._model.add_operators(graph, add_columns(graph, rows, -activations)))

    @cached_property
    def _model(self) -> HeadedNetwork:
        return headed_network(self.network, self.parameters)

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """The arrays of a ``safetensors`` file; read back by :meth:`from_arrays`."""
        arrays: dict[str, NDArray[np.generic]] = {
            "kind": _characters(KIND),
            "network": _characters(f"{self.network.kind} {self.network.encoder}"),
            "network_sizes": np.array([self.network.inputs, self.network.width], np.int64),
        }
        arrays |= {f"quick.{name}": array for name, array in self.quick.to_arrays().items()}
        return arrays | {f"parameters.{name}": array for name, array in self.parameters.items()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> DeepClassifier:
        """The classifier that :meth:`to_arrays` wrote down.

        Raises:
            KeyError: An array is missing.
            ValueError: The shapes disagree.
        """
        kind, _, encoder = np.asarray(arrays["network"], np.uint8).tobytes().decode().partition(" ")
        inputs, width = np.asarray(arrays["network_sizes"], np.int64).tolist()
        return cls(
            quick=AffineClassifier.from_arrays(_below("quick.", arrays)),
            network=NetworkSpec(_network_kind(kind), inputs, width, encoder),
            parameters={name: np.asarray(array, np.float32) for name, array in _below("parameters.", arrays).items()},
        )


def headed_network(spec: NetworkSpec, parameters: Mapping[str, NDArray[np.float32]]) -> HeadedNetwork:
    """The network of ``spec`` with its head and these parameters; imports torch.

    Raises:
        ValueError: The parameters are those of another network.
    """
    import torch

    from fewshot_gui.learners.episodic.building import build_network
    from fewshot_gui.learners.episodic.fine_tuning import HeadedNetwork

    model = HeadedNetwork(build_network(spec), len(parameters["bias"]))
    named = dict(model.named_parameters())
    if {name: tuple(parameter.shape) for name, parameter in named.items()} != {
        name: array.shape for name, array in parameters.items()
    }:
        raise ValueError(f"these are not the parameters of a {spec.kind} of {spec.encoder or spec.inputs}")
    with torch.no_grad():
        for name, parameter in named.items():
            parameter.copy_(torch.from_numpy(np.array(parameters[name])))
    return model


def scored(model: HeadedNetwork, rows: NDArray[np.floating]) -> NDArray[np.float32]:
    """The logits of floating point (n, inputs) rows, float32 (n, c)."""
    import torch

    logits = np.empty((len(rows), len(model.bias)), np.float32)
    with torch.inference_mode():
        for start in range(0, len(rows), _BLOCK_ROWS):
            block = torch.tensor(rows[start : start + _BLOCK_ROWS], dtype=torch.float32)
            logits[start : start + _BLOCK_ROWS] = model(block).numpy()
    return logits


def is_of_deep(arrays: Mapping[str, NDArray[np.generic]]) -> bool:
    """Whether :meth:`DeepClassifier.to_arrays` wrote these arrays."""
    return "kind" in arrays and np.array_equal(arrays["kind"], _characters(KIND))


def _characters(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode(), np.uint8)


def _below(prefix: str, arrays: Mapping[str, NDArray[np.generic]]) -> dict[str, NDArray[np.generic]]:
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}


def _network_kind(text: str) -> NetworkKind:
    for kind in ("adapter", "conv4", "tail"):
        if text == kind:
            return kind
    raise ValueError(f"no network is called {text!r}")
