"""Keeps the photos of the open project embedded, in the background."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, Slot

from fewshot_gui.project.photo_edits import file_size
from fewshot_gui.ui.tasks import TaskProgress, TaskRunner, TaskSlot
from fewshot_gui.workflows.embedding import EmbeddedPhoto, embed_photos
from fewshot_gui.workflows.embedding_source import EmbeddingSource

_AT_ONCE = 64
"""Photos handed over at once: taking them in is 1 ms of the window's time, and some more while other threads work."""


@dataclass(frozen=True, eq=False)
class EmbeddedBatch:
    """Photos as they come from the encoder.

    Attributes:
        photo_ids: Their ids in the project.
        photos: What the encoder says of each.
        sizes: Of the files in bytes, ``None`` where one is gone; looked up by the worker, since a folder may be slow.
        embeddings: float16 (m, d), of those that have one, in order; made by the worker too.
    """

    photo_ids: tuple[int, ...]
    photos: tuple[EmbeddedPhoto, ...]
    sizes: tuple[int | None, ...]
    embeddings: NDArray[np.float16]

    @classmethod
    def of(cls, photo_ids: tuple[int, ...], photos: Sequence[EmbeddedPhoto]) -> EmbeddedBatch:
        """What came of these photos; looks at their files."""
        rows = [photo.embedding for photo in photos if photo.embedding is not None]
        embeddings = np.stack(rows).astype(np.float16) if rows else np.empty((0, 0), np.float16)
        return cls(photo_ids, tuple(photos), tuple(file_size(photo.path) for photo in photos), embeddings)


class PhotoEmbedder(QObject):
    """Embeds photos in the engine lane, one task at a time; what is asked for meanwhile waits.

    Signals:
        embedded: an :class:`EmbeddedBatch`, readable and unreadable photos alike.
        failed: a sentence; the photos that are left wait for :meth:`resume`.
        idle: every photo asked for has come, or the person cancelled.
    """

    embedded = Signal(object)
    failed = Signal(str)
    idle = Signal()

    def __init__(self, runner: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._source: EmbeddingSource | None = None
        self._waiting: dict[int, str] = {}
        self._again: dict[int, str] = {}
        self._slot = TaskSlot(self)
        self._held = False

    @property
    def running(self) -> bool:
        """Whether photos are being embedded."""
        return self._slot.taken

    @property
    def unfinished(self) -> int:
        """How many photos still wait, for instance after a cancel."""
        return len(self._waiting)

    def use(self, source: EmbeddingSource | None) -> None:
        """Forget all photos and work for another project or encoder; ``None`` stops."""
        self._slot.drop()
        self._waiting.clear()
        self._again.clear()
        self._source = source
        self._held = False

    def add(self, photos: Sequence[tuple[int, str]]) -> None:
        """Embed these photos, given as (id, absolute path), after those that wait already."""
        self._waiting.update(photos)
        self._start()

    def add_again(self, photos: Sequence[tuple[int, str]]) -> None:
        """Embed photos whose files are others now, after those that are just being embedded: it may be one of them."""
        self._again.update(photos)
        self._start()

    def discard(self, photo_ids: Sequence[int]) -> None:
        """Photos that left the project need not be embedded."""
        for photo_id in photo_ids:
            self._waiting.pop(photo_id, None)
            self._again.pop(photo_id, None)

    def resume(self) -> None:
        """Go on with the photos that are left after a cancel or a failure."""
        self._held = False
        self._start()

    def restart(self) -> None:
        """Begin anew with the photos that are left, so that a change of the device takes effect; not while paused."""
        if self._slot.taken and not self._slot.paused:
            self._slot.drop()
            self._start()

    def _start(self) -> None:
        if self._slot.taken or self._held or self._source is None:
            return
        self._waiting |= self._again
        self._again.clear()
        if not self._waiting:
            return
        source, photos = self._source, tuple(self._waiting.items())

        def work(progress: TaskProgress) -> None:
            done = 0
            for batch in embed_photos((Path(file) for _, file in photos), source, progress):
                for start in range(0, len(batch), _AT_ONCE):
                    some = batch[start : start + _AT_ONCE]
                    progress.partial(EmbeddedBatch.of(tuple(photos[photo.index][0] for photo in some), some))
                done += len(batch)
                progress.report(done, len(photos), *source.notices[-1:])

        task = self._slot.put(self._runner.start("Labelling", work))
        task.partial.connect(self._take)
        task.failed.connect(self._hold)
        task.failed.connect(self.failed)
        task.cancelled.connect(self._hold)
        task.finished.connect(self._finished)

    @Slot(object)
    def _take(self, batch: EmbeddedBatch) -> None:
        for photo_id in batch.photo_ids:
            self._waiting.pop(photo_id, None)
        self.embedded.emit(batch)

    @Slot()
    def _hold(self) -> None:
        self._held = True

    @Slot()
    def _finished(self) -> None:
        self._slot.clear()
        self._start()
        if not self._slot.taken:
            self.idle.emit()
