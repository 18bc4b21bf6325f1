"""Leaves with one midrib and side veins along it: plain or toothed (beech, hornbeam) and lobed (oak)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.workflows.sample.drawing import Points, Range, Rng, normals, smooth_curve
from fewshot_gui.workflows.sample.leaf import Leaf, Vein, arc, ladder, side_veins, straight_stalk, walls_of

_MIDRIB = 0.016


@dataclass(frozen=True)
class Margin:
    """How the edge runs between the ends of two side veins.

    Attributes:
        wave: Height of the gentle swelling at every vein end, in leaf lengths.
        tooth: Height of the pointed tooth at every vein end, in leaf lengths.
        between: Smaller teeth between two vein ends, fewest and most.
    """

    wave: Range
    tooth: Range
    between: tuple[int, int]


@dataclass(frozen=True)
class PlainHabit:
    """How an undivided leaf of a species grows; every range is drawn from once for each leaf.

    Attributes:
        width: Half the greatest width, in leaf lengths.
        base: Exponent of the profile at the base: the smaller, the rounder.
        tip: The same at the tip; above 1 the tip is drawn out.
        pairs: Side veins on each side, fewest and most.
        angle: Degrees between the midrib and a side vein.
        margin: The edge.
        stalk: Length of the stalk, in leaf lengths.
    """

    width: Range
    base: Range
    tip: Range
    pairs: tuple[int, int]
    angle: Range
    margin: Margin
    stalk: Range

    def grow(self, rng: Rng) -> Leaf:
        """One leaf, no two alike."""
        width, base, tip = (rng.uniform(*span) for span in (self.width, self.base, self.tip))
        pairs = int(rng.integers(self.pairs[0], self.pairs[1] + 1))
        angle = math.radians(rng.uniform(*self.angle))
        edge = _Edge(
            rng.uniform(*self.margin.wave),
            rng.uniform(*self.margin.tooth),
            int(rng.integers(self.margin.between[0], self.margin.between[1] + 1)),
        )
        midrib = np.stack([np.zeros(60), np.linspace(0, 1, 60)], axis=1)
        veins = [Vein(midrib, _MIDRIB, 0.15, 1)]
        halves = []
        for side in (-1, 1):
            half = _profile(width * rng.uniform(0.92, 1.08), base * rng.uniform(0.9, 1.1), tip, side)
            starts = np.linspace(0.04, rng.uniform(0.84, 0.9), pairs) ** 0.95 + rng.normal(0, 0.007, pairs)
            straight = side_veins(rng, midrib, np.clip(starts, 0.02, 0.95).tolist(), side, angle, walls_of(half), 0.007)
            veins += straight + ladder(rng, straight, 9)
            halves.append(edge.cut(rng, half, side, [vein.points[-1] for vein in straight]))
        outline = np.concatenate([halves[0], halves[1][::-1]])
        return Leaf(outline, tuple(veins), straight_stalk(rng, rng.uniform(*self.stalk), _MIDRIB * 1.1))


def _profile(width: float, base: float, tip: float, side: int) -> Points:
    """One smooth half of the outline from base to tip (700, 2)."""
    t = np.linspace(0, 1, 700)
    shape = t**base * (1 - t) ** tip
    return np.stack([side * width * shape / shape.max(), t], axis=1)


@dataclass(frozen=True)
class _Edge:
    """The drawn margin of one leaf: see :class:`Margin`."""

    wave: float
    tooth: float
    between: int

    def cut(self, rng: Rng, half: Points, side: int, vein_ends: list[Points]) -> Points:
        """``half`` (n, 2) with swellings or teeth where the side veins end."""
        heights = np.array([end[1] for end in vein_ends]) + 0.008
        phase = np.interp(half[:, 1], heights, np.arange(len(heights), dtype=float))
        below, above = half[:, 1] < heights[0], half[:, 1] > heights[-1]
        step = np.diff(heights).mean()
        phase[below] = (half[below, 1] - heights[0]) / step
        phase[above] = len(heights) - 1 + (half[above, 1] - heights[-1]) / (0.7 * step)
        vigour = np.interp(phase, np.arange(-3, 40), rng.uniform(0.6, 1.3, 43))
        calm_ends = np.clip(half[:, 1] / 0.08, 0, 1) * np.clip((1 - half[:, 1]) / 0.05, 0, 1)
        swelling = self.wave * (0.5 + 0.5 * np.cos(2 * math.pi * phase))
        teeth = self.tooth * (0.62 * _saw(phase) + 0.38 * _saw(phase * (self.between + 1)))
        height = (swelling + teeth) * vigour * calm_ends
        cut: Points = half + height[:, None] * (side * normals(half) + np.array([0.0, 0.55]))
        return cut


def _saw(phase: NDArray[np.float64]) -> NDArray[np.float64]:
    """Teeth that lean towards the tip: 1 at whole numbers, a sudden drop, then a slow rise."""
    share = phase - np.floor(phase)
    return np.where(share < 0.16, 1 - share / 0.16, np.maximum(share - 0.16, 0) / 0.84)


@dataclass(frozen=True)
class LobedHabit:
    """How a leaf with rounded lobes along its midrib grows.

    Attributes:
        width: Half the greatest width, in leaf lengths.
        lobes: On each side, fewest and most.
        depth: How far the bays reach towards the midrib, as a share of the half width.
        stalk: Length of the stalk, in leaf lengths.
    """

    width: Range
    lobes: tuple[int, int]
    depth: Range
    stalk: Range

    def grow(self, rng: Rng) -> Leaf:
        """One leaf, no two alike."""
        width, depth = rng.uniform(*self.width), rng.uniform(*self.depth)
        lobes = int(rng.integers(self.lobes[0], self.lobes[1] + 1))
        midrib = np.stack([np.zeros(60), np.linspace(0, 0.985, 60)], axis=1)
        veins = [Vein(midrib, _MIDRIB, 0.2, 1)]
        halves = []
        for side in (-1, 1):
            tips, half = _lobed_half(rng, width * rng.uniform(0.92, 1.08), depth, lobes, side)
            main = [_lobe_vein(rng, tip, side) for tip in tips]
            veins += main + ladder(rng, main, 8) + self._branches(rng, main, side, half)
            halves.append(half)
        outline = np.concatenate([halves[0], halves[1][::-1]])
        return Leaf(outline, tuple(veins), straight_stalk(rng, rng.uniform(*self.stalk), _MIDRIB * 1.1))

    @staticmethod
    def _branches(rng: Rng, main: list[Vein], side: int, half: Points) -> list[Vein]:
        walls = walls_of(half)
        branches: list[Vein] = []
        for vein in main[1:]:
            for turn in (-1, 1):
                starts = np.sort(rng.uniform(0.5, 0.9, 2)).tolist()
                branches += side_veins(rng, vein.points, starts, turn * side, math.radians(38), walls, 0.0035)
        return [Vein(branch.points, branch.width, branch.taper, 3) for branch in branches]


def _lobed_half(rng: Rng, width: float, depth: float, lobes: int, side: int) -> tuple[list[Points], Points]:
    """The lobe tips and one half of the outline from base to tip."""
    at = np.linspace(0.12, 0.77, lobes) + rng.normal(0, 0.012, lobes)
    # Widest above the middle, as an egg standing on its thin end.
    envelope = np.sin(math.pi * (at * 0.78 + 0.07)) ** 1.1 * width * rng.uniform(0.9, 1.1, lobes)
    pitch = 0.65 / (lobes - 1)
    line = [(0.004, 0.0), (0.03, 0.03)]
    tips = []
    for k in range(lobes):
        x, y = envelope[k], at[k] + 0.09 * envelope[k] / width
        line += [(x * 0.84, y - pitch * 0.3), (x, y - pitch * 0.02), (x * 0.9, y + pitch * 0.22)]
        tips.append(np.array([side * x * 0.97, y]))
        above = envelope[k + 1] if k < lobes - 1 else 0.62 * envelope[k]
        # The bays of the thin lower half are shallow, as otherwise the blade would come apart.
        bay = min(envelope[k], above) * (1 - depth * rng.uniform(0.8, 1.15) * min(1.0, 0.5 + at[k]))
        line.append((max(bay, 0.045), at[k] + pitch * 0.5 + 0.025))
    crown = envelope[-1]
    line += [(crown * 0.52, 0.925), (crown * 0.5, 0.962), (crown * 0.27, 0.994), (0.0, 1.0)]
    points = np.array(line) * np.array([side, 1.0])
    return tips, smooth_curve(points, 10)


def _lobe_vein(rng: Rng, tip: Points, side: int) -> Vein:
    start = np.array([0.0, max(0.02, tip[1] - abs(tip[0]) * rng.uniform(0.85, 1.05))])
    return Vein(arc(start, tip, side * rng.uniform(0.03, 0.08)), 0.0075, 0.35, 2)
