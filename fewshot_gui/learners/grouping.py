"""Near-duplicates: photos of a burst, or copies of one photo, count as one example."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fewshot_gui.core.support import SupportSet
from fewshot_gui.learners.features import EmbeddingTransform

NEAR_DUPLICATE = 0.96
"""The cosine from which two examples are one observation.

Measured with EfficientNet-Lite0 on eight kinds of photos: of pairs of different photos of one class less than 0.1 % lie
above (except for photos taken in a row); the same photo turned by 3 degrees has 0.97, cropped by 4 % 0.97, brightened
0.99, saved again as JPEG 0.96 (medians).
"""

_COPY = 0.9999
"""The cosine of a photo and itself, but for rounding."""

_BETWEEN_CLASSES = 0.99
"""The share of the pairs of different classes that are less alike than near-duplicates; the same photo may well have
been put into two classes."""


def group_near_duplicates(support: SupportSet) -> SupportSet:
    """The same examples, with near-duplicates, and what is linked through them, joined into one group.

    Groups that were there before are joined, never taken apart. Where even examples of different classes are as
    alike as near-duplicates of photos are, as small drawings are by their pixels, only copies are one.
    """
    transformed = EmbeddingTransform.fitted_to(support.embeddings).apply(support.embeddings)
    cosines = transformed @ transformed.T
    between = cosines[support.labels[:, None] != support.labels[None, :]]
    telling = not len(between) or np.mean(between < NEAR_DUPLICATE) >= _BETWEEN_CLASSES
    linked = cosines >= (NEAR_DUPLICATE if telling else _COPY)
    linked |= support.groups[:, None] == support.groups[None, :]
    groups = np.arange(len(support))
    while True:
        # Everyone takes the smallest number among those linked to it, until nothing changes.
        smallest = np.where(linked, groups[None, :], len(support)).min(axis=1)
        if np.array_equal(smallest, groups):
            return replace(support, groups=groups.astype(np.int64))
        groups = smallest
