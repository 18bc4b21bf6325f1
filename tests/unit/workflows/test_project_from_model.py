"""A new project that starts from a model: this program's brings its examples, another's finds some."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import onnx
import pytest

from fewshot_gui.core.errors import Cancelled, FewshotError, ProjectFileError
from fewshot_gui.core.progress import Unwatched
from fewshot_gui.encoders import EmbeddingCache, encoder_spec
from fewshot_gui.exporting.model.carried_examples import CARRIED_EXAMPLES_KEY, encode
from fewshot_gui.exporting.model.facts import ModelFacts
from fewshot_gui.exporting.model.graph import assemble
from fewshot_gui.exporting.model.metadata import describe
from fewshot_gui.exporting.model.reading import OpenedModel, open_model
from fewshot_gui.project.carried_edits import remove_carried_examples
from fewshot_gui.project.class_edits import remove_class
from fewshot_gui.project.example_edits import add_examples, read_files
from fewshot_gui.project.opening import open_project
from fewshot_gui.project.project import Project
from fewshot_gui.project.setting_edits import set_setting
from fewshot_gui.workflows.adapt_snapshot import ENCODER_SETTING, take_snapshot
from fewshot_gui.workflows.adapting import adapt_and_label
from fewshot_gui.workflows.embedding_source import EmbeddingSource
from fewshot_gui.workflows.label_folder import LabelledFolder, label_folder
from fewshot_gui.workflows.labelled_project import label_project
from fewshot_gui.workflows.labelling_by_model import label_by_model
from fewshot_gui.workflows.photo_embeddings import PhotoEmbeddings
from fewshot_gui.workflows.project_from_model import MOST_OF_A_CLASS, SURE, project_from_model
from tests.unit.encoders.conftest import Watched
from tests.unit.exporting.tiny_models import Tiny
from tests.unit.workflows.conftest import draw
from tests.unit.workflows.test_labelling_by_model import COLOURS, paint

ENCODER = encoder_spec("pixels28")


@pytest.fixture
def pixels(cache: EmbeddingCache) -> EmbeddingSource:
    """An encoder without a network."""
    return EmbeddingSource(ENCODER, cache)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in range(8):
        draw(tmp_path / "photos" / f"dark {number}.png", 100 + number, red=10)
        draw(tmp_path / "photos" / f"red {number}.png", 100 + number, red=240)
    return tmp_path / "photos"


@pytest.fixture
def labelled(two_classes: Path, folder: Path, pixels: EmbeddingSource) -> LabelledFolder:
    return label_folder(two_classes, folder, pixels, Unwatched())


@dataclass
class Exporter:
    """Exports what was adapted, with changes."""

    labelled: LabelledFolder
    folder: Path

    def save(self, *, carries: bool = True, **changes: object) -> OpenedModel:
        adapted, classes = self.labelled.adapted, self.labelled.classes
        facts = ModelFacts(
            class_names=tuple(classes.names.values()),
            encoder=ENCODER,
            method=adapted.method,
            title="Dark or red",
            created=datetime.now(UTC),
            version="0",
            examples_per_class=tuple(classes.support.class_counts.tolist()),
            expected_accuracy=None,
            stranger_below=0.5,
            licence="none",
        )
        model = assemble(adapted, facts)
        describe(model, replace(facts, **changes), encode(classes.support) if carries else "")  # type: ignore[arg-type]  # any
        onnx.save(model, self.folder / "exported.onnx")
        return open_model(self.folder / "exported.onnx")


@pytest.fixture
def exporter(labelled: LabelledFolder, tmp_path: Path) -> Exporter:
    return Exporter(labelled, tmp_path)


def test_an_exported_model_labels_as_the_program_does(
    exporter: Exporter, labelled: LabelledFolder, folder: Path
) -> None:
    rows = label_by_model(exporter.save(), folder, Unwatched()).rows
    assert [(row.photo, row.label) for row in rows] == [(row.photo, row.label) for row in labelled.rows]
    for ours, theirs in zip(rows, labelled.rows, strict=True):
        assert ours.confidence == pytest.approx(theirs.confidence, abs=0.02)
        assert ours.familiarity == pytest.approx(theirs.familiarity, abs=0.02)
        assert (ours.method, ours.encoder) == ("model:Dark or red", "pixels28")


def test_a_project_from_it_labels_as_before_without_any_photo_of_an_example(
    exporter: Exporter, labelled: LabelledFolder, folder: Path, two_classes: Path, pixels: EmbeddingSource
) -> None:
    model = exporter.save()
    shutil.rmtree(two_classes)
    made = project_from_model(model, folder.parent / "new", Unwatched(), photos=folder)
    assert (made.path.name, made.classes, made.carried, made.examples) == ("new.fewshot", 2, 10, 0)
    assert made.sentence == (
        "“Dark or red” brings 10 examples of 2 classes without their photos; add photos of your own to teach it more."
    )
    again = label_project(made.path, lambda _: pixels, Unwatched())
    assert [photo.row.label for photo in again.labels.photos] == [row.label for row in labelled.rows]
    confidences = [photo.row.confidence for photo in again.labels.photos]
    assert confidences == pytest.approx([row.confidence for row in labelled.rows], abs=1e-5)
    assert again.outcome is not None
    assert [path for _, path in again.outcome.origins] == [None] * 10
    np.testing.assert_array_equal(again.outcome.support.embeddings, labelled.classes.support.embeddings)


@pytest.fixture
def project(exporter: Exporter, tmp_path: Path) -> Iterator[Project]:
    path = project_from_model(exporter.save(), tmp_path / "new.fewshot", Unwatched()).path
    with open_project(path) as project:
        yield project


def test_the_project_has_the_encoder_of_the_model_and_nothing_to_undo(project: Project) -> None:
    assert project.name == "Dark or red"
    assert project.settings[ENCODER_SETTING] == "pixels28"
    assert [record.name for record in project.classes] == ["dark", "red"]
    assert project.history.next_undo is None


def carried_labels(project: Project, source: EmbeddingSource) -> list[int]:
    snapshot = take_snapshot(project, source, PhotoEmbeddings(source.spec.dimension))
    if snapshot is None or snapshot.request.carried is None:
        return []
    return snapshot.request.carried.labels.tolist()


def test_photos_of_the_person_join_the_carried_examples(
    project: Project, pixels: EmbeddingSource, tmp_path: Path
) -> None:
    dark, red = (record.id for record in project.classes)
    mine = [draw(tmp_path / f"mine {number}.png", 50 + number, red=240) for number in range(2)]
    add_examples(project, red, read_files(mine).files)
    snapshot = take_snapshot(project, pixels, PhotoEmbeddings(pixels.spec.dimension))
    assert snapshot is not None
    outcome = adapt_and_label(snapshot.request, pixels, Unwatched())
    assert outcome.origins == (*((red, path) for path in mine), *[(dark, None)] * 5, *[(red, None)] * 5)
    assert outcome.support.labels.tolist() == [class_id for class_id, _ in outcome.origins]


def test_removing_is_undone(project: Project, pixels: EmbeddingSource) -> None:
    dark, red = (record.id for record in project.classes)
    everything = [dark] * 5 + [red] * 5
    assert carried_labels(project, pixels) == everything
    remove_class(project, dark)
    assert carried_labels(project, pixels) == [red] * 5
    project.undo()
    assert carried_labels(project, pixels) == everything
    remove_carried_examples(project)
    assert carried_labels(project, pixels) == []
    project.undo()
    assert carried_labels(project, pixels) == everything


def test_another_encoder_does_without_them(project: Project, source: EmbeddingSource, pixels: EmbeddingSource) -> None:
    set_setting(project, ENCODER_SETTING, source.spec.id)
    assert carried_labels(project, source) == []
    project.undo()
    assert len(carried_labels(project, pixels)) == 10


def test_a_model_of_another_version_of_the_encoder_brings_no_numbers(
    exporter: Exporter, folder: Path, tmp_path: Path
) -> None:
    other = replace(ENCODER, preprocess=replace(ENCODER.preprocess, version=99))
    model = exporter.save(encoder=other)
    made = project_from_model(model, tmp_path / "bare", Unwatched())
    assert (made.carried, made.examples) == (0, 0)
    assert made.sentence.endswith("brings the names of 2 classes but no examples; add a few photos to each.")
    made = project_from_model(model, tmp_path / "found", Unwatched(), photos=folder)
    assert made.carried == 0
    assert made.examples > 0


def test_without_carried_examples_only_names_come(exporter: Exporter, tmp_path: Path) -> None:
    assert project_from_model(exporter.save(carries=False), tmp_path / "new", Unwatched()).carried == 0


def test_damaged_examples_make_no_project(exporter: Exporter, tmp_path: Path) -> None:
    model = exporter.save()
    proto = onnx.load(model.path)
    for entry in proto.metadata_props:
        if entry.key == CARRIED_EXAMPLES_KEY:
            entry.value = entry.value[:-100]
    onnx.save(proto, model.path)
    with pytest.raises(FewshotError, match="examples that this model carries are damaged"):
        project_from_model(open_model(model.path), tmp_path / "new", Unwatched())
    assert not list(tmp_path.glob("*.fewshot"))


def foreign(folder: Path, names: list[str], *, gain: float = 12.0) -> OpenedModel:
    path = Tiny((1, 3, 16, 16), "data", "model_output", gain=gain).save(folder / "model" / "colours.onnx")
    (path.parent / "labels.txt").write_text("\n".join(names), encoding="utf-8")
    return open_model(path)


@pytest.fixture
def colours(tmp_path: Path) -> Path:
    """Photos of pure and of mixed colours; only of the pure ones is the model sure."""
    for number in range(14):
        paint(tmp_path / "colours" / f"red {number}.png", (250, number, 0))
        paint(tmp_path / "colours" / f"grey {number}.png", (128 + number, 128, 128))
    paint(tmp_path / "colours" / "blue.png", (0, 0, 255))
    shutil.copy(tmp_path / "colours" / "blue.png", tmp_path / "colours" / "blue again.png")
    (tmp_path / "colours" / "broken.jpg").write_bytes(b"x" * 50)
    return tmp_path / "colours"


def test_another_tools_model_puts_in_what_it_is_sure_of(tmp_path: Path, colours: Path) -> None:
    model = foreign(tmp_path, list(COLOURS))
    made = project_from_model(model, tmp_path / "new", Unwatched(), photos=colours)
    assert (made.classes, made.carried, made.examples) == (3, 0, MOST_OF_A_CLASS + 1)
    assert [failure.path.name for failure in made.failures] == ["broken.jpg"]
    assert "put 11 photos that it is sure of (90% or more) into 3 classes; look through them" in made.sentence
    sure = {row.photo for row in label_by_model(model, colours, Unwatched()).rows if (row.confidence or 0) >= SURE}
    with open_project(made.path) as project:
        red, green, blue = (record.id for record in project.classes)
        chosen = [example.path.name for example in project.examples_of(red)]
        assert sorted(chosen) == sorted(f"red {number}.png" for number in range(10)), "the reddest"
        assert set(chosen) < sure
        assert len(project.examples_of(green)) == 0
        assert len(project.examples_of(blue)) == 1, "the same content twice is one example"
        assert [source.path for source in project.sources.values()] == [colours]
        assert len(project.photos) == 31
        assert not project.decisions, "a machine decides nothing"


def test_without_photos_only_its_names_come(tmp_path: Path) -> None:
    made = project_from_model(foreign(tmp_path, list(COLOURS)), tmp_path / "new", Unwatched())
    with open_project(made.path) as project:
        assert [record.name for record in project.classes] == list(COLOURS)
        assert not project.examples


def test_names_are_made_to_fit(tmp_path: Path) -> None:
    names = ["x" * 150, "x" * 120, "Bee"]
    made = project_from_model(foreign(tmp_path, names), tmp_path / "new", Unwatched())
    with open_project(made.path) as project:
        assert [record.name for record in project.classes] == ["x" * 100, "x" * 98 + " 2", "Bee"]


def test_of_very_many_classes_those_found_in_photos_come(tmp_path: Path, colours: Path) -> None:
    model = foreign(tmp_path, list(COLOURS))
    many = replace(model, class_names=(*COLOURS, *(f"class {number}" for number in range(200))))
    made = project_from_model(many, tmp_path / "new", Unwatched(), photos=colours)
    with open_project(made.path) as project:
        assert [record.name for record in project.classes] == ["red", "blue"]
    with pytest.raises(FewshotError, match="tells 203 classes apart, too many for a project"):
        project_from_model(many, tmp_path / "other", Unwatched())


def test_a_cancel_leaves_no_project(tmp_path: Path, colours: Path) -> None:
    model = foreign(tmp_path, list(COLOURS))
    checks = 0

    class Counting(Unwatched):
        def check(self) -> None:
            nonlocal checks
            checks += 1

    project_from_model(model, tmp_path / "whole", Counting(), photos=colours)
    for number in (1, checks // 2, checks):
        with pytest.raises(Cancelled):
            project_from_model(model, tmp_path / "new", Watched(cancel_at_check=number), photos=colours)
    assert [path.name for path in tmp_path.glob("*.fewshot*")] == ["whole.fewshot"]


def test_a_project_that_exists_is_left_alone(tmp_path: Path) -> None:
    model = foreign(tmp_path, list(COLOURS))
    (tmp_path / "new.fewshot").write_bytes(b"precious")
    with pytest.raises(ProjectFileError, match="exists already"):
        project_from_model(model, tmp_path / "new", Unwatched())
    assert (tmp_path / "new.fewshot").read_bytes() == b"precious"
