"""One finished picture: a sheet, its furniture, and one or several leaves of a species taped onto it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.workflows.sample.drawing import Field, Rng
from fewshot_gui.workflows.sample.furniture import furnish, tape
from fewshot_gui.workflows.sample.leaf import Leaf, Pose
from fewshot_gui.workflows.sample.paper import HEIGHT, WIDTH, scanned, sheet
from fewshot_gui.workflows.sample.species import Species
from fewshot_gui.workflows.sample.strangers import Stranger
from fewshot_gui.workflows.sample.tissue import paint_leaf, weather


def leaf_scan(species: Species, rng: Rng) -> NDArray[np.uint8]:
    """A scanned sheet with leaves of ``species``, RGB uint8 (480, 640, 3)."""
    picture = sheet(rng)
    furnish(picture, rng)
    for pose in _poses(species, rng):
        leaf = species.habit.grow(rng)
        paint_leaf(picture, rng, leaf, pose, weather(rng), species.colours)
        _fasten(picture, rng, leaf, pose)
    return scanned(picture, rng)


def stranger_scan(stranger: Stranger, rng: Rng) -> NDArray[np.uint8]:
    """A scanned sheet with something that belongs to no species, RGB uint8 (480, 640, 3)."""
    picture = sheet(rng)
    furnish(picture, rng)
    stranger.paint(picture, rng)
    return scanned(picture, rng)


def _poses(species: Species, rng: Rng) -> list[Pose]:
    """Where the leaves lie: mostly one in the middle, sometimes two or three, sometimes one that is cut off."""
    size = HEIGHT * rng.uniform(*species.size)
    upright = rng.normal(0, 0.45) if rng.uniform() < 0.85 else rng.uniform(0, 2 * math.pi)
    kind = rng.uniform()
    if kind < 0.72:
        return [_pose(rng, (rng.normal(WIDTH / 2, 45), rng.normal(HEIGHT / 2, 18)), size, upright)]
    if kind < 0.84:
        side = rng.choice([-1, 1])
        centre = (WIDTH / 2 + side * rng.uniform(170, 260), HEIGHT / 2 + rng.normal(0, 60))
        return [_pose(rng, centre, size * 1.15, upright)]
    count = int(rng.integers(2, 4))
    columns = np.linspace(0.5 - 0.13 * count + 0.08, 0.5 + 0.13 * count - 0.08, count) * WIDTH
    return [
        _pose(
            rng,
            (x + rng.normal(0, 14), rng.normal(HEIGHT / 2, 45)),
            size * rng.uniform(0.5, 0.68),
            rng.normal(upright, 0.35),
        )
        for x in columns
    ]


def _pose(rng: Rng, centre: tuple[float, float], length: float, angle: float) -> Pose:
    a, b, c, d = rng.uniform(0, 1, 4)
    return Pose(
        centre, length, angle, rng.normal(0, 0.28), rng.uniform(0.004, 0.016), (a, b, c, d), bool(rng.uniform() < 0.5)
    )


def _fasten(picture: Field, rng: Rng, leaf: Leaf, pose: Pose) -> None:
    """Tape the stalk, sometimes the blade too."""
    stalk = pose.place(leaf.stalk.points)
    if rng.uniform() < 0.5:
        tape(picture, rng, stalk[int(len(stalk) * 0.6)], pose.angle)
    if rng.uniform() < 0.2:
        across = pose.place(np.array([[0.0, rng.uniform(0.6, 0.9)]]))
        tape(picture, rng, across[0], pose.angle)
