"""Labels photos as their embeddings come in, in the background."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, Slot

from fewshot_gui.confidence import Adapted
from fewshot_gui.core.prediction import Predictions, Ranked
from fewshot_gui.ui.tasks import Lane, TaskProgress, TaskRunner, TaskSlot
from fewshot_gui.workflows.photo_embeddings import PhotoEmbeddings

_AT_ONCE = 1024
"""Photos per answer: few enough that showing them takes no time worth noticing."""

_SHOWN_AT_ONCE = 16_384
"""Photos per batch where there are many: 3 ms of the GUI thread, so that keys and painting get their turn between."""


@dataclass(frozen=True, eq=False)
class LabelBatch:
    """What the machine thinks of some photos, ready to be shown.

    Attributes:
        photo_ids: int64 (n,).
        ranked: Their two most probable classes.
        familiarity: float32 (n,) in 0..1.
        stranger: bool (n,), whether a photo probably belongs to none of the classes.
    """

    photo_ids: NDArray[np.int64]
    ranked: Ranked
    familiarity: NDArray[np.float32]
    stranger: NDArray[np.bool_]


def label_batches(photo_ids: NDArray[np.int64], predictions: Predictions) -> Iterator[LabelBatch]:
    """Predictions of photos, int64 (n,), in batches that can be shown at once.

    Every photo is in one, also where nothing of it looks different afterwards: tables are written, and photos sorted,
    with confidences to the last digit. What has to be painted again the model of the photos finds out.
    """
    ranked = predictions.ranked()
    for start in range(0, len(photo_ids), _SHOWN_AT_ONCE):
        rows = slice(start, start + _SHOWN_AT_ONCE)
        yield LabelBatch(photo_ids[rows], ranked.part(rows), predictions.familiarity[rows], predictions.stranger[rows])


class Labeller(QObject):
    """Labels what the classifier in use has not seen yet.

    Embeddings are only ever appended, so one number, how many rows have labels, says what is left to do.

    Signals:
        labelled: a :class:`LabelBatch`.
        failed: a sentence.
        idle: everything that is embedded has labels.
    """

    labelled = Signal(object)
    failed = Signal(str)
    idle = Signal()

    def __init__(self, runner: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._slot = TaskSlot(self)
        self._adapted: Adapted | None = None
        self._embeddings: PhotoEmbeddings | None = None
        self._reached = 0

    @property
    def busy(self) -> bool:
        """Whether labels are still to come."""
        return self._slot.taken

    def use(self, adapted: Adapted, embeddings: PhotoEmbeddings, labelled: int) -> None:
        """Label with another classifier, which has labelled the first rows of ``embeddings`` already."""
        self._slot.drop()
        self._adapted, self._embeddings, self._reached = adapted, embeddings, labelled
        self.go_on()

    def stop(self) -> None:
        """There is no classifier any more."""
        self._slot.drop()
        self._adapted = self._embeddings = None

    @Slot()
    def go_on(self) -> None:
        """Label the photos that have been embedded since."""
        adapted, embeddings = self._adapted, self._embeddings
        if self._slot.taken or adapted is None or embeddings is None or self._reached == len(embeddings):
            return
        rows = slice(self._reached, min(len(embeddings), self._reached + _AT_ONCE))
        photo_ids, matrix = embeddings.ids[rows], embeddings.matrix[rows]
        self._reached = rows.stop

        def work(progress: TaskProgress) -> None:
            for batch in label_batches(photo_ids, adapted.predict(matrix)):
                progress.partial(batch)

        task = self._slot.put(self._runner.start("Labelling new photos", work, lane=Lane.LABELS, quiet=True))
        task.partial.connect(self.labelled)
        task.failed.connect(self.failed)
        task.finished.connect(self._finished)

    @Slot()
    def _finished(self) -> None:
        self._slot.clear()
        self.go_on()
        if not self._slot.taken:
            self.idle.emit()
