"""The five species of the sample project; two pairs of them are easy to confuse."""

from __future__ import annotations

from dataclasses import dataclass

from fewshot_gui.workflows.sample.drawing import Colour, Range, rgb
from fewshot_gui.workflows.sample.palmate import PalmateHabit
from fewshot_gui.workflows.sample.pinnate import LobedHabit, Margin, PlainHabit


@dataclass(frozen=True)
class Species:
    """One class of the sample project.

    Attributes:
        name: Plain English name, also the name of its folder.
        habit: How its leaves grow.
        size: Leaf length as a share of the picture's height.
        colours: The colours its leaves go through as they age, from fresh to dead.
    """

    name: str
    habit: PlainHabit | LobedHabit | PalmateHabit
    size: Range
    colours: tuple[Colour, ...]


_GREENS = (rgb(64, 74, 44), rgb(88, 98, 54), rgb(120, 122, 66))

BEECH = Species(
    "Beech",
    PlainHabit(
        width=(0.29, 0.36),
        base=(0.58, 0.78),
        tip=(0.74, 0.95),
        pairs=(5, 8),
        angle=(42, 52),
        margin=Margin(wave=(0.003, 0.012), tooth=(0.0, 0.004), between=(0, 1)),
        stalk=(0.08, 0.16),
    ),
    (0.62, 0.86),
    (*_GREENS, rgb(168, 134, 66), rgb(158, 100, 54), rgb(122, 76, 44), rgb(88, 58, 38)),
)

HORNBEAM = Species(
    "Hornbeam",
    PlainHabit(
        width=(0.25, 0.33),
        base=(0.46, 0.66),
        tip=(0.76, 1.0),
        pairs=(9, 13),
        angle=(38, 48),
        margin=Margin(wave=(0.0, 0.005), tooth=(0.012, 0.025), between=(2, 3)),
        stalk=(0.09, 0.18),
    ),
    (0.62, 0.86),
    (*_GREENS, rgb(170, 142, 68), rgb(160, 118, 62), rgb(118, 84, 50), rgb(86, 62, 40)),
)

MAPLE = Species(
    "Maple",
    PalmateHabit(
        spread=((40, 50), (84, 104)),
        lengths=((0.84, 0.98), (0.5, 0.66)),
        bays=((0.42, 0.54), (0.42, 0.56)),
        belly=(0.07, 0.16),
        teeth=(3, 6),
        tooth=(0.04, 0.075),
        point=(0.55, 0.9),
        base=(0.1, 0.24),
        stalk=(0.45, 0.8),
    ),
    (0.52, 0.72),
    (*_GREENS, rgb(180, 150, 66), rgb(166, 112, 58), rgb(120, 78, 48), rgb(82, 58, 42)),
)

PLANE = Species(
    "Plane",
    PalmateHabit(
        spread=((42, 54), (80, 100)),
        lengths=((0.78, 0.94), (0.48, 0.64)),
        bays=((0.5, 0.64), (0.54, 0.7)),
        belly=(-0.06, 0.05),
        teeth=(1, 3),
        tooth=(0.07, 0.15),
        point=(1.1, 1.7),
        base=(-0.02, 0.16),
        stalk=(0.3, 0.6),
    ),
    (0.52, 0.72),
    (*_GREENS, rgb(164, 142, 70), rgb(164, 120, 66), rgb(126, 88, 54), rgb(90, 66, 46)),
)

OAK = Species(
    "Oak",
    LobedHabit(width=(0.25, 0.34), lobes=(4, 6), depth=(0.36, 0.62), stalk=(0.03, 0.08)),
    (0.64, 0.88),
    (*_GREENS, rgb(158, 132, 66), rgb(146, 102, 56), rgb(112, 78, 46), rgb(80, 58, 38)),
)

SPECIES: tuple[Species, ...] = (BEECH, HORNBEAM, MAPLE, PLANE, OAK)
