"""No network at all: the photo itself as grey values, for networks that are trained from scratch."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.core.operator_graph import OperatorGraph, Value

_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
"""What red, green and blue add to the brightness (ITU-R BT.601, as Pillow's mode "L" has it); they sum to one."""


class PixelEngine:
    """Embeds a photo as its own brightness; an :class:`~fewshot_gui.encoders.engine.Engine`."""

    def encode(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """Turn pixels to grey and put their rows one behind the other.

        Args:
            batch: float32 (n, 3, side, side), values 0..1: prepared with mean 0 and deviation 1.

        Returns:
            float32 (n, side * side) in 0..1, black being 0.
        """
        grey = np.tensordot(batch, _LUMA, axes=(1, 0)).reshape(len(batch), -1)
        return grey.clip(0.0, 1.0)


def add_brightness(graph: OperatorGraph, pixels: Value) -> Value:
    """Add what :meth:`PixelEngine.encode` does to float32 (n, 3, side, side); gives float32 (n, side * side)."""
    weighted = graph.add("Mul", pixels, graph.constant(_LUMA[:, np.newaxis, np.newaxis]))
    grey = graph.add("Flatten", graph.add("ReduceSum", weighted, graph.integers(1), keepdims=0), axis=1)
    return graph.add("Clip", grey, graph.constant(0.0), graph.constant(1.0))
