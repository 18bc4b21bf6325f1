"""From logits to probabilities: how large a head's logits are, and the scale at which they fit held-out labels best.

Logits of different heads, and of one head at different numbers of examples, have different sizes. Divided by their
margin on the examples they were solved from they are comparable: the best scale then hardly depends on the method or
the number of examples, only on the number of classes, and what is found on held-out examples with fewer to learn from
holds for the head that learned from all.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.learners.observations import observation_weights

_SPREAD = 0.5
"""Standard deviation, in natural logarithms, of the best scale around :func:`expected_scale`: 0.55 over 19 development
tasks, 1 to 10 examples per class and four heads."""


def log_softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Logarithms of the probabilities, float64 (n, c) to (n, c)."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_probabilities: NDArray[np.float64] = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return log_probabilities


def own_margin(logits: NDArray[np.floating], columns: NDArray[np.int64], groups: NDArray[np.int64]) -> float:
    """How far the right class stands out on average: its logit minus the mean of the others, every class alike.

    Args:
        logits: (n, c), of the examples the head was solved from.
        columns: int64 (n,), the column of each example's class; every column occurs.
        groups: int64 (n,), the group of each example; a group counts as one.

    Returns:
        The margin; 1 if there is none, so that one can always divide by it.
    """
    n, c = logits.shape
    if c == 1:
        return 1.0
    own = logits[np.arange(n), columns].astype(np.float64)
    margins = own - (logits.sum(axis=1, dtype=np.float64) - own) / (c - 1)
    margin = float(observation_weights(columns, groups) @ margins) / c
    return margin if margin > 1e-9 else 1.0


def expected_scale(classes: int) -> float:
    """The scale for logits of margin one when nothing is known but the number of classes.

    Fitted to the scales that were best for the labels of whole folders, on 19 development tasks with 2 to 20 classes.
    """
    return float(3.16 * classes**0.45)


def cross_entropy(logits: NDArray[np.float64], columns: NDArray[np.int64]) -> float:
    """The mean cross-entropy in nats of logits (n, c) against the right columns, int64 (n,)."""
    return float(-log_softmax(logits)[np.arange(len(columns)), columns].mean())


def best_scale(logits: NDArray[np.float64], columns: NDArray[np.int64], observations: int) -> float:
    """The most probable scale of logits of margin one, given held-out labels and what scales are usual.

    The mode of ``exp(-observations * cross_entropy(scale * logits))`` times a log-normal prior around
    :func:`expected_scale`. However well a handful of held-out examples went, the scale stays finite.

    Args:
        logits: float64 (n, c); none is allowed and gives the expected scale.
        columns: int64 (n,), the column of the right class.
        observations: How many of the n rows are independent; repeats of one example are not.

    Returns:
        A factor above zero; the reciprocal of the temperature.
    """
    usual = np.log(expected_scale(logits.shape[1]))
    if not len(logits) or logits.shape[1] == 1:
        return float(np.exp(usual))
    on_own = float(logits[np.arange(len(columns)), columns].mean())
    low, high = usual - 10 * _SPREAD, usual + 10 * _SPREAD
    while high - low > 1e-3:
        middle = (low + high) / 2
        scale = np.exp(middle)
        on_average = float((np.exp(log_softmax(logits * scale)) * logits).sum(axis=1).mean())
        slope = observations * scale * (on_average - on_own) + (middle - usual) / _SPREAD**2
        low, high = (middle, high) if slope < 0 else (low, middle)
    return float(np.exp((low + high) / 2))
