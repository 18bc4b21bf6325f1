"""Decisions: a person's labels."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from fewshot_gui.core.prediction import NONE_OF_THESE
from fewshot_gui.project.class_edits import add_class
from fewshot_gui.project.decision_edits import decide, decide_each, undecide
from fewshot_gui.project.photo_edits import add_photos
from fewshot_gui.project.project import Project
from fewshot_gui.project.records import Kind


@pytest.fixture
def photos(project: Project) -> list[int]:
    return [int(key) for key in add_photos(project, [f"/photos/{n}.jpg" for n in range(5)]).keys(Kind.PHOTOS)]


@pytest.fixture
def oak(project: Project) -> int:
    return int(add_class(project, "Oak").keys(Kind.CLASSES)[0])


def test_a_decision_says_what_and_when(project: Project, photos: list[int], oak: int) -> None:
    edit = decide(project, photos[:1], oak)
    assert edit.description == "label a photo “Oak”"
    decision = project.decisions[photos[0]]
    assert (decision.photo_id, decision.class_id) == (photos[0], oak)
    at = datetime.fromisoformat(decision.decided_at)
    assert at.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - at) < timedelta(minutes=1)


def test_a_decision_says_who(project: Project, photos: list[int], oak: int) -> None:
    decide(project, photos[:1], oak)
    decide(project, photos[1:2], oak, by="Ada")
    decide_each(project, {photos[0]: oak, photos[1]: NONE_OF_THESE, photos[2]: oak}, by="Grace")
    assert [project.decisions[photo].decided_by for photo in photos[:3]] == ["", "Grace", "Grace"]
    project.undo()
    assert project.decisions[photos[1]].decided_by == "Ada"


def test_many_at_once_and_none_of_these(
    project: Project, photos: list[int], oak: int, state_on_disk: Callable[[Project], dict[str, object]]
) -> None:
    decide(project, photos[:3], oak)
    edit = decide(project, photos, NONE_OF_THESE)
    assert edit.description == "label 5 photos “None of these”"
    expected = dict(project.decisions)
    assert {decision.class_id for decision in expected.values()} == {NONE_OF_THESE}
    assert state_on_disk(project)["decisions"] == expected


def test_confirming_again_keeps_the_first_decision(project: Project, photos: list[int], oak: int) -> None:
    decide(project, photos[:1], oak)
    first = project.decisions[photos[0]]
    edit = decide(project, [photos[0], photos[1], photos[1]], oak)
    assert edit.keys(Kind.DECISIONS) == [photos[1]]
    assert project.decisions[photos[0]] is first


def test_undecide(project: Project, photos: list[int], oak: int) -> None:
    decide(project, photos[:2], oak)
    edit = undecide(project, photos)
    assert edit.description == "clear the labels of 2 photos"
    assert not project.decisions
    project.undo()
    assert set(project.decisions) == set(photos[:2])


@pytest.mark.parametrize(("photo", "class_id"), [(99, NONE_OF_THESE), (1, 99)])
def test_unknown_photos_and_classes(project: Project, photos: list[int], photo: int, class_id: int) -> None:
    with pytest.raises(KeyError):
        decide(project, [photo], class_id)
    assert not project.decisions


def test_shown_labels_are_confirmed_in_one_step_of_undo(project: Project, photos: list[int], oak: int) -> None:
    edit = decide_each(project, {photos[0]: oak, photos[1]: NONE_OF_THESE})
    assert edit.description == "confirm the labels of 2 photos"
    assert {key: decision.class_id for key, decision in project.decisions.items()} == {
        photos[0]: oak,
        photos[1]: NONE_OF_THESE,
    }
    project.undo()
    assert not project.decisions


def test_confirming_an_unknown_class_changes_nothing(project: Project, photos: list[int], oak: int) -> None:
    with pytest.raises(KeyError):
        decide_each(project, {photos[0]: oak, photos[1]: 99})
    assert not project.decisions
