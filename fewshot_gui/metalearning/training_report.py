"""What a person hears of a running training, and what it comes to."""

from __future__ import annotations

import time
from dataclasses import dataclass

from fewshot_gui.metalearning.early_stopping import Best


@dataclass(frozen=True)
class TrainingReport:
    """How a training stands after a validation.

    Attributes:
        step: Steps done; the first report is of step 0, before anything was learned.
        steps: Steps in all, unless it ends early.
        loss: Mean over the steps since the report before; ``None`` at step 0.
        accuracy: Mean over the validation episodes, 0..1.
        half_width: Of its 95 % interval.
        frozen: The same mean for the frozen prototypes, which is what training has to be better than.
        seconds_per_step: Measured, validations not counted.
        seconds_left: Estimated, validations counted; pauses are not.
    """

    step: int
    steps: int
    loss: float | None
    accuracy: float
    half_width: float
    frozen: float
    seconds_per_step: float
    seconds_left: float


@dataclass(frozen=True, eq=False)
class TrainingResult:
    """What an outer loop came to.

    Attributes:
        steps: Updates made.
        best: The parameters that the method holds now.
        reports: Of every validation, also of those before a pause.
        seconds: Of this run, pauses counted.
    """

    steps: int
    best: Best
    reports: tuple[TrainingReport, ...]
    seconds: float


class Pace:
    """How long steps and validations of this run take."""

    def __init__(self) -> None:
        self._seconds = {True: 0.0, False: 0.0}
        self._times = {True: 0, False: 0}
        self._started = 0.0

    def start(self) -> None:
        """A step or a validation begins."""
        self._started = time.monotonic()

    def stop(self, *, step: bool) -> None:
        """It ended; ``step`` says which it was."""
        self._seconds[step] += time.monotonic() - self._started
        self._times[step] += 1

    @property
    def seconds_per_step(self) -> float:
        """The mean, 0 before the first."""
        return self._seconds[True] / max(self._times[True], 1)

    def seconds_left(self, steps: int, validations: int) -> float:
        """What so many steps and validations will take."""
        per_validation = self._seconds[False] / max(self._times[False], 1)
        return steps * self.seconds_per_step + validations * per_validation
