"""Photos that lie in the memory of a graphics card."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, eq=False)
class DevicePicture:
    """A photo as the networks of one encoder see it; what was decoded is given up at once, for it is much larger.

    Attributes:
        views: For every network of the encoder, on its device: (3, crop, crop), prepared.
    """

    views: tuple[torch.Tensor, ...]
