"""What a correction costs in a folder of 100,000 photos, stage by stage, as Markdown.

python tests/benchmarks/readaptation.py [--photos 100000] [--shots 1 2 5 10] [--embeddings FILE.npz]

All photos are embedded already. Examples and photos are made up, 10 classes with 1280 values as an encoder would give,
or drawn around those in FILE, which ``fewshot-gui embed`` wrote of a folder per class. Milliseconds, the median of
five; "in all" is ``adapt_and_label`` as the window calls it, and what follows until the window shows the labels. The
last columns are the GUI thread's part, and the longest piece that keeps it from anything else.
"""

from __future__ import annotations

import fewshot_gui  # isort: skip  # noqa: F401 - before numpy, as in the program, which keeps it to one thread

import argparse
import statistics
import time
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication

from fewshot_gui.confidence import Adapted
from fewshot_gui.confidence.adapted import calibrated, held_out_splits
from fewshot_gui.core.prediction import Predictions
from fewshot_gui.core.progress import Unwatched
from fewshot_gui.encoders import DEFAULT_ENCODER, EmbeddingCache, encoder_spec
from fewshot_gui.learners import adapt_held_out, group_near_duplicates, learner
from fewshot_gui.ui.labeller import label_batches
from fewshot_gui.ui.models.photo_model import PhotoModel
from fewshot_gui.ui.models.photo_row import ClassStyle
from fewshot_gui.workflows.adapting import AdaptRequest, adapt_and_label, request_support
from fewshot_gui.workflows.embedding_source import EmbeddingSource

METHODS = ("auto", "prototypes", "prototypes-cosine", "ridge", "lda", "logistic")
CLASSES, DIMENSION, REPEATS = 10, 1280, 5
_AT_ONCE = 5000

Answer = TypeVar("Answer")


@dataclass(frozen=True, eq=False)
class World:
    """What embeddings are drawn from: points, float32 (n, d), and the class of each, int64 (n,)."""

    points: NDArray[np.float32]
    classes: NDArray[np.int64]

    @classmethod
    def made_up(cls) -> World:
        """Classes that overlap, with values that are never negative and mostly small."""
        rng = np.random.default_rng(0)
        classes = np.repeat(np.arange(CLASSES), 100)
        points = 0.3 * rng.gamma(0.3, 1.0, (CLASSES, DIMENSION))[classes] + rng.gamma(0.3, 1.0, (1000, DIMENSION))
        return cls(points.astype(np.float32), classes)

    @classmethod
    def read(cls, file: Path) -> World:
        """The first classes of a file that ``fewshot-gui embed`` wrote."""
        with np.load(file) as arrays:
            folders = [Path(str(path)).parent.name for path in arrays["paths"]]
            wanted = sorted(set(folders))[:CLASSES]
            rows = [row for row, folder in enumerate(folders) if folder in wanted]
            classes = np.array([wanted.index(folders[row]) for row in rows])
            return cls(arrays["embeddings"][rows].astype(np.float32), classes)

    def photos(self, count: int) -> NDArray[np.float16]:
        """Photos between the points, float16 (count, d); made in portions, so that memory holds them only once."""
        rng, photos = np.random.default_rng(1), np.empty((count, self.points.shape[1]), np.float16)
        for start in range(0, count, _AT_ONCE):
            part = photos[start : start + _AT_ONCE]
            one, other = rng.integers(0, len(self.points), (2, len(part)))
            share = 0.4 * rng.random((len(part), 1), np.float32)
            part[...] = (1 - share) * self.points[one] + share * self.points[other]
        return photos

    def request(self, method: str, shots: int, photos: NDArray[np.float16]) -> AdaptRequest:
        """A correction: examples that were all decided on among the photos."""
        rows = np.concatenate([np.flatnonzero(self.classes == one)[:shots] for one in np.unique(self.classes)])
        decided = tuple((int(self.classes[row]) + 1, Path(f"{row}.jpg")) for row in rows)
        mean = np.mean([part.mean(axis=0, dtype=np.float32) for part in np.array_split(photos, 20)], axis=0)
        return AdaptRequest((), decided, self.points[rows].astype(np.float16), photos, mean, method)


