"""How well `label` does against plain prototypes on folders of classes, as a Markdown table.

python tests/benchmarks/label_accuracy.py FOLDER... [--shots 5] [--draws 20] [--encoder ID]

Every FOLDER holds a folder per class. For each draw, some photos of each class are the examples and all the others are
labelled. Plain prototypes are class means of the raw embeddings and squared Euclidean distance, as the few-shot
libraries do it (Snell et al. 2017, arXiv 1703.05175).
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
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


def draw(embeddings: NDArray[np.float32], labels: NDArray[np.int64], shots: int, seed: int) -> Draw:
    """Choose examples at random, label the rest."""
    rng = np.random.default_rng(seed)
    chosen = np.zeros(len(labels), np.bool_)
    for one in np.unique(labels):
        members = np.flatnonzero(labels == one)
        chosen[rng.choice(members, min(shots, len(members) - 1), replace=False)] = True
    support = SupportSet(embeddings[chosen], labels[chosen])
    queries, truth = embeddings[~chosen], labels[~chosen]
    adapted = adapt_calibrated("auto", support, folder_mean=queries.mean(axis=0), seed=seed)
    ranked = adapted.predict(queries).ranked()
    right = ranked.first == truth
    expected = adapted.expected
    return Draw(
        plain=float((plain_prototypes(support, queries) == truth).mean()),
        auto=float(right.mean()),
        calibration_error=calibration_error(ranked.first_confidence, right),
        promised=expected.value if expected else np.nan,
        interval_holds=float(expected.low <= right.mean() <= expected.high) if expected else np.nan,
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--shots", type=int, default=5)
    parser.add_argument("--draws", type=int, default=20)
    parser.add_argument("--encoder", default=DEFAULT_ENCODER)
    options = parser.parse_args()
    print(f"{options.shots} examples per class, {options.draws} draws, encoder {options.encoder}\n")
    print("| task | classes | plain prototypes | auto | gain | calibration error | promised | interval holds |")
    print("|---|---|---|---|---|---|---|---|")
    rows = []
    with EmbeddingCache() as cache:
        source = EmbeddingSource(encoder_spec(options.encoder), cache)
        for folder in options.folders:
            embedded = embed_folder(folder, source, Unwatched(), note="")
            readable = embedded.readable
            names = [embedded.paths[row].relative_to(folder).parts[0] for row in readable]
            labels = np.unique(names, return_inverse=True)[1].astype(np.int64) + 1
            vectors = embedded.embeddings[readable].astype(np.float32)
            draws = [draw(vectors, labels, options.shots, seed) for seed in range(options.draws)]
            mean = np.array(
                [(d.plain, d.auto, d.auto - d.plain, d.calibration_error, d.promised, d.interval_holds) for d in draws]
            )
            rows.append(100 * mean.mean(axis=0))
            print(f"| {folder.name} | {labels.max()} | " + " | ".join(f"{value:.1f}" for value in rows[-1]) + " |")
    print("| **mean** | | " + " | ".join(f"**{value:.1f}**" for value in np.mean(rows, axis=0)) + " |")


if __name__ == "__main__":
    main()
