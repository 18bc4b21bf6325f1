"""A project labelled without a window says the same as the command "label", and what a person decided."""

from __future__ import annotations

from pathlib import Path

import pytest

from fewshot_gui.core.errors import NotEnoughExamplesError
from fewshot_gui.core.prediction import NONE_OF_THESE
from fewshot_gui.core.progress import Unwatched
from fewshot_gui.exporting import NONE_OF_THESE_LABEL
from fewshot_gui.project.class_edits import rename_class
from fewshot_gui.project.decision_edits import decide
from fewshot_gui.project.example_edits import add_class_with_examples, read_files
from fewshot_gui.project.opening import create_project, open_project
from fewshot_gui.project.photo_edits import add_photos, add_source
from fewshot_gui.project.setting_edits import set_setting
from fewshot_gui.workflows.adapt_snapshot import ENCODER_SETTING
from fewshot_gui.workflows.embedding_source import EmbeddingSource
from fewshot_gui.workflows.label_folder import label_folder
from fewshot_gui.workflows.labelled_project import LabelledProject, label_project, require_classifier
from tests.unit.workflows.conftest import TILE_COLOURS, draw


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three photos of each class, told by their names."""
    for number in range(3):
        draw(tmp_path / "photos" / f"dark {number}.png", 100 + number, red=10)
        draw(tmp_path / "photos" / f"red {number}.png", 200 + number, red=240)
    return tmp_path / "photos"


@pytest.fixture
def project_file(tmp_path: Path, folder: Path, two_classes: Path) -> Path:
    """A project of the two classes and the photos."""
    path = tmp_path / "rocks.fewshot"
    with create_project(path, "Rocks") as project:
        for name in ("dark", "red"):
            files = sorted((two_classes / name).iterdir())
            add_class_with_examples(project, name, read_files(files).files)
        add_source(project, folder)
        add_photos(project, sorted(folder.iterdir()))
        set_setting(project, ENCODER_SETTING, TILE_COLOURS.id)
    return path


def label(path: Path, source: EmbeddingSource) -> LabelledProject:
    return label_project(path, lambda _encoder: source, Unwatched())


def test_a_project_is_labelled_as_its_folders_would_be(
    project_file: Path, folder: Path, two_classes: Path, source: EmbeddingSource
) -> None:
    labelled = label(project_file, source)
    folder_rows = {row.photo: row for row in label_folder(two_classes, folder, source, Unwatched()).rows}
    assert labelled.labels.name == "Rocks"
    assert labelled.labels.classes == ("dark", "red")
    assert labelled.labels.roots == (folder,)
    assert len(labelled.labels.photos) == 6
    for photo in labelled.labels.photos:
        assert photo.row.photo == f"photos/{photo.path.name}"
        twin = folder_rows[photo.path.name]
        assert (photo.row.label, photo.row.method) == (twin.label, twin.method)
        assert photo.row.confidence == pytest.approx(twin.confidence)
        assert not photo.by_person
        assert photo.is_of_a_class


def test_decisions_stand_above_what_the_machine_thinks(project_file: Path, source: EmbeddingSource) -> None:
    with open_project(project_file) as project:
        first, second, *_ = project.photos
        decide(project, [first], project.classes[1].id, by="Ada")
        decide(project, [second], NONE_OF_THESE)
    first_photo, second_photo, *others = label(project_file, source).labels.photos
    assert (first_photo.row.label, first_photo.row.method, first_photo.row.confidence) == ("red", "person", None)
    assert (first_photo.by_person, first_photo.decided_by) == (True, "Ada")
    assert first_photo.decided_at.endswith("+00:00")
    assert second_photo.row.label == NONE_OF_THESE_LABEL
    assert not second_photo.is_of_a_class
    assert not any(photo.by_person for photo in others)


def test_a_photo_that_cannot_be_read_is_a_row_with_its_error(
    project_file: Path, folder: Path, source: EmbeddingSource
) -> None:
    (folder / "dark 1.png").write_bytes(b"not a picture")
    labelled = label(project_file, source)
    photo = next(photo for photo in labelled.labels.photos if photo.path.name == "dark 1.png")
    assert photo.row.label == ""
    assert photo.row.error
    assert [failure.path.name for failure in labelled.failures] == ["dark 1.png"]


def test_too_few_examples_leave_the_decisions(tmp_path: Path, folder: Path, source: EmbeddingSource) -> None:
    path = tmp_path / "bare.fewshot"
    with create_project(path, "Bare") as project:
        add_photos(project, sorted(folder.iterdir()))
        decide(project, list(project.photos)[:1], NONE_OF_THESE)
    labelled = label(path, source)
    assert [photo.row.label for photo in labelled.labels.photos] == [NONE_OF_THESE_LABEL, *[""] * 5]
    with pytest.raises(NotEnoughExamplesError, match="no classifier to export"):
        require_classifier(labelled)


def test_class_names_are_those_of_the_project(project_file: Path, source: EmbeddingSource) -> None:
    with open_project(project_file) as project:
        rename_class(project, project.classes[0].id, "Dunkel")
    labelled = label(project_file, source)
    assert labelled.labels.classes == ("Dunkel", "red")
    assert {photo.row.label for photo in labelled.labels.photos} == {"Dunkel", "red"}
    assert require_classifier(labelled).adapted.class_ids.tolist() == list(labelled.classes)
