"""Things that turn up in a herbarium and are none of the five species."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from fewshot_gui.workflows.sample.drawing import (
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
    smooth_curve,
)
from fewshot_gui.workflows.sample.leaf import Leaf, Pose, Vein, arc, straight_stalk
from fewshot_gui.workflows.sample.paper import HEIGHT, WIDTH, water_stain
from fewshot_gui.workflows.sample.tissue import cast_shadow, paint_leaf, weather

_DOWN = 0.14
"""Below this share of a feather's length its barbs are loose down."""

# In leaf space, head up: foot, knee and toe of the right legs; middle, half width and half height of each shell.
_BEETLE_LEGS = (
    ((0.1, 0.68), (0.3, 0.84), (0.36, 1.02)),
    ((0.14, 0.5), (0.36, 0.46), (0.46, 0.3)),
    ((0.1, 0.36), (0.3, 0.18), (0.36, -0.1)),
)
_BEETLE_SHELL = ((0.32, 0.185, 0.34), (0.71, 0.135, 0.1), (0.86, 0.085, 0.08))


@dataclass(frozen=True)
class Stranger:
    """A thing that belongs to no class; ``paint`` puts one onto a picture in place."""

    name: str
    paint: Callable[[Field, Rng], None]


def _middle_pose(rng: Rng, length: float, spread: float = 0.5) -> Pose:
    a, b, c, d = rng.uniform(0, 1, 4)
    centre = (rng.normal(WIDTH / 2, 25), rng.normal(HEIGHT / 2, 12))
    return Pose(centre, length, rng.normal(0, spread), rng.normal(0, 0.35), 0.006, (a, b, c, d))


def _feather(picture: Field, rng: Rng) -> None:
    """A body feather: barbs on a quill, down at the base, a few splits."""
    pose = _middle_pose(rng, HEIGHT * rng.uniform(0.72, 0.9))
    quill = np.stack([np.zeros(60), np.linspace(-0.12, 1, 60)], axis=1)
    box = around(pose.place(np.array([[-0.3, -0.15], [0.3, -0.15], [0.3, 1.05], [-0.3, 1.05]])), 20, picture)
    vane, barbs, shaft = Stencil(box), Stencil(box), Stencil(box)
    width = rng.uniform(0.11, 0.16)
    for side in (-1, 1):
        splits = rng.uniform(0.25, 0.9, 3)
        for t in np.linspace(0.04, 0.99, 230):
            torn = bool(np.abs(splits - t).min() < 0.006)
            line = pose.place(_barb(rng, t, side, width * (0.75 if torn else 1.0)))
            fluffy = t < _DOWN
            vane.line(line, 1.0 if fluffy else 2.2, 0.75 if fluffy else 1.0)
            barbs.line(line, 0.6, rng.uniform(0.2, 0.9))
    shaft.ribbon(pose.place(quill), np.linspace(5.0, 0.8, 60))
    view, body = box.of(picture), np.maximum(vane.coverage(), shaft.coverage())
    cast_shadow(view, rng, body)
    bars = _bars(rng, pose, box.shape, (box.left, box.top))
    dark, pale = ((rgb(74, 62, 54), rgb(196, 180, 158)), (rgb(58, 66, 84), rgb(150, 158, 168)))[rng.integers(2)]
    colour = _mix(dark, pale, bars) * (1 + 0.25 * (barbs.coverage() - 0.45))[:, :, None]
    lay(view, body, np.clip(colour, 0, 1))
    lay(view, shaft.coverage(), rgb(216, 202, 170))


def _barb(rng: Rng, t: float, side: int, width: float) -> Points:
    """One barb of a feather, from the quill at ``t`` outwards; the leading side is narrower."""
    reach = (
        width * (0.5 if side < 0 else 1.0) * (min(t, 0.3) / 0.3) ** 0.5 * (1 - t**6) ** 0.7 * rng.uniform(0.94, 1.03)
    )
    rise = 0.3 * reach + rng.normal(0, 0.02) if t < _DOWN else 1.25 * reach
    return arc(np.array([0.0, t]), np.array([side * reach, t + rise]), 0.08 * side, 6)


