"""Examples without photos, from a model."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from fewshot_gui.encoders.packing import unpack
from fewshot_gui.project.carried_edits import add_carried_examples, remove_carried_examples
from fewshot_gui.project.class_edits import add_class, merge_classes, remove_class
from fewshot_gui.project.project import Project
from fewshot_gui.project.records import Kind

NUMBERS = np.float32([[0.5, 1.0], [0, 1e6], [2, 4]])


@pytest.fixture
def classes(project: Project) -> list[int]:
    return [int(add_class(project, name).keys(Kind.CLASSES)[0]) for name in ("Oak", "Elm")]


def test_they_are_kept_to_the_bit(
    project: Project, classes: list[int], state_on_disk: Callable[[Project], dict[str, object]]
) -> None:
    oak, elm = classes
    edit = add_carried_examples(project, [oak, elm, elm], NUMBERS, [0, 1, 1], "pixels")
    assert edit.description == "add 3 examples of a model"
    carried = dict(project.carried_examples)
    assert [(one.class_id, one.observation, one.encoder) for one in carried.values()] == [
        (oak, 0, "pixels"),
        (elm, 1, "pixels"),
        (elm, 1, "pixels"),
    ]
    np.testing.assert_array_equal(unpack([one.embedding for one in carried.values()], 2), NUMBERS)
    assert state_on_disk(project)["carried_examples"] == carried


def test_those_of_a_second_model_are_other_observations(project: Project, classes: list[int]) -> None:
    for _ in range(2):
        add_carried_examples(project, [classes[0]] * 3, NUMBERS, [0, 1, 1], "pixels")
    assert [one.observation for one in project.carried_examples.values()] == [0, 1, 1, 2, 3, 3]


def test_they_go_with_their_class_and_come_back_with_it(project: Project, classes: list[int]) -> None:
    oak, elm = classes
    add_carried_examples(project, [oak, elm, elm], NUMBERS, [0, 1, 2], "pixels")
    carried = dict(project.carried_examples)
    remove_class(project, elm)
    assert [one.class_id for one in project.carried_examples.values()] == [oak]
    project.undo()
    assert dict(project.carried_examples) == carried
    merge_classes(project, elm, oak)
    assert [one.class_id for one in project.carried_examples.values()] == [oak] * 3
    project.undo()
    assert dict(project.carried_examples) == carried


def test_they_can_be_removed_from_one_class_or_from_all(project: Project, classes: list[int]) -> None:
    oak, elm = classes
    add_carried_examples(project, [oak, elm, elm], NUMBERS, [0, 1, 2], "pixels")
    assert remove_carried_examples(project, elm).description == "remove 2 examples of a model"
    assert [one.class_id for one in project.carried_examples.values()] == [oak]
    project.undo()
    remove_carried_examples(project)
    assert not project.carried_examples
    assert not remove_carried_examples(project)


def test_what_makes_no_sense_is_refused(project: Project, classes: list[int]) -> None:
    with pytest.raises(KeyError):
        add_carried_examples(project, [99], NUMBERS[:1], [0], "pixels")
    with pytest.raises(ValueError, match="finite"):
        add_carried_examples(project, classes[:1], np.float32([[np.inf]]), [0], "pixels")
    with pytest.raises(ValueError, match="argument"):
        add_carried_examples(project, classes[:1], NUMBERS, [0], "pixels")
    assert not project.carried_examples
