"""EfficientNet-Lite (Tan and Le 2019, arXiv 1905.11946, without squeeze-and-excitation, with ReLU6).

The modules are called as timm's ``tf_efficientnet_lite*`` calls them, in its order: starting points and classifiers
keep parameters of these blocks by name. timm itself would bring torchvision with it.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from torch import Tensor, nn

from fewshot_gui.core.operator_graph import OperatorGraph, Value
from fewshot_gui.encoders.networks.layers import Convolution, Normalisation, add_convolution

FEATURES = 1280
_STEM = 32
_EXPANSION = 6

_KERNELS = (3, 3, 5, 3, 5, 5, 3)
_STRIDES = (1, 2, 2, 2, 1, 2, 1)
_STAGES = {
    "tf_efficientnet_lite0": ((16, 24, 40, 80, 112, 192, 320), (1, 2, 2, 3, 3, 4, 1)),
    "tf_efficientnet_lite2": ((16, 24, 48, 88, 120, 208, 352), (1, 3, 3, 4, 4, 5, 1)),
}
"""Channels and blocks of every stage; both stem from the paper's coefficients for width and depth."""


class Block(nn.Module):
    """Convolutions and normalisations in turn; the input is added to their output where their shapes agree."""

    def __init__(self, *, adds_input: bool) -> None:
        super().__init__()
        self.adds_input = adds_input

    @abstractmethod
    def layers(self) -> tuple[tuple[Convolution, Normalisation], ...]:
        """The layers in the order in which they are computed."""

    def forward(self, pictures: Tensor) -> Tensor:
        """float32 (n, before, h, w) to (n, after, h / stride, w / stride)."""
        output = pictures
        for convolution, normalisation in self.layers():
            output = normalisation(convolution(output))
        return output + pictures if self.adds_input else output

    def add_operators(self, graph: OperatorGraph, pictures: Value) -> Value:
        """Add what :meth:`forward` computes in evaluation mode."""
        output = pictures
        for convolution, normalisation in self.layers():
            output = add_convolution(graph, output, convolution, normalisation)
        return graph.add("Add", output, pictures) if self.adds_input else output


class DepthwiseSeparable(Block):
    """Every channel by itself, then every pixel by itself."""

    def __init__(self, before: int, after: int, kernel: int) -> None:
        super().__init__(adds_input=before == after)
        self.conv_dw = Convolution(before, before, kernel, groups=before)
        self.bn1 = Normalisation(before)
        self.conv_pw = Convolution(before, after, 1)
        self.bn2 = Normalisation(after, activates=False)

    def layers(self) -> tuple[tuple[Convolution, Normalisation], ...]:
        """Depthwise, pointwise."""
        return (self.conv_dw, self.bn1), (self.conv_pw, self.bn2)


class InvertedResidual(Block):
    """Six times as many channels, every one of them by itself, and fewer again."""

    def __init__(self, before: int, after: int, kernel: int, stride: int) -> None:
        super().__init__(adds_input=before == after and stride == 1)
        wide = _EXPANSION * before
        self.conv_pw = Convolution(before, wide, 1)
        self.bn1 = Normalisation(wide)
        self.conv_dw = Convolution(wide, wide, kernel, stride=stride, groups=wide)
        self.bn2 = Normalisation(wide)
        self.conv_pwl = Convolution(wide, after, 1)
        self.bn3 = Normalisation(after, activates=False)

    def layers(self) -> tuple[tuple[Convolution, Normalisation], ...]:
        """Pointwise, depthwise, pointwise."""
        return (self.conv_pw, self.bn1), (self.conv_dw, self.bn2), (self.conv_pwl, self.bn3)


class EfficientNetLite(nn.Module):
    """The network without its classifier."""

    def __init__(self, name: str) -> None:
        """Build it with random parameters.

        Args:
            name: ``"tf_efficientnet_lite0"`` or ``"tf_efficientnet_lite2"``.

        Raises:
            KeyError: There is no such network.
        """
        super().__init__()
        channels, counts = _STAGES[name]
        self.conv_stem = Convolution(3, _STEM, 3, stride=2)
        self.bn1 = Normalisation(_STEM)
        stages: list[nn.Module] = [nn.Sequential(DepthwiseSeparable(_STEM, channels[0], _KERNELS[0]))]
        for stage in range(1, len(channels)):
            kernel, after = _KERNELS[stage], channels[stage]
            first = InvertedResidual(channels[stage - 1], after, kernel, _STRIDES[stage])
            others = (InvertedResidual(after, after, kernel, 1) for _ in range(1, counts[stage]))
            stages.append(nn.Sequential(first, *others))
        self.blocks = nn.Sequential(*stages)
        self.conv_head = Convolution(channels[-1], FEATURES, 1)
        self.bn2 = Normalisation(FEATURES)
        self.global_pool = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())

    def forward(self, pixels: Tensor) -> Tensor:
        """float32 (n, 3, h, w) to features (n, 1280), none of them negative."""
        pictures = self.blocks(self.bn1(self.conv_stem(pixels)))
        features: Tensor = self.global_pool(self.bn2(self.conv_head(pictures)))
        return features


def add_tail_operators(graph: OperatorGraph, pictures: Value, tail: Any) -> Value:
    """Add what the tail of a network that was cut in two (:mod:`~fewshot_gui.encoders.splitting`) computes.

    Args:
        graph: Gets the operators.
        pictures: float32 (n, channels, h, w), the activations.
        tail: Blocks of this module, the head's convolution and normalisation, and the pooling, in a sequence.

    Returns:
        float32 (n, 1280).
    """
    *blocks, convolution, normalisation, _ = tail
    for block in blocks:
        pictures = block.add_operators(graph, pictures)
    pictures = add_convolution(graph, pictures, convolution, normalisation)
    return graph.add("Flatten", graph.add("GlobalAveragePool", pictures), axis=1)
