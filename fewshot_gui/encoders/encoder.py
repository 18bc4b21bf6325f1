"""From photos to embeddings: the way every other room uses an encoder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.core.errors import EncoderError
from fewshot_gui.core.operator_graph import OperatorGraph, Value
from fewshot_gui.core.progress import Progress
from fewshot_gui.encoders.convert import converted_encoder
from fewshot_gui.encoders.device import DeviceChoice
from fewshot_gui.encoders.engine import Engine
from fewshot_gui.encoders.onnx_engine import OnnxEngine
from fewshot_gui.encoders.packing import rounded
from fewshot_gui.encoders.pixel_engine import PixelEngine
from fewshot_gui.encoders.preprocess import prepare_batch
from fewshot_gui.encoders.registry import encoder_spec, part_specs
from fewshot_gui.encoders.spec import EncoderSpec
from fewshot_gui.encoders.torch_engine import TorchEngine
from fewshot_gui.encoders.weights import load_model

_BATCH_ON_CPU = 2
"""More photos at once leave the processor's caches: 1 or 2 are fastest, 8 take a quarter longer per photo."""
_BATCH_ON_GPU = 64
PART_SUM = np.float32(1000.0)
"""What each part of a joined embedding sums to: values then are around 1, where float16 is at its most precise."""


@dataclass(frozen=True)
class EncoderPart:
    """One network of an encoder with what it was trained on; an encoder that is not joined has one part."""

    spec: EncoderSpec
    engine: Engine


class Encoder:
    """An encoder ready to embed photos. Any number of threads may use it at once."""

    def __init__(self, spec: EncoderSpec, device: DeviceChoice, parts: Sequence[EncoderPart]) -> None:
        """Join loaded parts; :func:`open_encoder` is what loads them."""
        self.spec = spec
        self.device = device
        self._parts = tuple(parts)

    @property
    def read_short_side(self) -> int:
        """Pixels the short side of a photo should have at least when it is decoded for this encoder."""
        return max(part.spec.preprocess.read_short_side for part in self._parts)

    @property
    def batch_size(self) -> int:
        """How many photos at once are fastest."""
        return _BATCH_ON_GPU if self.device.kind == "cuda" else _BATCH_ON_CPU

    def embed(self, photos: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Embed photos.

        Args:
            photos: uint8 (h, w, 3) each, upright RGB, of any sizes.

        Returns:
            float32 (n, spec.dimension), finite, rounded as the embedding cache rounds.

        Raises:
            EncoderError: The network could not be run, or gave values that are not numbers.
        """
        batches = [self._embed_batch(photos[i : i + self.batch_size]) for i in range(0, len(photos), self.batch_size)]
        return np.concatenate([np.empty((0, self.spec.dimension), np.float32), *batches])

    def _embed_batch(self, photos: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        parts = [part.engine.encode(prepare_batch(photos, part.spec.preprocess)) for part in self._parts]
        embeddings = parts[0] if len(parts) == 1 else join(parts)
        if not np.isfinite(embeddings).all():
            raise EncoderError(f"The encoder “{self.spec.title}” failed: choose another encoder or the processor.")
        return rounded(embeddings)


def join(parts: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Put the embeddings of several encoders side by side with equal weight.

    Every part is scaled to the same sum. The square roots that learners take of non-negative embeddings then have the
    same length in every part, so no part outweighs another, whatever the scale of its values. A part that is all 0
    stays so.

    Args:
        parts: float32 (n, d_i) each, not negative.

    Returns:
        float32 (n, sum of d_i), not negative; every part sums to :data:`PART_SUM` in every row, unless it is all 0.
    """
    sums = [part.sum(axis=1, keepdims=True) for part in parts]
    scales = [PART_SUM / np.where(total > 0, total, PART_SUM) for total in sums]
    return np.concatenate([part * scale for part, scale in zip(parts, scales, strict=True)], axis=1)


def add_join(graph: OperatorGraph, parts: Sequence[Value]) -> Value:
    """Add what :func:`join` does to float32 (n, d_i) each; gives float32 (n, sum of d_i)."""
    target = graph.constant(PART_SUM)
    scaled = []
    for part in parts:
        total = graph.add("ReduceSum", part, graph.integers(1), keepdims=1)
        divisor = graph.add("Where", graph.add("Greater", total, graph.constant(0.0)), total, target)
        scaled.append(graph.add("Mul", part, graph.add("Div", target, divisor)))
    return graph.add("Concat", *scaled, axis=1)


def open_encoder(encoder_id: str, *, device: DeviceChoice, progress: Progress) -> Encoder:
    """Load an encoder. On the processor, the first time ever converts it, which takes some 10 seconds a part.

    Args:
        encoder_id: As in :func:`~fewshot_gui.encoders.registry.encoder_specs`.
        device: As :func:`~fewshot_gui.encoders.device.choose_device` gives it.
        progress: Hears of the conversion.

    Raises:
        EncoderError: There is no such encoder, it has not been downloaded, or it is damaged.
        Cancelled: The person cancelled the conversion.
    """
    spec = encoder_spec(encoder_id)
    parts = [EncoderPart(part, _engine(part, device, progress)) for part in part_specs(spec)]
    return Encoder(spec, device, parts)


def _engine(spec: EncoderSpec, device: DeviceChoice, progress: Progress) -> Engine:
    progress.check()
    if spec.source == "pixels":
        return PixelEngine()
    if device.kind == "cpu":
        return OnnxEngine(converted_encoder(spec, progress))
    progress.report(0, None, "Loading the encoder")
    return TorchEngine(load_model(spec), device.kind)
