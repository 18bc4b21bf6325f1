"""Examples: told by content, in one class at most."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fewshot_gui.project.class_edits import add_class
from fewshot_gui.project.example_edits import (
    add_class_with_examples,
    add_examples,
    move_examples,
    read_files,
    remove_examples,
)
from fewshot_gui.project.project import Project
from fewshot_gui.project.records import Kind

MakeFile = Callable[..., Path]


@pytest.fixture
def oak(project: Project) -> int:
    return int(add_class(project, "Oak").keys(Kind.CLASSES)[0])


@pytest.fixture
def elm(project: Project, oak: int) -> int:
    return int(add_class(project, "Elm").keys(Kind.CLASSES)[0])


def test_examples_are_added_in_order(project: Project, oak: int, make_file: MakeFile) -> None:
    paths = [make_file(f"{name}.jpg") for name in "cab"]
    result = add_examples(project, oak, read_files(paths).files)
    assert [example.path for example in project.examples_of(oak)] == paths
    assert result.added == tuple(project.examples)
    assert result.edit.description == "add 3 examples to “Oak”"
    example = project.examples[result.added[0]]
    assert example.size == len("c.jpg")
    assert example.fingerprint is not None


def test_a_file_that_cannot_be_read_is_reported_and_the_others_stay(make_file: MakeFile, tmp_path: Path) -> None:
    read = read_files([tmp_path / "gone.jpg", make_file("a.jpg")])
    assert [Path(file.file).name for file in read.files] == ["a.jpg"]
    assert [error.path.name for error in read.errors] == ["gone.jpg"]


def test_the_same_content_in_the_same_class_is_skipped(project: Project, oak: int, make_file: MakeFile) -> None:
    files = read_files([make_file("a.jpg", "same"), make_file("b/a.jpg", "same"), make_file("c.jpg")]).files
    result = add_examples(project, oak, files)
    assert len(result.added) == 2
    assert result.already_there == (files[1],)
    again = add_examples(project, oak, files)
    assert again.added == again.moved == ()
    assert len(again.already_there) == 3
    assert not again.edit


def test_an_example_of_another_class_moves(project: Project, oak: int, elm: int, make_file: MakeFile) -> None:
    (first,) = add_examples(project, oak, read_files([make_file("a.jpg", "same")]).files).added
    result = add_examples(project, elm, read_files([make_file("copy.jpg", "same"), make_file("b.jpg")]).files)
    assert result.moved == (first,)
    assert len(result.added) == 1
    assert project.examples_of(oak) == ()
    assert {example.id for example in project.examples_of(elm)} == {first, *result.added}
    project.undo()
    assert [example.id for example in project.examples_of(oak)] == [first]


def test_a_file_whose_content_changed_is_still_the_same_example(
    project: Project, oak: int, make_file: MakeFile
) -> None:
    add_examples(project, oak, read_files([make_file("a.jpg", "one")]).files)
    result = add_examples(project, oak, read_files([make_file("a.jpg", "two")]).files)
    assert len(result.already_there) == 1
    assert len(project.examples) == 1


def test_move_and_remove(project: Project, oak: int, elm: int, make_file: MakeFile) -> None:
    ids = add_examples(project, oak, read_files([make_file(f"{n}.jpg") for n in range(3)]).files).added
    edit = move_examples(project, ids[:2], elm)
    assert edit.description == "move 2 examples to “Elm”"
    assert not move_examples(project, ids[:2], elm)
    remove_examples(project, [ids[0], ids[0]])
    assert [example.id for example in project.examples_of(elm)] == [ids[1]]
    project.undo()
    project.undo()
    assert tuple(example.id for example in project.examples_of(oak)) == ids


def test_an_unknown_class_is_a_key_error_and_changes_nothing(project: Project, make_file: MakeFile) -> None:
    with pytest.raises(KeyError):
        add_examples(project, 7, read_files([make_file("a.jpg")]).files)
    assert not project.examples


def test_a_class_comes_with_its_examples_in_one_step_of_undo(project: Project, oak: int, make_file: MakeFile) -> None:
    (moving,) = add_examples(project, oak, read_files([make_file("a.jpg", "same")]).files).added
    files = read_files([make_file("b/a.jpg", "same"), make_file("b/c.jpg")]).files
    result = add_class_with_examples(project, "Elm", files)
    assert result.edit.description == "add class “Elm”"
    assert result.moved == (moving,)
    elm = project.classes[-1]
    assert len(project.examples_of(elm.id)) == 2
    project.undo()
    assert [record.name for record in project.classes] == ["Oak"]
    assert [example.id for example in project.examples_of(oak)] == [moving]
