"""What a person asks the export dialog for; no Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fewshot_gui.exporting import LabelSet
from fewshot_gui.exporting.sidecars import SidecarNaming
from fewshot_gui.workflows.exporting_labels import SurveyDetails, TableKind


@dataclass(frozen=True)
class TableWish:
    """A table.

    Attributes:
        kind: Its format.
        details: What the photos do not tell.
    """

    kind: TableKind
    details: SurveyDetails | None = None


@dataclass(frozen=True)
class CopiesWish:
    """Copies of the photos, sorted into a folder per class.

    Attributes:
        pattern: How a copy is called.
        hard_links: Second names of the same files instead of copies.
        unsure_below: Confidence, 0..1, below which a photo goes to a folder of its own; 0: none does.
        with_none: Whether photos that belong to none of the classes come along.
        with_keywords: Whether the label is written into each copy.
    """

    pattern: str
    hard_links: bool
    unsure_below: float
    with_none: bool
    with_keywords: bool


@dataclass(frozen=True)
class KeywordsWish:
    """Keywords in small files beside the originals.

    Attributes:
        naming: How the small files are called.
        only_decided: Leave out labels that no person has confirmed.
        remove: Take out what was written before instead.
    """

    naming: SidecarNaming
    only_decided: bool
    remove: bool

    def chosen(self, labels: LabelSet) -> LabelSet:
        """The labels, without those that shall not be written."""
        if not self.only_decided:
            return labels
        return replace(labels, photos=tuple(photo for photo in labels.photos if photo.by_person))
