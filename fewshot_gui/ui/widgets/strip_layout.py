"""Where the tiles of an example strip go; pure geometry."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from PySide6.QtCore import QRect

from fewshot_gui.ui.theme import SPACE_4

TILE_SIDE = 40
MIN_COLUMNS = 3


class TileKind(enum.Enum):
    """What a place of the strip is for."""

    EXAMPLE = "an example"
    MORE = "show all examples, or fewer again"
    ADD = "add photos, or drop them"


@dataclass(frozen=True)
class Place:
    """A tile's kind and rectangle."""

    kind: TileKind
    rect: QRect


@dataclass(frozen=True)
class Grid:
    """Equal square cells that fill a width: what whole cells leave over goes half to the cells, half to the gaps."""

    columns: int
    side: int
    pitch: float

    @classmethod
    def over(cls, width: int) -> Grid:
        """The grid with as many columns of at least :data:`TILE_SIDE` as ``width`` holds."""
        columns = max(MIN_COLUMNS, (width + SPACE_4) // (TILE_SIDE + SPACE_4))
        spare = max(0, width - columns * TILE_SIDE - (columns - 1) * SPACE_4)
        side = TILE_SIDE + spare // (2 * columns)
        gap = max(float(SPACE_4), (width - columns * side) / (columns - 1))
        return cls(columns, side, side + gap)

    def cell(self, position: int, span: int = 1) -> QRect:
        """The rectangle of ``span`` cells that begin at ``position``, counted along the rows."""
        row, column = divmod(position, self.columns)
        left, right = round(column * self.pitch), round((column + span - 1) * self.pitch) + self.side
        return QRect(left, round(row * self.pitch), right - left, self.side)


def places(count: int, width: int, *, expanded: bool, inviting: bool) -> list[Place]:
    """The places for ``count`` examples in a strip ``width`` pixels wide.

    All examples where they fit beside the tile for adding; else as many as fit and a tile that says how many more;
    expanded, all of them in rows. While ``inviting``, the tile for adding takes the rest of its row, at least two
    cells, and examples that stand there give way, so that the strip keeps its height while something is dragged.
    """
    grid = Grid.over(width)
    fits = count < grid.columns
    kinds = [TileKind.EXAMPLE] * (count if fits or expanded else grid.columns - 2)
    if not fits:
        kinds.append(TileKind.MORE)
    last = len(kinds)
    found = [Place(kind, grid.cell(position)) for position, kind in enumerate(kinds)]
    if not inviting:
        return [*found, Place(TileKind.ADD, grid.cell(last))]
    row, column = divmod(last, grid.columns)
    first = row * grid.columns + min(column, grid.columns - 2)
    return [*found[:first], Place(TileKind.ADD, grid.cell(first, (row + 1) * grid.columns - first))]
