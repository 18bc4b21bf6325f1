"""From the description of a network to the network."""

from __future__ import annotations

import torch

from fewshot_gui.learners.episodic.adapter import Adapter
from fewshot_gui.learners.episodic.conv4 import Conv4
from fewshot_gui.learners.episodic.network import Network
from fewshot_gui.learners.episodic.tail import Tail
from fewshot_gui.learners.starting_point import NetworkSpec


def build_network(spec: NetworkSpec, *, seed: int = 0) -> Network:
    """The network of ``spec`` with fresh parameters (a tail: the encoder's own), fixed by ``seed``.

    Raises:
        ValueError: There is no such network.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        if spec.kind == "adapter":
            return Adapter(spec)
        if spec.kind == "conv4":
            return Conv4(spec)
    if spec.kind == "tail":
        return Tail(spec)
    raise ValueError(f"no network is called {spec.kind!r}")
