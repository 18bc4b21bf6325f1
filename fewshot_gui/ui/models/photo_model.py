"""All photos to be labelled, for the grid: what is known of them changes here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import QModelIndex, QObject, Signal

from fewshot_gui.core.prediction import NONE_OF_THESE
from fewshot_gui.ui.models.photo_arrangement import ArrangedPhotos, runs_of
from fewshot_gui.ui.models.photo_columns import UNLABELLED, Ints, PhotoColumns
from fewshot_gui.ui.models.photo_filter import PhotoCounts, count_photos
from fewshot_gui.ui.models.photo_order import PhotoOrder
from fewshot_gui.ui.models.photo_row import ClassStyle, PhotoRow, row_at

_MAX_RUNS = 64
"""With more separate runs of changed rows than this, they are announced as one."""


@dataclass(frozen=True, eq=False)
class PhotoSnapshot:
    """The photos of a model at one moment; nothing in it changes any more."""

    columns: PhotoColumns
    styles: dict[int, ClassStyle]
    threshold: float

    def __iter__(self) -> Iterator[PhotoRow]:
        """The photos in the order in which they were added."""
        for slot in range(len(self.columns)):
            yield row_at(self.columns, slot, self.styles, self.threshold)


class PhotoModel(ArrangedPhotos):
    """The photos of a project with the machine's labels and the person's decisions.

    Whatever changes is repainted in place: photos keep their row until the order is refreshed, photos that the filter
    begins to let through are added at the end, and those it no longer lets through stay. Ids that are not known,
    such as of photos removed in the meantime, are ignored everywhere.

    Signals:
        counts_changed: :meth:`counts` would answer differently.
        classes_changed: :attr:`classes` would.
    """

    counts_changed = Signal()
    classes_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._counts: PhotoCounts | None = None

    def reset(self) -> None:
        """Forget all photos; the filter, the order and the classes stay."""
        self.rearranging.emit()
        order = PhotoOrder(PhotoColumns())
        order.photo_filter, order.sort_key = self._order.photo_filter, self._order.sort_key
        self._columns, self._order, self._counts = order.columns, order, None
        self._rearrange(np.empty(0, np.int64))
        self._set_stale(False)
        self.counts_changed.emit()

    def append_photos(self, ids: ArrayLike, paths: Sequence[Path | str], times: ArrayLike | None = None) -> None:
        """Add photos at the end. Some thousands at a time keep the window alive: 100,000 at once take 0.3 s.

        Args:
            ids: int64 (k,); those known already are left out.
            paths: k absolute paths.
            times: float64 (k,), when they were taken in seconds since 1970, NaN where unknown.
        """
        known = len(self._columns)
        added = self._columns.append(ids, paths, np.full(len(paths), np.nan) if times is None else times)
        slots = np.arange(known, known + added)
        self._order.expect(added)
        self._changed(slots, slots[:0])

    def set_times(self, ids: ArrayLike, times: ArrayLike) -> None:
        """Say when photos were taken, in seconds since 1970, float64 (k,)."""
        slots, known = self._columns.slots_of(ids)
        self._columns.times[slots] = np.atleast_1d(np.asarray(times, np.float64))[known]
        self._check_soon()

    def remove_photos(self, ids: ArrayLike) -> None:
        """Take photos out; the order of the others stays."""
        if not len(self._columns.slots_of(ids)[0]):
            return
        self.rearranging.emit()
        kept = self._columns.remove(ids)
        self._counts = None
        self._rearrange(self._order.without(kept))
        self._check_soon()
        self.counts_changed.emit()

    def set_predictions(
        self,
        ids: ArrayLike,
        labels: ArrayLike,
        confidences: ArrayLike,
        strangers: ArrayLike,
        familiarity: ArrayLike,
        seconds: ArrayLike | None = None,
        second_confidences: ArrayLike | None = None,
    ) -> int:
        """Take in what the machine thinks of some photos.

        Args:
            ids: int64 (k,).
            labels: int64 (k,), class ids.
            confidences: float32 (k,), 0..1.
            strangers: bool (k,), whether the photo probably belongs to none of the classes.
            familiarity: float32 (k,), 0..1.
            seconds: int64 (k,), the second-best classes.
            second_confidences: float32 (k,), 0..1, of these.

        Returns:
            How many photos that had a label already show another one now.
        """
        columns = self._columns
        slots, known = columns.slots_of(ids)
        before, had_label = columns.shown(slots), columns.labels[slots] != UNLABELLED
        looked = columns.looks(self._threshold, slots)
        columns.labels[slots] = np.atleast_1d(labels)[known]
        columns.confidences[slots] = np.atleast_1d(confidences)[known]
        columns.strangers[slots] = np.atleast_1d(strangers)[known]
        columns.familiarity[slots] = np.atleast_1d(familiarity)[known]
        columns.seconds[slots] = NONE_OF_THESE if seconds is None else np.atleast_1d(seconds)[known]
        columns.second_confidences[slots] = (
            np.nan if second_confidences is None else np.atleast_1d(second_confidences)[known]
        )
        relabelled = slots[had_label & (columns.shown(slots) != before)]
        columns.mark_changed(relabelled)
        self._changed(slots, slots[(columns.looks(self._threshold, slots) != looked).any(axis=1)])
        return len(relabelled)

    def clear_predictions(self) -> None:
        """Forget what the machine thinks of all photos; decisions and errors stay."""
        columns = self._columns
        columns.labels[:] = UNLABELLED
        columns.confidences[:] = np.nan
        columns.strangers[:] = False
        columns.familiarity[:] = np.nan
        columns.seconds[:] = NONE_OF_THESE
        columns.second_confidences[:] = np.nan
        self._changed(np.arange(len(self._columns)))

    def set_decisions(self, ids: ArrayLike, class_ids: ArrayLike) -> None:
        """Take in what a person decided: class ids, ``NONE_OF_THESE``, or ``UNDECIDED`` to take it back, int64 (k,)."""
        slots, known = self._columns.slots_of(ids)
        decisions = np.atleast_1d(np.asarray(class_ids, np.int64))[known]
        differs = self._columns.decisions[slots] != decisions
        self._columns.decisions[slots] = decisions
        self._changed(slots, slots[differs])

    def set_paths(self, ids: ArrayLike, paths: Sequence[Path]) -> None:
        """Photos are found in other places now."""
        slots, known = self._columns.slots_of(ids)
        self._columns.move(slots, [str(path) for path, is_known in zip(paths, known, strict=True) if is_known])
        self._changed(slots)

    def set_errors(self, ids: ArrayLike, texts: Sequence[str | None]) -> None:
        """Say why photos could not be read: a short clause each, or ``None`` where they can be after all."""
        slots, known = self._columns.slots_of(ids)
        found = [text for text, is_known in zip(texts, known, strict=True) if is_known]
        for photo_id, text in zip(self._columns.ids[slots].tolist(), found, strict=True):
            if text:
                self._columns.errors[photo_id] = text
            else:
                self._columns.errors.pop(photo_id, None)
        self._columns.unreadable[slots] = [bool(text) for text in found]
        self._changed(slots)

    def clear_errors(self) -> None:
        """Forget why photos could not be read, before they are tried again."""
        self._columns.errors.clear()
        self._columns.unreadable[:] = False
        self._changed(np.arange(len(self._columns)))

    def failures(self) -> list[tuple[Path, str]]:
        """The photos that could not be read, with the reason, in the order they were added."""
        slots = np.flatnonzero(self._columns.unreadable)
        ids, files = self._columns.ids[slots].tolist(), self._columns.files[slots].tolist()
        return [(Path(file), self._columns.errors[photo_id]) for photo_id, file in zip(ids, files, strict=True)]

    def set_classes(self, styles: Iterable[ClassStyle]) -> None:
        """Say how the classes look; labels of other classes are not shown."""
        self._styles = {style.id: style for style in styles}
        self._repaint(np.arange(len(self._columns)))
        self.classes_changed.emit()

    def labels_of(self, ids: ArrayLike) -> dict[int, int]:
        """The label that each of these photos shows, by id; those without one, or of a class that is gone, left out."""
        slots, _ = self._columns.slots_of(ids)
        labels = dict(zip(self._columns.ids[slots].tolist(), self._columns.shown(slots).tolist(), strict=True))
        return {one: label for one, label in labels.items() if label == NONE_OF_THESE or label in self._styles}

    def snapshot(self) -> PhotoSnapshot:
        """All photos as they are now, for work in the background."""
        return PhotoSnapshot(self._columns.copy(), dict(self._styles), self._threshold)

    @property
    def classes(self) -> list[ClassStyle]:
        """The looks of the classes, in their order."""
        return list(self._styles.values())

    @property
    def doubt_threshold(self) -> float:
        """The confidence, 0..1, below which a photo needs a look."""
        return self._threshold

    @doubt_threshold.setter
    def doubt_threshold(self, threshold: float) -> None:
        if threshold != self._threshold:
            self._threshold = threshold
            self._changed(np.arange(len(self._columns)))

    def counts(self) -> PhotoCounts:
        """How many photos there are of each kind, whatever the filter shows."""
        if self._counts is None:
            self._counts = count_photos(self._columns, self._threshold)
        return self._counts

    def _changed(self, slots: Ints, repaint: Ints | None = None) -> None:
        """Follow a change of these photos; ``repaint`` are those that look different, by default all of them."""
        self._counts = None
        self._show_newcomers(self._order.newcomers(slots, self._threshold))
        self._repaint(slots if repaint is None else repaint)
        self._check_soon()
        self.counts_changed.emit()

    def _check_soon(self) -> None:
        if not self._check_timer.isActive():
            self._check_timer.start()

    def _show_newcomers(self, slots: Ints) -> None:
        """Add these slots at the end; nothing that is shown moves."""
        if not len(slots):
            return
        first = len(self._order)
        self.beginInsertRows(QModelIndex(), first, first + len(slots) - 1)
        self._order.show_more(slots)
        self.endInsertRows()

    def _repaint(self, slots: Ints) -> None:
        """Say that these photos look different now."""
        runs = runs_of(self._order.rows_of(slots))
        if len(runs) > _MAX_RUNS:
            runs = [range(runs[0].start, runs[-1].stop)]
        for run in runs:
            self.dataChanged.emit(self.index(run[0]), self.index(run[-1]))
