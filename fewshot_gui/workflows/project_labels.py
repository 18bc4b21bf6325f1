"""The labels of a project as they leave the program: what a person decided, and else what the machine thinks.

The window and the command line both come here, so that they export the same (docs/decisions/0001-labels-in-tables.md).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from fewshot_gui import __version__
from fewshot_gui.confidence import Adapted
from fewshot_gui.core.prediction import NONE_OF_THESE, Predictions
from fewshot_gui.encoders import EncoderSpec
from fewshot_gui.exporting import NONE_OF_THESE_LABEL, LabelledPhoto, LabelSet, TableRow
from fewshot_gui.project.project import Project
from fewshot_gui.project.records import DecisionRecord, PhotoRecord

PERSON = "person"
"""The method of a label that a person gave."""


@dataclass(frozen=True, slots=True)
class MachineLabel:
    """What the machine thinks of one photo.

    Attributes:
        best: The most probable class.
        confidence: Its probability, 0..1.
        second: The next, or :data:`~fewshot_gui.core.prediction.NONE_OF_THESE`.
        familiarity: 0..1.
        stranger: Whether the photo probably belongs to none of the classes.
        second_confidence: The probability of ``second``, where it is known.
    """

    best: int
    confidence: float
    second: int
    familiarity: float
    stranger: bool
    second_confidence: float | None = None


@dataclass(frozen=True, eq=False)
class ProjectFacts:
    """A project at one moment, for work in the background; nothing in it changes any more.

    Attributes:
        name: The project's.
        folder: Of its file; paths below it are written relative to it, so that both can move.
        classes: Names by class id, in the person's order.
        photos: By id.
        decisions: By photo id.
        roots: The folders whose photos are labelled.
        adapted: What the machine labelled with, or ``None`` while it cannot.
        encoder: Of the project, as the person knows it.
    """

    name: str
    folder: Path
    classes: Mapping[int, str]
    photos: Mapping[int, PhotoRecord]
    decisions: Mapping[int, DecisionRecord]
    roots: tuple[Path, ...]
    adapted: Adapted | None
    encoder: EncoderSpec


def project_facts(project: Project, adapted: Adapted | None, encoder: EncoderSpec) -> ProjectFacts:
    """What ``project`` holds now."""
    return ProjectFacts(
        name=project.name,
        folder=project.path.parent,
        classes={record.id: record.name for record in project.classes},
        photos=dict(project.photos),
        decisions=dict(project.decisions),
        roots=tuple(source.path for source in project.sources.values()),
        adapted=adapted,
        encoder=encoder,
    )


def machine_labels(photo_ids: Iterable[int], predictions: Predictions) -> dict[int, MachineLabel]:
    """Predictions by photo, in the order of ``photo_ids``."""
    ranked = predictions.ranked()
    columns = (
        ranked.first.tolist(),
        ranked.first_confidence.tolist(),
        ranked.second.tolist(),
        predictions.familiarity.tolist(),
        predictions.stranger.tolist(),
        ranked.second_confidence.tolist(),
    )
    return {photo_id: MachineLabel(*row) for photo_id, *row in zip(photo_ids, *columns, strict=True)}


def project_labels(
    facts: ProjectFacts,
    machine: Mapping[int, MachineLabel],
    errors: Mapping[int, str],
) -> LabelSet:
    """Every photo of a project with its label.

    Args:
        facts: The project.
        machine: What the machine thinks, by photo id; photos that it has not labelled yet are not in it.
        errors: Why photos could not be read, by photo id.
    """
    return LabelSet(
        name=facts.name,
        classes=tuple(facts.classes.values()),
        photos=tuple(_labelled(facts, machine, errors)),
        roots=facts.roots,
        labelled_at=datetime.now(UTC),
        classifier=classifier_name(facts.adapted, facts.encoder),
    )


def classifier_name(adapted: Adapted | None, encoder: EncoderSpec) -> str:
    """The machine that labels, for people: "fewshot-gui 0.3.0 (ridge, Fast)"."""
    how = f"{adapted.method}, " if adapted is not None else ""
    return f"fewshot-gui {__version__} ({how}{encoder.title})"


def _labelled(
    facts: ProjectFacts, machine: Mapping[int, MachineLabel], errors: Mapping[int, str]
) -> Iterator[LabelledPhoto]:
    for photo_id, photo in facts.photos.items():
        decision = facts.decisions.get(photo_id)
        row = _row(facts, photo, decision, machine.get(photo_id), errors.get(photo_id))
        yield LabelledPhoto(
            path=photo.path,
            row=row,
            by_person=decision is not None,
            decided_by=decision.decided_by if decision is not None else "",
            decided_at=decision.decided_at if decision is not None else "",
            fingerprint=photo.fingerprint or "",
        )


def _row(
    facts: ProjectFacts,
    photo: PhotoRecord,
    decision: DecisionRecord | None,
    machine: MachineLabel | None,
    error: str | None,
) -> TableRow:
    name = _name(photo.file, facts.folder)
    if decision is not None:
        label = NONE_OF_THESE_LABEL if decision.class_id == NONE_OF_THESE else facts.classes[decision.class_id]
        familiarity = machine.familiarity if machine is not None else None
        return TableRow(name, label, familiarity=familiarity, method=PERSON, encoder=facts.encoder.id)
    if error is not None:
        return TableRow(name, encoder=facts.encoder.id, error=error)
    # A class that was deleted a moment ago is not exported any more.
    if machine is None or machine.best not in facts.classes or facts.adapted is None:
        return TableRow(name, encoder=facts.encoder.id)
    expected = facts.adapted.expected
    row = TableRow(
        photo=name,
        label=NONE_OF_THESE_LABEL,
        second_label=facts.classes[machine.best],
        familiarity=machine.familiarity,
        expected_accuracy=expected.value if expected is not None else None,
        method=facts.adapted.method,
        encoder=facts.encoder.id,
    )
    return row if machine.stranger else _of_a_class(row, machine, facts.classes)


def _of_a_class(row: TableRow, machine: MachineLabel, classes: Mapping[int, str]) -> TableRow:
    return replace(
        row,
        label=classes[machine.best],
        confidence=machine.confidence,
        second_label=classes.get(machine.second, ""),
        second_confidence=machine.second_confidence,
    )


def _name(file: str, folder: Path) -> str:
    """The path below the project's folder where it is there, so that both can move; else the whole path."""
    path = Path(file)
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else os.fspath(path)
