"""The labels that a person gives: one function per action, each returning the edit it made.

What the machine thinks is never written here, so it can never overwrite a person.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime

from fewshot_gui.core.prediction import NONE_OF_THESE
from fewshot_gui.project.edits import Change, Edit, removed
from fewshot_gui.project.project import Project
from fewshot_gui.project.records import DecisionRecord, Kind


def decide(project: Project, photo_ids: Collection[int], class_id: int, *, by: str = "") -> Edit:
    """Give photos a label, or confirm it. One that has this very label from a person already keeps it as it is.

    Args:
        project: The open project.
        photo_ids: Any number of photos.
        class_id: A class, or :data:`~fewshot_gui.core.prediction.NONE_OF_THESE`.
        by: Who decides, or empty.

    Raises:
        KeyError: There is no such class or photo.
        ProjectFileError: The project could not be written.
    """
    name = "None of these" if class_id == NONE_OF_THESE else project.class_record(class_id).name
    changes = _changes(project, dict.fromkeys(photo_ids, class_id), by)
    template = "label a photo “{name}”" if len(changes) == 1 else "label {count} photos “{name}”"
    return project.do(Edit(template, {"count": len(changes), "name": name}, changes))


def decide_each(project: Project, labels: Mapping[int, int], *, by: str = "") -> Edit:
    """Give each of several photos its own label in one step of Undo, as when shown labels are confirmed.

    Args:
        project: The open project.
        labels: A class, or :data:`~fewshot_gui.core.prediction.NONE_OF_THESE`, by photo id.
        by: Who decides, or empty.

    Raises:
        KeyError: There is no such class or photo.
        ProjectFileError: The project could not be written.
    """
    for class_id in set(labels.values()) - {NONE_OF_THESE}:
        project.class_record(class_id)
    changes = _changes(project, labels, by)
    template = "confirm the label of a photo" if len(changes) == 1 else "confirm the labels of {count} photos"
    return project.do(Edit(template, {"count": len(changes)}, changes))


def undecide(project: Project, photo_ids: Collection[int]) -> Edit:
    """Take back the labels a person gave to photos; those without one are skipped.

    Raises:
        ProjectFileError: The project could not be written.
    """
    there = [project.decisions[photo_id] for photo_id in dict.fromkeys(photo_ids) if photo_id in project.decisions]
    template = "clear the label of a photo" if len(there) == 1 else "clear the labels of {count} photos"
    return project.do(Edit(template, {"count": len(there)}, tuple(removed(decision) for decision in there)))


def _changes(project: Project, labels: Mapping[int, int], by: str) -> tuple[Change, ...]:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    changes: list[Change] = []
    for photo_id, class_id in labels.items():
        before = project.decisions.get(project.photos[photo_id].id)
        if before is None or before.class_id != class_id:
            changes.append(Change(Kind.DECISIONS, photo_id, before, DecisionRecord(photo_id, class_id, now, by)))
    return tuple(changes)
