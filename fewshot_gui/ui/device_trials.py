"""Trying this computer: one trial at a time, which gives way to real work."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from fewshot_gui.ui.preferences import Preferences
from fewshot_gui.ui.session import LabellingSession
from fewshot_gui.ui.tasks import Lane, TaskProgress, TaskRunner, TaskSlot
from fewshot_gui.workflows.device_trial import DeviceTrial, try_device

_BUSY = "This computer is at work on your photos and is not tried now."


class DeviceTrials(QObject):
    """Runs in the encoder's lane, and stops as soon as photos wait there.

    Signals:
        noted: what the trial does now, in a few words.
        tried: the :class:`DeviceTrial`.
        failed: a sentence.
        stopped: why it was stopped, a sentence, or empty if the person did.

    Attributes:
        last: What was found last on the device that is wanted now.
    """

    noted = Signal(str)
    tried = Signal(object)
    failed = Signal(str)
    stopped = Signal(str)

    def __init__(
        self, session: LabellingSession, runner: TaskRunner, preferences: Preferences, parent: QObject
    ) -> None:
        super().__init__(parent)
        self.last: DeviceTrial | None = None
        self._session = session
        self._runner = runner
        self._preferences = preferences
        self._slot = TaskSlot(self)
        for working in (session.opened, session.photos_added, session.resumed):
            working.connect(self._give_way)

    @property
    def running(self) -> bool:
        """Whether the computer is being tried."""
        return self._slot.taken

    @property
    def obstacle(self) -> str:
        """Why it cannot be tried now, a sentence: work would be measured with it, and have to wait; or empty."""
        return _BUSY if self._session.busy else ""

    def start(self) -> None:
        """Try the device that is wanted, unless that is being done."""
        if self.running:
            return
        wanted = self._preferences.device

        def work(progress: TaskProgress) -> DeviceTrial:
            return try_device(progress, wanted)

        task = self._slot.put(self._runner.start("Trying this computer", work, lane=Lane.ENGINE, quiet=True))
        task.progressed.connect(self._note)
        task.succeeded.connect(self._take)
        task.failed.connect(self._fail)

    def forget(self) -> None:
        """Another device is wanted: what was found, or is just being found, is of no use."""
        self.last = None
        self.stop()

    @Slot()
    def stop(self) -> None:
        """Stop trying; the person wants it."""
        self._stop("")

    @Slot()
    def _give_way(self) -> None:
        self._stop(_BUSY)

    def _stop(self, why: str) -> None:
        if self.running:
            self._slot.drop()
            self.stopped.emit(why)

    @Slot(int, object, str)
    def _note(self, _done: int, _total: int | None, note: str) -> None:
        self.noted.emit(note)

    @Slot(object)
    def _take(self, trial: DeviceTrial) -> None:
        self._slot.clear()
        self.last = trial
        self.tried.emit(trial)

    @Slot(str)
    def _fail(self, sentence: str) -> None:
        self._slot.clear()
        self.failed.emit(sentence)
