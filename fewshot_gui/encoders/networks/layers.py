"""Convolution and normalisation as in TensorFlow's EfficientNets, and what they are in an exported model."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from fewshot_gui.core.operator_graph import OperatorGraph, Value

_EPSILON = 1e-3
"""Added to the variance; TensorFlow's, torch has 1e-5."""


class Convolution(nn.Conv2d):
    """A convolution whose output has 1 / stride of the input's sides, rounded up (TensorFlow's ``SAME``).

    With a stride, the padding depends on the size of the input and may be one more below and on the right.
    """

    def __init__(self, before: int, after: int, kernel: int, *, stride: int = 1, groups: int = 1) -> None:
        padding = kernel // 2 if stride == 1 else 0
        super().__init__(before, after, kernel, stride, padding, groups=groups, bias=False)

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 - torch's name of it
        """float32 (n, before, h, w) to (n, after, h / stride, w / stride)."""
        if self.stride[0] > 1:
            height, width = (self._missing(side) for side in input.shape[-2:])
            input = nn.functional.pad(input, (width // 2, width - width // 2, height // 2, height - height // 2))  # noqa: A001
        return super().forward(input)

    def _missing(self, side: int) -> int:
        """How many values the last step reaches beyond a side of the input."""
        kernel, stride = self.kernel_size[0], self.stride[0]
        return max((-(-side // stride) - 1) * stride + kernel - side, 0)


class Normalisation(nn.BatchNorm2d):
    """Batch normalisation, followed by ``min(max(x, 0), 6)`` if it activates."""

    def __init__(self, channels: int, *, activates: bool = True) -> None:
        super().__init__(channels, eps=_EPSILON)
        self.activates = activates

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 - torch's name of it
        """float32 (n, channels, h, w), of the same shape."""
        normalised = super().forward(input)
        return nn.functional.relu6(normalised) if self.activates else normalised


def add_convolution(
    graph: OperatorGraph, pictures: Value, convolution: Convolution, normalisation: Normalisation
) -> Value:
    """Add a convolution into which its normalisation, with frozen statistics, is folded.

    Args:
        graph: Gets the operators.
        pictures: float32 (n, before, h, w).
        convolution: Comes first.
        normalisation: Comes second.

    Returns:
        float32 (n, after, h / stride, w / stride).
    """
    weight, bias = folded(convolution, normalisation)
    output = graph.add(
        "Conv",
        pictures,
        graph.constant(weight.numpy()),
        graph.constant(bias.numpy()),
        auto_pad="SAME_UPPER",
        kernel_shape=convolution.kernel_size,
        strides=convolution.stride,
        group=convolution.groups,
    )
    return graph.add("Clip", output, graph.constant(0), graph.constant(6)) if normalisation.activates else output


def folded(convolution: Convolution, normalisation: Normalisation) -> tuple[Tensor, Tensor]:
    """Weight and bias, float64, of the convolution that also normalises."""
    with torch.no_grad():
        mean, variance = normalisation.running_mean, normalisation.running_var
        assert mean is not None
        assert variance is not None
        gain = normalisation.weight.double() / (variance.double() + normalisation.eps).sqrt()
        weight = convolution.weight.double() * gain[:, None, None, None]
        return weight, normalisation.bias.double() - mean.double() * gain
