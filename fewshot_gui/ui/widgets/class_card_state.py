"""What the left column shows: one frozen record per class."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ExampleState:
    """One example photo."""

    id: int
    path: Path


@dataclass(frozen=True)
class ExpectedState:
    """How often a class is expected to be labelled right, with its interval; shares 0..1, low <= value <= high."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class ClassCardState:
    """One class.

    Attributes:
        id: The class.
        name: As the person wrote it.
        colour_index: For :meth:`fewshot_gui.ui.theme.Theme.class_colour`.
        key: The key that labels a photo with it, or ``None`` from the tenth class on.
        examples: Its example photos in their order.
        decided: How many photos of the folder a person has put into it.
        expected: ``None`` while there are too few examples to say.
        carried: How many examples without photos it has, from a model that the project started from.
    """

    id: int
    name: str
    colour_index: int
    key: str | None
    examples: tuple[ExampleState, ...]
    decided: int
    expected: ExpectedState | None
    carried: int = 0

    @property
    def learned_from(self) -> int:
        """How many examples it has, with photos and without."""
        return len(self.examples) + self.carried
