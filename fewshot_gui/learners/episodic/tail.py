"""The last blocks of an encoder, to be adapted or meta-trained on activations that were computed once."""

from __future__ import annotations

from math import isqrt

import torch
from torch import Tensor, nn

from fewshot_gui.core.operator_graph import OperatorGraph, Value
from fewshot_gui.encoders.networks.efficientnet_lite import add_tail_operators
from fewshot_gui.encoders.registry import encoder_spec, variant_with_activations
from fewshot_gui.encoders.splitting import split_network
from fewshot_gui.encoders.weights import load_model
from fewshot_gui.learners.episodic.network import Network
from fewshot_gui.learners.operators import add_columns
from fewshot_gui.learners.starting_point import NetworkSpec


class Tail(Network):
    """From activations to the encoder's embedding; starts with the encoder's own weights.

    Batch normalisation keeps the statistics it was trained with, whatever mode the module is in, so every row stands
    by itself; its scales and shifts can be adapted.
    """

    def __init__(self, spec: NetworkSpec) -> None:
        """Take the last blocks from the encoder ``spec.encoder``; its weights are loaded.

        Raises:
            EncoderError: They are missing or damaged.
            ValueError: The encoder has no activations of ``spec.inputs`` values.
        """
        variant = variant_with_activations(spec.encoder)
        if variant is None or variant.activations != spec.inputs:
            raise ValueError(f"the encoder {spec.encoder!r} has no {spec.inputs} activations")
        base = encoder_spec(spec.encoder)
        super().__init__(spec, base.dimension)
        _, blocks = split_network(load_model(base), variant.tail_blocks)
        self.blocks = blocks.to(memory_format=torch.channels_last)  # a third less time per step on a processor
        channels = next(module.in_channels for module in self.blocks.modules() if isinstance(module, nn.Conv2d))
        side = isqrt(spec.inputs // channels)
        self._shape = (channels, side, side)

    def forward(self, rows: Tensor) -> Tensor:
        """Features float32 (n, features) of flattened activations.

        Args:
            rows: float32 (n, k) with k at least ``spec.inputs``; what stands before the activations is ignored, so
                that whole embeddings of the encoder with activations may be given.
        """
        activations = rows[:, -self.spec.inputs :]
        features: Tensor = self.blocks(activations.reshape(-1, *self._shape))
        return features

    def add_operators(self, graph: OperatorGraph, rows: Value) -> Value:
        """See :class:`~fewshot_gui.learners.episodic.network.Network`."""
        activations = add_columns(graph, rows, -self.spec.inputs)
        pictures = graph.add("Reshape", activations, graph.integers(-1, *self._shape))
        return add_tail_operators(graph, pictures, self.blocks)

    def train(self, mode: bool = True) -> Tail:  # noqa: ARG002, FBT - the signature of torch
        """Every module stays in evaluation mode: statistics are frozen and nothing is dropped."""
        return super().train(False)
