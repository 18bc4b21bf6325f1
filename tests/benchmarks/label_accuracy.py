"""How well `label` does against plain prototypes on folders of classes, as Markdown tables.

python tests/benchmarks/label_accuracy.py FOLDER... [--shots 1,5,10] [--draws 20] [--encoder ID]
    [--ways 10] [--query-mix all|balanced|dirichlet] [--unknown-share 0.2]

Every FOLDER holds a folder per class. For each draw, some photos of each class are the examples and others are labelled
in the mix and with the share of strangers asked for; accuracy counts the known photos only. Strangers come
from classes of the folder that are not used, or from the other folders. Plain prototypes are class means of the raw
embeddings and squared Euclidean distance, as the few-shot libraries do it (Snell et al. 2017, arXiv 1703.05175).
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from folder_draws import QUERY_MIXES, DrawOptions, FolderDraw, Task
from numpy.typing import NDArray

from fewshot_gui.confidence import adapt_calibrated
from fewshot_gui.core.progress import Unwatched
from fewshot_gui.core.support import SupportSet
from fewshot_gui.encoders import DEFAULT_ENCODER, EmbeddingCache, encoder_spec
from fewshot_gui.workflows.embed_folder import embed_folder
from fewshot_gui.workflows.embedding_source import EmbeddingSource

_BINS = 10


@dataclass(frozen=True)
class Draw:
    """One draw of examples: accuracies of plain prototypes and of auto, calibration error, and the promise's error."""

    plain: float
    auto: float
    calibration_error: float
    promised: float
    interval_holds: float


def plain_prototypes(support: SupportSet, queries: NDArray[np.float32]) -> NDArray[np.int64]:
    """The class whose mean raw embedding is nearest."""
    means = np.stack([support.embeddings[support.labels == one].mean(axis=0) for one in support.class_ids])
    distances = (means**2).sum(axis=1) - 2 * queries @ means.T
    return support.class_ids[distances.argmin(axis=1)]


def calibration_error(confidence: NDArray[np.float32], right: NDArray[np.bool_]) -> float:
    """Expected calibration error over 10 equal bins (Guo et al. 2017, arXiv 1706.04599)."""
    bins = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    error = 0.0
    for number in np.unique(bins):
        here = bins == number
        error += here.mean() * abs(float(confidence[here].mean()) - float(right[here].mean()))
    return error


def labelled(draw: FolderDraw, seed: int) -> Draw:
    """Adapt to the examples of a draw and label its folder."""
    folder = draw.folder
    adapted = adapt_calibrated("auto", draw.support, folder=folder, folder_mean=folder.mean(axis=0), seed=seed)
    ranked = adapted.predict(draw.known).ranked()
    right = ranked.first == draw.truth
    expected = adapted.expected
    return Draw(
        plain=float((plain_prototypes(draw.support, draw.known) == draw.truth).mean()),
        auto=float(right.mean()),
        calibration_error=calibration_error(ranked.first_confidence, right),
        promised=expected.value if expected else np.nan,
        interval_holds=float(expected.low <= right.mean() <= expected.high) if expected else np.nan,
    )


def read_task(folder: Path, source: EmbeddingSource) -> Task:
    """Embed a folder of classes."""
    embedded = embed_folder(folder, source, Unwatched(), note="")
    readable = embedded.readable
    names = [embedded.paths[row].relative_to(folder).parts[0] for row in readable]
    labels = np.unique(names, return_inverse=True)[1].astype(np.int64) + 1
    return Task(folder.name, embedded.embeddings[readable].astype(np.float32), labels)


def print_table(tasks: Sequence[Task], options: DrawOptions, draws: int) -> None:
    """One row per task, and their mean."""
    print("| task | classes | plain prototypes | auto | gain | calibration error | promised | interval holds |")
    print("|---|---|---|---|---|---|---|---|")
    rows = []
    for task in tasks:
        others = np.concatenate([task.embeddings[:0], *(other.embeddings for other in tasks if other is not task)])
        found = [labelled(options.draw(task, others, seed), seed) for seed in range(draws)]
        figures = [
            (d.plain, d.auto, d.auto - d.plain, d.calibration_error, d.promised, d.interval_holds) for d in found
        ]
        rows.append(100 * np.mean(figures, axis=0))
        classes = min(options.ways, len(np.unique(task.labels)))
        print(f"| {task.name} | {classes} | " + " | ".join(f"{value:.1f}" for value in rows[-1]) + " |")
    print("| **mean** | | " + " | ".join(f"**{value:.1f}**" for value in np.mean(rows, axis=0)) + " |\n")


def parser() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--shots", default="5", help="examples per class; several numbers with commas between")
    parser.add_argument("--draws", type=int, default=20)
    parser.add_argument("--encoder", default=DEFAULT_ENCODER)
    parser.add_argument("--ways", type=int, default=1000, help="most classes at once")
    parser.add_argument("--query-mix", choices=QUERY_MIXES, default="all")
    parser.add_argument("--unknown-share", type=float, default=0.0)
    return parser


def main() -> None:
    """Print the tables."""
    options = parser().parse_args()
    with EmbeddingCache() as cache:
        source = EmbeddingSource(encoder_spec(options.encoder), cache)
        tasks = [read_task(folder, source) for folder in options.folders]
    for shots in map(int, options.shots.split(",")):
        print(
            f"{shots} examples per class, {options.draws} draws, encoder {options.encoder}, {options.query_mix} queries"
        )
        print(f"with {100 * options.unknown_share:.0f} % strangers\n")
        print_table(tasks, DrawOptions(shots, options.ways, options.query_mix, options.unknown_share), options.draws)


if __name__ == "__main__":
    main()
