"""When photos were taken, read from their headers once the person wants them in that order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from fewshot_gui.core.errors import PhotoError
from fewshot_gui.imaging import photo_details
from fewshot_gui.ui.models.photo_filter import SortKey
from fewshot_gui.ui.models.photo_model import PhotoModel
from fewshot_gui.ui.session import LabellingSession
from fewshot_gui.ui.tasks import Lane, TaskProgress, TaskRunner, TaskSlot

_BATCH = 200


@dataclass(frozen=True)
class _Times:
    """Photo ids and when they were taken, in seconds since 1970."""

    ids: list[int]
    seconds: list[float]


class PhotoTimes(QObject):
    """Replaces the time of a file by the time its header gives, which survives copying.

    A header takes about a millisecond, too long to read 100,000 of them unasked, so nothing is read before the photos
    are sorted by time.
    """

    def __init__(
        self, session: LabellingSession, model: PhotoModel, runner: TaskRunner, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._model = model
        self._runner = runner
        self._known: set[int] = set()
        self._slot = TaskSlot(self)
        session.opened.connect(self._forget)
        session.photos_added.connect(self._read)
        model.criteria_changed.connect(self._read)

    @Slot()
    def _forget(self) -> None:
        self._known.clear()
        self._slot.drop()

    @Slot()
    def _read(self) -> None:
        """Read the headers that are still to be read, if the order asks for them."""
        project = self._session.project
        if project is None or self._slot.taken or self._model.sort_key not in {SortKey.NEWEST, SortKey.OLDEST}:
            return
        wanted = [(photo.id, photo.path) for photo in project.photos.values() if photo.id not in self._known]
        if not wanted:
            return

        def work(progress: TaskProgress) -> None:
            _read_times(wanted, progress)

        self._known.update(photo_id for photo_id, _ in wanted)
        task = self._slot.put(self._runner.start("Reading the times", work, lane=Lane.THUMBNAILS))
        task.partial.connect(self._take)
        task.finished.connect(self._finished)

    @Slot(object)
    def _take(self, times: _Times) -> None:
        self._model.set_times(times.ids, times.seconds)

    @Slot()
    def _finished(self) -> None:
        self._slot.clear()
        if not self._session.busy:
            self._model.refresh_order()
        self._read()


def _read_times(photos: Sequence[tuple[int, Path]], progress: TaskProgress) -> None:
    for start in range(0, len(photos), _BATCH):
        times = _Times([], [])
        for photo_id, path in photos[start : start + _BATCH]:
            progress.check()
            try:
                taken = photo_details(path).taken
            except PhotoError:
                continue  # it has an error of its own in the gallery
            if taken is not None:
                times.ids.append(photo_id)
                times.seconds.append(taken.timestamp())
        progress.partial(times)
        progress.report(min(start + _BATCH, len(photos)), len(photos))
