"""Episodic methods with parameters that were kept as arrays."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray

from fewshot_gui.learners.episodic.catalogue import episodic_method
from fewshot_gui.learners.episodic.method import EpisodicMethod
from fewshot_gui.learners.starting_point import NetworkSpec


def restored_method(
    name: str,
    network: NetworkSpec,
    arrays: Mapping[str, NDArray[np.generic]],
    *,
    whole: bool = True,
    seed: int = 0,
) -> EpisodicMethod:
    """The method ``name`` in evaluation mode with the parameters in ``arrays``.

    Args:
        name: One of :data:`~fewshot_gui.learners.episodic.catalogue.EPISODIC_METHODS`.
        network: What it works with.
        arrays: Parameters and buffers by name.
        whole: Whether every one must be there; otherwise the others are fresh.
        seed: Fixes what is fresh.

    Raises:
        ValueError: There is no such method or network, or the arrays are not its own.
    """
    method = episodic_method(name, network, seed=seed)
    own = {key: tuple(value.shape) for key, value in method.state_dict().items()}
    given = {key: array.shape for key, array in arrays.items()}
    wrong = [key for key, shape in given.items() if own.get(key) != shape]
    if whole:
        wrong += [key for key in own if key not in given]
    if wrong:
        raise ValueError(f"{name} on {network} does not have the parameters {wrong[:5]} so")
    method.load_state_dict({key: torch.tensor(np.asarray(array)) for key, array in arrays.items()}, strict=False)
    return method.eval()
