"""A check of the whole way of the data on this computer, with pictures made up on the spot."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.confidence import adapt_calibrated
from fewshot_gui.core.errors import Cancelled, FewshotError
from fewshot_gui.core.progress import Progress
from fewshot_gui.core.screen import why_no_screen
from fewshot_gui.core.support import SupportSet
from fewshot_gui.encoders import DEFAULT_ENCODER, Encoder, choose_device, open_encoder

log = logging.getLogger(__name__)

_PER_CLASS = 5
_SPEED_PHOTOS = 16


@dataclass(frozen=True)
class Finding:
    """One thing that was tried.

    Attributes:
        name: What.
        passed: Whether it works.
        detail: A sentence with the figure, or with what is wrong.
    """

    name: str
    passed: bool
    detail: str


class _Failed(Exception):  # noqa: N818 - not an error of the program: a finding
    """A step found that something does not work."""


def run_self_test(progress: Progress) -> tuple[Finding, ...]:
    """Try the device, the encoder, adapting and labelling, and say whether a window can be shown.

    Raises:
        Cancelled: The person cancelled.
    """
    bench = _Bench(progress)
    steps: tuple[tuple[str, Callable[[], str]], ...] = (
        ("Device", bench.device),
        ("Encoder", bench.encoder),
        ("Speed", bench.speed),
        ("Adapting and labelling", bench.labelling),
        ("Window", _window),
    )
    findings = []
    for number, (name, step) in enumerate(steps):
        progress.report(number, len(steps), name)
        progress.check()
        findings.append(_tried(name, step))
    return tuple(findings)


def _tried(name: str, step: Callable[[], str]) -> Finding:
    try:
        return Finding(name, passed=True, detail=step())
    except Cancelled:
        raise
    except (FewshotError, _Failed) as error:
        return Finding(name, passed=False, detail=str(error))
    except Exception as error:  # a broken installation may fail in any way, and this is what is to be found out
        log.exception("the step %r of the self-test failed", name)
        return Finding(name, passed=False, detail=f"Something unexpected went wrong ({type(error).__name__}: {error}).")


def _window() -> str:
    # No failure: the command line works without one, and servers are used that way.
    reason = why_no_screen()
    return "A window can be shown." if reason is None else f"No window can be shown because {reason}."


class _Bench:
    """What the steps hand on to each other."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._opened: Encoder | None = None

    def device(self) -> str:
        """Try the device."""
        return choose_device("auto").reason

    def encoder(self) -> str:
        """Open the default encoder and embed one picture twice."""
        started = time.perf_counter()
        encoder = self._encoder()
        picture = _pictures(np.random.default_rng(0), hue=0, count=1)
        first, second = encoder.embed(picture), encoder.embed(picture)
        if first.shape != (1, encoder.spec.dimension) or not np.array_equal(first, second):
            raise _Failed("The encoder does not give the same answer twice; delete the cache and try again.")
        return f"“{encoder.spec.title}” is ready ({time.perf_counter() - started:.1f} s)."

    def speed(self) -> str:
        """Time the encoder alone, one photo after the other."""
        encoder = self._encoder()
        pictures = _pictures(np.random.default_rng(1), hue=1, count=_SPEED_PHOTOS)
        started = time.perf_counter()
        encoder.embed(pictures)
        return f"{_SPEED_PHOTOS / (time.perf_counter() - started):.0f} photos per second in one thread."

    def labelling(self) -> str:
        """Tell three kinds of pictures apart that differ in colour and pattern."""
        encoder, rng = self._encoder(), np.random.default_rng(2)
        kinds = (1, 2, 3)
        embeddings = np.concatenate([encoder.embed(_pictures(rng, hue=kind, count=_PER_CLASS)) for kind in kinds])
        support = SupportSet(embeddings, np.repeat(kinds, _PER_CLASS))
        adapted = adapt_calibrated("auto", support, progress=self._progress, seed=0)
        queries = np.concatenate([encoder.embed(_pictures(rng, hue=kind, count=_PER_CLASS)) for kind in kinds])
        right = int((adapted.predict(queries).ranked().first == np.repeat(kinds, _PER_CLASS)).sum())
        if right < 0.9 * len(queries):
            raise _Failed(f"Only {right} of {len(queries)} made-up pictures were labelled right.")
        return f"{right} of {len(queries)} made-up pictures were labelled right by {adapted.method}."

    def _encoder(self) -> Encoder:
        if self._opened is None:
            self._opened = open_encoder(DEFAULT_ENCODER, device=choose_device("auto"), progress=self._progress)
        return self._opened


def _pictures(rng: np.random.Generator, *, hue: int, count: int) -> list[NDArray[np.uint8]]:
    """Striped pictures, uint8 (240, 320, 3): ``hue`` fixes colour and stripe width, the rest varies."""
    y, x = np.mgrid[:240, :320]
    pictures = []
    for _ in range(count):
        angle = rng.uniform(0, np.pi)
        wave = np.sin((x * np.cos(angle) + y * np.sin(angle)) / (2.0 + 4.0 * hue))
        colour = np.roll([200.0, 90.0, 40.0], hue)
        noise = rng.normal(0, 12, (240, 320, 1))
        picture = colour * (0.6 + 0.4 * wave[..., None]) + noise
        pictures.append(np.clip(picture, 0, 255).astype(np.uint8))
    return pictures
