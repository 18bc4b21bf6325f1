"""Drawing on a picture held as a float array: antialiased stencils, smooth noise, compositing.

A picture is float32 (h, w, 3) with sRGB values in 0..1; a coverage or a field is float32 (h, w). Positions are in
pixels, x to the right and y down.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

Field = NDArray[np.float32]
Points = NDArray[np.float64]
Rng = np.random.Generator
Range = tuple[float, float]
Colour = tuple[float, float, float]

SUPERSAMPLE = 3
"""Stencils are drawn this many times larger and averaged down; Pillow itself draws without antialiasing."""


class Box(NamedTuple):
    """A window of a picture in whole pixels; ``right`` and ``bottom`` are outside it."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width."""
        return self.bottom - self.top, self.right - self.left

    def of(self, array: Field) -> Field:
        """The view of ``array``, (h, w) or (h, w, 3), inside the window."""
        return array[self.top : self.bottom, self.left : self.right]


def whole(picture: Field) -> Box:
    """The window that is all of ``picture``."""
    return Box(0, 0, picture.shape[1], picture.shape[0])


def around(points: Points, margin: float, picture: Field) -> Box:
    """The window of ``picture`` that holds ``points`` and ``margin`` pixels around them, at least 2 x 2 pixels."""
    height, width = picture.shape[:2]
    low = np.floor(points.min(axis=0) - margin)
    high = np.ceil(points.max(axis=0) + margin)
    left, top = int(np.clip(low[0], 0, width - 2)), int(np.clip(low[1], 0, height - 2))
    return Box(left, top, int(np.clip(high[0], left + 2, width)), int(np.clip(high[1], top + 2, height)))


class Stencil:
    """A black surface over one window of the picture, on which white shapes are drawn; later shapes cover earlier."""

    def __init__(self, box: Box) -> None:
        self._origin = np.array([box.left, box.top], np.float64)
        height, width = box.shape
        self._image = Image.new("L", (width * SUPERSAMPLE, height * SUPERSAMPLE))
        self._draw = ImageDraw.Draw(self._image)

    def polygon(self, points: Points, value: float = 1.0) -> None:
        """Fill the closed outline ``points`` (n, 2) with ``value`` in 0..1."""
        self._draw.polygon(self._scaled(points), fill=round(255 * value))

    def line(self, points: Points, width: float, value: float = 1.0) -> None:
        """Draw an open line of one ``width`` in pixels through ``points`` (n, 2)."""
        pixels = max(1, round(width * SUPERSAMPLE))
        joint = "curve" if pixels > 3 else None
        self._draw.line(self._scaled(points), fill=round(255 * value), width=pixels, joint=joint)

    def ribbon(self, points: Points, widths: NDArray[np.float64], value: float = 1.0) -> None:
        """Draw a line whose width in pixels (n,) changes along ``points`` (n, 2), as a vein or a stalk tapers."""
        if len(points) < 2:
            return
        offset = normals(points) * (widths / 2)[:, None]
        self.polygon(np.concatenate([points + offset, (points - offset)[::-1]]), value)

    def coverage(self) -> Field:
        """What was drawn, averaged down to the resolution of the picture, in 0..1."""
        return np.asarray(self._image.reduce(SUPERSAMPLE), np.float32) / np.float32(255)

    def _scaled(self, points: Points) -> list[float]:
        scaled: list[float] = ((points - self._origin) * SUPERSAMPLE).ravel().tolist()
        return scaled


def normals(points: Points) -> Points:
    """Unit vectors (n, 2) to the right of the direction in which ``points`` (n, 2) run."""
    tangents = np.gradient(points, axis=0)
    tangents /= np.maximum(np.hypot(tangents[:, 0], tangents[:, 1]), 1e-9)[:, None]
    return np.stack([tangents[:, 1], -tangents[:, 0]], axis=1)


def smooth_curve(points: Points, per_span: int = 8) -> Points:
    """A Catmull-Rom spline through ``points`` (n, 2), n >= 2, open, with ``per_span`` points for each span."""
    padded = np.concatenate([2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]])
    t = np.linspace(0, 1, per_span, endpoint=False)[None, :, None]
    p0, p1, p2, p3 = (padded[i : len(padded) - 3 + i][:, None, :] for i in range(4))
    spans = 0.5 * (2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2 + (3 * p1 - p0 - 3 * p2 + p3) * t**3)
    return np.concatenate([spans.reshape(-1, 2), points[-1:]])


