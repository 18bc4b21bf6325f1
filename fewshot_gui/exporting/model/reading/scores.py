"""Which of a model's outputs are the scores of the classes, and what the numbers mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Meaning = Literal["probabilities", "separate", "logits"]
"""Rows that sum to one; chances of each class by itself, 0..1; or anything at all, to be put through a softmax."""

_USUAL = ("probabilities", "confidences", "loss", "model_output", "logits", "scores", "output", "output0")
_SUM_TOLERANCE = 0.02
"""Half precision and int8 models miss 1 by as much."""


@dataclass(frozen=True)
class ScoreReader:
    """How the scores of one photo are read.

    Attributes:
        output: The name of the output.
        names: Its class names, where it tells them itself.
        size: How many classes it scores.
        meaning: What the numbers are.
    """

    output: str
    names: tuple[str, ...] | None
    size: int
    meaning: Meaning

    def read(self, value: Any) -> NDArray[np.float32]:
        """The probabilities of one photo, float32 (size,), from the first row of the output.

        Raises:
            ValueError: The numbers are not finite, or not of that number.
        """
        row = _row(value, self.names)
        if row is None or len(row) != self.size or not np.isfinite(row).all():
            raise ValueError(f"the output {self.output!r} gave no {self.size} numbers")
        if self.meaning == "logits":
            row = np.exp(row - row.max())
            return np.asarray(row / row.sum(), np.float32)
        return np.asarray(row.clip(0.0, 1.0), np.float32)


def find_scores(trials: Sequence[Mapping[str, Any]], wanted: int | None) -> ScoreReader | None:
    """Find the scores among the outputs of some photos.

    Args:
        trials: For each of some different photos, what the model gave, by the names of its outputs.
        wanted: How many classes there should be, if that is known.

    Returns:
        ``None`` if no output gives a number for each of several classes. With ``wanted``, an output of that size is
        preferred, but another may come back.
    """
    found: list[ScoreReader] = []
    for name, value in trials[0].items():
        names = _map_names(value)
        rows = [_row(trial[name], names) for trial in trials]
        sizes = {None if row is None else len(row) for row in rows}
        if len(sizes) == 1 and None not in sizes and len(first := _present(rows)):
            found.append(ScoreReader(name, names, first.shape[1], _meaning(first)))
    return min(found, key=lambda reader: _rank(reader, wanted), default=None)


def _present(rows: Sequence[NDArray[np.float64] | None]) -> NDArray[np.float64]:
    return np.array([row for row in rows if row is not None], np.float64)


def _rank(reader: ScoreReader, wanted: int | None) -> tuple[bool, int]:
    name = reader.output.lower()
    usual = next((place for place, word in enumerate(_USUAL) if name == word), len(_USUAL))
    return wanted is not None and reader.size != wanted, usual


def _map_names(value: Any) -> tuple[str, ...] | None:
    """The names in the maps that a ZipMap operator gives (ai.onnx.ml); a list with one map a photo."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return tuple(str(name) for name in value[0])
    return None


def _row(value: Any, names: tuple[str, ...] | None) -> NDArray[np.float64] | None:
    """The scores of the first photo; both classes of a single number, which is the chance of the second."""
    if names is not None:
        scores = {str(name): score for name, score in value[0].items()}
        return np.array([scores.get(name, np.nan) for name in names], np.float64)
    if not isinstance(value, np.ndarray) or value.dtype.kind != "f" or value.ndim < 2:
        return None
    row = value[0].reshape(-1).astype(np.float64) if max(value.shape[1:]) == value[0].size else None
    if row is not None and len(row) == 1:
        return np.array([1 - row[0], row[0]]) if 0 <= row[0] <= 1 else np.array([0.0, row[0]])
    return row


def _meaning(rows: NDArray[np.float64]) -> Meaning:
    if rows.min() < 0 or rows.max() > 1:
        return "logits"
    return "probabilities" if np.abs(rows.sum(axis=1) - 1).max() <= _SUM_TOLERANCE else "separate"
