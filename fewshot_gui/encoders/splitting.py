"""An EfficientNet cut in two before its last blocks, so that what comes before them is computed once and kept.

The activations at the cut stand beside the embedding (:attr:`~fewshot_gui.encoders.spec.EncoderSpec.activations`). From
them the last blocks alone can be adapted to a person's classes at a fifth of the cost of the whole network.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch


def split_network(model: Any, tail_blocks: int) -> tuple[torch.nn.Sequential, torch.nn.Sequential]:
    """Cut an EfficientNet, the program's own or timm's, before its last blocks; the halves share its parameters.

    Args:
        model: Without a classifier; has ``conv_stem``, ``bn1``, ``blocks``, ``conv_head``, ``bn2``, ``global_pool``.
        tail_blocks: How many blocks come after the cut, at least 1.

    Returns:
        The front, from float32 (n, 3, crop, crop) to activations (n, channels, h, w), and the tail, from these to
        float32 (n, dimension).
    """
    from torch import nn

    blocks = [block for stage in model.blocks for block in stage]
    front = nn.Sequential(model.conv_stem, model.bn1, *blocks[:-tail_blocks])
    tail = nn.Sequential(*blocks[-tail_blocks:], model.conv_head, model.bn2, model.global_pool)
    return front, tail


def with_activations(model: Any, tail_blocks: int) -> torch.nn.Module:
    """The network whose output is the embedding of ``model`` followed by the activations before its last blocks.

    Args:
        model: As for :func:`split_network`.
        tail_blocks: How many blocks come after the cut, at least 1.

    Returns:
        A module from float32 (n, 3, crop, crop) to float32 (n, dimension + channels * h * w).
    """
    import torch

    class WithActivations(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.front, self.tail = split_network(model, tail_blocks)

        def forward(self, pixels: torch.Tensor) -> torch.Tensor:
            activations = self.front(pixels)
            return torch.cat([self.tail(activations), activations.flatten(1)], dim=1)

    return WithActivations()
