"""Which photos get which keywords."""

from __future__ import annotations

from dataclasses import dataclass

from fewshot_gui.exporting.labels import NONE_OF_THESE_LABEL, LabelledPhoto, LabelSet
from fewshot_gui.exporting.xmp.label import LabelMetadata


@dataclass(frozen=True)
class KeywordOptions:
    """How labels become keywords.

    Attributes:
        above: The levels of keywords to put above the class names, the highest first, such as ``("Animals",)``.
        minimum_confidence: Photos whose label is less certain, 0..1, get no keyword, unless a person decided.
        none_of_these: Whether photos that belong to none of the classes get that as a keyword.
    """

    above: tuple[str, ...] = ()
    minimum_confidence: float = 0.0
    none_of_these: bool = False


def metadata_of(photo: LabelledPhoto, labels: LabelSet, options: KeywordOptions) -> LabelMetadata | None:
    """What is to be said of a photo, ``None`` if nothing."""
    row = photo.row
    if not (photo.is_of_a_class or (options.none_of_these and row.label == NONE_OF_THESE_LABEL)):
        return None
    if not photo.by_person and (row.confidence or 0.0) < options.minimum_confidence:
        return None
    return LabelMetadata(
        label=row.label,
        above=options.above,
        confidence=row.confidence,
        by_person=photo.by_person,
        decided_by=photo.decided_by or ("" if photo.by_person else labels.classifier),
        decided_at=photo.decided_at,  # the machine labels anew at every start: that alone is no reason to write
    )
