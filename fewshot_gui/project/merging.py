"""Bringing the work of a colleague into one's own project.

Both label the same photos in copies of a project; classes meet by name, photos by path or else by content. Where two
people disagree, the own decision stays unless the person chooses the other, photo by photo.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from fewshot_gui.core.prediction import NONE_OF_THESE
from fewshot_gui.project.carried_edits import next_observation
from fewshot_gui.project.class_edits import name_key
from fewshot_gui.project.edits import Edit, added, updated
from fewshot_gui.project.paths import file_key
from fewshot_gui.project.project import Project
from fewshot_gui.project.records import (
    CarriedExampleRecord,
    ClassRecord,
    DecisionRecord,
    ExampleRecord,
    Kind,
    PhotoRecord,
    Record,
)


@dataclass(frozen=True)
class Disagreement:
    """One photo on which two people decided differently.

    Attributes:
        photo_id: The photo, in the own project.
        mine: The own decision.
        theirs: The other decision, with the id of the class in the own project, or of the class that merging adds.
        their_class: The name of the other class; "None of these" is ``None``.
    """

    photo_id: int
    mine: DecisionRecord
    theirs: DecisionRecord
    their_class: str | None


@dataclass(frozen=True)
class Comparison:
    """What another project would bring. Nothing is changed until :func:`merge` applies it.

    Attributes:
        classes: Classes that are new.
        examples: Examples whose content is in no class yet.
        carried_examples: Examples without photos that are in no class yet.
        photos: Photos that are new.
        decisions: Decisions on photos without one.
        disagreements: For the person to judge.
        revision: The revision of the own project that this holds for.
    """

    classes: tuple[ClassRecord, ...]
    examples: tuple[ExampleRecord, ...]
    carried_examples: tuple[CarriedExampleRecord, ...]
    photos: tuple[PhotoRecord, ...]
    decisions: tuple[DecisionRecord, ...]
    disagreements: tuple[Disagreement, ...]
    revision: int


def compare(project: Project, other: Project) -> Comparison:
    """What merging ``other`` into ``project`` would bring; changes neither."""
    classes, class_ids = _meet_classes(project, other)
    photos, photo_ids = _meet_photos(project, other)
    decisions: dict[int, DecisionRecord] = {}
    disagreements: list[Disagreement] = []
    for theirs in other.decisions.values():
        here = replace(theirs, photo_id=photo_ids[theirs.photo_id], class_id=class_ids[theirs.class_id])
        mine = project.decisions.get(here.photo_id)
        if mine is None:
            decisions.setdefault(here.photo_id, here)
        elif mine.class_id != here.class_id:
            name = None if theirs.class_id == NONE_OF_THESE else other.class_record(theirs.class_id).name
            disagreements.append(Disagreement(here.photo_id, mine, here, name))
    return Comparison(
        classes,
        _new_examples(project, other, class_ids),
        _new_carried_examples(project, other, class_ids),
        photos,
        tuple(decisions.values()),
        tuple(disagreements),
        project.revision,
    )


def merge(project: Project, comparison: Comparison, name: str, take_theirs: Collection[int] = ()) -> Edit:
    """Apply a comparison as one edit.

    Args:
        project: The own project, unchanged since :func:`compare`.
        comparison: What :func:`compare` found.
        name: The name of the other project, for the Undo menu.
        take_theirs: Ids of photos on which the other decision replaces the own.

    Raises:
        ValueError: The project has changed since the comparison.
        ProjectFileError: The project could not be written.
    """
    if comparison.revision != project.revision:
        raise ValueError(f"the comparison is of revision {comparison.revision}, the project at {project.revision}")
    chosen = {one.photo_id: one for one in comparison.disagreements if one.photo_id in set(take_theirs)}
    records: tuple[Record, ...] = (
        *comparison.classes,
        *comparison.examples,
        *comparison.carried_examples,
        *comparison.photos,
        *comparison.decisions,
    )
    changes = (*map(added, records), *(updated(one.mine, one.theirs) for one in chosen.values()))
    return project.do(Edit("merge project “{name}”", {"name": name}, changes))


def _meet_classes(project: Project, other: Project) -> tuple[tuple[ClassRecord, ...], dict[int, int]]:
    by_name = {name_key(record.name): record.id for record in project.classes}
    position = project.classes[-1].position + 1 if project.classes else 0
    used = {record.colour_index for record in project.classes}
    new: list[ClassRecord] = []
    ids = {NONE_OF_THESE: NONE_OF_THESE}
    for record in other.classes:
        known = by_name.get(name_key(record.name))
        if known is None:
            colour = next(index for index in range(len(used) + 1) if index not in used)
            used.add(colour)
            here = ClassRecord(project.new_id(Kind.CLASSES), record.name, colour, position + len(new))
            new.append(here)
            known = here.id
        ids[record.id] = known
    return tuple(new), ids


def _meet_photos(project: Project, other: Project) -> tuple[tuple[PhotoRecord, ...], dict[int, int]]:
    by_content = {photo.fingerprint: photo.id for photo in project.photos.values() if photo.fingerprint is not None}
    new: list[PhotoRecord] = []
    ids: dict[int, int] = {}
    for photo in other.photos.values():
        known = project.photo_id(photo.file)
        if known is None and photo.fingerprint is not None:
            known = by_content.get(photo.fingerprint)
        if known is None:
            here = replace(photo, id=project.new_id(Kind.PHOTOS))
            new.append(here)
            known = here.id
        ids[photo.id] = known
    return tuple(new), ids


def _new_examples(project: Project, other: Project, class_ids: dict[int, int]) -> tuple[ExampleRecord, ...]:
    contents = {example.fingerprint for example in project.examples.values()} - {None}
    files = {file_key(example.file) for example in project.examples.values()}
    return tuple(
        replace(example, id=project.new_id(Kind.EXAMPLES), class_id=class_ids[example.class_id])
        for example in other.examples.values()
        if example.fingerprint not in contents and file_key(example.file) not in files
    )


def _new_carried_examples(
    project: Project, other: Project, class_ids: dict[int, int]
) -> tuple[CarriedExampleRecord, ...]:
    there = {(example.encoder, example.embedding) for example in project.carried_examples.values()}
    first = next_observation(project)
    return tuple(
        replace(
            example,
            id=project.new_id(Kind.CARRIED_EXAMPLES),
            class_id=class_ids[example.class_id],
            observation=first + example.observation,
        )
        for example in other.carried_examples.values()
        if (example.encoder, example.embedding) not in there
    )
