"""From photos to embeddings: the way every other room uses an encoder."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.core.errors import EncoderError
from fewshot_gui.core.operator_graph import OperatorGraph, Value
from fewshot_gui.encoders.device import DeviceChoice
from fewshot_gui.encoders.engine import Engine
from fewshot_gui.encoders.packing import rounded
from fewshot_gui.encoders.preprocess import prepare_batch
from fewshot_gui.encoders.spec import EncoderSpec

if TYPE_CHECKING:
    from fewshot_gui.encoders.device_picture import DevicePicture
    from fewshot_gui.imaging.jpeg_file import JpegFile

_BATCH_ON_CPU = 2
"""More photos at once leave the processor's caches: 1 or 2 are fastest, 8 take a quarter longer per photo."""
_BATCH_ELSEWHERE = 16
PART_SUM = np.float32(1000.0)
"""What each part of a joined embedding sums to: values then are around 1, where float16 is at its most precise."""

Photo: TypeAlias = "NDArray[np.uint8] | DevicePicture"
"""What is embedded: uint8 (h, w, 3), upright RGB, or what :meth:`Encoder.decode` gave."""

Encoded: TypeAlias = Generator[Sequence[NDArray[np.float32]], None, None]
"""The outputs of all networks for one batch after the other."""


@dataclass(frozen=True)
class EncoderPart:
    """One network of an encoder with what it was trained on; an encoder that is not joined has one part."""

    spec: EncoderSpec
    engine: Engine


class Encoder:
    """An encoder ready to embed photos. Any number of threads may use it at once.

    This one prepares photos on the processor and has its networks run wherever their engines do.

    Attributes:
        spec: What it is.
        device: Where it runs, and why.
    """

    def __init__(
        self, spec: EncoderSpec, device: DeviceChoice, parts: Sequence[EncoderPart], *, batch_size: int | None = None
    ) -> None:
        """Join loaded parts; :func:`~fewshot_gui.encoders.opening.open_encoder` is what loads them.

        Args:
            spec: Of the whole.
            device: Where the engines run.
            parts: At least one.
            batch_size: How many photos at once are fastest; by default what usually is.
        """
        self.spec = spec
        self.device = device
        self._parts = tuple(parts)
        self._batch_size = batch_size or (_BATCH_ELSEWHERE if self.encodes_in_batches else _BATCH_ON_CPU)

    @property
    def read_short_side(self) -> int:
        """Pixels the short side of a photo should have at least when it is decoded for this encoder."""
        return max(part.spec.preprocess.read_short_side for part in self._parts)

    @property
    def encodes_in_batches(self) -> bool:
        """Whether one thread should encode what all others have decoded, :attr:`batch_size` photos at a time.

        Elsewhere than on the processor that is so. On the processor, the thread that has decoded a photo encodes it.
        """
        return self.device.kind != "cpu"

    @property
    def batch_size(self) -> int:
        """How many photos at once are fastest."""
        return self._batch_size

    @property
    def takes_jpeg(self) -> bool:
        """Whether :meth:`decode` can do more than return ``None``."""
        return False

    @property
    def notices(self) -> tuple[str, ...]:
        """What the person should know of how it went so far, a sentence each, such as that memory was short."""
        return ()

    def decode(self, jpegs: Sequence[JpegFile]) -> list[DevicePicture | None]:
        """Decode JPEGs where the encoder runs.

        Args:
            jpegs: As :func:`~fewshot_gui.imaging.jpeg_file.plain_jpeg` gives them; any number.

        Returns:
            One for each, upright; ``None`` where the device could not: read that photo with
            :func:`~fewshot_gui.imaging.reader.read_photo` instead, which also tells what is wrong with it.
        """
        return [None] * len(jpegs)

    def embed(self, photos: Sequence[Photo]) -> NDArray[np.float32]:
        """Embed photos.

        Args:
            photos: Of any sizes. Those that were decoded on a device belong to the encoder that decoded them.

        Returns:
            float32 (n, spec.dimension), finite, rounded as the embedding cache rounds.

        Raises:
            EncoderError: The network could not be run, or gave values that are not numbers.
        """
        with closing(self._encoded(photos)) as encoded:
            batches = [self._finished(parts) for parts in encoded]
        return np.concatenate([np.empty((0, self.spec.dimension), np.float32), *batches])

    def _encoded(self, photos: Sequence[Photo]) -> Encoded:
        """The outputs of all networks, float32 (n_i, d) each, batch after batch."""
        for start in range(0, len(photos), self.batch_size):
            batch = _arrays(photos[start : start + self.batch_size])
            yield [part.engine.encode(prepare_batch(batch, part.spec.preprocess)) for part in self._parts]

    def _finished(self, parts: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
        embeddings = parts[0] if len(parts) == 1 else join(parts)
        if not np.isfinite(embeddings).all():
            raise EncoderError(f"The encoder “{self.spec.title}” failed: choose another encoder or the processor.")
        return rounded(embeddings)


def _arrays(photos: Sequence[Photo]) -> list[NDArray[np.uint8]]:
    arrays = [photo for photo in photos if isinstance(photo, np.ndarray)]
    if len(arrays) < len(photos):
        raise TypeError("a picture on a device can only be embedded by the encoder that decoded it")
    return arrays


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
