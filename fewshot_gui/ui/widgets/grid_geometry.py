"""Where the tiles of a grid are, by arithmetic alone, so that a million tiles cost no more than ten."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect


@dataclass(frozen=True, slots=True)
class GridGeometry:
    """Tiles of one size in lines, from the left and from the top, spread evenly over the width.

    All lengths are in device-independent pixels; positions are those of the content, not of the viewport.

    Attributes:
        count: How many tiles there are.
        width: Of the content, margins included.
        columns: Tiles in a line, at least 1.
        tile_width: Of every tile.
        tile_height: Of every tile.
        gap: Between tiles, both ways.
        margin: Around all tiles.
    """

    count: int
    width: int
    columns: int
    tile_width: int
    tile_height: int
    gap: int
    margin: int

    @classmethod
    def fitted(cls, count: int, width: int, side: int, caption: int, *, gap: int, margin: int) -> GridGeometry:
        """As many columns of tiles at least ``side`` wide as fit, stretched to use the whole width.

        Args:
            count: How many tiles there are.
            width: Of the viewport.
            side: The least width of a tile, unless the viewport is narrower.
            caption: How much higher than wide a tile is.
            gap: Between tiles.
            margin: Around all tiles.
        """
        usable = max(1, width - 2 * margin)
        columns = max(1, (usable + gap) // (side + gap))
        tile_width = max(1, (usable + gap) // columns - gap)
        return cls(count, width, columns, tile_width, tile_width + caption, gap, margin)

    @property
    def lines(self) -> int:
        """Lines of tiles; the last may be short."""
        return -(-self.count // self.columns)

    @property
    def pitch(self) -> int:
        """From the top of a line to the top of the next."""
        return self.tile_height + self.gap

    @property
    def height(self) -> int:
        """Of the content, margins included; 0 without tiles."""
        return self.lines * self.pitch - self.gap + 2 * self.margin if self.count else 0

    def rect(self, index: int) -> QRect:
        """The place of a tile."""
        line, column = divmod(index, self.columns)
        return QRect(self._left(column), self.margin + line * self.pitch, self.tile_width, self.tile_height)

    def index_at(self, point: QPoint) -> int | None:
        """The tile under a point, or ``None`` beside all tiles."""
        line = (point.y() - self.margin) // self.pitch
        column = self._column_at(point.x())
        if line < 0 or column < 0:
            return None
        index = line * self.columns + column
        return index if index < self.count and self.rect(index).contains(point) else None

    def between(self, top: int, bottom: int) -> range:
        """The tiles in the lines that reach into ``top`` <= y < ``bottom``."""
        first = max(0, (top - self.margin + self.gap) // self.pitch)
        last = max(first, -(-(bottom - self.margin) // self.pitch))
        return range(min(first * self.columns, self.count), min(last * self.columns, self.count))

    def touching(self, rect: QRect) -> list[range]:
        """The tiles that a rectangle touches, as runs of consecutive ones."""
        tiles = self.between(rect.top(), rect.bottom() + 1)
        first, last = self._column_after(rect.left()), self._column_at(rect.right())
        if not tiles or first > last:
            return []
        if last - first + 1 == self.columns:
            return [tiles]
        starts = range(tiles.start, tiles.stop, self.columns)
        runs = (range(start + first, min(start + last + 1, self.count)) for start in starts)
        return [run for run in runs if run]

    def _left(self, column: int) -> int:
        # The pixels that the division leaves over are shared out among the gaps.
        usable = self.width - 2 * self.margin + self.gap
        return self.margin + column * usable // self.columns

    def _column_at(self, x: int) -> int:
        """The last column that begins at or left of ``x``; -1 left of all."""
        return next((c for c in reversed(range(self.columns)) if self._left(c) <= x), -1)

    def _column_after(self, x: int) -> int:
        """The first column that ends at or right of ``x``; the number of columns right of all."""
        return next((c for c in range(self.columns) if self._left(c) + self.tile_width > x), self.columns)
