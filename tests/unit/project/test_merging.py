"""Two people's work on the same photos becomes one, and nobody's decision is lost unseen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from fewshot_gui.core.prediction import NONE_OF_THESE
from fewshot_gui.encoders.packing import unpack
from fewshot_gui.project.carried_edits import add_carried_examples
from fewshot_gui.project.class_edits import add_class
from fewshot_gui.project.decision_edits import decide
from fewshot_gui.project.example_edits import add_examples
from fewshot_gui.project.merging import compare, merge
from fewshot_gui.project.opening import create_project
from fewshot_gui.project.photo_edits import add_photos, set_fingerprints
from fewshot_gui.project.project import Project
from fewshot_gui.project.records import Kind, PhotoFile


def class_id(project: Project, name: str) -> int:
    return int(add_class(project, name).keys(Kind.CLASSES)[0])


def add(project: Project, *files: str) -> list[int]:
    return [int(key) for key in add_photos(project, files).keys(Kind.PHOTOS)]


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Project]:
    with create_project(tmp_path / "other.fewshot", "Other") as other:
        class_id(other, "Elm")
        class_id(other, "OAK")
        yield other


def test_merge(
    project: Project, other: Project, state: Callable[[Project], object], state_on_disk: Callable[[Project], object]
) -> None:
    oak = class_id(project, "Oak")
    other_elm, other_oak = (record.id for record in other.classes)
    mine = add(project, "/p/0", "/p/1", "/p/2", "/p/3")
    theirs = add(other, "/p/3", "/p/2", "/copy/1", "/p/0", "/p/9")
    set_fingerprints(project, {mine[1]: "same"})
    set_fingerprints(other, {theirs[2]: "same"})
    decide(project, mine[:3], oak)
    decide(other, [theirs[3]], other_oak)  # agrees
    decide(other, theirs[1:3], other_elm)  # disagrees, once by content
    decide(other, [theirs[0], theirs[4]], NONE_OF_THESE)  # new
    add_examples(project, oak, [PhotoFile("/e/1", 1, "e1")])
    add_examples(other, other_elm, [PhotoFile("/f/1", 1, "e1"), PhotoFile("/f/2", 1, "e2")])

    before, theirs_before = state(project), state(other)
    comparison = compare(project, other)
    assert state(project) == before
    assert [record.name for record in comparison.classes] == ["Elm"]
    assert [photo.file for photo in comparison.photos] == ["/p/9"]
    assert [example.file for example in comparison.examples] == ["/f/2"]
    assert {one.photo_id: one.their_class for one in comparison.disagreements} == {mine[1]: "Elm", mine[2]: "Elm"}

    edit = merge(project, comparison, other.name, take_theirs=[mine[2]])
    assert edit.description == "merge project “Other”"
    elm = project.classes[1].id
    new = project.photo_id("/p/9")
    assert {key: one.class_id for key, one in project.decisions.items()} == {
        mine[0]: oak, mine[1]: oak, mine[2]: elm, mine[3]: NONE_OF_THESE, new: NONE_OF_THESE,
    }  # fmt: skip
    assert [example.file for example in project.examples_of(elm)] == ["/f/2"]
    assert len({record.colour_index for record in project.classes}) == 2
    assert not compare(project, other).photos
    assert state(other) == theirs_before
    project.undo()
    assert state(project) == before
    project.redo()
    assert state_on_disk(project) == state(project)


def test_a_comparison_of_an_older_revision_is_refused(project: Project, other: Project) -> None:
    comparison = compare(project, other)
    class_id(project, "Elm")
    with pytest.raises(ValueError, match="revision"):
        merge(project, comparison, "Other")


def test_who_decided_comes_along(project: Project, other: Project) -> None:
    mine, theirs = add(project, "/p/0", "/p/1"), add(other, "/p/0", "/p/1")
    decide(project, mine[:1], class_id(project, "Oak"), by="Ada")
    decide(other, theirs, NONE_OF_THESE, by="Grace")
    merge(project, compare(project, other), "Other", take_theirs=mine)
    assert [project.decisions[photo].decided_by for photo in mine] == ["Grace", "Grace"]
    project.undo()
    assert [project.decisions[photo].decided_by for photo in project.decisions] == ["Ada"]


def test_carried_examples_come_once_and_their_observations_stay_apart(project: Project, other: Project) -> None:
    oak = class_id(project, "Oak")
    other_elm, other_oak = (record.id for record in other.classes)
    add_carried_examples(project, [oak, oak], np.float32([[1, 2], [3, 6]]), [0, 0], "pixels")
    add_carried_examples(other, [other_oak, other_elm], np.float32([[1, 2], [4, 8]]), [0, 0], "pixels")
    merge(project, compare(project, other), "Other")
    elm = project.classes[1].id
    carried = project.carried_examples.values()
    assert [(one.class_id, unpack([one.embedding], 2)[0].tolist(), one.observation) for one in carried] == [
        (oak, [1, 2], 0),
        (oak, [3, 6], 0),
        (elm, [4, 8], 1),
    ]
    assert not compare(project, other).carried_examples
    project.undo()
    assert len(project.carried_examples) == 2


def test_none_of_these_is_a_disagreement_without_a_class(project: Project, other: Project) -> None:
    (mine,), (theirs,) = add(project, "/p/0"), add(other, "/p/0")
    decide(project, [mine], class_id(project, "Oak"))
    decide(other, [theirs], NONE_OF_THESE)
    (one,) = compare(project, other).disagreements
    assert (one.photo_id, one.their_class) == (mine, None)
