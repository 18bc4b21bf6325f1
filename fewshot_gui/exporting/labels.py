"""What is known of a set of labelled photos: what every table, folder and sidecar is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from fewshot_gui.exporting.table import TableRow

NONE_OF_THESE_LABEL = "None of these"
"""The label of photos that belong to none of the classes."""


@dataclass(frozen=True)
class LabelledPhoto:
    """One photo with its label.

    Attributes:
        path: The absolute path of the original.
        row: Its row of the table; ``row.label`` is empty when the photo could not be read,
            :data:`NONE_OF_THESE_LABEL` when it belongs to none of the classes.
        by_person: Whether a person gave or confirmed the label.
        decided_by: Who that was, or empty.
        decided_at: When, UTC in ISO 8601 with seconds, or empty.
        fingerprint: Of its content, or empty.
    """

    path: Path
    row: TableRow
    by_person: bool = False
    decided_by: str = ""
    decided_at: str = ""
    fingerprint: str = ""

    @property
    def is_of_a_class(self) -> bool:
        """Whether the label is the name of a class."""
        return self.row.label not in ("", NONE_OF_THESE_LABEL)


@dataclass(frozen=True)
class LabelSet:
    """Labelled photos with what is common to all of them.

    Attributes:
        name: Of the project, or of the folder of photos.
        classes: The class names in the person's order.
        photos: In the order in which they are shown.
        roots: The folders that were labelled; absolute.
        labelled_at: When the machine's labels were made, UTC.
        classifier: The machine that labelled, for people, such as ``"fewshot-gui 0.3, ridge on Fast"``.
        facts: Further facts for people, by name.
    """

    name: str
    classes: tuple[str, ...]
    photos: tuple[LabelledPhoto, ...]
    roots: tuple[Path, ...]
    labelled_at: datetime
    classifier: str
    facts: Mapping[str, str] = field(default_factory=dict)
