"""Finding out by trying whether a provider of ONNX Runtime gives the right answers, and gives them faster."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.core.errors import EncoderError
from fewshot_gui.core.processor import core_count
from fewshot_gui.core.progress import Progress
from fewshot_gui.encoders import trial_memory
from fewshot_gui.encoders.onnx_engine import OnnxEngine
from fewshot_gui.encoders.preprocess import prepare_batch
from fewshot_gui.encoders.providers import Provider
from fewshot_gui.encoders.spec import EncoderSpec
from fewshot_gui.encoders.trial_memory import TrialOutcome

_log = logging.getLogger(__name__)

_PHOTOS = 8
_PHOTO_SIDE = 300
_LEAST_COSINE = 0.999
_BATCH_SIZES = (1, 4, 16)
_SECONDS = 0.3
"""How long each speed is measured, at least."""


def tried_provider(provider: Provider, spec: EncoderSpec, path: Path, progress: Progress) -> TrialOutcome:
    """The outcome of the last trial on this computer; where there was none, try now, which takes some seconds.

    Before a trial, a mark is written to the disk that is taken away afterwards. A driver that brings the whole program
    down leaves the mark behind, and is not tried again until :func:`~fewshot_gui.encoders.trial_memory.forget_trials`.

    Args:
        provider: One that is offered.
        spec: The encoder, not a joined one.
        path: Its converted form.
        progress: Hears of the trial.

    Raises:
        Cancelled: The person cancelled.
        EncoderError: The encoder does not even run on the processor.
    """
    remembered = trial_memory.recall(provider, spec.id)
    if remembered is not None:
        return remembered
    progress.report(0, None, f"Trying {provider.title}, once")
    with trial_memory.marked(provider, spec.id):
        outcome = _Trial(provider, spec, path, progress).outcome()
    _log.info("%s on %s: %s", spec.id, provider.title, outcome)
    trial_memory.keep(provider, spec.id, outcome)
    return outcome


@dataclass(frozen=True)
class _Trial:
    provider: Provider
    spec: EncoderSpec
    path: Path
    progress: Progress

    def outcome(self) -> TrialOutcome:
        """Compare speeds and answers with those of the processor."""
        pixels = prepare_batch(_made_up_photos(), self.spec.preprocess)
        processor = OnnxEngine(self.path)
        wanted = processor.encode(pixels)
        to_beat = self._speed(partial(_on_all_cores, processor, pixels))
        best, speed = 0, 0.0
        for batch_size in _BATCH_SIZES:
            self.progress.check()
            try:
                engine = OnnxEngine(self.path, provider=self.provider, batch_size=batch_size)
                got = engine.encode(pixels)
            except EncoderError:
                return TrialOutcome(passed=False, reason=f"{self.provider.title} could not run the encoder")
            if not _agree(got, wanted):
                return TrialOutcome(passed=False, reason=f"{self.provider.title} gave a wrong result in a small trial")
            reached = self._speed(partial(_encode, engine, pixels, batch_size))
            if reached > speed:
                best, speed = batch_size, reached
        comparison = f"{speed:.0f} photos per second encoded, {to_beat:.0f} on the processor"
        if speed <= to_beat:
            return TrialOutcome(passed=False, reason=f"{self.provider.title} is not faster ({comparison})")
        return TrialOutcome(passed=True, reason=f"{self.provider.title} is faster ({comparison})", batch_size=best)

    def _speed(self, work: Callable[[], int]) -> float:
        """Photos per second that ``work``, which returns how many it encoded, gets through."""
        count, started = 0, time.perf_counter()
        while (seconds := time.perf_counter() - started) < _SECONDS:
            self.progress.check()
            count += work()
        return count / seconds


def _made_up_photos() -> list[NDArray[np.uint8]]:
    """Coloured squares of different sizes: noise alone would look the same to most networks."""
    rng = np.random.default_rng(0)
    photos = []
    for number in range(_PHOTOS):
        squares = 3 + 5 * number
        colours = rng.integers(0, 256, (squares, squares, 3), np.uint8)
        side = -(-_PHOTO_SIDE // squares)
        photos.append(np.kron(colours, np.ones((side, side, 1), np.uint8)))
    return photos


def _agree(got: NDArray[np.float32], wanted: NDArray[np.float32]) -> bool:
    """Whether every embedding has a cosine of at least 0.999 with the one it should be; never if it is no number."""
    products = (got.astype(np.float64) * wanted).sum(axis=1)
    lengths = np.linalg.norm(got.astype(np.float64), axis=1) * np.linalg.norm(wanted.astype(np.float64), axis=1)
    return bool((products >= _LEAST_COSINE * lengths).all() and (lengths > 0).all())


def _encode(engine: OnnxEngine, pixels: NDArray[np.float32], count: int) -> int:
    return len(engine.encode(np.resize(pixels, (count, *pixels.shape[1:]))))


def _on_all_cores(engine: OnnxEngine, pixels: NDArray[np.float32]) -> int:
    """As the program encodes on the processor: every core a photo of its own."""
    cores = core_count()
    with ThreadPoolExecutor(cores) as pool:
        return sum(pool.map(lambda row: _encode(engine, pixels[row % _PHOTOS][np.newaxis], 1), range(4 * cores)))
