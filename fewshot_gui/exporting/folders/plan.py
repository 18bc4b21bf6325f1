"""What sorting is going to do: made first and shown, so that nothing is copied that nobody wanted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from fewshot_gui.exporting.folders.pattern import DEFAULT_PATTERN
from fewshot_gui.exporting.labels import LabelledPhoto, LabelSet
from fewshot_gui.exporting.tables.written import counted

UNSURE = "Unsure"
"""The folder of photos whose label is less certain than was asked for."""


class Step(StrEnum):
    """What is to be done with one photo."""

    COPY = "copy"
    LINK = "hard link"
    RENEW = "renew metadata"
    """A copy of an earlier run is there; only the label inside it has changed."""
    IN_PLACE = "in place"
    """A copy of an earlier run is there and complete."""
    LEAVE_OUT = "left out"


@dataclass(frozen=True)
class SortingOptions:
    """How photos are sorted.

    Attributes:
        pattern: Where copies go, see :mod:`fewshot_gui.exporting.folders.pattern`.
        minimum_confidence: Photos whose label is less certain, 0..1, go to :data:`UNSURE`, unless a person decided.
        strangers: Whether photos that belong to none of the classes are copied, to a folder of their own.
        hard_links: Link instead of copying: no space is needed, but a program that changes a linked photo changes the
            original. Where links can't be made, photos are copied.
        metadata: Put the label into the copies, as keywords. Not with hard links.
        above: The levels of keywords above the class names.
    """

    pattern: str = DEFAULT_PATTERN
    minimum_confidence: float = 0.0
    strangers: bool = True
    hard_links: bool = False
    metadata: bool = False
    above: tuple[str, ...] = ()


@dataclass(frozen=True)
class PlannedCopy:
    """What is to become of one photo.

    Attributes:
        photo: The photo.
        step: What is to be done.
        target: Where its copy goes or is; ``None`` if it is left out.
        reason: Why it is left out, as a short clause, or empty.
        bytes: The size of the original; 0 if it is left out.
    """

    photo: LabelledPhoto
    step: Step
    target: Path | None = None
    reason: str = ""
    bytes: int = 0


@dataclass(frozen=True)
class SortingPlan:
    """What is to become of all photos. Nothing has been written yet.

    Attributes:
        labels: The photos.
        target: The folder in which the folders of the classes are.
        options: As they were asked for.
        copies: One for each photo.
        free_bytes: The space on the disk of the target.
        outdated: Copies of earlier runs whose photo now belongs elsewhere; they are left where they are.
        notes: What the person should know, in sentences.
    """

    labels: LabelSet
    target: Path
    options: SortingOptions
    copies: tuple[PlannedCopy, ...]
    free_bytes: int
    outdated: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def needed_bytes(self) -> int:
        """The space that the copies are going to take."""
        return sum(copy.bytes for copy in self.copies if copy.step is Step.COPY)

    @property
    def fits(self) -> bool:
        """Whether there is space enough."""
        return self.needed_bytes <= self.free_bytes

    def count(self, step: Step) -> int:
        """The number of photos with which that is to be done."""
        return sum(copy.step is step for copy in self.copies)

    def __str__(self) -> str:
        counts = Counter(copy.step for copy in self.copies)
        made = "linked" if self.options.hard_links else "copied"
        photos = counted(counts[Step.COPY] + counts[Step.LINK], "photo", "photos")
        parts = [f"{photos} to be {made} to “{self.target}”"]
        parts += [f"{counts[Step.RENEW]:,} to get a new label inside"] if counts[Step.RENEW] else []
        parts += [f"{counts[Step.IN_PLACE]:,} there already"] if counts[Step.IN_PLACE] else []
        parts += [f"{counts[Step.LEAVE_OUT]:,} left out"] if counts[Step.LEAVE_OUT] else []
        return "; ".join(parts) + "."
