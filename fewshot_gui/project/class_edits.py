"""What a person can do to classes: one function per action, each returning the edit it made."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace

from fewshot_gui.project.edits import Change, Edit, added, removed, updated
from fewshot_gui.project.errors import EditRefusedError
from fewshot_gui.project.project import Project
from fewshot_gui.project.records import CarriedExampleRecord, ClassRecord, DecisionRecord, ExampleRecord, Kind

LONGEST_NAME = 100
"""Characters. A class name becomes a folder name when photos are exported."""


def name_key(name: str) -> str:
    """What two spellings of the same class name have in common."""
    return unicodedata.normalize("NFC", name).casefold()


def add_class(project: Project, name: str = "") -> Edit:
    """Add a class behind the others, in the first colour that is free.

    Args:
        project: The open project.
        name: Its name; empty for the next free "Class 3".

    Raises:
        EditRefusedError: The name is taken, too long, or holds characters that cannot be shown.
        ProjectFileError: The project could not be written.
    """
    record = new_class(project, name)
    return project.do(Edit("add class “{name}”", {"name": record.name}, (added(record),)))


def new_class(project: Project, name: str = "") -> ClassRecord:
    """The record :func:`add_class` would add, for edits that add more with it; raises as that does."""
    classes = project.classes
    name = _checked_name(project, name) if name.strip() else _free_name(classes)
    used = {record.colour_index for record in classes}
    return ClassRecord(
        id=project.new_id(Kind.CLASSES),
        name=name,
        colour_index=next(index for index in range(len(used) + 1) if index not in used),
        position=classes[-1].position + 1 if classes else 0,
    )


def rename_class(project: Project, class_id: int, name: str) -> Edit:
    """Give a class another name; raises as :func:`add_class`, also for an empty name."""
    before = project.class_record(class_id)
    after = replace(before, name=_checked_name(project, name, besides=class_id))
    return project.do(
        Edit("rename class “{old}” to “{new}”", {"old": before.name, "new": after.name}, _if_changed(before, after))
    )


def recolour_class(project: Project, class_id: int, colour_index: int) -> Edit:
    """Give a class another colour of the palette; ``colour_index`` is 0 or more."""
    before = project.class_record(class_id)
    after = replace(before, colour_index=colour_index)
    return project.do(Edit("change the colour of “{name}”", {"name": before.name}, _if_changed(before, after)))


def reorder_classes(project: Project, class_ids: Sequence[int]) -> Edit:
    """Show the classes in another order.

    Args:
        project: The open project.
        class_ids: Every class once.

    Raises:
        ValueError: Some class is missing, unknown, or there twice.
        ProjectFileError: The project could not be written.
    """
    if sorted(class_ids) != sorted(record.id for record in project.classes):
        raise ValueError(f"{class_ids} are not the ids of the classes")
    changes: list[Change] = []
    for position, class_id in enumerate(class_ids):
        before = project.class_record(class_id)
        changes += _if_changed(before, replace(before, position=position))
    return project.do(Edit("reorder the classes", {}, tuple(changes)))


def remove_class(project: Project, class_id: int) -> Edit:
    """Remove a class with its examples and the decisions for it. Undo brings all of them back."""
    record = project.class_record(class_id)
    of_it = [removed(member) for member in _members(project, class_id)]
    return project.do(Edit("remove class “{name}”", {"name": record.name}, (removed(record), *of_it)))


def merge_classes(project: Project, source_id: int, target_id: int) -> Edit:
    """Make one class part of another: its examples and the decisions for it move, and it is gone.

    Raises:
        EditRefusedError: Both are the same class.
        ProjectFileError: The project could not be written.
    """
    source, target = project.class_record(source_id), project.class_record(target_id)
    if source_id == target_id:
        raise EditRefusedError(f"“{source.name}” cannot be merged into itself; choose another class.")
    moved = [updated(member, replace(member, class_id=target_id)) for member in _members(project, source_id)]
    return project.do(
        Edit(
            "merge class “{source}” into “{target}”",
            {"source": source.name, "target": target.name},
            (removed(source), *moved),
        )
    )


def _members(project: Project, class_id: int) -> Iterator[ExampleRecord | CarriedExampleRecord | DecisionRecord]:
    """Everything that was put in a class."""
    yield from project.examples_of(class_id)
    for table in (project.carried_examples, project.decisions):
        yield from (record for record in table.values() if record.class_id == class_id)


def _checked_name(project: Project, name: str, besides: int | None = None) -> str:
    name = " ".join(name.split())
    if not name:
        raise EditRefusedError("A class needs a name; type one.")
    if len(name) > LONGEST_NAME:
        raise EditRefusedError(f"A class name may have {LONGEST_NAME} characters, not {len(name)}; shorten it.")
    if not name.isprintable():
        raise EditRefusedError("The class name holds characters that cannot be shown; type it again.")
    for other in project.classes:
        if other.id != besides and name_key(other.name) == name_key(name):
            raise EditRefusedError(f"There is already a class “{other.name}”; choose another name.")
    return name


def _free_name(classes: Sequence[ClassRecord]) -> str:
    taken = {name_key(record.name) for record in classes}
    number = len(classes) + 1
    while name_key(f"Class {number}") in taken:
        number += 1
    return f"Class {number}"


def _if_changed(before: ClassRecord, after: ClassRecord) -> tuple[Change, ...]:
    return (updated(before, after),) if before != after else ()
