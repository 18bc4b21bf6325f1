"""What a class is about: an organism, or a photo without one."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from fewshot_gui.exporting.labels import NONE_OF_THESE_LABEL, LabelledPhoto


class ObservationType(StrEnum):
    """The kinds of observation of Camtrap DP (its ``observationType``)."""

    ANIMAL = "animal"
    HUMAN = "human"
    VEHICLE = "vehicle"
    BLANK = "blank"
    UNKNOWN = "unknown"
    UNCLASSIFIED = "unclassified"


_USUAL_NAMES = {
    ObservationType.BLANK: ("blank", "empty", "nothing", "no animal", "no animals", "false trigger", "misfire"),
    ObservationType.HUMAN: ("human", "humans", "person", "persons", "people", "homo sapiens"),
    ObservationType.VEHICLE: ("vehicle", "vehicles", "car", "cars", "truck", "motorcycle", "motorbike", "bicycle"),
    ObservationType.UNKNOWN: ("unknown", "unidentified", "unidentifiable"),
}
_BY_NAME = {name: kind for kind, names in _USUAL_NAMES.items() for name in names}


def observation_type(photo: LabelledPhoto, given: Mapping[str, ObservationType]) -> ObservationType:
    """What the label of ``photo`` says it shows.

    Args:
        photo: One photo.
        given: What the person said of classes, by class name; other classes are recognised by their usual English
            names, and are animals otherwise.
    """
    label = photo.row.label
    if not label:
        return ObservationType.UNCLASSIFIED
    if label == NONE_OF_THESE_LABEL:
        return ObservationType.UNKNOWN
    if label in given:
        return given[label]
    words = label.casefold().replace("_", " ").replace("-", " ").split()
    return _BY_NAME.get(" ".join(words), ObservationType.ANIMAL)
