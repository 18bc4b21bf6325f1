"""What an encoder does as operators: prepare photos, run the networks, join what they give."""

from __future__ import annotations

from pathlib import Path

from fewshot_gui.core.operator_graph import OperatorGraph, Value
from fewshot_gui.core.progress import Progress
from fewshot_gui.encoders.convert import converted_encoder
from fewshot_gui.encoders.encoder import add_join
from fewshot_gui.encoders.pixel_engine import add_brightness
from fewshot_gui.encoders.preprocess_operators import add_prepare
from fewshot_gui.encoders.registry import part_specs
from fewshot_gui.encoders.spec import EncoderSpec


def add_encoder(graph: OperatorGraph, photos: Value, spec: EncoderSpec) -> Value:
    """Embed upright photos of one size.

    Args:
        graph: Added to. A network is one operator whose kind is one of the names in :func:`network_files`, from float32
            (n, 3, crop, crop) to float32 (n, dimension).
        photos: uint8 (n, h, w, 3).
        spec: The encoder.

    Returns:
        float32 (n, spec.dimension).
    """
    parts = [_add_part(graph, add_prepare(graph, photos, part.preprocess), part) for part in part_specs(spec)]
    return parts[0] if len(parts) == 1 else add_join(graph, parts)


def network_files(spec: EncoderSpec, progress: Progress) -> dict[str, Path]:
    """The ONNX files of an encoder's networks, by the kind of the operator that stands for them.

    Raises:
        EncoderError, Cancelled: As :func:`~fewshot_gui.encoders.convert.converted_encoder`.
    """
    return {_network(part): converted_encoder(part, progress) for part in part_specs(spec) if part.source != "pixels"}


def _add_part(graph: OperatorGraph, pixels: Value, part: EncoderSpec) -> Value:
    return add_brightness(graph, pixels) if part.source == "pixels" else graph.add(_network(part), pixels)


def _network(part: EncoderSpec) -> str:
    return f"network {part.id}"
