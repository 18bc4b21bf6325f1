"""The photos as rows: which are shown and in what order; the reading half of the photo model.

The order never changes by itself while a person looks at it. When labels or decisions make it outdated it is called
*stale*, and :meth:`ArrangedPhotos.refresh_order` puts it right when the person asks for it.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal, Slot

from fewshot_gui.ui import wording
from fewshot_gui.ui.models.photo_columns import Ints, PhotoColumns
from fewshot_gui.ui.models.photo_filter import PhotoFilter, SortKey
from fewshot_gui.ui.models.photo_order import PhotoOrder
from fewshot_gui.ui.models.photo_row import ClassStyle, PhotoRow, row_at

PHOTO_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 1
"""The :class:`~fewshot_gui.ui.models.photo_row.PhotoRow` of an index."""

DOUBT_THRESHOLD: Final = 0.7
"""Below this confidence a photo needs a look, unless the person sets another threshold."""

_CHECK_AFTER_MS = 200
"""Labels come in many times a second; whether the order is stale is worked out at most this often."""

_NO_PARENT = QModelIndex()


class ArrangedPhotos(QAbstractListModel):
    """Rows over :class:`~fewshot_gui.ui.models.photo_columns.PhotoColumns`.

    A new arrangement is announced by ``rearranging``, a model reset and ``rearranged``: a view that wants to keep its
    selection and place remembers the photo ids at the first and restores them at the last. Qt's own way for this,
    persistent indexes, takes seconds once 100,000 rows are selected.

    Signals:
        rearranging: the rows are about to get another order.
        rearranged: they have it.
        criteria_changed: after ``rearranged``: there is another filter or sort key.
        order_stale_changed: whether a refresh would change the order.
    """

    rearranging = Signal()
    rearranged = Signal()
    criteria_changed = Signal()
    order_stale_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._columns = PhotoColumns()
        self._styles: dict[int, ClassStyle] = {}
        self._threshold = DOUBT_THRESHOLD
        self._order = PhotoOrder(self._columns)
        self._stale = False
        self._check_timer = QTimer(self, singleShot=True, interval=_CHECK_AFTER_MS)
        self._check_timer.timeout.connect(self._check_order)

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _NO_PARENT) -> int:
        """How many photos are shown."""
        return 0 if parent.isValid() else len(self._order)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The file name, what a screen reader says, or under :data:`PHOTO_ROLE` everything."""
        if not index.isValid() or index.row() >= len(self._order):
            return None
        photo = self.photo_at(index.row())
        if role == PHOTO_ROLE:
            return photo
        if role == Qt.ItemDataRole.DisplayRole:
            return photo.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return photo.spoken
        if role == Qt.ItemDataRole.ToolTipRole:
            return wording.tooltip(photo.spoken if photo.error is None else f"{photo.name}: {photo.error}")
        return None

    def flags(self, index: QModelIndex | QPersistentModelIndex) -> Qt.ItemFlag:
        """Photos can be selected and dragged out."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled

    @property
    def photo_count(self) -> int:
        """How many photos there are, shown or not."""
        return len(self._columns)

    @property
    def photo_filter(self) -> PhotoFilter:
        """Which photos are shown."""
        return self._order.photo_filter

    @property
    def sort_key(self) -> SortKey:
        """The order they are in after a refresh."""
        return self._order.sort_key

    @property
    def order_stale(self) -> bool:
        """Whether a refresh would change what is shown or its order, worked out now."""
        self._check_order()
        return self._stale

    def set_filter(self, photo_filter: PhotoFilter) -> None:
        """Show other photos."""
        self._order.photo_filter = photo_filter
        self.refresh_order()
        self.criteria_changed.emit()

    def set_sort(self, sort_key: SortKey) -> None:
        """Show the photos in another order."""
        self._order.sort_key = SortKey(sort_key)
        self.refresh_order()
        self.criteria_changed.emit()

    def refresh_order(self) -> None:
        """Bring what is shown and its order up to date."""
        self.rearranging.emit()
        self._rearrange(self._order.fresh(self._threshold))
        self._check_timer.stop()
        self._set_stale(False)

    def photo_at(self, row: int) -> PhotoRow:
        """The photo in a row."""
        return row_at(self._columns, int(self._order.slots[row]), self._styles, self._threshold)

    def photo(self, photo_id: int) -> PhotoRow | None:
        """A photo by its id, shown or not; ``None`` if there is none."""
        slots, _ = self._columns.slots_of(photo_id)
        return row_at(self._columns, int(slots[0]), self._styles, self._threshold) if len(slots) else None

    def row_of(self, photo_id: int) -> int | None:
        """The row of a photo, or ``None`` while it is not shown."""
        rows = self.rows_of([photo_id])
        return int(rows[0]) if len(rows) else None

    def rows_of(self, photo_ids: ArrayLike) -> Ints:
        """The rows of those photos that are shown, int64, in no particular order."""
        slots, _ = self._columns.slots_of(photo_ids)
        return self._order.rows_of(slots)

    def ids_of(self, rows: Ints | slice) -> list[int]:
        """The photo ids of rows."""
        ids: list[int] = self._columns.ids[self._order.slots[rows]].tolist()
        return ids

    def files_of(self, rows: Ints | slice) -> list[str]:
        """The absolute paths of rows, as text."""
        files: list[str] = self._columns.files[self._order.slots[rows]].tolist()
        return files

    @Slot()
    def _check_order(self) -> None:
        self._check_timer.stop()
        self._set_stale(not self._order.is_fresh(self._threshold))

    def _set_stale(self, stale: bool) -> None:
        if stale != self._stale:
            self._stale = stale
            self.order_stale_changed.emit(stale)

    def _rearrange(self, slots: Ints) -> None:
        """Show these slots from now on."""
        self.beginResetModel()
        self._order.show(slots)
        self.endResetModel()
        self.rearranged.emit()


def runs_of(rows: Ints) -> list[range]:
    """The runs of consecutive numbers among distinct int64 (n,), in ascending order."""
    if not len(rows):
        return []
    ascending = np.sort(rows)
    breaks = np.flatnonzero(np.diff(ascending) > 1)
    firsts = ascending[np.concatenate([[0], breaks + 1])].tolist()
    lasts = ascending[np.concatenate([breaks, [-1]])].tolist()
    return [range(first, last + 1) for first, last in zip(firsts, lasts, strict=True)]