def _bars(rng: Rng, pose: Pose, shape: tuple[int, int], corner: tuple[int, int]) -> Field:
    """Cross bars of a feather: 0 dark to 1 pale."""
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    x, y = x + corner[0] - pose.centre[0], y + corner[1] - pose.centre[1]
    along = (x * math.sin(pose.angle) - y * math.cos(pose.angle)) / pose.length
    wave = np.sin(2 * math.pi * along * rng.uniform(5, 9) + 0.5 * noise(rng, shape, 40))
    bars: Field = np.clip(0.5 + 0.8 * wave + 0.15 * noise(rng, shape, 6), 0, 1).astype(np.float32)
    return bars


def _fern(picture: Field, rng: Rng) -> None:
    """A frond: leaflets with lobes of their own on both sides of a bent axis."""
    pose = _middle_pose(rng, HEIGHT * rng.uniform(0.75, 0.88))
    pairs, veins, outline = int(rng.integers(20, 28)), [], []
    for side in (1, -1):
        half: list[Points] = []
        for t in np.linspace(0.02, 0.96, pairs):
            reach = 0.30 * math.sin(math.pi * min(1.0, 0.22 + 0.78 * t)) ** 0.8 * rng.uniform(0.93, 1.05) + 0.012
            start, end = np.array([side * 0.008, t]), np.array([side * reach, t + 0.28 * reach])
            half.append(_leaflet(start, end, 0.56 / pairs))
            veins.append(Vein(arc(start, end, 0.0), 0.006, 0.3, 2))
        outline += half if side > 0 else half[::-1]
        if side > 0:
            outline.append(np.array([[0.0, 1.0]]))
    midrib = np.stack([np.zeros(40), np.linspace(0, 1, 40)], axis=1)
    leaf = Leaf(np.concatenate(outline), (Vein(midrib, 0.014, 0.2, 1), *veins), straight_stalk(rng, 0.12, 0.014))
    colours = (rgb(70, 84, 44), rgb(104, 112, 58), rgb(150, 128, 70), rgb(118, 82, 48))
    paint_leaf(picture, rng, leaf, pose, weather(rng), colours)


def _leaflet(start: Points, end: Points, half_width: float) -> Points:
    """The scalloped outline of one leaflet of a frond, from its lower to its upper foot."""
    chord = end - start
    across = np.array([-chord[1], chord[0]]) / np.hypot(*chord) * math.copysign(1, chord[0])
    t = np.linspace(0, 1, 40)
    width = half_width * (1 - t**1.8) * (0.72 + 0.28 * np.abs(np.sin(t * math.pi * 9)))
    lower = start + t[:, None] * chord - width[:, None] * across
    upper = start + t[:, None] * chord + width[:, None] * across
    return np.concatenate([lower, upper[::-1]])


def _flower(picture: Field, rng: Rng) -> None:
    """A pressed flower: translucent petals around a disc, a stalk and two narrow leaves."""
    pose = _middle_pose(rng, HEIGHT * 0.8, 0.25)
    petals = int(rng.integers(5, 14))
    heart, span = np.array([0.0, 0.78]), rng.uniform(0.17, 0.23)
    red, green, blue = (rgb(150, 84, 128), rgb(204, 164, 62), rgb(96, 96, 158), rgb(190, 92, 74))[rng.integers(4)]
    shades: tuple[Colour, ...] = tuple((red * fade, green * fade, blue * fade) for fade in (1.3, 1.12, 0.95))
    foliage = (rgb(96, 104, 58), rgb(128, 122, 70), rgb(140, 112, 64))
    for side, foot in ((1, 0.2), (-1, 0.33)):
        tip = np.array([side * rng.uniform(0.14, 0.22), foot + rng.uniform(0.18, 0.3)])
        _blade(picture, rng, pose, np.array([0.0, foot]), tip, 0.035, foliage)
    stalk = arc(np.array([rng.normal(0, 0.05), -0.05]), heart, rng.normal(0, 0.05), 30)
    for order in rng.permutation(petals):
        angle = 2 * math.pi * (order + rng.normal(0, 0.12)) / petals
        tip = heart + span * rng.uniform(0.85, 1.08) * np.array([math.sin(angle), 0.9 * math.cos(angle)])
        _blade(picture, rng, pose, heart, tip, span * 2.1 / petals + 0.012, shades)
    _stem(picture, rng, pose, smooth_curve(stalk, 2), rgb(118, 112, 66))
    _disc(picture, rng, pose.place(heart[None])[0], span * pose.length * 0.24)


