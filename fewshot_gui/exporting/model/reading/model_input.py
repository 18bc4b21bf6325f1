"""How a photo becomes the input of a model."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Fit = Literal["crop", "pad", "stretch"]
"""What happens to a photo of other proportions: its edges are cut off, black is added, or it is distorted."""

Interpolation = Literal["nearest", "bilinear", "bicubic", "lanczos"]
Element = Literal["float32", "float16", "uint8"]

_READ_LARGER = 5
_LEAST_SHARE = 0.1
_LARGEST = 1e4


@dataclass(frozen=True)
class Pixels:
    """What brightness becomes: ``(value / 255 - mean) / std`` per channel R, G, B.

    Attributes:
        mean: Three, on the scale 0..1.
        std: Three, on the scale 0..1; above 0.

    Raises:
        ValueError: There are not three of each, or a number is beyond anything that makes sense.
    """

    mean: tuple[float, ...]
    std: tuple[float, ...]

    def __post_init__(self) -> None:
        values = np.abs(self.mean), np.array(self.std)
        usual = all(len(three) == 3 and (three <= _LARGEST).all() for three in values)  # and so no NaN
        if not usual or min(self.std) < 1 / _LARGEST:
            raise ValueError(f"mean and std need 3 numbers each of usual size, not {self.mean}, {self.std}")


ZERO_TO_255 = Pixels((0.0,) * 3, (1 / 255,) * 3)
ZERO_TO_ONE = Pixels((0.0,) * 3, (1.0,) * 3)
MINUS_ONE_TO_ONE = Pixels((0.5,) * 3, (0.5,) * 3)
IMAGENET = Pixels((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
"""Mean and deviation of ImageNet's photos, as torchvision and timm use them."""

PIXELS = MappingProxyType(
    {"0 to 255": ZERO_TO_255, "0 to 1": ZERO_TO_ONE, "-1 to 1": MINUS_ONE_TO_ONE, "ImageNet": IMAGENET}
)
"""The usual ranges by their names for people."""


@dataclass(frozen=True)
class ModelInput:
    """How a model wants its photos; every field may be chosen otherwise by the person.

    Attributes:
        width: Pixels.
        height: Pixels.
        channels_first: Whether the channels come before the rows, (3, h, w) instead of (h, w, 3).
        pixels: What brightness becomes; ``uint8`` models always get 0..255.
        element: The type of the numbers.
        bgr: Whether blue comes first.
        fit: What happens to photos of other proportions.
        share: How much of each side the model sees of what "crop" and "stretch" leave, such as 224 / 256; from 0.1.
        interpolation: The resampling filter, always antialiased.

    Raises:
        ValueError: A size or the share is out of its range.
    """

    width: int
    height: int
    channels_first: bool
    pixels: Pixels
    element: Element = "float32"
    bgr: bool = False
    fit: Fit = "crop"
    share: float = 1.0
    interpolation: Interpolation = "bilinear"

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1 or not _LEAST_SHARE <= self.share <= 1:
            raise ValueError(f"{self.width} x {self.height} with share {self.share} is no input")

    @property
    def read_short_side(self) -> int:
        """Pixels the short side of a photo should have at least when it is decoded for this model.

        Other programs decode photos in full before they shrink them; this much larger than needed makes no difference
        any more (decision 0010).
        """
        return int(np.ceil(_READ_LARGER * max(self.width, self.height) / self.share))

    def prepare(self, rgb: NDArray[np.uint8]) -> NDArray[np.generic]:
        """Scale and normalise one upright photo.

        Args:
            rgb: uint8 (h, w, 3), any size from 1 x 1 and any proportions.

        Returns:
            (3, height, width) or (height, width, 3) of type ``element``.
        """
        square = self._fitted(rgb)
        if self.element != "uint8":
            mean, std = np.array(self.pixels.mean, np.float32), np.array(self.pixels.std, np.float32)
            square = (square.astype(np.float32) - 255 * mean) * (1 / (255 * std))
        if self.bgr:
            square = square[..., ::-1]
        if self.channels_first:
            square = square.transpose(2, 0, 1)
        return np.ascontiguousarray(square, np.dtype(self.element))

    def _fitted(self, rgb: NDArray[np.uint8]) -> NDArray[np.generic]:
        from PIL import Image

        image, size = Image.fromarray(np.ascontiguousarray(rgb)), (self.width, self.height)
        filters = Image.Resampling[self.interpolation.upper()]
        ratios = image.width / self.width, image.height / self.height
        if self.fit == "pad":
            w, h = max(1, round(image.width / max(ratios))), max(1, round(image.height / max(ratios)))
            canvas = Image.new("RGB", size)
            canvas.paste(image.resize((w, h), filters), ((self.width - w) // 2, (self.height - h) // 2))
            return np.asarray(canvas)
        seen = image.size if self.fit == "stretch" else (min(ratios) * self.width, min(ratios) * self.height)
        x, y = (side * self.share / 2 for side in seen)
        middle = image.width / 2, image.height / 2
        box = (middle[0] - x, middle[1] - y, middle[0] + x, middle[1] + y)
        return np.asarray(image.resize(size, filters, box=box))
