"""What the page that teaches starting points asks for and shows; no Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

FROM_SCRATCH = "pixels28"
"""The encoder that stands for none: grey values of 28 x 28 pixels, from which a Conv-4 learns everything itself."""


@dataclass(frozen=True)
class TeachingWish:
    """What the person wants taught.

    Attributes:
        folders: Each holds a folder per class.
        method: By name.
        encoder: By id; :data:`FROM_SCRATCH` for none.
        ways: Fewest and most classes of a practice task.
        shots: Fewest and most examples per class.
        steps: Updates at most; it ends earlier when nothing improves any more.
        title: How the starting point will be called.
        licence: Under which terms it may be passed on; may be empty.
        augment: Whether photos are changed at random meanwhile.
        adversarial: Whether photos are changed against the method meanwhile.
        trials: How many settings are tried briefly before; 0 for none.
    """

    folders: tuple[Path, ...]
    method: str
    encoder: str
    ways: tuple[int, int]
    shots: tuple[int, int]
    steps: int
    title: str
    licence: str
    augment: bool
    adversarial: bool
    trials: int

    def to_json(self) -> dict[str, Any]:
        """As plain values for a JSON file; read back by :meth:`from_json`."""
        return {**asdict(self), "folders": [str(folder) for folder in self.folders]}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> TeachingWish:
        """What :meth:`to_json` wrote down.

        Raises:
            KeyError, TypeError, ValueError: It is damaged or from another version.
        """
        return cls(
            folders=tuple(Path(str(folder)) for folder in values["folders"]),
            method=str(values["method"]),
            encoder=str(values["encoder"]),
            ways=_pair(values["ways"]),
            shots=_pair(values["shots"]),
            steps=int(values["steps"]),
            title=str(values["title"]),
            licence=str(values["licence"]),
            augment=bool(values["augment"]),
            adversarial=bool(values["adversarial"]),
            trials=int(values["trials"]),
        )


def _pair(values: Any) -> tuple[int, int]:
    low, high = values
    return int(low), int(high)


@dataclass(frozen=True)
class TeachingState:
    """How a training stands.

    Attributes:
        steps: Updates in all, at most.
        course: (step, accuracy 0..1, half-width of its 95 % interval) of every look at unseen classes.
        losses: (step, mean loss since the look before).
        baseline: Accuracy of frozen prototypes on the same practice tasks, or ``None`` while it is not known.
        seconds_left: Estimated, or ``None`` while nothing is known.
    """

    steps: int
    course: tuple[tuple[int, float, float], ...] = ()
    losses: tuple[tuple[int, float], ...] = ()
    baseline: float | None = None
    seconds_left: float | None = None

    @property
    def best(self) -> tuple[int, float, float] | None:
        """The look with the highest accuracy, the first of several."""
        return max(self.course, key=lambda look: look[1], default=None)
