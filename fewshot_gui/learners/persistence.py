"""Classifiers as named arrays, ready for a ``safetensors`` file; nothing in it can run."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.learners.affine import AffineClassifier
from fewshot_gui.learners.deep_classifier import DeepClassifier, is_of_deep
from fewshot_gui.learners.episodic_classifier import EpisodicClassifier, is_episodic
from fewshot_gui.learners.protocol import Classifier


def classifier_from_arrays(arrays: Mapping[str, NDArray[np.generic]]) -> Classifier:
    """The classifier whose ``to_arrays`` gave ``arrays``.

    Raises:
        FewshotError: The arrays do not belong to a classifier of this program, or are damaged.
    """
    try:
        if is_of_deep(arrays):
            return DeepClassifier.from_arrays(arrays)
        if is_episodic(arrays):
            return EpisodicClassifier.from_arrays(arrays)
        return AffineClassifier.from_arrays(arrays)
    except (KeyError, IndexError, ValueError, TypeError) as error:
        raise FewshotError("This classifier is damaged or from another version; adapt again.") from error