def _blade(
    picture: Field, rng: Rng, pose: Pose, foot: Points, tip: Points, half_width: float, colours: tuple[Colour, ...]
) -> None:
    """One petal or grass-like leaf with veins along it, painted as a small leaf of its own."""
    t = np.linspace(0, 1, 60)
    width = half_width * np.sin(math.pi * t**0.85) ** 0.75
    chord = tip - foot
    length = float(np.hypot(*chord))
    outline = np.concatenate([np.stack([width, t * length], 1), np.stack([-width, t * length], 1)[::-1]]) / length
    veins = [
        Vein(np.stack([share * width * 0.8, t * length], 1) / length, 0.012, 0.5, 2)
        for share in np.linspace(-0.8, 0.8, 5)
    ]
    leaf = Leaf(outline, tuple(veins), Vein(np.array([[0.0, 0.0], [0.0, 0.02]]), 0.02, 1.0, 1))
    angle = math.atan2(chord[0], chord[1]) + pose.angle
    centre = pose.place(((foot + tip) / 2)[None])[0]
    own = Pose(
        (float(centre[0]), float(centre[1])), length * pose.length, angle, rng.normal(0, 0.25), 0.015, pose.phases
    )
    paint_leaf(picture, rng, leaf, own, weather(rng), colours)


def _stem(picture: Field, rng: Rng, pose: Pose, line: Points, colour: Colour) -> None:
    """A stalk along ``line`` in leaf space."""
    placed = pose.place(line)
    box = around(placed, 12, picture)
    stencil = Stencil(box)
    stencil.ribbon(placed, np.linspace(5.5, 3.2, len(placed)))
    body = stencil.coverage()
    cast_shadow(box.of(picture), rng, body)
    light = 1 + 0.25 * relief(-blurred(body, 1.2), math.radians(225)) + 0.05 * noise(rng, box.shape, 2)
    lay(box.of(picture), body, np.clip(light[:, :, None] * np.asarray(colour, np.float32), 0, 1))


def _disc(picture: Field, rng: Rng, centre: Points, radius: float) -> None:
    """The grainy heart of a flower."""
    outline = blob(rng, (float(centre[0]), float(centre[1])), radius, 0.08)
    box = around(outline, 10, picture)
    stencil = Stencil(box)
    stencil.polygon(outline)
    body = stencil.coverage()
    cast_shadow(box.of(picture), rng, body)
    grain = 1 + 0.3 * noise(rng, box.shape, 2.4)
    lay(box.of(picture), body, np.clip(grain[:, :, None] * np.array(rgb(150, 108, 48), np.float32), 0, 1))


def _stain(picture: Field, rng: Rng) -> None:
    """A sheet that has lost its plant: only stains are left."""
    for _ in range(int(rng.integers(1, 4))):
        water_stain(picture, rng)


