"""Examples in an order that depends on nothing but their content.

Gradient steps and sums of floats depend a little on the order of what they see. Here neither the order in which a
person added examples nor the numbers of classes and groups change it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Observations:
    """Examples in canonical order, those of one class and group averaged into one.

    Attributes:
        rows: float32 (m, k).
        columns: int64 (m,) in 0..c-1, the class of each in the order of ``class_ids``.
        class_ids: int64 (c,), the classes as they first occur.
    """

    rows: NDArray[np.float32]
    columns: NDArray[np.int64]
    class_ids: NDArray[np.int64]


def canonical_observations(
    rows: NDArray[np.float32], labels: NDArray[np.int64], groups: NDArray[np.int64]
) -> Observations:
    """Sort examples by a hash of their content and average those of one class and group.

    Args:
        rows: float32 (n, k), n >= 1.
        labels: int64 (n,), the class of each.
        groups: int64 (n,), the group of each.
    """
    contents = [hashlib.blake2b(row.tobytes(), digest_size=16).digest() for row in rows]
    members: dict[tuple[int, int], list[int]] = {}
    for row in sorted(range(len(rows)), key=contents.__getitem__):
        members.setdefault((int(labels[row]), int(groups[row])), []).append(row)
    means = np.stack([rows[each].mean(axis=0, dtype=np.float64) for each in members.values()])
    classes = list(dict.fromkeys(label for label, _ in members))
    columns = [classes.index(label) for label, _ in members]
    return Observations(means.astype(np.float32), np.array(columns, np.int64), np.array(classes, np.int64))