@dataclass
class Stages:
    """Milliseconds of every repetition, by the name of the stage."""

    seen: dict[str, list[float]] = field(default_factory=dict)

    def time(self, stage: str, work: Callable[[], Answer]) -> Answer:
        """Do ``work`` as this stage and return what it gives."""
        started = time.perf_counter()
        answer = work()
        self.add(stage, 1000 * (time.perf_counter() - started))
        return answer

    def add(self, stage: str, milliseconds: float) -> None:
        """Another repetition."""
        self.seen.setdefault(stage, []).append(milliseconds)

    def row(self, *head: object) -> str:
        """A row of the table."""
        cells = [*map(str, head), *(f"{statistics.median(times):.1f}" for times in self.seen.values())]
        return f"| {' | '.join(cells)} |"

    def heading(self, *head: str) -> str:
        """The first two rows of the table."""
        names = [*head, *self.seen]
        return f"| {' | '.join(names)} |\n|{'---|' * len(names)}"


def measure(request: AdaptRequest, source: EmbeddingSource, model: PhotoModel) -> Stages:
    """Every stage of an answer, repeated."""
    stages = Stages()
    photo_ids = np.arange(1, len(request.photos) + 1)
    for _ in range(REPEATS):
        adapted = _adapt(request, source, stages)
        stages.time("score", lambda adapted=adapted: adapted.predict(request.photos))  # type: ignore[misc] - a default
        started = time.perf_counter()
        outcome = adapt_and_label(request, source, Unwatched())
        answered = time.perf_counter()
        _show(outcome.predictions, photo_ids, model, stages)
        shown = time.perf_counter()
        stages.add("in all", 1000 * (answered - started))
        stages.add("until shown", 1000 * (shown - started))
    tracemalloc.start()
    adapt_and_label(request, source, Unwatched())
    stages.add("peak of memory, MB", tracemalloc.get_traced_memory()[1] / 1e6)
    tracemalloc.stop()
    return stages


def _adapt(request: AdaptRequest, source: EmbeddingSource, stages: Stages) -> Adapted:
    """Adapting and calibrating, taken apart as :func:`fewshot_gui.confidence.adapt_calibrated` puts them together."""
    support = group_near_duplicates(request_support(request, source, Unwatched())[0])
    splits = held_out_splits(support, seed=0)
    chosen = learner(request.method, seed=0)
    assessed = stages.time("adapt", lambda: adapt_held_out(chosen, support, splits, unlabelled=request.photos))
    return stages.time("calibrate", lambda: calibrated(assessed, support, folder_mean=request.folder_mean))


def _show(predictions: Predictions, photo_ids: NDArray[np.int64], model: PhotoModel, stages: Stages) -> None:
    batches = stages.time("hand over", lambda: list(label_batches(photo_ids, predictions)))
    pieces = []
    for batch in batches:
        started = time.perf_counter()
        first, confidence, second, second_confidence = batch.ranked
        model.set_predictions(
            batch.photo_ids, first, confidence, batch.stranger, batch.familiarity, second, second_confidence
        )
        pieces.append(1000 * (time.perf_counter() - started))
    stages.add("GUI thread", sum(pieces))
    stages.add("longest piece", max(pieces))


def filled_model(count: int) -> PhotoModel:
    """The window's photos, all of them shown."""
    model = PhotoModel()
    model.set_classes([ClassStyle(number, f"Class {number}", number) for number in range(1, CLASSES + 1)])
    model.append_photos(np.arange(1, count + 1), [f"/photos/IMG_{number}.jpg" for number in range(count)])
    return model


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=int, default=100_000)
    parser.add_argument("--shots", type=int, nargs="+", default=[1, 2, 5, 10])
    parser.add_argument("--methods", nargs="+", default=list(METHODS), choices=METHODS)
    parser.add_argument("--embeddings", type=Path)
    options = parser.parse_args(arguments)
    world = World.read(options.embeddings) if options.embeddings else World.made_up()
    application = QCoreApplication.instance() or QCoreApplication([])
    photos, model = world.photos(options.photos), filled_model(options.photos)
    application.processEvents()
    headed = False
    with TemporaryDirectory(prefix="readaptation-") as folder:
        source = EmbeddingSource(encoder_spec(DEFAULT_ENCODER), EmbeddingCache(Path(folder) / "embeddings.sqlite"))
        for method in options.methods:
            for shots in options.shots:
                stages = measure(world.request(method, shots, photos), source, model)
                if not headed:
                    print(stages.heading("method", "examples"))
                    headed = True
                print(stages.row(method, f"{len(np.unique(world.classes))} x {shots}"))


if __name__ == "__main__":
    main()
