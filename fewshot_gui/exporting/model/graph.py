"""The whole way from a photo to an answer as one graph: what :mod:`fewshot_gui.workflows` does when it labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from fewshot_gui.core.operator_graph import OperatorGraph, ScoredValues, Value
from fewshot_gui.core.progress import Progress, Unwatched
from fewshot_gui.encoders.encoder_operators import add_encoder, network_files
from fewshot_gui.exporting.model.facts import ModelFacts
from fewshot_gui.exporting.model.onnx_file import Port, onnx_model

if TYPE_CHECKING:
    from onnx import ModelProto

IMAGE, PROBABILITIES, LABEL, FAMILIARITY, EMBEDDING = "image", "probabilities", "label", "familiarity", "embedding"
"""The names of the model's input and outputs."""


class Scorer(Protocol):
    """What labels embedded photos."""

    def add_operators(self, graph: OperatorGraph, rows: Value) -> ScoredValues:
        """Add the operators that label ``rows``, float32 (n, d), or (n, d + k) with activations."""


def assemble(scorer: Scorer, facts: ModelFacts, progress: Progress | None = None) -> ModelProto:
    """Build the model that labels photos as the program does.

    Its input is ``image``, uint8 (n, h, w, 3): upright RGB photos of one size, each axis but the last free. Its outputs
    are ``probabilities`` float32 (n, c), ``label`` int64 (n,), the most probable class by its place among the class
    names, ``familiarity`` float32 (n,) and ``embedding`` float32 (n, d), without activations.

    Args:
        scorer: What labels the embeddings of ``facts.encoder``.
        facts: Of them the encoder and the number of classes count here.
        progress: Hears of an encoder that must be converted first.

    Returns:
        Without metadata; the same bytes for the same arguments.

    Raises:
        EncoderError: The encoder is not on this computer, or damaged.
        Cancelled: The person cancelled.
    """
    import onnx
    from onnx import TensorProto

    spec = facts.encoder
    files = network_files(spec, progress or Unwatched())
    graph = OperatorGraph()
    rows = add_encoder(graph, IMAGE, spec)
    dimension = spec.dimension - spec.activations
    embedding = rows
    if spec.activations:
        embedding = graph.add("Slice", rows, graph.integers(0), graph.integers(dimension), graph.integers(1))
    scored = scorer.add_operators(graph, rows)
    label = graph.add("ArgMax", scored.probabilities, axis=1, keepdims=0)
    outputs = {
        scored.probabilities: Port(PROBABILITIES, TensorProto.FLOAT, ("n", len(facts.class_names))),
        label: Port(LABEL, TensorProto.INT64, ("n",)),
        scored.familiarity: Port(FAMILIARITY, TensorProto.FLOAT, ("n",)),
        embedding: Port(EMBEDDING, TensorProto.FLOAT, ("n", dimension)),
    }
    return onnx_model(
        graph,
        {IMAGE: Port(IMAGE, TensorProto.UINT8, ("n", "h", "w", 3))},
        outputs,
        {name: onnx.load(file) for name, file in files.items()},
    )
