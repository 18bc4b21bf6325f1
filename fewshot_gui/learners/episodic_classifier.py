"""The classifier of every episodic method: what it learned from the examples, and what it scores photos with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.core.operator_graph import OperatorGraph, Value
from fewshot_gui.learners.features import EmbeddingTransform
from fewshot_gui.learners.operators import add_columns
from fewshot_gui.learners.starting_point import NetworkSpec

if TYPE_CHECKING:
    from fewshot_gui.learners.episodic.method import EpisodicMethod

KIND = "episodic"
"""What :meth:`EpisodicClassifier.to_arrays` writes as its kind."""

_BLOCK_VALUES = 1_000_000
"""Values of the rows scored at once; a few megabytes stay in the cache of the processor."""

_STATE, _PARAMETER = "state.", "parameter."


@dataclass(frozen=True)
class RowPreparation:
    """What is done to a photo's embedding before a network sees it.

    Attributes:
        network: The network; ``"tail"`` reads the last ``inputs`` values of a row as they are, the activations.
        square_root: Of the transform to length one; ``None``: there is none.
    """

    network: NetworkSpec
    square_root: bool | None

    def apply(self, rows: NDArray[np.floating]) -> NDArray[np.float32]:
        """float32 (n, network.inputs) of (n, inputs), or of a tail (n, d + inputs)."""
        if self.square_root is None:
            return np.array(rows[:, -self.network.inputs :], np.float32, order="C")  # torch wants to own it
        prepared = EmbeddingTransform(self.square_root).apply(rows)
        # Bringing a network's output for it to length one would have no finite derivative.
        prepared[~prepared.any(axis=1)] = self._value_of_zero_rows
        return prepared

    def add_operators(self, graph: OperatorGraph, rows: Value) -> Value:
        """Add what :meth:`apply` computes to the graph of an exported model."""
        if self.square_root is None:
            return add_columns(graph, rows, -self.network.inputs)
        prepared = EmbeddingTransform(self.square_root).add_operators(graph, rows)
        largest = graph.add("ReduceMax", graph.add("Abs", prepared), graph.integers(1), keepdims=1)
        is_zero = graph.add("Equal", largest, graph.constant(0))
        return graph.add("Where", is_zero, graph.constant(self._value_of_zero_rows), prepared)

    @property
    def _value_of_zero_rows(self) -> float:
        return float(self.network.inputs**-0.5)


@dataclass(frozen=True, eq=False)
class EpisodicClassifier:
    """Scores photos with an episodic method and its state. Immutable: the arrays are read-only copies.

    Attributes:
        method: The episodic method's name.
        preparation: From embeddings to the network's rows.
        class_ids: int64 (c,), ascending.
        columns: int64 (c,): which column of the method's logits belongs to each of ``class_ids``.
        state: What the method learned from the examples, by name.
        parameters: What else it needs to score, by name; parameters that only adapting reads are left out.
    """

    method: str
    preparation: RowPreparation
    class_ids: NDArray[np.int64]
    columns: NDArray[np.int64]
    state: Mapping[str, NDArray[np.generic]]
    parameters: Mapping[str, NDArray[np.generic]]

    def __post_init__(self) -> None:
        for name in ("class_ids", "columns"):
            object.__setattr__(self, name, _frozen(np.asarray(getattr(self, name), np.int64)))
        for name in ("state", "parameters"):
            object.__setattr__(self, name, {key: _frozen(array) for key, array in getattr(self, name).items()})
        if sorted(self.columns.tolist()) != list(range(len(self.class_ids))) or not len(self.class_ids):
            raise ValueError(f"{self.columns} are not the columns of {len(self.class_ids)} classes")

    @property
    def reads_activations(self) -> bool:
        """Whether rows must end with activations."""
        return self.preparation.network.kind == "tail"

    def logits(self, embeddings: NDArray[np.floating]) -> NDArray[np.float32]:
        """Score photos: floating point (n, d), a tail's (n, d + inputs), to float32 (n, c)."""
        import torch

        method = self._method
        state = {name: torch.tensor(array) for name, array in self.state.items()}
        logits = np.empty((len(embeddings), len(self.class_ids)), np.float32)
        block = max(1, _BLOCK_VALUES // self.preparation.network.inputs)
        with torch.inference_mode():
            for start in range(0, len(embeddings), block):
                rows = self.preparation.apply(embeddings[start : start + block])
                scores = method.logits(state, torch.from_numpy(rows)).numpy()
                logits[start : start + block] = scores[:, self.columns]
        return logits

    def add_operators(self, graph: OperatorGraph, rows: Value) -> Value:
        """Add what :meth:`logits` does to ``rows`` float32 (n, d), a tail's (n, d + inputs); gives float32 (n, c)."""
        import torch

        state = {name: torch.tensor(array) for name, array in self.state.items()}
        scores = self._method.add_operators(graph, state, self.preparation.add_operators(graph, rows))
        return graph.add("Gather", scores, graph.integers(*self.columns.tolist()), axis=1)

    @cached_property
    def _method(self) -> EpisodicMethod:
        from fewshot_gui.learners.episodic.restoring import restored_method

        return restored_method(self.method, self.preparation.network, self.parameters, whole=False)

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """The arrays of a ``safetensors`` file; read back by :meth:`from_arrays`."""
        about = {
            "method": self.method,
            "network": asdict(self.preparation.network),
            "square_root": self.preparation.square_root,
            "parameters": sorted(self.parameters),
        }
        arrays: dict[str, NDArray[np.generic]] = {
            "kind": np.frombuffer(KIND.encode(), np.uint8),
            "about": np.frombuffer(json.dumps(about).encode(), np.uint8),
            "class_ids": self.class_ids,
            "columns": self.columns,
        }
        arrays |= {_STATE + name: array for name, array in self.state.items()}
        return arrays | {_PARAMETER + name: array for name, array in self.parameters.items()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> EpisodicClassifier:
        """The classifier that :meth:`to_arrays` wrote down.

        Raises:
            KeyError: An array is missing.
            ValueError: The arrays do not belong together.
        """
        about = json.loads(np.asarray(arrays["about"], np.uint8).tobytes())
        classifier = cls(
            method=about["method"],
            preparation=RowPreparation(NetworkSpec(**about["network"]), about["square_root"]),
            class_ids=np.asarray(arrays["class_ids"], np.int64),
            columns=np.asarray(arrays["columns"], np.int64),
            state=_below(_STATE, arrays),
            parameters=_below(_PARAMETER, arrays),
        )
        if sorted(classifier.parameters) != about["parameters"]:
            raise ValueError(f"parameters {about['parameters']} should be there, not {sorted(classifier.parameters)}")
        try:
            classifier.logits(np.ones((1, classifier.preparation.network.inputs), np.float32))
        except (RuntimeError, IndexError) as error:  # torch's word for shapes that do not fit
            raise ValueError(str(error)) from error
        return classifier


def is_episodic(arrays: Mapping[str, NDArray[np.generic]]) -> bool:
    """Whether these are the arrays of an :class:`EpisodicClassifier`."""
    return "kind" in arrays and np.asarray(arrays["kind"]).tobytes() == KIND.encode()


def _frozen(array: NDArray[np.generic]) -> NDArray[np.generic]:
    copy = np.array(array, order="C")
    copy.flags.writeable = False
    return copy


def _below(prefix: str, arrays: Mapping[str, NDArray[np.generic]]) -> dict[str, NDArray[np.generic]]:
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
