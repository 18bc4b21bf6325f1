"""Where the keys that move lead in a grid of tiles."""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractItemView

from fewshot_gui.ui.widgets.grid_geometry import GridGeometry

_Move = QAbstractItemView.CursorAction


def moved(geometry: GridGeometry, row: int, action: QAbstractItemView.CursorAction, page_lines: int) -> int:
    """The row that ``action`` leads to from ``row``.

    Left and right walk through the lines as reading does. Up and down stay in their column; from the line above a
    short last line, down leads to the last tile.

    Args:
        geometry: The grid, with at least one tile.
        row: Where the cursor is.
        action: What the key means.
        page_lines: How many lines Page Up and Page Down skip.
    """
    last = geometry.count - 1
    match action:
        case _Move.MoveHome:
            return 0
        case _Move.MoveEnd:
            return last
        case _Move.MoveUp | _Move.MovePageUp:
            return _in_column(geometry, row, -(1 if action is _Move.MoveUp else page_lines))
        case _Move.MoveDown | _Move.MovePageDown:
            return _in_column(geometry, row, 1 if action is _Move.MoveDown else page_lines)
        case _Move.MoveLeft | _Move.MovePrevious:
            return max(row - 1, 0)
        case _:
            return min(row + 1, last)


def _in_column(geometry: GridGeometry, row: int, lines: int) -> int:
    line, column = divmod(row, geometry.columns)
    target = min(max(line + lines, 0), geometry.lines - 1)
    return min(target * geometry.columns + column, geometry.count - 1)
