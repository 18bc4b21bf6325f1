"""Runs of rows to and from the selections of Qt's views."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QAbstractItemModel, QItemSelection


def runs_in(selection: QItemSelection) -> list[range]:
    """The selected rows as runs in ascending order."""
    parts = (selection.at(i) for i in range(selection.size()))
    return sorted((range(part.top(), part.bottom() + 1) for part in parts), key=lambda run: run.start)


def selection_of(model: QAbstractItemModel, runs: Iterable[range]) -> QItemSelection:
    """The selection of the rows in ``runs``, none of them empty."""
    selection = QItemSelection()
    for run in runs:
        selection.select(model.index(run[0], 0), model.index(run[-1], 0))
    return selection
