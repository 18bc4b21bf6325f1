"""What the second opinion adds to auto on folders of classes, as a Markdown table.

python tests/benchmarks/deep_accuracy.py FOLDER... [--shots 5] [--draws 3] [--classes 10] [--queries 15]

Every FOLDER holds a folder per class, such as an alphabet of Omniglot with a folder per character. For each draw, some
photos of the first classes are the examples and others are labelled. "Joins" is how often deep took part, "share" what
it weighed then; seconds are those of weighing and adapting, with everything else that the computer was doing.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.confidence import Adapted, adapt_calibrated
from fewshot_gui.core.progress import Unwatched
from fewshot_gui.core.support import SupportSet
from fewshot_gui.encoders import DEFAULT_ENCODER, EmbeddingCache, encoder_spec
from fewshot_gui.workflows.embedding_examples import embed_examples
from fewshot_gui.workflows.embedding_source import EmbeddingSource
from fewshot_gui.workflows.example_folders import find_example_folders
from fewshot_gui.workflows.second_opinion import activations_source, weigh_deep


@dataclass(frozen=True)
class Draw:
    """One draw of examples: accuracies of auto and of the second opinion, deep's share, and its seconds."""

    auto: float
    second: float
    share: float
    seconds: float

    @property
    def figures(self) -> tuple[float, ...]:
        """The columns of the table."""
        return self.auto, self.second, self.second - self.auto, 100 * (self.share > 0), 100 * self.share, self.seconds


@dataclass(frozen=True)
class Task:
    """Embedded photos, n of them, with their activations and classes."""

    name: str
    embeddings: NDArray[np.float32]
    activations: NDArray[np.float32]
    labels: NDArray[np.int64]


def read_task(folder: Path, source: EmbeddingSource, classes: int, per_class: int) -> Task:
    """The first photos of the first classes, evenly spaced: neighbours may be frames of one film."""
    wanted = []
    for number, found in enumerate(find_example_folders(folder, on_problem=lambda *_: None)[:classes], start=1):
        places = np.unique(np.linspace(0, len(found.photos) - 1, per_class).astype(int))
        wanted += [(number, found.photos[place]) for place in places]
    embedded = embed_examples([path for _, path in wanted], activations_source(source), Unwatched())
    labels = np.array([wanted[row][0] for row in embedded.rows], np.int64)
    d = source.spec.dimension
    return Task(folder.name, embedded.embeddings[:, :d], embedded.embeddings[:, d:], labels)


def draw(task: Task, shots: int, queries: int, seed: int) -> Draw:
    """Choose examples and queries at random; adapt both ways and label the queries."""
    rng = np.random.default_rng(seed)
    chosen, asked = [], []
    for one in np.unique(task.labels):
        members = rng.permutation(np.flatnonzero(task.labels == one))
        count = min(shots, len(members) - 5)
        chosen += members[:count].tolist()
        asked += members[count : count + queries].tolist()
    support = SupportSet(task.embeddings[chosen], task.labels[chosen], activations=task.activations[chosen])
    rows = np.concatenate([task.embeddings[asked], task.activations[asked]], axis=1)
    auto = adapt_calibrated("auto", SupportSet(support.embeddings, support.labels), seed=seed)
    second, opinion = weigh_deep(support, progress=Unwatched(), seed=seed)
    truth = task.labels[asked]
    return Draw(accuracy(auto, rows, truth), accuracy(second, rows, truth), opinion.share, opinion.seconds)


def accuracy(adapted: Adapted, rows: NDArray[np.float32], truth: NDArray[np.int64]) -> float:
    """The percentage of rows, embeddings with activations, that get their true label."""
    return 100 * float((adapted.predict(rows).ranked().first == truth).mean())


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--shots", type=int, default=5)
    parser.add_argument("--draws", type=int, default=3)
    parser.add_argument("--classes", type=int, default=10)
    parser.add_argument("--queries", type=int, default=15)
    options = parser.parse_args()
    print(f"{options.shots} examples per class, {options.draws} draws, encoder {DEFAULT_ENCODER}\n")
    print("| task | classes | auto | with second opinion | gain | joins | share | seconds |")
    print("|---|---|---|---|---|---|---|---|")
    rows = []
    with EmbeddingCache() as cache:
        source = EmbeddingSource(encoder_spec(DEFAULT_ENCODER), cache)
        for folder in options.folders:
            task = read_task(folder, source, options.classes, options.shots + 2 * options.queries)
            draws = [draw(task, options.shots, options.queries, seed) for seed in range(options.draws)]
            rows.append(np.mean([one.figures for one in draws], axis=0))
            print(line(task.name, str(task.labels.max()), rows[-1]), flush=True)
    print(line("**mean**", "", np.mean(rows, axis=0)))


def line(name: str, classes: str, figures: NDArray[np.float64]) -> str:
    """A row of the table."""
    return f"| {name} | {classes} | " + " | ".join(f"{figure:.1f}" for figure in figures) + " |"


if __name__ == "__main__":
    main()