def blob(rng: Rng, centre: tuple[float, float], radius: float, roughness: float = 0.25, points: int = 18) -> Points:
    """A closed, irregular round outline (n, 2) such as that of a spot, a hole or a stain."""
    angle = np.linspace(0, 2 * math.pi, points, endpoint=False)
    reach = np.ones(points)
    for order in range(1, 5):
        reach += roughness / order * rng.standard_normal() * np.sin(order * angle + rng.uniform(0, 2 * math.pi))
    reach = np.maximum(reach, 0.3) * radius
    squash = rng.uniform(0.7, 1.0)
    ring = np.stack([centre[0] + reach * np.cos(angle), centre[1] + squash * reach * np.sin(angle)], axis=1)
    return smooth_curve(np.concatenate([ring, ring[:1]]), 4)


def noise(rng: Rng, shape: tuple[int, int], cell: float) -> Field:
    """Smooth random hills and hollows about ``cell`` pixels wide; mean 0, standard deviation about 1 (h, w)."""
    height, width = shape
    if cell <= 1:
        return rng.standard_normal(shape, dtype=np.float32)
    rows, columns = math.ceil(height / cell), math.ceil(width / cell)
    grid = rng.standard_normal((rows + 2, columns + 2), dtype=np.float32)
    left, top = rng.uniform(0, 1, 2)
    window = (left, top, left + width / cell, top + height / cell)
    # Interpolating between the points of the grid flattens the hills; 1.35 restores their spread.
    hills = Image.fromarray(grid).resize((width, height), Image.Resampling.BICUBIC, box=window)
    return np.asarray(hills, np.float32) * np.float32(1.35)


def blurred(field: Field, radius: float) -> Field:
    """``field`` in 0..1 after a Gaussian blur of ``radius`` pixels, as float32 in 0..1 in steps of 1/255."""
    image = Image.fromarray(np.clip(field * 255 + 0.5, 0, 255).astype(np.uint8))
    if radius >= 3:
        # A wide blur leaves nothing finer than two pixels, so a quarter of the pixels will do.
        small = image.reduce(2).filter(ImageFilter.GaussianBlur(radius / 2))
        image = small.resize(image.size, Image.Resampling.BILINEAR)
    else:
        image = image.filter(ImageFilter.GaussianBlur(radius))
    return np.asarray(image, np.float32) / np.float32(255)


def shifted(field: Field, down: int, across: int) -> Field:
    """``field`` moved ``down`` and ``across`` pixels, both >= 0; what enters is 0."""
    moved = np.zeros_like(field)
    height, width = field.shape
    moved[down:, across:] = field[: max(0, height - down), : max(0, width - across)]
    return moved


def relief(height: Field, angle: float) -> Field:
    """How much brighter each pixel of a bumpy surface is when lit from ``angle``, 0 on flat ground (h, w)."""
    down = np.zeros_like(height)
    across = np.zeros_like(height)
    down[1:-1] = height[2:] - height[:-2]
    across[:, 1:-1] = height[:, 2:] - height[:, :-2]
    return across * np.float32(math.cos(angle)) + down * np.float32(math.sin(angle))


def lay(picture: Field, coverage: Field, colour: Field | Colour) -> None:
    """Cover ``picture`` in place with an opaque ``colour``, one or (h, w, 3), where ``coverage`` (h, w) says so."""
    change = np.asarray(colour, np.float32) - picture
    change *= coverage[:, :, None]
    picture += change


def stain(picture: Field, coverage: Field, colour: Colour) -> None:
    """Let light through a transparent ``colour``, such as ink or a shadow: multiply ``picture`` in place."""
    picture *= 1 - coverage[:, :, None] * (1 - np.asarray(colour, np.float32))


def rgb(red: int, green: int, blue: int) -> Colour:
    """A colour from its sRGB values in 0..255."""
    return red / 255, green / 255, blue / 255
