"""What is known of every photo, column by column, so that 100,000 are filtered and sorted in milliseconds; no Qt.

A *slot* is a position in the columns, in the order the photos were added. Rows of the grid point to slots.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fewshot_gui.core.prediction import NONE_OF_THESE
from fewshot_gui.ui.models.growing_array import GrowingArray
from fewshot_gui.ui.models.natural_order import NaturalOrder

UNLABELLED: Final = -1
"""The machine has not labelled the photo yet."""

UNDECIDED: Final = -1
"""No person has decided on the photo yet."""

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float32]
Bools: TypeAlias = NDArray[np.bool_]

_INITIAL: Final[dict[str, tuple[type[np.generic | object], float | str]]] = {
    "ids": (np.int64, 0),
    "times": (np.float64, np.nan),
    "labels": (np.int64, UNLABELLED),
    "seconds": (np.int64, NONE_OF_THESE),
    "confidences": (np.float32, np.nan),
    "second_confidences": (np.float32, np.nan),
    "familiarity": (np.float32, np.nan),
    "strangers": (np.bool_, False),
    "decisions": (np.int64, UNDECIDED),
    "unreadable": (np.bool_, False),
    "changed_at": (np.float64, -np.inf),
    "files": (object, ""),
    "names": (object, ""),
    "folded": (object, ""),
}


class PhotoColumns:
    """The columns, all of the same length n.

    Attributes:
        ids: int64 (n,), distinct.
        times: float64 (n,), when the photo was taken in seconds since 1970, NaN when unknown.
        labels: int64 (n,), the machine's class, or :data:`UNLABELLED`.
        seconds: int64 (n,), the machine's second-best class, or ``NONE_OF_THESE``.
        confidences: float32 (n,), of ``labels``, 0..1; NaN while unlabelled.
        second_confidences: float32 (n,), of ``seconds``, 0..1; NaN while unknown.
        familiarity: float32 (n,), 0..1; NaN while unknown.
        strangers: bool (n,), whether the machine believes the photo belongs to none of the classes.
        decisions: int64 (n,), a person's class, ``NONE_OF_THESE``, or :data:`UNDECIDED`.
        unreadable: bool (n,), whether ``errors`` has a text for the photo.
        changed_at: float64 (n,), ``time.monotonic()`` of the last change of a label already given.
        files: object (n,), absolute paths as text, which takes an eighth of the memory of ``Path``.
        names: object (n,), file names.
        folded: object (n,), file names without regard to case, for finding.
        errors: why a photo could not be read, by photo id.
        natural: the order by name.
    """

    ids: Ints
    times: NDArray[np.float64]
    labels: Ints
    seconds: Ints
    confidences: Floats
    second_confidences: Floats
    familiarity: Floats
    strangers: Bools
    decisions: Ints
    unreadable: Bools
    changed_at: NDArray[np.float64]
    files: NDArray[Any]
    names: NDArray[Any]
    folded: NDArray[Any]

    def __init__(self) -> None:
        self._arrays = {name: GrowingArray(dtype) for name, (dtype, _) in _INITIAL.items()}
        self._by_id = GrowingArray(np.int64)
        self.errors: dict[int, str] = {}
        self.natural = NaturalOrder()
        self._show_values()

    def __len__(self) -> int:
        return len(self.ids)

    def append(self, ids: ArrayLike, paths: Sequence[Path | str], times: ArrayLike) -> int:
        """Add photos at the end, leaving out those that are there already.

        Args:
            ids: int64 (k,).
            paths: k files.
            times: float64 (k,), NaN where unknown.

        Returns:
            How many were new.
        """
        ids = np.asarray(ids, np.int64)
        new = ~self.slots_of(ids)[1]
        count, start = int(new.sum()), len(self)
        files = [str(path) for path, is_new in zip(paths, new.tolist(), strict=True) if is_new]
        names = [_name_of(file) for file in files]
        given: dict[str, ArrayLike] = {
            "ids": ids[new],
            "times": np.asarray(times, np.float64)[new],
            "files": files,
            "names": names,
            "folded": [name.casefold() for name in names],
        }
        for name, (_, initial) in _INITIAL.items():
            self._arrays[name].extend(given.get(name, initial), count)
        self._show_values()
        self.natural.append(names)
        self._sort_in(start)
        return count

    def move(self, slots: Ints, files: Sequence[str]) -> None:
        """The photos in ``slots`` (k,) are these files now."""
        names = [_name_of(file) for file in files]
        renamed = names != self.names[slots].tolist()
        self.files[slots] = files
        self.names[slots] = names
        self.folded[slots] = [name.casefold() for name in names]
        if renamed:
            self.natural = NaturalOrder()
            self.natural.append(self.names.tolist())

    def copy(self) -> PhotoColumns:
        """The same photos, in columns that later changes here do not touch."""
        other = PhotoColumns()
        for name, array in other._arrays.items():
            array.replace(self._arrays[name].values.copy())
        other._by_id.replace(self._by_id.values.copy())
        other.errors = dict(self.errors)
        other.natural = self.natural.copy()
        other._show_values()
        return other

    def remove(self, ids: ArrayLike) -> Bools:
        """Take photos out; unknown ids are ignored. Returns which slots were kept, bool (n before,)."""
        kept = np.ones(len(self), np.bool_)
        kept[self.slots_of(ids)[0]] = False
        for photo_id in self.ids[~kept].tolist():
            self.errors.pop(photo_id, None)
        for array in self._arrays.values():
            array.replace(array.values[kept])
        self._show_values()
        self.natural.keep(kept)
        self._by_id.replace(np.argsort(self.ids, kind="stable"))
        return kept

    def slots_of(self, ids: ArrayLike) -> tuple[Ints, Bools]:
        """The slots of the photos that are known, int64 (m,), and which of ``ids`` those are, bool (k,)."""
        wanted = np.atleast_1d(np.asarray(ids, np.int64))
        if not len(self):
            return np.empty(0, np.int64), np.zeros(len(wanted), np.bool_)
        by_id = self._by_id.values
        places = np.searchsorted(self.ids, wanted, sorter=by_id)
        slots = by_id[np.minimum(places, len(self) - 1)]
        known = self.ids[slots] == wanted
        return slots[known], known

    def shown(self, slots: Ints | slice = slice(None)) -> Ints:
        """The label that a person sees, int64: the decision, else none of these for strangers, else the machine's."""
        machine = np.where(self.strangers[slots], NONE_OF_THESE, self.labels[slots])
        decisions = self.decisions[slots]
        return np.where(decisions != UNDECIDED, decisions, machine)

    def showing(self, label: int | None, slots: Ints | slice = slice(None)) -> Bools:
        """Which photos show ``label``, bool."""
        mask: Bools = self.shown(slots) == label
        return mask

    def decided(self, slots: Ints | slice = slice(None)) -> Bools:
        """On which photos a person decided, bool."""
        mask: Bools = self.decisions[slots] != UNDECIDED
        return mask

    def certainty(self, slots: Ints | slice = slice(None)) -> Floats:
        """How sure the machine is, float32 0..1; NaN while unlabelled.

        A classifier can be confident of a photo unlike anything it was shown, so the confidence in a stranger is
        never taken for more than the photo's familiarity.
        """
        confidences = self.confidences[slots]
        return np.where(self.strangers[slots], np.fmin(confidences, self.familiarity[slots]), confidences)

    def doubtful(self, threshold: float, slots: Ints | slice = slice(None)) -> Bools:
        """Whether a person should look, bool: labelled, undecided, and a stranger or below ``threshold``."""
        labelled = (self.labels[slots] != UNLABELLED) & ~self.unreadable[slots]
        unsure = self.strangers[slots] | (self.confidences[slots] < threshold)
        mask: Bools = labelled & (self.decisions[slots] == UNDECIDED) & unsure
        return mask

    def looks(self, threshold: float, slots: Ints) -> NDArray[np.float64]:
        """What of a prediction can be seen on a tile, float64 (k, 4); where a row is equal, nothing is repainted."""
        whole_per_cent = np.nan_to_num(np.floor(self.certainty(slots) * 100 + 0.5), nan=-1.0)
        doubtful = self.doubtful(threshold, slots)
        return np.column_stack([self.shown(slots), self.labels[slots], whole_per_cent, doubtful])

    def mark_changed(self, slots: Ints) -> None:
        """Remember that the labels of these photos became others just now."""
        self.changed_at[slots] = time.monotonic()

    def _show_values(self) -> None:
        for name, array in self._arrays.items():
            setattr(self, name, array.values)

    def _sort_in(self, start: int) -> None:
        """Let the photos from slot ``start`` on be found by their ids too."""
        tail = self.ids[max(0, start - 1) :]
        last_has_highest = self._by_id.values[-1:].tolist() == [start - 1][:start]
        if last_has_highest and (np.diff(tail) > 0).all():
            self._by_id.extend(np.arange(start, len(self)), len(self) - start)  # as nearly always: ids only grow
        else:
            self._by_id.replace(np.argsort(self.ids, kind="stable"))


def _name_of(file: str) -> str:
    """The last part of a path; ten times as fast as by way of ``Path``, which counts at 100,000 photos."""
    separators = (os.sep, os.altsep or os.sep)
    return file[max(map(file.rfind, separators)) + 1 :]
