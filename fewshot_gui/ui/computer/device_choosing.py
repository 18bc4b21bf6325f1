"""Which device labels photos: surveyed at the start, and changed when the person wants another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from fewshot_gui.core.errors import EncoderError
from fewshot_gui.core.progress import Progress
from fewshot_gui.encoders import DeviceSurvey, survey_devices
from fewshot_gui.ui.computer.computer_state import AttemptState, DeviceState
from fewshot_gui.ui.preferences import Preferences
from fewshot_gui.ui.session import LabellingSession
from fewshot_gui.ui.tasks import Lane, TaskProgress, TaskRunner, TaskSlot
from fewshot_gui.ui.widgets.choice_box import Choice
from fewshot_gui.workflows.device_trial import DeviceTrial
from fewshot_gui.workflows.embedding_source import WantedDevice

_OFFERED: Final[dict[WantedDevice, Choice]] = {
    "auto": Choice("auto", "Automatic", "The fastest that passes its trial. Right for most people."),
    "cpu": Choice("cpu", "Processor", "Leaves the graphics card to other programs."),
    "cuda": Choice("cuda", "Graphics card", "An NVIDIA card and nothing else: when it fails, nothing is labelled."),
}
CHOICES: Final = tuple(_OFFERED.values())


@dataclass(frozen=True)
class _Found:
    """What the survey found when a device was wanted; ``problem`` says why it cannot be had, or is empty."""

    wanted: WantedDevice
    survey: DeviceSurvey
    problem: str


class DeviceChoosing(QObject):
    """Surveys in the background, since trying a graphics card takes seconds; a device that fails is not taken.

    Signals:
        found: what labels photos, in a few words, and why.
        changed: the :class:`DeviceState`.
        chosen: another device labels photos from now on.
        refused: why the device that was asked for cannot be had.

    Attributes:
        state: What was found last; ``None`` until then.
    """

    found = Signal(str, str)
    changed = Signal(object)
    chosen = Signal()
    refused = Signal(str)

    def __init__(
        self, session: LabellingSession, runner: TaskRunner, preferences: Preferences, parent: QObject
    ) -> None:
        super().__init__(parent)
        self.state: DeviceState | None = None
        self._session = session
        self._runner = runner
        self._preferences = preferences
        self._slot = TaskSlot(self)
        self._survey(preferences.device)

    @property
    def choice(self) -> WantedDevice:
        """What the person wants."""
        return self._preferences.device

    @Slot(str)
    def choose(self, device: str) -> None:
        """Try this device, and take it if it passes."""
        self._survey(next(wanted for wanted in _OFFERED if wanted == device))

    @Slot(object)
    def take_trial(self, trial: DeviceTrial) -> None:
        """The devices were tried again while this computer was measured."""
        self._show(DeviceSurvey(trial.device, trial.attempts), problem="")

    def _survey(self, wanted: WantedDevice) -> None:
        def work(progress: TaskProgress) -> _Found:
            return _find(wanted, progress)

        task = self._slot.put(self._runner.start("Trying the device", work, lane=Lane.ANSWERS, quiet=True))
        task.succeeded.connect(self._take)
        task.failed.connect(self.refused)
        task.finished.connect(self._finish)

    @Slot(object)
    def _take(self, found: _Found) -> None:
        if found.problem:
            self.refused.emit(found.problem)
        elif found.wanted != self._preferences.device:
            self._preferences.device = found.wanted
            self._session.use_device(found.wanted)
            self.chosen.emit()
        kept = found.wanted == self._preferences.device  # a device that was refused is not what is in use
        if kept or self.state is None:
            self._show(found.survey, found.problem)

    def _show(self, survey: DeviceSurvey, problem: str) -> None:
        choice = survey.choice
        attempts = tuple(AttemptState(one.title, one.reason, one.used, one.usable) for one in survey.attempts)
        if problem:
            title, why = "Graphics card", "cannot be used"
            self.state = DeviceState(title, problem, attempts)
        else:
            title, why = choice.title, choice.reason.partition(": ")[2].rstrip(".")
            self.state = DeviceState(title, choice.reason, attempts)
        self.found.emit(f"{title} · {why}" if why else title, self.state.reason)
        self.changed.emit(self.state)

    @Slot()
    def _finish(self) -> None:
        self._slot.clear()


def _find(wanted: WantedDevice, progress: Progress) -> _Found:
    try:
        return _Found(wanted, survey_devices(wanted, progress), "")
    except EncoderError as error:
        return _Found(wanted, survey_devices("auto", progress), str(error))
