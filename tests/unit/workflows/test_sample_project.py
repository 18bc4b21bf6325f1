"""The sample as a project and as a table."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.core.folders import data_folder
from fewshot_gui.core.progress import Unwatched
from fewshot_gui.project.opening import open_project
from fewshot_gui.workflows import sample_project
from fewshot_gui.workflows.embedding_source import EmbeddingSource
from fewshot_gui.workflows.sample import write
from fewshot_gui.workflows.sample_project import label_sample, make_sample_project, own_sample_project


@pytest.fixture(autouse=True)
def quick_drawings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small noise instead of leaves: drawing them takes seconds."""

    def draw(_: object, rng: np.random.Generator) -> np.ndarray:
        return rng.integers(0, 256, (24, 32, 3), np.uint8)

    monkeypatch.setattr(write, "leaf_scan", draw)
    monkeypatch.setattr(write, "stranger_scan", draw)


def test_the_project_has_its_classes_examples_and_photos(tmp_path: Path) -> None:
    made = make_sample_project(tmp_path / "leaves", Unwatched())
    assert made.project == tmp_path / "leaves" / "Pressed leaves.fewshot"
    with open_project(made.project) as project:
        assert project.name == "Pressed leaves"
        assert [record.name for record in project.classes] == ["Beech", "Hornbeam", "Maple", "Plane", "Oak"]
        assert [len(project.examples_of(record.id)) for record in project.classes] == [6] * 5
        assert len(project.photo_ids) == 61
        paths = [*project.photos.values(), *project.examples.values()]
        assert all(record.path.is_file() for record in paths)


def test_it_can_be_moved_as_a_whole(tmp_path: Path) -> None:
    make_sample_project(tmp_path / "leaves", Unwatched())
    moved = (tmp_path / "leaves").rename(tmp_path / "elsewhere")
    with open_project(moved / "Pressed leaves.fewshot") as project:
        assert all(record.path.is_relative_to(moved) for record in project.photos.values())


def test_a_second_time_the_project_is_left_as_the_person_made_it(tmp_path: Path) -> None:
    first = make_sample_project(tmp_path, Unwatched())
    content = first.project.read_bytes()
    first.files.photos[0].unlink()
    again = make_sample_project(tmp_path, Unwatched())
    assert again == first
    assert first.files.photos[0].is_file()
    assert first.project.read_bytes() == content


def test_half_a_project_does_not_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(sample_project, "add_photos", stop)
        with pytest.raises(KeyboardInterrupt):
            make_sample_project(tmp_path, Unwatched())
    assert not list(tmp_path.glob("*.fewshot*"))
    with open_project(make_sample_project(tmp_path, Unwatched()).project) as project:
        assert len(project.photo_ids) == 61


def test_a_folder_with_other_things_is_refused(tmp_path: Path) -> None:
    (tmp_path / "diary.txt").write_text("mine")
    with pytest.raises(FewshotError, match="is not empty"):
        make_sample_project(tmp_path, Unwatched())
    assert [path.name for path in tmp_path.iterdir()] == ["diary.txt"]


def test_the_program_s_own_sample_is_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    path = own_sample_project(Unwatched())
    assert path.is_relative_to(data_folder())

    def draw(*_: Any, **__: Any) -> None:
        pytest.fail("drawn again")

    monkeypatch.setattr(sample_project, "write_sample", draw)
    assert own_sample_project(Unwatched()) == path


def test_without_a_window_the_sample_becomes_a_table(source: EmbeddingSource, tmp_path: Path) -> None:
    count, folder = label_sample(source, Unwatched(), tmp_path / "labels.csv")
    with (tmp_path / "labels.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert count == len(rows) == 61
    assert [row["photo"] for row in rows] == sorted(path.name for path in (folder / "photos").iterdir())
    assert {row["label"] for row in rows} <= {path.name for path in (folder / "examples").iterdir()}
    assert {row["error"] for row in rows} == {""}
