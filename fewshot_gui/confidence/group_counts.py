"""How many independent examples each class has."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.core.support import SupportSet


def group_counts(support: SupportSet) -> NDArray[np.int64]:
    """The number of groups of each of ``support.class_ids``, int64 (c,); a burst of one thing counts once."""
    pairs = np.unique(np.column_stack([support.labels, support.groups]), axis=0)
    return np.unique(pairs[:, 0], return_counts=True)[1].astype(np.int64)
