"""What there is to export at a moment, and what an export needs of it; no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from fewshot_gui.ui import wording

NO_MODEL = "Give at least two classes an example photo each; then there is a model to export."
_NO_PHOTOS = "Add a folder of photos first; there is nothing to export yet."
_NO_LABELS = "No photo has a label yet: give at least two classes an example photo each."
_NOT_YET = "No photo has a label yet; wait until the first ones are labelled."


class Needs(Enum):
    """What must be there before something can be exported."""

    PHOTOS = "photos"
    LABELS = "labels"
    MODEL = "model"


@dataclass(frozen=True)
class Exportable:
    """What the window shows at a moment.

    Attributes:
        photos: How many there are.
        labelled: How many show a label, the machine's or a person's.
        decided: On how many a person decided.
        has_model: Whether there is a classifier.
        working: Whether labels are still coming or changing.
    """

    photos: int
    labelled: int
    decided: int
    has_model: bool
    working: bool

    def missing(self, needs: Needs) -> str:
        """Why that cannot be exported, one sentence; empty if it can."""
        if needs is Needs.MODEL:
            return "" if self.has_model else NO_MODEL
        if not self.photos:
            return _NO_PHOTOS
        if needs is Needs.LABELS and not self.labelled:
            return _NOT_YET if self.working else _NO_LABELS
        return ""

    def __str__(self) -> str:
        if not self.photos:
            return "No photos"
        photos = wording.counted(self.photos, "photo")
        decided = f"{wording.count(self.decided)} decided by you" if self.decided else "none decided by you"
        if self.working:
            return (
                f"{photos}, {wording.count(self.labelled)} labelled so far, {decided}. "
                "What is shown when the export begins is exported."
            )
        return f"{photos}, {wording.count(self.labelled)} labelled, {decided}"
