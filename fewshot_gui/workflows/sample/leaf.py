"""What a leaf is: its outline, its veins and its stalk, and how it comes to lie on a sheet.

Leaf space: the stalk meets the blade at (0, 0), the midrib runs along +y and the tip is near (0, 1).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from fewshot_gui.workflows.sample.drawing import Points, Rng


@dataclass(frozen=True, eq=False)
class Vein:
    """One vein or stalk.

    Attributes:
        points: float64 (n, 2), from its base to its end.
        width: Width at the base, in leaf lengths.
        taper: Width at the end as a share of ``width``.
        order: 1 midrib or main vein of a lobe, 2 side vein, 3 the ladder between side veins.
    """

    points: Points
    width: float
    taper: float
    order: int


@dataclass(frozen=True, eq=False)
class Leaf:
    """One grown leaf in leaf space; ``outline`` is float64 (n, 2) and closed."""

    outline: Points
    veins: tuple[Vein, ...]
    stalk: Vein


@dataclass(frozen=True)
class Pose:
    """How a leaf lies on the sheet.

    Attributes:
        centre: Where the middle of the leaf, (0, 0.5) in leaf space, lies in pixels.
        length: Pixels per leaf length.
        angle: Radians clockwise from tip-up.
        bend: Radians through which the midrib curves from base to tip.
        waviness: Random shifts, in leaf lengths, that make no two halves alike.
        phases: Four numbers in 0..1 that place those shifts.
        mirrored: The leaf lies on its other face.
    """

    centre: tuple[float, float]
    length: float
    angle: float = 0.0
    bend: float = 0.0
    waviness: float = 0.0
    phases: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    mirrored: bool = False

    def place(self, points: Points) -> Points:
        """Take ``points`` (n, 2) from leaf space to the picture, in pixels."""
        x, y = points[:, 0], points[:, 1] - 0.5
        turn = 2 * math.pi
        a, b, c, d = (turn * phase for phase in self.phases)
        x, y = (
            x + self.waviness * (np.sin(turn * y * 1.3 + a) + 0.6 * np.sin(turn * (0.8 * x - 1.9 * y) + b)),
            y + self.waviness * (np.sin(turn * x * 1.4 + c) + 0.6 * np.sin(turn * (1.7 * x + 0.9 * y) + d)),
        )
        if abs(self.bend) > 1e-3:
            phi = self.bend * y
            x, y = (1 - np.cos(phi)) / self.bend + x * np.cos(phi), np.sin(phi) / self.bend - x * np.sin(phi)
        x = -x if self.mirrored else x
        cosine, sine = math.cos(self.angle), math.sin(self.angle)
        right = self.centre[0] + self.length * (x * cosine + y * sine)
        down = self.centre[1] + self.length * (x * sine - y * cosine)
        return np.stack([right, down], axis=1)


def reach(origin: Points, direction: Points, walls: Points) -> float:
    """How far a ray goes from ``origin`` (2,) along the unit ``direction`` (2,) until it meets one of ``walls``.

    ``walls`` is float64 (m, 2, 2), segments from [:, 0] to [:, 1]. Infinite when it meets none.
    """
    start, span = walls[:, 0] - origin, walls[:, 1] - walls[:, 0]
    cross = direction[0] * span[:, 1] - direction[1] * span[:, 0]
    cross = np.where(np.abs(cross) < 1e-12, 1e-12, cross)
    along_ray = (start[:, 0] * span[:, 1] - start[:, 1] * span[:, 0]) / cross
    along_wall = (start[:, 0] * direction[1] - start[:, 1] * direction[0]) / cross
    hit = (along_wall >= 0) & (along_wall <= 1) & (along_ray > 1e-3)
    return float(along_ray[hit].min()) if hit.any() else math.inf


def walls_of(line: Points) -> Points:
    """The segments (n - 1, 2, 2) of an open line (n, 2)."""
    return np.stack([line[:-1], line[1:]], axis=1)


def arc(start: Points, end: Points, sag: float, count: int = 12) -> Points:
    """A gentle curve from ``start`` to ``end`` (2,) that bulges to its right by ``sag`` times its length."""
    chord = end - start
    middle = (start + end) / 2 + 2 * sag * np.array([chord[1], -chord[0]])
    t = np.linspace(0, 1, count)[:, None]
    curve: Points = (1 - t) ** 2 * start + 2 * t * (1 - t) * middle + t**2 * end
    return curve


def side_veins(
    rng: Rng, main: Points, starts: Sequence[float], side: int, angle: float, walls: Points, width: float
) -> list[Vein]:
    """Veins that leave a main vein at a slant and end at the margin.

    Args:
        rng: Source of the small irregularities.
        main: The main vein, float64 (n, 2).
        starts: Where they leave, as shares of its length, ascending.
        side: -1 to the left of the main vein, 1 to the right.
        angle: Radians between the main vein and its side veins.
        walls: Where they end: segments (m, 2, 2).
        width: Of the first vein, in leaf lengths.
    """
    veins = []
    for start in starts:
        index = min(round(start * (len(main) - 1)), len(main) - 2)
        forward = main[index + 1] - main[index]
        heading = math.atan2(forward[0], forward[1]) + side * angle * rng.uniform(0.93, 1.07)
        direction = np.array([math.sin(heading), math.cos(heading)])
        distance = reach(main[index], direction, walls)
        if not 0.02 < distance < 1.5:
            continue
        end = main[index] + direction * distance * 0.985
        points = arc(main[index], end, side * rng.uniform(0.02, 0.07))
        veins.append(Vein(points, width * (0.55 + 0.45 * (1 - start)), 0.35, 2))
    return veins


def ladder(rng: Rng, veins: Sequence[Vein], rungs: int) -> list[Vein]:
    """The fine cross veins between neighbouring side ``veins`` of one side, about ``rungs`` in each gap."""
    steps = []
    for lower, upper in pairwise(veins):
        shares = (np.arange(rungs) + rng.uniform(0.2, 0.8, rungs)) / rungs
        for share in shares:
            i = round(share * (len(lower.points) - 1))
            j = round(float(np.clip(share * 0.96 + rng.normal(0, 0.05), 0, 1)) * (len(upper.points) - 1))
            line = arc(lower.points[i], upper.points[j], rng.normal(0, 0.12), 5)
            steps.append(Vein(line, 0.0022, 1.0, 3))
    return steps


def straight_stalk(rng: Rng, length: float, width: float) -> Vein:
    """A stalk that leaves the blade downwards in a slight curve, thicker at its far end."""
    end = np.array([rng.normal(0, 0.16) * length, -length])
    points = arc(np.array([0.0, 0.015]), end, rng.normal(0, 0.08), 16)
    return Vein(points, width, rng.uniform(1.2, 1.7), 1)
