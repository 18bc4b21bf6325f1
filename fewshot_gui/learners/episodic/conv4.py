"""The small network of the few-shot literature, for handwritten characters."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import cast

import torch
from torch import Tensor, nn

from fewshot_gui.core.operator_graph import OperatorGraph, Value
from fewshot_gui.learners.episodic.network import Network
from fewshot_gui.learners.episodic.operators import tensor_constant
from fewshot_gui.learners.starting_point import NetworkSpec


class Conv4(Network):
    """Four blocks of convolution, GroupNorm, ReLU and max-pooling on a grey picture (Vinyals et al. 2016, 1606.04080).

    The published networks have batch normalisation; GroupNorm keeps pictures apart (see
    :class:`~fewshot_gui.learners.episodic.network.Network`). Every picture is brought to mean zero and deviation one
    first, so that black on white is as good as white on black.
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
        """See :class:`~fewshot_gui.learners.episodic.network.Network`."""
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
