"""Adapts again whenever examples or decisions change."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from fewshot_gui.core.errors import NotEnoughExamplesError
from fewshot_gui.ui.labeller import LabelBatch, label_batches
from fewshot_gui.ui.tasks import Lane, TaskProgress, TaskRunner, TaskSlot
from fewshot_gui.workflows.adapt_snapshot import Snapshot
from fewshot_gui.workflows.adapting import AdaptOutcome, adapt_and_label

_PAUSE_MS = 60
"""Edits closer together than this are answered once: keys held down, a drop of three folders."""


class Readapter(QObject):
    """Turns requests to adapt into tasks; the newest wins, and an older answer is never heard.

    Signals:
        adapted: (AdaptOutcome, photo ids int64 (m,)); the labels of these photos follow.
        labelled: a :class:`~fewshot_gui.ui.labeller.LabelBatch` of some of them.
        failed: a sentence why there is no classifier.
        finished: the newest request was answered in one way or the other.
    """

    adapted = Signal(object, object)
    labelled = Signal(object)
    failed = Signal(str)
    finished = Signal()

    def __init__(self, runner: TaskRunner, take: Callable[[], Snapshot | None], parent: QObject | None = None) -> None:
        """``take`` gives the snapshot at the moment the work starts, or ``None`` when there is nothing to adapt to."""
        super().__init__(parent)
        self._runner = runner
        self._take = take
        self._slot = TaskSlot(self)
        self._cancelled = False
        self._photo_ids = np.empty(0, np.int64)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self._start)

    @property
    def busy(self) -> bool:
        """Whether an answer is still to come."""
        return self._slot.taken or self._timer.isActive()

    @property
    def cancelled(self) -> bool:
        """Whether the person stopped the newest request, so that the classifier in use is out of date."""
        return self._cancelled

    def ask(self) -> None:
        """Adapt soon. What is being computed now is out of date and will not be heard."""
        self._slot.drop()
        self._cancelled = False
        self._timer.start()

    def stop(self) -> None:
        """Forget every request."""
        self._timer.stop()
        self._slot.drop()
        self._cancelled = False

    @Slot()
    def _start(self) -> None:
        snapshot = self._take()
        if snapshot is None:
            self.finished.emit()
            return
        request, source, photo_ids = snapshot.request, snapshot.source, snapshot.photo_ids
        self._photo_ids = photo_ids

        def work(progress: TaskProgress) -> None:
            try:
                outcome = adapt_and_label(request, source, progress)
            except NotEnoughExamplesError as error:
                progress.partial(error)  # how every project begins; no failure
                return
            progress.partial(outcome)
            for batch in label_batches(photo_ids, outcome.predictions):
                progress.partial(batch)

        task = self._slot.put(self._runner.start("Adapting", work, lane=Lane.ADAPTING))
        task.partial.connect(self._answer)
        task.failed.connect(self.failed)
        task.cancelled.connect(self._stopped)
        task.finished.connect(self._finished)

    @Slot(object)
    def _answer(self, answer: AdaptOutcome | LabelBatch | NotEnoughExamplesError) -> None:
        if isinstance(answer, NotEnoughExamplesError):
            self.failed.emit(str(answer))
        elif isinstance(answer, LabelBatch):
            self.labelled.emit(answer)
        else:
            self.adapted.emit(answer, self._photo_ids)

    @Slot()
    def _stopped(self) -> None:
        self._cancelled = True

    @Slot()
    def _finished(self) -> None:
        self._slot.clear()
        self.finished.emit()
