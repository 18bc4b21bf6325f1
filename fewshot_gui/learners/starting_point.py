"""Meta-learned parameters that a learner starts from, and what is known of where they come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

NetworkKind = Literal["adapter", "conv4", "tail"]


@dataclass(frozen=True)
class NetworkSpec:
    """How to build the network that is meta-trained or adapted; it maps rows of ``inputs`` values to features.

    Attributes:
        kind: ``"adapter"`` (a residual bottleneck on transformed embeddings), ``"conv4"`` (four convolutions on a
            grey picture of 28 x 28) or ``"tail"`` (the last blocks of an encoder on its cached activations).
        inputs: Values of a row.
        width: Of the bottleneck, or channels of every convolution; 0 for a tail.
        encoder: The encoder whose tail it is, by id; empty for the others.
    """

    kind: NetworkKind
    inputs: int
    width: int = 0
    encoder: str = ""


@dataclass(frozen=True, eq=False)
class StartingPoint:
    """Meta-learned parameters. Immutable.

    Attributes:
        method: The learner that starts from it, by name.
        title: How people call it.
        encoder: The id of the encoder whose embeddings it was trained on; rows of another mean nothing to it.
        network: The network whose parameters are among ``arrays``.
        square_root: Whether embeddings get the square root before they are brought to length one
            (:class:`~fewshot_gui.learners.features.EmbeddingTransform`); ``None``: rows go in as they are.
        arrays: float32, every parameter of the episodic method by its name in the module.
        facts: What else is known, as plain text by name: licence, data, steps, evaluation.
    """

    method: str
    title: str
    encoder: str
    network: NetworkSpec
    square_root: bool | None
    arrays: Mapping[str, NDArray[np.float32]]
    facts: Mapping[str, str] = field(default_factory=dict)
