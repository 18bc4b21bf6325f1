"""Where copies may go."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.core.progress import Unwatched
from fewshot_gui.exporting.folders import carry_out, plan_sorting, require_outside_examples
from tests.unit.exporting.folder_photos import forest, names, write


class _Places(NamedTuple):
    source: Path
    target: Path


@pytest.fixture
def places(tmp_path: Path) -> _Places:
    (tmp_path / "photos").mkdir()
    return _Places(tmp_path / "photos", tmp_path / "sorted")


@pytest.mark.parametrize("inside", ["", "sorted", "a/sorted", "."])
def test_a_target_among_the_originals_is_refused(places: _Places, inside: str) -> None:
    labels = forest(places.source)
    with pytest.raises(FewshotError, match="would be labelled again"):
        plan_sorting(labels, places.source / inside, Unwatched())


def test_a_target_that_leads_to_the_originals_by_a_link_is_refused(places: _Places) -> None:
    labels = forest(places.source)
    places.target.symlink_to(places.source / "a", target_is_directory=True)
    with pytest.raises(FewshotError, match="would be labelled again"):
        plan_sorting(labels, places.target / "deeper", Unwatched())


def test_a_target_that_holds_the_originals_is_refused(places: _Places) -> None:
    with pytest.raises(FewshotError, match="holds the folder of photos"):
        plan_sorting(forest(places.source), places.source.parent, Unwatched())


@pytest.mark.parametrize("inside", ["", "fox", "new/deep"])
def test_copies_never_become_examples(tmp_path: Path, inside: str) -> None:
    (tmp_path / "examples" / "fox").mkdir(parents=True)
    with pytest.raises(FewshotError, match="would count as examples"):
        require_outside_examples(tmp_path / "examples" / inside, tmp_path / "examples")
    require_outside_examples(tmp_path / "sorted", tmp_path / "examples")


def test_a_class_folder_that_leads_elsewhere_is_not_written_to(places: _Places) -> None:
    labels = forest(places.source)
    elsewhere = places.source.parent / "elsewhere"
    elsewhere.mkdir()
    places.target.mkdir()
    (places.target / "fox").symlink_to(elsewhere, target_is_directory=True)
    write(places.target / "badger", b"a file")
    plan = plan_sorting(labels, places.target, Unwatched())
    reasons = {copy.reason for copy in plan.copies if copy.photo.row.label in labels.classes}
    assert reasons == {
        "“fox” in the target folder is a link to another place",
        "“badger” in the target folder is a file, not a folder",
    }
    carry_out(plan, Unwatched())
    assert names(elsewhere) == set()
