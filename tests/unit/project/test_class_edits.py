"""Classes: names, colours, order, and what goes and comes back with them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fewshot_gui.core.prediction import NONE_OF_THESE
from fewshot_gui.project.class_edits import (
    add_class,
    merge_classes,
    recolour_class,
    remove_class,
    rename_class,
    reorder_classes,
)
from fewshot_gui.project.decision_edits import decide
from fewshot_gui.project.errors import EditRefusedError
from fewshot_gui.project.example_edits import add_examples, read_files
from fewshot_gui.project.photo_edits import add_photos
from fewshot_gui.project.project import Project
from fewshot_gui.project.records import Kind


def class_id(project: Project, name: str = "") -> int:
    return int(add_class(project, name).keys(Kind.CLASSES)[0])


def names(project: Project) -> list[str]:
    return [record.name for record in project.classes]


def test_a_class_without_a_name_gets_the_next_free_one(project: Project) -> None:
    add_class(project, "class 2")
    add_class(project)
    add_class(project, " ")
    assert names(project) == ["class 2", "Class 3", "Class 4"]


def test_names_are_trimmed_to_one_line(project: Project) -> None:
    add_class(project, "  Common \n oak ")
    assert names(project) == ["Common oak"]


@pytest.mark.parametrize("again", ["oak", " OAK ", "Oak"])
def test_names_are_unique_without_regard_to_case(project: Project, again: str) -> None:
    add_class(project, "Oak")
    elm = class_id(project, "Elm")
    with pytest.raises(EditRefusedError, match="already a class “Oak”"):
        add_class(project, again)
    with pytest.raises(EditRefusedError, match="already a class “Oak”"):
        rename_class(project, elm, again)


def test_accents_written_in_two_ways_are_one_name(project: Project) -> None:
    add_class(project, "Frêne")
    with pytest.raises(EditRefusedError):
        add_class(project, "Fre\N{COMBINING CIRCUMFLEX ACCENT}ne")


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "nul\0", "broken \udce9"])
def test_names_that_cannot_be(project: Project, name: str) -> None:
    oak = class_id(project, "Oak")
    revision = project.revision
    with pytest.raises(EditRefusedError):
        rename_class(project, oak, name)
    assert names(project) == ["Oak"]
    assert project.revision == revision


def test_a_class_may_change_the_case_of_its_own_name(project: Project) -> None:
    oak = class_id(project, "oak")
    edit = rename_class(project, oak, "Oak")
    assert names(project) == ["Oak"]
    assert edit.description == "rename class “oak” to “Oak”"
    assert edit.kinds == {Kind.CLASSES}


def test_an_edit_that_changes_nothing_is_no_step_of_undo(project: Project) -> None:
    oak = class_id(project, "Oak")
    before = (project.revision, project.history.next_undo)
    assert not rename_class(project, oak, " Oak")
    assert not recolour_class(project, oak, 0)
    assert not reorder_classes(project, [oak])
    assert (project.revision, project.history.next_undo) == before


def test_colours_are_used_again_and_ids_never(project: Project) -> None:
    first, second = class_id(project, "Oak"), class_id(project, "Elm")
    remove_class(project, first)
    third = class_id(project, "Ash")
    assert third not in (first, second)
    assert project.class_record(third).colour_index == 0
    project.undo()
    project.undo()
    assert class_id(project, "Yew") > third


def test_ids_are_not_used_again_after_reopening(project: Project, reopened: Callable[[Project], Project]) -> None:
    first = class_id(project, "Oak")
    project.undo()
    with reopened(project) as again:
        assert class_id(again, "Elm") > first


def test_reorder(project: Project) -> None:
    a, b, c = (class_id(project, name) for name in "ABC")
    reorder_classes(project, [c, a, b])
    assert names(project) == ["C", "A", "B"]
    project.undo()
    assert names(project) == ["A", "B", "C"]
    with pytest.raises(ValueError, match="not the ids"):
        reorder_classes(project, [a, b])


@pytest.fixture
def two_classes(project: Project, make_file: Callable[..., Path]) -> tuple[int, int]:
    oak, elm = class_id(project, "Oak"), class_id(project, "Elm")
    for target, count in ((oak, 3), (elm, 2)):
        add_examples(project, target, read_files([make_file(f"e{target}-{n}.jpg") for n in range(count)]).files)
    ids = add_photos(project, [f"/photos/{n}.jpg" for n in range(6)]).keys(Kind.PHOTOS)
    decide(project, [int(i) for i in ids[:2]], oak)
    decide(project, [int(i) for i in ids[2:4]], elm)
    decide(project, [int(i) for i in ids[4:]], NONE_OF_THESE)
    return oak, elm


def test_removing_a_class_takes_its_examples_and_decisions_and_undo_brings_them_back(
    project: Project, two_classes: tuple[int, int], state: Callable[[Project], object]
) -> None:
    before = state(project)
    edit = remove_class(project, two_classes[0])
    assert edit.description == "remove class “Oak”"
    assert edit.kinds == {Kind.CLASSES, Kind.EXAMPLES, Kind.DECISIONS}
    assert names(project) == ["Elm"]
    assert len(project.examples) == 2
    assert sorted(decision.class_id for decision in project.decisions.values()) == [0, 0, 2, 2]
    project.undo()
    assert state(project) == before


def test_merging_moves_examples_and_decisions(
    project: Project,
    two_classes: tuple[int, int],
    state: Callable[[Project], object],
    state_on_disk: Callable[[Project], object],
) -> None:
    oak, elm = two_classes
    before = state(project)
    merge_classes(project, oak, elm)
    assert names(project) == ["Elm"]
    assert len(project.examples_of(elm)) == 5
    assert sorted(decision.class_id for decision in project.decisions.values()) == [0, 0, elm, elm, elm, elm]
    project.undo()
    assert state(project) == before
    project.redo()
    assert state_on_disk(project) == state(project)


def test_a_class_does_not_merge_into_itself(project: Project) -> None:
    oak = class_id(project, "Oak")
    with pytest.raises(EditRefusedError, match="itself"):
        merge_classes(project, oak, oak)
