"""The episodic methods by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

import torch

from fewshot_gui.learners.episodic.building import build_network
from fewshot_gui.learners.episodic.gradient import GradientMethod, InnerLoop, ReptileMethod
from fewshot_gui.learners.episodic.hypernetwork import HypernetworkMethod
from fewshot_gui.learners.episodic.lda import DiscriminantMethod
from fewshot_gui.learners.episodic.matching import MatchingMethod
from fewshot_gui.learners.episodic.memory import MemoryMethod
from fewshot_gui.learners.episodic.method import EpisodicMethod
from fewshot_gui.learners.episodic.network import Network
from fewshot_gui.learners.episodic.prototypes import PrototypicalMethod
from fewshot_gui.learners.episodic.ridge import RidgeMethod
from fewshot_gui.learners.episodic.siamese import SiameseMethod
from fewshot_gui.learners.starting_point import NetworkSpec

_METHODS: Mapping[str, Callable[[Network], EpisodicMethod]] = MappingProxyType(
    {
        "prototypes": PrototypicalMethod,
        "matching": MatchingMethod,
        "siamese": SiameseMethod,
        "ridge": RidgeMethod,
        "lda": DiscriminantMethod,
        "memory": MemoryMethod,
        "hypernetwork": HypernetworkMethod,
        "maml": partial(GradientMethod, loop=InnerLoop()),
        "fomaml": partial(GradientMethod, loop=InnerLoop(second_order=False)),
        "anil": partial(GradientMethod, loop=InnerLoop(adapts_network=False)),
        "protomaml": partial(GradientMethod, loop=InnerLoop(head_from_prototypes=True)),
        "reptile": partial(ReptileMethod, loop=InnerLoop(second_order=False, evaluation_steps=10)),
        "logistic": partial(GradientMethod, loop=InnerLoop(adapts_network=False, steps=15, evaluation_steps=15)),
    }
)

EPISODIC_METHODS: tuple[str, ...] = tuple(_METHODS)
"""The names of all methods."""


def episodic_method(name: str, network: Network | NetworkSpec, *, seed: int = 0) -> EpisodicMethod:
    """The method of this name with fresh parameters of its own, fixed by ``seed``.

    Args:
        name: One of :data:`EPISODIC_METHODS`.
        network: The network it works with, or how to build a fresh one.
        seed: Fixes every random parameter.

    Raises:
        ValueError: There is no such method or network.
    """
    if name not in _METHODS:
        raise ValueError(f"no episodic method is called {name!r}")
    if isinstance(network, NetworkSpec):
        network = build_network(network, seed=seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return _METHODS[name](network)
