"""What the page that compares methods asks for and shows; no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class EvaluationWish:
    """What the person wants compared.

    Attributes:
        folders: Each holds a folder per class.
        methods: By name.
        encoder: By id.
        shots: Examples per class, each of which is tried.
        ways: Classes of a practice task, at most.
        tasks: How many practice tasks are drawn for each number of examples.
        uneven: Whether the photos to label are spread unevenly over the classes, as in real folders.
        strangers: The share of them that belong to none of the classes, 0..1.
    """

    folders: tuple[Path, ...]
    methods: tuple[str, ...]
    encoder: str
    shots: tuple[int, ...]
    ways: int
    tasks: int
    uneven: bool
    strangers: float


@dataclass(frozen=True)
class ScoreState:
    """One line of the result: a method with a number of examples per class.

    Attributes:
        method: What people call it.
        shots: Examples per class.
        tasks: Practice tasks so far.
        accuracy: Mean over them, 0..1.
        half_width: Of its 95 % interval.
        gain: Mean difference to the reference on the same tasks, -1..1; ``None`` for the reference itself.
        gain_half_width: Of the difference's 95 % interval.
        seconds: Per adaptation, mean.
        is_reference: Whether the others are compared with it.
    """

    method: str
    shots: int
    tasks: int
    accuracy: float
    half_width: float
    gain: float | None
    gain_half_width: float
    seconds: float
    is_reference: bool = False

    @property
    def verdict(self) -> str:
        """What the difference to the reference comes to: "better", "worse", "as good" or, for itself, nothing."""
        if self.gain is None:
            return ""
        if abs(self.gain) <= self.gain_half_width:
            return "as good"
        return "better" if self.gain > 0 else "worse"
