"""How fast this computer gets through photos: found out by reading and encoding some, not by what it claims."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fewshot_gui.core.processor import core_count
from fewshot_gui.core.progress import Progress
from fewshot_gui.encoders import (
    DEFAULT_ENCODER,
    DeviceAttempt,
    DeviceChoice,
    EmbeddingCache,
    Encoder,
    encoder_spec,
    forget_trials,
    survey_devices,
)
from fewshot_gui.imaging import plain_jpeg, read_photo
from fewshot_gui.workflows.embedding import embed_photos
from fewshot_gui.workflows.embedding_source import EmbeddingSource, WantedDevice

_PHOTOS_PER_CORE = 8
_MOST_PHOTOS = 64
_BATCHES = 3
_SIZE = (4000, 3000)
"""12 megapixels, as most phones and cameras write them."""


@dataclass(frozen=True)
class DeviceTrial:
    """What was found.

    Attributes:
        device: Where encoders run, and why.
        cores: Processor cores in use; photos are read there whatever the device is.
        photos_per_second: Photos of 12 megapixels that were read and encoded per second, all told.
        decoded_per_second: How many of them all that decodes could read per second, were there nothing else to do.
        encoded_per_second: How many that are decoded already the encoder could embed per second.
        attempts: Everything that was tried, and why it is used or not.
    """

    device: DeviceChoice
    cores: int
    photos_per_second: float
    decoded_per_second: float
    encoded_per_second: float
    attempts: tuple[DeviceAttempt, ...]


def try_device(progress: Progress, wanted: WantedDevice = "auto") -> DeviceTrial:
    """Prepare the default encoder if that has not been done yet, and time it on made-up photos.

    Whoever calls this wants to know how it is now: what earlier trials have found of devices is forgotten.

    Args:
        progress: Hears what is being done.
        wanted: The device to try.

    Raises:
        EncoderError: The encoder cannot be used.
        OSError: There is no room for temporary files.
        Cancelled: The person cancelled.
    """
    forget_trials()
    with tempfile.TemporaryDirectory(prefix="fewshot-trial-") as folder, _cache(Path(folder)) as cache:
        survey = survey_devices(wanted, progress)
        source = EmbeddingSource(encoder_spec(DEFAULT_ENCODER), cache, device=wanted)
        speeds = measured_speeds(source, Path(folder), progress)
        return DeviceTrial(
            source.encoder(progress).device,
            core_count(),
            photos_per_second=speeds.all_told,
            decoded_per_second=speeds.decoded,
            encoded_per_second=speeds.encoded,
            attempts=survey.attempts,
        )


@dataclass(frozen=True)
class Speeds:
    """Photos of 12 megapixels per second: read and encoded, only read, and only encoded, on all cores each."""

    all_told: float
    decoded: float
    encoded: float


def measured_speeds(source: EmbeddingSource, folder: Path, progress: Progress) -> Speeds:
    """Time an encoder on photos made up for that.

    Args:
        source: With a cache that is thrown away afterwards.
        folder: For the photos; nothing in it is deleted.
        progress: Checked for cancel; hears of it if the encoder must be prepared.

    Raises:
        EncoderError: The encoder cannot be used.
        OSError: There is no room for the photos.
        Cancelled: The person cancelled.
    """
    encoder = source.encoder(progress)
    progress.check()
    paths = _photos(folder, min(_MOST_PHOTOS, _PHOTOS_PER_CORE * core_count()))
    photo = read_photo(paths[0], short_side=encoder.read_short_side)
    encoder.embed([photo])  # the first one also pays for the engine's preparations
    with ThreadPoolExecutor(core_count(), thread_name_prefix="trial") as pool:
        decoded = _timed(lambda: _decode(paths, encoder, pool))
        progress.check()
        encoded = _timed(lambda: _encode(photo, encoder, pool))
    progress.check()
    all_told = _timed(lambda: sum(len(batch) for batch in embed_photos(paths, source, progress)))
    return Speeds(all_told, decoded, encoded)


def _timed(work: Callable[[], int]) -> float:
    """How many photos per second ``work``, which returns how many it did, gets through."""
    started = time.perf_counter()
    return work() / (time.perf_counter() - started)


def _decode(paths: Sequence[Path], encoder: Encoder, pool: Executor) -> int:
    if not encoder.takes_jpeg:
        return sum(pool.map(partial(_is_read, short_side=encoder.read_short_side), paths))
    jpegs = [jpeg for jpeg in pool.map(plain_jpeg, paths) if jpeg]
    return sum(picture is not None for picture in encoder.decode(jpegs))


def _is_read(path: Path, short_side: int) -> bool:
    """Reads a photo and lets go of it, as labelling does: holding all of them would take longer."""
    return read_photo(path, short_side=short_side).size > 0


def _encode(photo: NDArray[np.uint8], encoder: Encoder, pool: Executor) -> int:
    if encoder.encodes_in_batches:
        return len(encoder.embed([photo] * (_BATCHES * encoder.batch_size)))
    return len(list(pool.map(encoder.embed, [[photo]] * (_PHOTOS_PER_CORE * core_count()))))


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
