"""Looking how much is kept of photos, and clearing it after asking."""

from __future__ import annotations

from PySide6.QtCore import QObject, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMessageBox, QWidget

from fewshot_gui.encoders import EmbeddingCache
from fewshot_gui.ui import wording
from fewshot_gui.ui.tasks import Lane, TaskProgress, TaskRunner, TaskSlot
from fewshot_gui.workflows.kept_photos import KeptPhotos, forget_photos, kept_photos


class KeptFlow(QObject):
    """Works in the background: the file may be large, and another program may be writing to it.

    Signals:
        changed: the :class:`KeptPhotos`.
        begun: it is being cleared.
        failed: a sentence.
        told: a sentence on what was cleared.

    Attributes:
        last: What was found last; ``None`` until then.
    """

    changed = Signal(object)
    begun = Signal()
    failed = Signal(str)
    told = Signal(str)

    def __init__(self, cache: EmbeddingCache, runner: TaskRunner, window: QWidget) -> None:
        super().__init__(window)
        self.last: KeptPhotos | None = None
        self._cache = cache
        self._runner = runner
        self._window = window
        self._reading, self._clearing = TaskSlot(self), TaskSlot(self)

    @Slot()
    def look(self) -> None:
        """Look how much there is now: other windows add to it."""
        if self._clearing.taken:
            self.begun.emit()
            return

        def work(_progress: TaskProgress) -> KeptPhotos:
            return kept_photos(self._cache)

        task = self._reading.put(
            self._runner.start("Looking what is kept of photos", work, lane=Lane.ANSWERS, quiet=True)
        )
        task.succeeded.connect(self._take)
        task.failed.connect(self.failed)
        task.finished.connect(self._finish_reading)

    @Slot()
    def ask_and_clear(self) -> None:
        """Say what it means and clear it if the person agrees."""
        if self._clearing.taken or self.last is None or not self._agrees(self.last):
            return

        def work(_progress: TaskProgress) -> KeptPhotos:
            return forget_photos(self._cache)

        self._reading.drop()
        task = self._clearing.put(self._runner.start("Clearing what is kept of photos", work, lane=Lane.ANSWERS))
        task.succeeded.connect(self._tell)
        task.failed.connect(self._fail)
        task.finished.connect(self._finish_clearing)
        self.begun.emit()

    @Slot()
    def open_folder(self) -> None:
        """Show the folder in the system's file manager."""
        if self.last is not None and self.last.folder is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.last.folder)))

    def _agrees(self, kept: KeptPhotos) -> bool:
        text = (
            f"{wording.file_size(kept.kept_bytes)} will be free. Photos are read again when they are labelled next, "
            "which takes as long as the first time.\n\n"
            "No class, example or decision is lost, and your photos stay as they are."
        )
        box = QMessageBox(
            QMessageBox.Icon.Question,
            "Clear what is kept of photos?",
            text,
            QMessageBox.StandardButton.Cancel,
            self._window,
        )
        clear = box.addButton("Clear", QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(QMessageBox.StandardButton.Cancel)
        box.exec()
        return box.clickedButton() is clear

    @Slot(object)
    def _take(self, kept: KeptPhotos) -> None:
        self.last = kept
        self.changed.emit(kept)

    @Slot(object)
    def _tell(self, left: KeptPhotos) -> None:
        self._take(left)
        self.told.emit("What was kept of photos is cleared; they are read again when they are labelled next.")

    @Slot(str)
    def _fail(self, sentence: str) -> None:
        if self.last is not None:
            self.changed.emit(self.last)
        self.failed.emit(sentence)

    @Slot()
    def _finish_reading(self) -> None:
        self._reading.clear()

    @Slot()
    def _finish_clearing(self) -> None:
        self._clearing.clear()