def _beetle(picture: Field, rng: Rng) -> None:
    """A ground beetle: six legs, feelers, head, shield and ridged wing cases."""
    pose = _middle_pose(rng, HEIGHT * rng.uniform(0.5, 0.68))
    box = around(pose.place(np.array([[-0.5, -0.2], [0.5, -0.2], [0.5, 1.3], [-0.5, 1.3]])), 16, picture)
    legs, shell, ridges = Stencil(box), Stencil(box), Stencil(box)
    for side in (-1, 1):
        for foot, knee, toe in _BEETLE_LEGS:
            joints = np.array([foot, knee, toe]) * [side, 1] + rng.normal(0, 0.015, (3, 2))
            legs.ribbon(pose.place(joints), np.array([8.0, 5.5, 2.0]))
        feeler = np.array([[0.04, 0.94], [0.12, 1.06], [0.22, 1.12], [0.32, 1.22]]) * [side, 1]
        legs.ribbon(pose.place(smooth_curve(feeler)), np.linspace(2.6, 1.2, 25))
    for middle, half_width, half_height in _BEETLE_SHELL:
        angle = np.linspace(0, 2 * math.pi, 60)
        shell.polygon(pose.place(np.stack([half_width * np.cos(angle), middle + half_height * np.sin(angle)], 1)))
    for share in np.linspace(-0.8, 0.8, 9):
        t = np.linspace(-0.9, 0.9, 20)
        ridges.line(
            pose.place(np.stack([share * 0.18 * np.sqrt(1 - t**2), 0.32 + 0.34 * t], 1)),
            1.4 if abs(share) < 0.05 else 0.8,
        )
    _paint_beetle(box.of(picture), rng, legs.coverage(), shell.coverage(), ridges.coverage())


def _paint_beetle(view: Field, rng: Rng, legs: Field, shell: Field, ridges: Field) -> None:
    """Chitin: dark, domed, with a sheen towards the light."""
    body = np.maximum(legs, shell)
    cast_shadow(view, rng, body)
    colour = np.array((rgb(44, 34, 28), rgb(34, 50, 46), rgb(70, 40, 26))[rng.integers(3)], np.float32)
    light = math.radians(225)
    dome = -relief(blurred(shell, 16) * 18, light) - relief(blurred(body, 1.6) * 2, light)
    rough = 0.08 * noise(rng, legs.shape, 2) + 0.05 * noise(rng, legs.shape, 1)
    tone = colour * (1 + np.clip(0.9 * dome, -0.5, 1.2) - 0.4 * ridges + rough)[:, :, None]
    sheen = np.clip(dome - 0.45, 0, 0.5) * (1 - 0.6 * ridges) * np.clip(1 + 4 * rough, 0, 2)
    lay(view, body, np.clip(tone + 0.5 * sheen[:, :, None], 0, 1))


def _ginkgo(picture: Field, rng: Rng) -> None:
    """A leaf after all, but of no class: a fan whose veins run side by side and fork."""
    pose = _middle_pose(rng, HEIGHT * rng.uniform(0.5, 0.62))
    half_angle = math.radians(rng.uniform(48, 66))
    angles = np.linspace(-half_angle, half_angle, 160)
    cleft = 1 - rng.uniform(0.15, 0.45) * np.exp(-(((angles - rng.normal(0, 0.05)) / 0.06) ** 2))
    rim = (0.93 + 0.03 * np.sin(angles * 13 + rng.uniform(0, 6)) + 0.012 * np.sin(angles * 41)) * cleft
    outline = np.stack([rim * np.sin(angles), rim * np.cos(angles)], axis=1)
    foot = np.array([0.0, 0.0])
    outline = np.concatenate([arc(foot, outline[0], 0.07), outline, arc(outline[-1], foot, 0.07)])
    veins = [
        Vein(arc(np.array([0.0, 0.02]), np.array([r * math.sin(a), r * math.cos(a)]) * 0.98, 0.06 * a), 0.0035, 0.6, 2)
        for a, r in zip(angles[1::3], rim[1::3], strict=True)
    ]
    leaf = Leaf(outline, tuple(veins), straight_stalk(rng, rng.uniform(0.4, 0.6), 0.016))
    colours = (rgb(110, 122, 62), rgb(164, 158, 70), rgb(206, 176, 72), rgb(196, 158, 70))
    paint_leaf(picture, rng, leaf, pose, weather(rng), colours)


STRANGERS: tuple[Stranger, ...] = (
    Stranger("Feather", _feather),
    Stranger("Fern", _fern),
    Stranger("Flower", _flower),
    Stranger("Stained sheet", _stain),
    Stranger("Beetle", _beetle),
    Stranger("Ginkgo", _ginkgo),
)


def _mix(dark: Colour, pale: Colour, share: Field) -> Field:
    low, high = np.asarray(dark, np.float32), np.asarray(pale, np.float32)
    mixed: Field = low + share[:, :, None] * (high - low)
    return mixed
