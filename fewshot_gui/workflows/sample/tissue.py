"""Painting a pressed leaf onto a sheet: tissue, veins, decay, damage and the shadow underneath."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.workflows.sample.drawing import (
    Box,
    Colour,
    Field,
    Points,
    Rng,
    Stencil,
    around,
    blob,
    blurred,
    lay,
    noise,
    relief,
    rgb,
    shifted,
    stain,
)
from fewshot_gui.workflows.sample.leaf import Leaf, Pose, Vein

_BROWN_SPOT = rgb(70, 46, 30)
_STALK = rgb(122, 92, 58)


@dataclass(frozen=True)
class Condition:
    """What weather, insects and the press have done to one leaf; shares are in 0..1.

    Attributes:
        age: From fresh green to dead brown.
        patchiness: How differently the parts of the leaf have aged.
        rim: How much further the edge has aged than the middle.
        green_veins: How much the tissue along the veins has stayed behind.
        underside: The paler underside is up, its veins raised.
        vein_contrast: How much paler than the tissue the veins are.
        spots: Number of leaf spots.
        holes: Number of insect holes.
        bites: Number of pieces missing at the edge.
    """

    age: float
    patchiness: float
    rim: float
    green_veins: float
    underside: bool
    vein_contrast: float
    spots: int
    holes: int
    bites: int


def weather(rng: Rng) -> Condition:
    """A random condition: most leaves are green or turning, a third are brown, few are badly damaged."""
    worn = rng.uniform() < 0.3
    return Condition(
        age=float(rng.beta(0.9, 1.1)) * 0.9,
        patchiness=rng.uniform(0.02, 0.12),
        rim=rng.uniform(0, 0.25),
        green_veins=rng.uniform(-0.05, 0.3),
        underside=bool(rng.uniform() < 0.25),
        vein_contrast=rng.uniform(0.25, 0.75),
        spots=int(rng.poisson(12 if worn else 2)),
        holes=int(rng.poisson(3.0 if worn else 0.4)),
        bites=int(rng.poisson(1.6 if worn else 0.25)),
    )


@dataclass(frozen=True, eq=False)
class _Layers:
    """The parts of one leaf inside its window, each a coverage (h, w)."""

    blade: Field
    stalk: Field
    veins: Field
    ladder: Field

    @property
    def body(self) -> Field:
        return np.maximum(self.blade, self.stalk)


def paint_leaf(
    picture: Field, rng: Rng, leaf: Leaf, pose: Pose, condition: Condition, colours: tuple[Colour, ...]
) -> None:
    """Paint ``leaf`` onto ``picture`` in place; what lies outside the picture is cut off."""
    box = around(pose.place(np.concatenate([leaf.outline, leaf.stalk.points])), 24, picture)
    layers = _draw(rng, leaf, pose, condition, box)
    cast_shadow(box.of(picture), rng, layers.body)
    lay(box.of(picture), layers.body, _tissue(rng, layers, condition, colours, pose.length))


def cast_shadow(view: Field, rng: Rng, body: Field) -> None:
    """Darken the sheet under and beside a thing that lies on it; the light comes from the upper left."""
    lift = rng.uniform(1.0, 4.5)
    soft = shifted(blurred(body, 1.2 + lift), round(lift * 0.9), round(lift * 0.7))
    near = blurred(body, 1.1)
    stain(view, np.maximum(soft * rng.uniform(0.25, 0.5), near * 0.35), (0.28, 0.24, 0.2))


def _draw(rng: Rng, leaf: Leaf, pose: Pose, condition: Condition, box: Box) -> _Layers:
    blade, stalk, veins, ladder = Stencil(box), Stencil(box), Stencil(box), Stencil(box)
    outline = pose.place(leaf.outline)
    blade.polygon(outline)
    _damage(rng, blade, outline, pose.length, condition)
    _ribbon(stalk, leaf.stalk, pose)
    for vein in sorted(leaf.veins, key=lambda vein: -vein.order):
        if vein.order == 3:
            ladder.line(pose.place(vein.points), vein.width * pose.length * 0.6)
        else:
            _ribbon(veins, vein, pose, 1.0 if vein.order == 1 else 0.85)
    _ribbon(veins, leaf.stalk, pose)
    return _Layers(*(stencil.coverage() for stencil in (blade, stalk, veins, ladder)))


def _ribbon(stencil: Stencil, vein: Vein, pose: Pose, value: float = 1.0) -> None:
    widths = np.linspace(1, vein.taper, len(vein.points)) * vein.width * pose.length
    stencil.ribbon(pose.place(vein.points), np.maximum(widths, 0.8), value)


def _damage(rng: Rng, blade: Stencil, outline: Points, length: float, condition: Condition) -> None:
    """Cut holes and bites out of the blade."""
    middle = outline.mean(axis=0)
    for _ in range(condition.holes):
        edge = outline[rng.integers(len(outline))]
        x, y = middle + (edge - middle) * rng.uniform(0.1, 0.85)
        blade.polygon(blob(rng, (x, y), length * rng.gamma(2.0, 0.006), 0.3), 0.0)
    for _ in range(condition.bites):
        x, y = outline[rng.integers(len(outline))]
        blade.polygon(blob(rng, (x, y), length * rng.uniform(0.01, 0.04), 0.35), 0.0)


def _tissue(rng: Rng, layers: _Layers, condition: Condition, colours: tuple[Colour, ...], length: float) -> Field:
    """The colour of the leaf at every pixel of its window (h, w, 3)."""
    shape = layers.blade.shape
    rim = np.clip(2 - 2 * blurred(layers.blade, length * 0.035), 0, 1)
    beside_veins = np.clip(blurred(layers.veins, length * 0.014) * 2.4, 0, 1)
    clouds = noise(rng, shape, length * 0.3)
    mottles = 0.6 * noise(rng, shape, length * 0.09) + 0.5 * noise(rng, shape, length * 0.035)
    speckle = 0.6 * noise(rng, shape, 3.5) + 0.5 * noise(rng, shape, 1.6)
    age = condition.age + condition.patchiness * (0.7 * clouds + 0.55 * mottles + 0.35 * speckle)
    age += condition.rim * rim**1.5 - condition.green_veins * (beside_veins - 0.3) * min(1.0, 2 * condition.age)
    colour = _palette(rng, colours)[np.clip(age * 255, 0, 255).astype(np.uint8)]
    if condition.underside:
        colour += 0.32 * (np.array(rgb(172, 168, 138), np.float32) - colour)
    colour = colour * _light(rng, layers, condition, mottles, length)[:, :, None]
    _spots(rng, colour, layers.blade, condition.spots, length)
    _veins(rng, colour, layers, condition)
    return np.clip(colour, 0, 1)


def _palette(rng: Rng, colours: tuple[Colour, ...]) -> Field:
    """256 colours (256, 3) from fresh to dead, shifted a little for every leaf."""
    keys = np.array(colours) * rng.uniform(0.86, 1.16) * rng.uniform(0.95, 1.05, 3)
    keys += rng.normal(0, 0.01, keys.shape)
    steps, at = np.linspace(0, 1, 256), np.linspace(0, 1, len(colours))
    channels = [np.interp(steps, at, keys[:, channel]) for channel in range(3)]
    return np.clip(np.stack(channels, axis=1), 0.04, 0.95).astype(np.float32)


def _light(rng: Rng, layers: _Layers, condition: Condition, mottles: Field, length: float) -> Field:
    """Brightness of the uneven surface: quilted between the veins, wrinkled, with a fine net."""
    shape = layers.blade.shape
    net = np.exp(-((noise(rng, shape, 4.2) / 0.28) ** 2)) + 0.7 * np.exp(-((noise(rng, shape, 2.6) / 0.3) ** 2))
    raised = 1.0 if condition.underside else -0.6
    ribs = 2.2 * blurred(layers.veins, 0.9) + 3.0 * blurred(layers.veins, length * 0.012) + 0.5 * layers.ladder
    fibres = noise(rng, shape, 1)
    wrinkles = 0.05 * fibres + 0.14 * noise(rng, shape, 2.2) + 0.35 * noise(rng, shape, length * 0.11)
    height: Field = raised * ribs + wrinkles + 0.10 * mottles
    lit = relief(height, math.radians(rng.uniform(200, 250)))
    grain = 1 + 0.10 * lit + 0.035 * (net - 0.8) + 0.03 * fibres + 0.03 * mottles
    thin_edge = 1 - 0.16 * np.clip(2.2 - 2.2 * blurred(layers.body, 1.2), 0, 1)
    lightness: Field = np.clip(grain * thin_edge, 0.4, 1.6).astype(np.float32)
    return lightness


def _spots(rng: Rng, colour: Field, blade: Field, count: int, length: float) -> None:
    """Leaf spots: dark, ragged, with a pale halo."""
    if not count:
        return
    height, width = blade.shape
    window = Box(0, 0, width, height)
    dark = Stencil(window)
    for radius in np.minimum(rng.gamma(1.6, length * 0.005, count), length * 0.04):
        dark.polygon(
            blob(rng, (rng.uniform(0, width), rng.uniform(0, height)), float(radius), 0.35), rng.uniform(0.5, 1)
        )
    core = dark.coverage()
    halo = np.clip(blurred(core, 2.5) * 1.3, 0, 1) * (1 - core)
    colour += (0.30 * halo)[:, :, None] * (np.array(rgb(176, 146, 82), np.float32) - colour)
    lay(colour, blurred(core, 0.7) * np.float32(rng.uniform(0.5, 0.9)), _BROWN_SPOT)


def _veins(rng: Rng, colour: Field, layers: _Layers, condition: Condition) -> None:
    """Straw-coloured veins, and the stalk rounded by light and shade."""
    straw = np.array(rgb(178, 158, 104), np.float32) * rng.uniform(0.75, 1.1) * (1.1 - 0.35 * condition.age)
    strength = condition.vein_contrast * (1.0 if condition.underside else 0.85)
    lay(colour, layers.veins * np.float32(strength), tuple(straw))
    lay(colour, layers.ladder * np.float32(0.32 * strength), tuple(straw))
    stalk = np.clip(layers.stalk - 0.9 * layers.blade, 0, 1)
    lay(colour, stalk * np.float32(0.75), _STALK)
    round_light: NDArray[np.float32] = 1 + 0.5 * relief(blurred(layers.stalk, 1.0), math.radians(225)) * -1
    colour *= np.where(stalk > 0.05, round_light, np.float32(1))[:, :, None]
