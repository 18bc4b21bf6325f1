"""Which of an ordered run of things are selected, by the rules of every file manager."""

from __future__ import annotations

from collections.abc import Sequence


class Selection:
    """A set of ids and the one from which a range extends."""

    def __init__(self) -> None:
        self._ids: set[int] = set()
        self._anchor: int | None = None

    def __contains__(self, entry: int) -> bool:
        return entry in self._ids

    def within(self, order: Sequence[int]) -> list[int]:
        """The selected ids in the order of ``order``."""
        return [entry for entry in order if entry in self._ids]

    def pick(self, order: Sequence[int], entry: int, *, toggle: bool = False, extend: bool = False) -> None:
        """Select ``entry``: alone, in or out (``toggle``), or with all from the last one picked (``extend``)."""
        if extend and self._anchor in order:
            one, other = sorted((order.index(self._anchor), order.index(entry)))
            self._ids = set(order[one : other + 1])
            return
        if toggle:
            self._ids ^= {entry}
        else:
            self._ids = {entry}
        self._anchor = entry

    def pick_all(self, order: Sequence[int]) -> None:
        """Select everything."""
        self._ids = set(order)

    def keep(self, order: Sequence[int]) -> None:
        """Forget what is no longer there."""
        self._ids &= set(order)

    def clear(self) -> None:
        """Select nothing."""
        self._ids.clear()
        self._anchor = None
