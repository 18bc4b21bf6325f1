"""Classifiers as named arrays, ready for a ``safetensors`` file; nothing in it can run."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.learners.affine import AffineClassifier
from fewshot_gui.learners.protocol import Classifier


def classifier_from_arrays(arrays: Mapping[str, NDArray[np.generic]]) -> Classifier:
    """The classifier whose ``to_arrays`` gave ``arrays``.

    Raises:
        FewshotError: The arrays do not belong to a classifier of this program, or are damaged.
    """
    try:
        return AffineClassifier.from_arrays(arrays)
    except (KeyError, IndexError, ValueError, TypeError) as error:
        raise FewshotError("This classifier is damaged or from another version; adapt again.") from error
