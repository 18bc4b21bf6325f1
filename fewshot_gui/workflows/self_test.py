"""A check of the whole way of the data on this computer, with pictures made up on the spot."""

from __future__ import annotations

import csv
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from fewshot_gui.core.errors import Cancelled, FewshotError
from fewshot_gui.core.progress import Progress
from fewshot_gui.core.screen import why_no_screen
from fewshot_gui.encoders import (
    DEFAULT_ENCODER,
    DeviceAttempt,
    EmbeddingCache,
    encoder_spec,
    forget_trials,
    survey_devices,
)
from fewshot_gui.exporting import write_csv
from fewshot_gui.workflows.device_trial import measured_speeds
from fewshot_gui.workflows.embedding_source import EmbeddingSource
from fewshot_gui.workflows.exporting_model import ExportOptions, ModelRequest, export_model
from fewshot_gui.workflows.label_folder import LabelledFolder, label_folder
from fewshot_gui.workflows.self_test_photos import MadeUpFolders, striped_pictures, write_photos

log = logging.getLogger(__name__)

_DEVICE = "Device"
_LEAST_RIGHT = 0.9
"""The share of made-up pictures that every method labels right, or something is wrong with it."""


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
    """Try the device, the encoder, adapting, labelling and exporting, and say whether a window can be shown.

    Everything is done in a folder of its own, with nothing from the network, and leaves nothing behind.

    Raises:
        Cancelled: The person cancelled.
        OSError: There is no place for that folder.
    """
    with TemporaryDirectory(prefix="fewshot-self-test-") as folder, EmbeddingCache(Path(folder) / "cache") as cache:
        bench = _Bench(Path(folder), cache, progress)
        steps: tuple[tuple[str, Callable[[], str]], ...] = (
            (_DEVICE, bench.device),
            ("Encoder", bench.encoder),
            ("Speed", bench.speed),
            ("Labelling by auto", partial(bench.labelling, "auto")),
            ("Labelling by prototypes", partial(bench.labelling, "prototypes")),
            ("Labelling by MAML", partial(bench.labelling, "maml")),
            ("Table", bench.table),
            ("Model", bench.model),
            ("Window", _window),
        )
        findings = []
        for number, (name, step) in enumerate(steps):
            progress.report(number, len(steps), name)
            progress.check()
            findings.append(_tried(name, step))
            if name == _DEVICE:
                # Not to have a device is no fault, so all of them pass.
                findings += [Finding(attempt.title, passed=True, detail=attempt.reason) for attempt in bench.attempts]
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
    """What the steps hand on to each other.

    Attributes:
        attempts: The devices that were tried.
    """

    def __init__(self, folder: Path, cache: EmbeddingCache, progress: Progress) -> None:
        self._folder = folder
        self._cache = cache
        self._progress = progress
        self._made: MadeUpFolders | None = None
        self._labelled: LabelledFolder | None = None
        self.attempts: tuple[DeviceAttempt, ...] = ()

    @cached_property
    def _source(self) -> EmbeddingSource:
        return EmbeddingSource(encoder_spec(DEFAULT_ENCODER), self._cache)

    def device(self) -> str:
        """Try every device, also those that have failed before."""
        forget_trials()
        survey = survey_devices("auto", self._progress)
        self.attempts = survey.attempts
        return survey.choice.reason

    def encoder(self) -> str:
        """Open the default encoder and embed one picture twice."""
        started = time.perf_counter()
        encoder = self._source.encoder(self._progress)
        picture = striped_pictures(np.random.default_rng(0), kind=0, count=1)
        first, second = encoder.embed(picture), encoder.embed(picture)
        if first.shape != (1, encoder.spec.dimension) or not np.array_equal(first, second):
            raise _Failed("The encoder does not give the same answer twice; delete the cache and try again.")
        return f"“{encoder.spec.title}” is ready ({time.perf_counter() - started:.1f} s)."

    def speed(self) -> str:
        """Time reading and encoding."""
        speeds = measured_speeds(self._source, self._folder, self._progress)
        return (
            f"{speeds.all_told:.1f} photos of 12 megapixels per second all told; "
            f"{speeds.decoded:.1f} if they were only decoded, {speeds.encoded:.1f} if only encoded."
        )

    def labelling(self, method: str) -> str:
        """Tell three kinds of photos apart that differ in colour and pattern."""
        if self._made is None:
            self._made = write_photos(self._folder)
        labelled = label_folder(self._made.examples, self._made.photos, self._source, self._progress, method=method)
        right = sum(row.photo.startswith(f"{row.label} ") for row in labelled.rows)
        if labelled.failures or right < _LEAST_RIGHT * len(labelled.rows):
            raise _Failed(f"Only {right} of {len(labelled.rows)} made-up pictures were labelled right.")
        self._labelled = labelled
        return f"{right} of {len(labelled.rows)} made-up pictures were labelled right by {labelled.adapted.method}."

    def table(self) -> str:
        """Write the labels as a table and read it again."""
        rows, table = self._result().rows, self._folder / "labels.csv"
        write_csv(table, rows)
        with table.open(encoding="utf-8-sig", newline="") as file:
            read = [(row["photo"], row["label"]) for row in csv.DictReader(file)]
        if read != [(row.photo, row.label) for row in rows]:
            raise _Failed("The table does not hold what was written to it.")
        return f"The labels of {len(rows)} pictures were written as a table."

    def model(self) -> str:
        """Write the classifier as a model, which is then run and compared with the program."""
        labelled = self._result()
        classes = labelled.classes
        request = ModelRequest(
            adapted=labelled.adapted,
            support=classes.support,
            classes=classes.names,
            photos=tuple(sorted(self._folder.glob("photos/*.png"))),
            title="Self-test",
        )
        written = export_model(request, self._source, self._folder / "model.onnx", ExportOptions(), self._progress)
        size = written.files[0].stat().st_size / 1e6
        found = written.verification
        return (
            f"A model of {size:.0f} MB by {labelled.adapted.method} was written; it labels {found.agreeing} of "
            f"{found.photos} pictures as the program does."
        )

    def _result(self) -> LabelledFolder:
        if self._labelled is None:
            raise _Failed("There is nothing to export because no method could label.")
        return self._labelled
