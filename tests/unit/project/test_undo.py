"""Undo and redo: any sequence of edits goes back to exactly where it started, and forward again, on disk too."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.project import (
    carried_edits,
    class_edits,
    decision_edits,
    example_edits,
    history,
    photo_edits,
    relink,
    setting_edits,
)
from fewshot_gui.project.edits import Edit
from fewshot_gui.project.project import Project
from fewshot_gui.project.records import Kind, PhotoFile, SettingValue

StateOf = Callable[[Project], dict[str, object]]


class Person:
    """Somebody who does anything at all, the same for the same seed."""

    def __init__(self, project: Project, seed: int) -> None:
        self.project = project
        self.rng = random.Random(seed)
        self.actions = (
            self.add_class, self.rename_class, self.recolour_class, self.reorder, self.remove_class, self.merge_classes,
            self.add_examples, self.move_examples, self.remove_examples, self.decide, self.decide, self.undecide,
            self.remove_photos, self.remove_source, self.relink, self.set_setting, self.carry, self.stop_carrying,
        )  # fmt: skip

    def act(self) -> Edit | None:
        """One action; ``None`` if it was refused or impossible now."""
        try:
            return self.rng.choice(self.actions)()
        except (FewshotError, IndexError):
            return None

    def a_class(self) -> int:
        return self.rng.choice([record.id for record in self.project.classes])

    def some(self, ids: Iterable[int]) -> list[int]:
        there = list(ids)
        return self.rng.sample(there, min(len(there), self.rng.randint(1, 8)))

    def add_class(self) -> Edit:
        return class_edits.add_class(self.project, self.rng.choice(["", "Oak", "Elm", "Ash", f"C{self.rng.random()}"]))

    def rename_class(self) -> Edit:
        return class_edits.rename_class(self.project, self.a_class(), self.rng.choice(["Yew", "oak", "Fir"]))

    def recolour_class(self) -> Edit:
        return class_edits.recolour_class(self.project, self.a_class(), self.rng.randrange(9))

    def reorder(self) -> Edit:
        ids = [record.id for record in self.project.classes]
        self.rng.shuffle(ids)
        return class_edits.reorder_classes(self.project, ids)

    def remove_class(self) -> Edit:
        return class_edits.remove_class(self.project, self.a_class())

    def merge_classes(self) -> Edit:
        return class_edits.merge_classes(self.project, self.a_class(), self.a_class())

    def add_examples(self) -> Edit:
        numbers = self.some(range(40))
        files = [PhotoFile(f"/examples/{n}.jpg", n, f"{n % 30:032x}") for n in numbers]
        return example_edits.add_examples(self.project, self.a_class(), files).edit

    def move_examples(self) -> Edit:
        return example_edits.move_examples(self.project, self.some(self.project.examples), self.a_class())

    def remove_examples(self) -> Edit:
        return example_edits.remove_examples(self.project, self.some(self.project.examples))

    def decide(self) -> Edit:
        class_id = self.rng.choice([0, *(record.id for record in self.project.classes)])
        by = self.rng.choice(["", "Ada"])
        return decision_edits.decide(self.project, self.some(self.project.photos), class_id, by=by)

    def undecide(self) -> Edit:
        return decision_edits.undecide(self.project, self.some(self.project.decisions))

    def remove_photos(self) -> Edit:
        return photo_edits.remove_photos(self.project, self.some(self.project.photos)[:2])

    def remove_source(self) -> Edit:
        return photo_edits.remove_source(self.project, self.rng.choice(list(self.project.sources)))

    def relink(self) -> Edit:
        files = [self.project.photos[key].file for key in self.some(self.project.photos)]
        if self.rng.random() < 0.3:  # onto a photo that is there already
            return relink.relink(self.project, {files[0]: self.project.photos[self.some(self.project.photos)[0]].file})
        return relink.relink(self.project, {file: file.replace("/s", "/moved/s") for file in files})

    def set_setting(self) -> Edit:
        values: list[SettingValue] = [1, 0.5, "auto", True]
        value = self.rng.choice(values)
        return setting_edits.set_setting(self.project, self.rng.choice(["method", "encoder"]), value)

    def carry(self) -> Edit:
        count = self.rng.randint(1, 4)
        embeddings = np.full((count, 3), self.rng.random(), np.float32)
        class_ids = [self.a_class() for _ in range(count)]
        return carried_edits.add_carried_examples(self.project, class_ids, embeddings, range(count), "pixels")

    def stop_carrying(self) -> Edit:
        return carried_edits.remove_carried_examples(self.project, self.rng.choice([None, self.a_class()]))


@pytest.fixture
def filled(project: Project) -> Project:
    for folder in range(4):
        photo_edits.add_source(project, Path(f"/s{folder}"))
        photo_edits.add_photos(project, [f"/s{folder}/{n}.jpg" for n in range(30)])
    return project


@pytest.mark.parametrize("seed", range(3))
def test_200_random_edits_go_back_and_forth(
    filled: Project, seed: int, state: StateOf, state_on_disk: StateOf, reopened: Callable[[Project], Project]
) -> None:
    person = Person(filled, seed)
    start = state(filled)
    done: list[Edit] = []
    while len(done) < 200:
        edit = person.act()
        if edit:
            keys = [(change.kind, change.key) for change in edit.changes]
            assert len(set(keys)) == len(keys), "one change per row"
            done.append(edit)
    assert {kind for edit in done for kind in edit.kinds} == set(Kind)
    end = state(filled)
    assert end != start
    for edit in reversed(done):
        undo = filled.history.next_undo
        assert undo is not None
        assert undo.description == edit.description
        filled.undo()
    assert state(filled) == start
    assert filled.undo() is None
    for _ in done:
        filled.redo()
    assert state(filled) == end
    assert filled.redo() is None
    for _ in done:
        filled.undo()
    assert state_on_disk(filled) == start


def test_the_final_state_is_on_the_disk(filled: Project, state: StateOf, state_on_disk: StateOf) -> None:
    person = Person(filled, 7)
    for _ in range(100):
        person.act()
        if person.rng.random() < 0.2:
            filled.undo()
    assert state_on_disk(filled) == state(filled)


def test_undo_survives_scans_and_fingerprints_in_between(
    filled: Project, state: StateOf, state_on_disk: StateOf
) -> None:
    person = Person(filled, 11)
    decided = [person.decide() for _ in range(5)]
    people_did = {kind: state(filled)[kind] for kind in (Kind.CLASSES, Kind.EXAMPLES, Kind.DECISIONS, Kind.SETTINGS)}
    files = [photo.file for photo in filled.photos.values()]
    steps = 0
    for round_ in range(60):
        if person.act():
            steps += 1
        photo_edits.add_photos(filled, person.rng.sample(files, 5))
        photo_edits.set_fingerprints(filled, dict.fromkeys(person.some(filled.photos), f"{round_:032x}"))
    for _ in range(steps):
        filled.undo()
    assert {kind: state(filled)[kind] for kind in people_did} == people_did
    assert sorted(photo.file for photo in filled.photos.values() if not photo.file.startswith("/moved")) == sorted(
        files
    )
    assert decided[-1] is filled.history.next_undo
    assert state_on_disk(filled) == state(filled)


def test_a_new_edit_ends_redo(project: Project) -> None:
    oak = class_edits.add_class(project, "Oak")
    project.undo()
    assert project.history.next_redo is oak
    class_edits.add_class(project, "Elm")
    assert project.redo() is None
    assert [record.name for record in project.classes] == ["Elm"]


def test_undo_reaches_at_least_200_edits_back(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    assert history.DEPTH >= 200
    for number in range(history.DEPTH + 1):
        project.history.push(Edit(f"edit {number}"))
    steps = 0
    while project.history.next_undo is not None:
        project.history.stepped_back()
        steps += 1
    assert steps == history.DEPTH


def test_undo_says_what_changed_and_makes_work_stale(project: Project) -> None:
    class_edits.add_class(project, "Oak")
    revision = project.revision
    inverse = project.undo()
    assert inverse is not None
    assert inverse.kinds == {Kind.CLASSES}
    assert project.revision == project.revision_of(Kind.CLASSES) == revision + 1


def test_an_undo_of_a_name_with_braces(project: Project) -> None:
    edit = class_edits.add_class(project, "{odd} {0}")
    assert edit.description == "add class “{odd} {0}”"
