"""How fast this computer gets through photos: found out by reading and encoding some, not by what it claims."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from fewshot_gui.core.progress import Progress
from fewshot_gui.encoders import DEFAULT_ENCODER, DeviceChoice, EmbeddingCache, encoder_spec
from fewshot_gui.workflows.embedding import embed_photos, worker_count
from fewshot_gui.workflows.embedding_source import EmbeddingSource

_PHOTOS_PER_CORE = 8
_MOST_PHOTOS = 64
_SIZE = (4000, 3000)
"""12 megapixels, as most phones and cameras write them."""


@dataclass(frozen=True)
class DeviceTrial:
    """What was found.

    Attributes:
        device: Where encoders run, and why.
        cores: Processor cores in use; photos are read there whatever the device is.
        photos_per_second: Photos of 12 megapixels that were read and encoded per second.
    """

    device: DeviceChoice
    cores: int
    photos_per_second: float


def try_device(progress: Progress) -> DeviceTrial:
    """Prepare the default encoder if that has not been done yet, and time it on made-up photos.

    Raises:
        EncoderError: The encoder cannot be used.
        OSError: There is no room for temporary files.
        Cancelled: The person cancelled.
    """
    with tempfile.TemporaryDirectory(prefix="fewshot-trial-") as folder, _cache(Path(folder)) as cache:
        source = EmbeddingSource(encoder_spec(DEFAULT_ENCODER), cache)
        encoder = source.encoder(progress)
        progress.check()
        photos = _photos(Path(folder), min(_MOST_PHOTOS, _PHOTOS_PER_CORE * worker_count()))
        encoder.embed([np.zeros((256, 256, 3), np.uint8)])  # the first one also pays for the engine's preparations
        started = time.perf_counter()
        count = sum(len(batch) for batch in embed_photos(photos, source, progress))
        return DeviceTrial(encoder.device, worker_count(), count / (time.perf_counter() - started))


@contextmanager
def _cache(folder: Path) -> Iterator[EmbeddingCache]:
    with closing(EmbeddingCache(folder / "trial.sqlite")) as cache:
        yield cache


def _photos(folder: Path, count: int) -> list[Path]:
    """Copies of one photo that differ in a byte after its end, so that none is taken for another."""
    grain = np.random.default_rng(0).integers(0, 256, (_SIZE[1] // 16, _SIZE[0] // 16, 3), np.uint8)
    first = folder / "photo.jpg"
    Image.fromarray(grain).resize(_SIZE, Image.Resampling.BILINEAR).save(first, quality=85)
    content = first.read_bytes()
    paths = [folder / f"{number}.jpg" for number in range(count)]
    for number, path in enumerate(paths):
        path.write_bytes(content + bytes([number]))
    return paths
