"""Leaves whose main veins spread from one point into pointed lobes: maple, plane."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from fewshot_gui.workflows.sample.drawing import Points, Range, Rng, normals
from fewshot_gui.workflows.sample.leaf import Leaf, Vein, arc, ladder, side_veins, straight_stalk, walls_of


@dataclass(frozen=True)
class PalmateHabit:
    """How a palmately lobed leaf grows; every range is drawn from once for each leaf, some once for each side.

    Attributes:
        spread: Degrees from the middle lobe to the outer and to the lowest lobe.
        lengths: Length of the outer and of the lowest lobe as shares of the middle one.
        bays: Distance of the upper and of the lower bay from the stalk, as shares of the lobes beside them.
        belly: How far the sides of a lobe swell outwards, as a share of their length; negative is hollow.
        teeth: On each side of a lobe, fewest and most.
        tooth: Their height as a share of that side's length.
        point: Exponent of a tooth: below 1 blunt, above 1 with hollow flanks.
        base: How far the lower edge sinks below the stalk, as a share of its length; negative is wedge-shaped.
        stalk: Length of the stalk, in leaf lengths.
    """

    spread: tuple[Range, Range]
    lengths: tuple[Range, Range]
    bays: tuple[Range, Range]
    belly: Range
    teeth: tuple[int, int]
    tooth: Range
    point: Range
    base: Range
    stalk: Range

    def grow(self, rng: Rng) -> Leaf:
        """One leaf, no two alike."""
        flank = _Flank(rng.uniform(*self.belly), self.teeth, rng.uniform(*self.tooth), rng.uniform(*self.point))
        base = rng.uniform(*self.base)
        sides = [self._skeleton(rng, side) for side in (-1, 1)]
        halves = [_margin(rng, *skeleton, side, flank, base) for skeleton, side in zip(sides, (-1, 1), strict=True)]
        outline = np.concatenate([halves[0], halves[1][::-1]])
        # The lines to the bays keep the veins of one lobe from crossing into the next.
        borders = [np.stack([np.zeros(2), bay]) for _, bays in sides for bay in bays]
        walls = np.concatenate([walls_of(np.concatenate([outline, outline[:1]])), np.stack(borders)])
        tips = [np.array([0.0, 1.0])] + [tip for tips, _ in sides for tip in tips]
        veins = [vein for tip in tips for vein in _lobe_veins(rng, tip, walls)]
        return Leaf(outline, tuple(veins), straight_stalk(rng, rng.uniform(*self.stalk), 0.017))

    def _skeleton(self, rng: Rng, side: int) -> tuple[list[Points], list[Points]]:
        """The tips (outer, lowest) and the bays (upper, lower) of one side."""
        angles = [0.0, *(math.radians(rng.uniform(*span)) for span in self.spread)]
        lengths = [1.0, *(rng.uniform(*span) for span in self.lengths)]
        tips = [_polar(lengths[i], side * angles[i]) for i in (1, 2)]
        bays = []
        for i, span in enumerate(self.bays):
            angle = angles[i] + (angles[i + 1] - angles[i]) * rng.uniform(0.44, 0.56)
            bays.append(_polar(rng.uniform(*span) * (lengths[i] + lengths[i + 1]) / 2, side * angle))
        return tips, bays


@dataclass(frozen=True)
class _Flank:
    """How the sides of the lobes of one leaf run: see :class:`PalmateHabit`."""

    belly: float
    teeth: tuple[int, int]
    tooth: float
    point: float

    def run(self, rng: Rng, start: Points, tip: Points, side: int, belly: float) -> Points:
        """The edge (90, 2) from a bay or the stalk to a lobe's tip; outwards is to the right for ``side`` 1."""
        line = arc(start, tip, side * belly * rng.uniform(0.7, 1.3), 90)
        count = int(rng.integers(self.teeth[0], self.teeth[1] + 1))
        ends = np.cumsum(rng.uniform(0.7, 1.3, count + 1))
        ends = np.concatenate([[0.0], ends / ends[-1]])
        t = np.linspace(0, 1, 90)
        phase = np.interp(t, ends, np.arange(count + 2, dtype=float))
        vigour = np.concatenate([rng.uniform(0.6, 1.25, count), [0.0, 0.0]])[np.floor(phase).astype(int)]
        share = phase - np.floor(phase)
        height = np.where(share > 0.86, (1 - share) / 0.14, (share / 0.86) ** self.point)
        height *= self.tooth * vigour * float(np.hypot(*(tip - start)))
        along = (tip - start) / np.hypot(*(tip - start))
        edge: Points = line + height[:, None] * (side * normals(line) + 0.6 * along)
        return edge


def _margin(rng: Rng, tips: list[Points], bays: list[Points], side: int, flank: _Flank, base: float) -> Points:
    """One half of the outline from the stalk to the tip of the middle lobe."""
    outer, lowest = tips
    upper_bay, lower_bay = bays
    return np.concatenate(
        [
            flank.run(rng, np.array([0.004 * side, 0.0]), lowest, side, base),
            # Teeth lean towards their own lobe's tip, so an edge that runs away from the tip is drawn backwards.
            flank.run(rng, lower_bay, lowest, -side, flank.belly)[::-1],
            flank.run(rng, lower_bay, outer, side, flank.belly),
            flank.run(rng, upper_bay, outer, -side, flank.belly)[::-1],
            flank.run(rng, upper_bay, np.array([0.0, 1.0]), side, flank.belly),
        ]
    )


def _lobe_veins(rng: Rng, tip: Points, walls: Points) -> list[Vein]:
    """The main vein of a lobe with its side veins."""
    main = arc(np.zeros(2), tip, rng.normal(0, 0.015), 50)
    length = float(np.hypot(*tip))
    veins = [Vein(main, 0.013 * length**0.5, 0.2, 1)]
    count = max(3, round(8 * length))
    for side in (-1, 1):
        starts = np.linspace(0.22, 0.9, count) + rng.normal(0, 0.012, count)
        straight = side_veins(rng, main, starts.tolist(), side, math.radians(46), walls, 0.0062)
        veins += straight + ladder(rng, straight, 6)
    return veins


def _polar(radius: float, angle: float) -> Points:
    return np.array([radius * math.sin(angle), radius * math.cos(angle)])
