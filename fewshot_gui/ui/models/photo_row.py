"""One photo as the window shows it, and the look of a class; no Qt."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fewshot_gui.core.prediction import NONE_OF_THESE
from fewshot_gui.ui import wording
from fewshot_gui.ui.models.photo_columns import UNDECIDED, UNLABELLED, PhotoColumns

NONE_NAME = "None"
"""What a tile calls the label "none of these"."""

UNFAMILIAR = "unfamiliar"
"""What a tile says in the place of a confidence when the machine takes a photo for none of these."""


@dataclass(frozen=True, slots=True)
class ClassStyle:
    """How a class is shown.

    Attributes:
        id: From 1.
        name: As the person typed it.
        colour_index: For :meth:`fewshot_gui.ui.theme.Theme.chip`.
        key: The digit that labels with it, or ``None`` beyond the ninth class.
    """

    id: int
    name: str
    colour_index: int
    key: int | None = None


@dataclass(frozen=True, slots=True)
class PhotoRow:
    """What is known of one photo at this moment.

    Attributes:
        photo_id: Its id.
        path: The file.
        taken: Seconds since 1970, NaN when unknown.
        label: What is shown: a class id, ``NONE_OF_THESE`` or ``UNLABELLED``.
        style: The look of ``label``; ``None`` for the latter two.
        machine_label: The machine's class, whatever a person decided.
        second_label: The machine's second-best class, or ``NONE_OF_THESE``.
        confidence: Of ``machine_label``, 0..1, NaN while unlabelled; of a stranger never more than its familiarity.
        familiarity: 0..1, NaN while unknown.
        stranger: Whether the machine believes it belongs to none of the classes.
        decision: A person's class, ``NONE_OF_THESE`` or ``UNDECIDED``.
        doubtful: Whether a person should look.
        error: Why it could not be read, or ``None``.
        changed_at: ``time.monotonic()`` when its label became another.
    """

    photo_id: int
    path: Path
    taken: float
    label: int
    style: ClassStyle | None
    machine_label: int
    second_label: int
    confidence: float
    familiarity: float
    stranger: bool
    decision: int
    doubtful: bool
    error: str | None
    changed_at: float

    @property
    def name(self) -> str:
        """The file name."""
        return self.path.name

    @property
    def decided(self) -> bool:
        """Whether a person gave or confirmed the label."""
        return self.decision != UNDECIDED

    @property
    def is_none(self) -> bool:
        """Whether the label shown is "none of these"."""
        return self.label == NONE_OF_THESE

    @property
    def label_text(self) -> str:
        """The name of the label shown; empty while there is none."""
        if self.style is not None:
            return self.style.name
        return NONE_NAME if self.is_none else ""

    @property
    def shown_confidence(self) -> float | None:
        """The machine's confidence in the label shown; ``None`` where it has none in it.

        It is that of a class. "None of these" follows from the familiarity, which is no probability of being right.
        """
        shows_class = self.style is not None and self.label == self.machine_label and not self.stranger
        return self.confidence if shows_class and not math.isnan(self.confidence) else None

    @property
    def unfamiliar(self) -> bool:
        """Whether "none of these" is what the machine says, or a person confirmed."""
        return self.is_none and self.stranger

    @property
    def spoken(self) -> str:
        """All that the tile says, for a screen reader: "IMG_1.jpg, Shorts, 58 %, doubtful"."""
        if self.error is not None:
            return f"{self.name}, can't be read"
        label = "none of these" if self.is_none else self.label_text or "not labelled yet"
        confidence = self.shown_confidence
        parts = [self.name, label]
        if confidence is not None:
            parts.append(wording.percent(confidence))
        if self.unfamiliar:
            parts.append("looks like none of your examples")
        if self.decided:
            parts.append("decided by you")
        elif self.doubtful:
            parts.append("doubtful")
        return ", ".join(parts)


def row_at(columns: PhotoColumns, slot: int, styles: Mapping[int, ClassStyle], threshold: float) -> PhotoRow:
    """The photo in ``slot``; see :class:`~fewshot_gui.ui.models.photo_columns.PhotoColumns`."""
    photo_id = int(columns.ids[slot])
    one = slice(slot, slot + 1)
    label = int(columns.shown(one)[0])
    style = styles.get(label)
    return PhotoRow(
        photo_id=photo_id,
        path=Path(columns.files[slot]),
        taken=float(columns.times[slot]),
        # A class that was deleted a moment ago is not shown any more.
        label=label if style is not None or label == NONE_OF_THESE else UNLABELLED,
        style=style,
        machine_label=int(columns.labels[slot]),
        second_label=int(columns.seconds[slot]),
        confidence=float(columns.certainty(one)[0]),
        familiarity=float(columns.familiarity[slot]),
        stranger=bool(columns.strangers[slot]),
        decision=int(columns.decisions[slot]),
        doubtful=bool(columns.doubtful(threshold, one)[0]),
        error=columns.errors.get(photo_id),
        changed_at=float(columns.changed_at[slot]),
    )
