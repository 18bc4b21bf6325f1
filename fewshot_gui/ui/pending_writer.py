"""Writes into the project file, in the background, what the program found out about the photos."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from fewshot_gui.project.project import Project
from fewshot_gui.ui.tasks import Lane, TaskProgress, TaskRunner, TaskSlot


class PendingWriter(QObject):
    """Writes as long as something is pending, one transaction after the other.

    Signals:
        failed: a sentence; it is tried again when more has been found out.
    """

    failed = Signal(str)

    def __init__(self, runner: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._slot = TaskSlot(self)
        self._asked: Project | None = None

    def write(self, project: Project) -> None:
        """Write what is pending in ``project``."""
        if not project.pending:
            return
        if self._slot.taken:
            self._asked = project
            return

        def work(progress: TaskProgress) -> None:
            while project.pending:
                progress.check()
                project.write_pending()

        task = self._slot.put(self._runner.start("Saving", work, lane=Lane.SAVING, quiet=True))
        task.failed.connect(self.failed)
        task.finished.connect(self._finished)

    def stop(self) -> None:
        """Begin nothing more; whoever closes the project writes the rest."""
        self._slot.drop()
        self._asked = None

    @Slot()
    def _finished(self) -> None:
        self._slot.clear()
        asked, self._asked = self._asked, None
        if asked is not None:
            self.write(asked)
