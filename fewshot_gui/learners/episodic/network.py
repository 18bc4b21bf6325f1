"""The networks that are meta-trained or adapted: rows in, features out."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import cast

import torch
from torch import Tensor, nn

from fewshot_gui.core.operator_graph import OperatorGraph, Value
from fewshot_gui.learners.episodic.operators import add_head, tensor_constant
from fewshot_gui.learners.operators import add_normalised
from fewshot_gui.learners.starting_point import NetworkSpec


class Network(nn.Module):
    """Maps rows float32 (n, ``spec.inputs``) to features float32 (n, ``features``); every row by itself.

    No module in it may couple the rows of a batch or keep statistics of them: normalisation is per row (GroupNorm,
    LayerNorm) or frozen. So no query can leak into another's prediction, and second derivatives are right under
    ``torch.func`` (batch normalisation in training mode under ``vmap`` is silently wrong, pytorch/functorch#534).
    """

    def __init__(self, spec: NetworkSpec, features: int) -> None:
        super().__init__()
        self.spec = spec
        self.features = features

    def forward(self, rows: Tensor) -> Tensor:
        """Features float32 (n, features)."""
        raise NotImplementedError

    def add_operators(self, graph: OperatorGraph, rows: Value) -> Value:
        """Add what :meth:`forward` computes in evaluation mode to the graph of an exported model."""
        raise NotImplementedError


class Adapter(Network):
    """A residual bottleneck ``z + U relu(V z)`` on embeddings of length one; at first the identity, as U is zero.

    Its output is brought to length one again, so that distances between features have a known scale.
    """

    def __init__(self, spec: NetworkSpec) -> None:
        super().__init__(spec, spec.inputs)
        self.down = nn.Linear(spec.inputs, spec.width)
        self.up = nn.Linear(spec.width, spec.inputs)
        nn.init.zeros_(self.up.weight)
        nn.init.zeros_(self.up.bias)

    def forward(self, rows: Tensor) -> Tensor:
        """Features of length one, float32 (n, inputs)."""
        return nn.functional.normalize(rows + self.up(nn.functional.relu(self.down(rows))), dim=1)

    def add_operators(self, graph: OperatorGraph, rows: Value) -> Value:
        """See :class:`Network`."""
        narrow = graph.add("Relu", add_head(graph, rows, self.down.weight, self.down.bias))
        return add_normalised(graph, graph.add("Add", rows, add_head(graph, narrow, self.up.weight, self.up.bias)))


class Conv4(Network):
    """Four blocks of convolution, GroupNorm, ReLU and max-pooling on a grey picture (Vinyals et al. 2016, 1606.04080).

    The published networks have batch normalisation; GroupNorm keeps pictures apart (see :class:`Network`). Every
    picture is brought to mean zero and deviation one first, so that black on white is as good as white on black.
    """

    SIDE = 28
    GROUPS = 8
    LEAST_DEVIATION = 1e-3

    def __init__(self, spec: NetworkSpec) -> None:
        super().__init__(spec, spec.width)
        channels = [1, spec.width, spec.width, spec.width, spec.width]
        self.blocks = nn.ModuleList(
            nn.Sequential(nn.Conv2d(before, after, 3, padding=1), nn.GroupNorm(self.GROUPS, after))
            for before, after in pairwise(channels)
        )
        self.to(memory_format=torch.channels_last)  # twice as fast on a CPU

    def forward(self, rows: Tensor) -> Tensor:
        """Features float32 (n, width)."""
        pictures = rows.reshape(-1, 1, self.SIDE, self.SIDE)
        deviation, mean = torch.std_mean(pictures, dim=(2, 3), keepdim=True, correction=0)
        features = ((pictures - mean) / (deviation + self.LEAST_DEVIATION)).contiguous(
            memory_format=torch.channels_last
        )
        for block in self.blocks:
            # Pooling first gives the same as ReLU first, on a quarter of the values.
            features = nn.functional.relu(nn.functional.max_pool2d(block(features), 2))
        return features.flatten(1)

    def add_operators(self, graph: OperatorGraph, rows: Value) -> Value:
        """See :class:`Network`."""
        pictures = graph.add("Reshape", rows, graph.integers(-1, 1, self.SIDE, self.SIDE))
        sides = graph.integers(2, 3)
        centred = graph.add("Sub", pictures, graph.add("ReduceMean", pictures, sides, keepdims=1))
        deviation = graph.add("Sqrt", graph.add("ReduceMean", graph.add("Mul", centred, centred), sides, keepdims=1))
        features = graph.add("Div", centred, graph.add("Add", deviation, graph.constant(self.LEAST_DEVIATION)))
        for convolution, normalisation in cast("Iterable[tuple[nn.Conv2d, nn.GroupNorm]]", self.blocks):
            weight, bias = (tensor_constant(graph, parameter) for parameter in convolution.parameters())
            features = graph.add("Conv", features, weight, bias, kernel_shape=[3, 3], pads=[1, 1, 1, 1])
            features = _add_group_normalisation(graph, features, normalisation)
            features = graph.add("MaxPool", features, kernel_shape=[2, 2], strides=[2, 2])
            features = graph.add("Relu", features)
        return graph.add("Flatten", features, axis=1)


def _add_group_normalisation(graph: OperatorGraph, pictures: Value, normalisation: nn.GroupNorm) -> Value:
    """Every group of channels as one channel of InstanceNormalization: few runtimes know GroupNormalization."""
    groups = normalisation.num_groups
    grouped = graph.add("Reshape", pictures, graph.integers(0, groups, -1))
    one, zero = graph.constant(torch.ones(groups)), graph.constant(torch.zeros(groups))
    normalised = graph.add("InstanceNormalization", grouped, one, zero, epsilon=normalisation.eps)
    restored = graph.add("Reshape", normalised, graph.add("Shape", pictures))
    scale, shift = (tensor_constant(graph, values[:, None, None]) for values in normalisation.parameters())
    return graph.add("Add", graph.add("Mul", restored, scale), shift)


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
        from fewshot_gui.learners.episodic.tail import Tail

        return Tail(spec)
    raise ValueError(f"no network is called {spec.kind!r}")
