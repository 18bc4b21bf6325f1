"""Meta-training from folders to a starting point, with an encoder that has no network."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fewshot_gui.core.errors import Cancelled, FewshotError, NotEnoughExamplesError
from fewshot_gui.core.progress import Unwatched
from fewshot_gui.encoders import EmbeddingCache, encoder_spec
from fewshot_gui.learners.starting_point import NetworkSpec, StartingPoint
from fewshot_gui.learners.starting_point_file import read_starting_point
from fewshot_gui.metalearning.training_checkpoint import CheckpointError
from fewshot_gui.metalearning.training_report import TrainingReport
from fewshot_gui.workflows.augmented_views import VIEWS, with_views
from fewshot_gui.workflows.embedding_source import EmbeddingSource
from fewshot_gui.workflows.labelled_folders import read_labelled_folders
from fewshot_gui.workflows.meta_training import MetaTrained, meta_train
from fewshot_gui.workflows.meta_training_data import read_training_data
from fewshot_gui.workflows.meta_training_request import MetaTrainRequest, TaskShape

QUIET = Unwatched()


@pytest.fixture(scope="module")
def fabrics(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve cloths that differ in faint colours below loud ones: what tells them apart must be learned."""
    folder, rng = tmp_path_factory.mktemp("data") / "fabrics", np.random.default_rng(0)
    for cloth in range(12):
        faint = rng.uniform(-60, 60, (2, 2, 3))
        for photo in range(6):
            light = 255 * rng.integers(0, 2, (4, 4, 3)).astype(float)
            light[2:] = 128 + np.tile(faint, (1, 2, 1)) + rng.normal(0, 4, (2, 4, 3))
            path = folder / f"cloth {cloth}" / f"{photo}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(np.kron(light, np.ones((10, 10, 1))).astype(np.uint8)).save(path)
    return folder


@pytest.fixture
def request_(fabrics: Path, tmp_path: Path) -> MetaTrainRequest:
    """Few small steps on few small tasks."""
    return MetaTrainRequest(
        (fabrics,),
        "prototypes",
        tmp_path / "start.safetensors",
        steps=20,
        tasks=TaskShape((2, 3), (1, 2), 2),
        width=8,
        rate=0.01,
        patience=0,
        validation_tasks=20,
        test_tasks=20,
    )


class _CancelAt(Unwatched):
    def __init__(self, step: int) -> None:
        self._step, self._training = step, False

    def report(self, done: int, total: int | None = None, note: str = "") -> None:
        self._training = note == "Training" and done >= self._step and total is not None

    def check(self) -> None:
        if self._training:
            raise Cancelled


def _same(left: MetaTrained, right: MetaTrained) -> bool:
    ours, theirs = left.starting_point.arrays, right.starting_point.arrays
    return ours.keys() == theirs.keys() and all(np.array_equal(ours[name], theirs[name]) for name in ours)


def test_folders_become_a_starting_point_that_helps(request_: MetaTrainRequest, source: EmbeddingSource) -> None:
    reports: list[TrainingReport] = []
    request = replace(request_, steps=100, rate=0.02, meta_batch=2, test_tasks=100, title="Cloths", licence="CC0-1.0")
    trained = meta_train(request, source, QUIET, on_report=reports.append)
    point = read_starting_point(trained.path)
    assert (point.method, point.title, point.encoder, point.square_root) == (
        "prototypes",
        "Cloths",
        "tile-colours",
        True,
    )
    assert point.network == NetworkSpec("adapter", 48, 8)
    assert all(np.array_equal(point.arrays[name], array) for name, array in trained.starting_point.arrays.items())
    assert reports == list(trained.reports)
    assert trained.test.trained.mean > trained.test.frozen.mean + 0.1
    assert trained.test.gain.mean == pytest.approx(trained.test.trained.mean - trained.test.frozen.mean)
    assert trained.test.learned.mean == pytest.approx(trained.test.trained.mean - trained.test.untrained.mean)
    assert point.facts["licence"] == "CC0-1.0"
    assert point.facts["data"] == "fabrics"
    assert point.facts["classes"] == "7 to learn from, 3 to choose by, 2 to test"
    assert f"{100 * trained.test.trained.mean:.1f} ±" in point.facts["evaluation"]
    assert json.loads(point.facts["settings"])["tasks"]["shots"] == [1, 2]
    assert str(request.folders[0].parent) not in "".join(point.facts.values())
    assert not request.checkpoint.exists()


def test_interrupted_and_resumed_it_ends_the_same(request_: MetaTrainRequest, source: EmbeddingSource) -> None:
    through = meta_train(replace(request_, out=request_.out.with_name("through.safetensors")), source, QUIET)
    with pytest.raises(Cancelled):
        meta_train(request_, source, _CancelAt(7))
    assert request_.checkpoint.exists()
    assert not request_.out.exists()
    with pytest.raises(CheckpointError, match="another training"):
        meta_train(replace(request_, method="matching", resume=True), source, QUIET)
    resumed = meta_train(replace(request_, resume=True), source, QUIET)
    assert _same(through, resumed)
    assert [report.step for report in resumed.reports] == [0, 10, 20]


def test_goes_on_from_a_starting_point(request_: MetaTrainRequest, source: EmbeddingSource) -> None:
    first = meta_train(replace(request_, steps=60), source, QUIET)
    again = meta_train(replace(request_, steps=1, rate=1e-9, start_from=first.starting_point), source, QUIET)
    assert again.test.untrained == again.test.trained == first.test.trained
    other = meta_train(
        replace(request_, steps=1, rate=1e-9, method="matching", start_from=first.starting_point), source, QUIET
    )
    shared = [name for name in first.starting_point.arrays if name.startswith("network.")]
    assert shared
    for name in shared:
        assert np.allclose(other.starting_point.arrays[name], first.starting_point.arrays[name], atol=1e-6)


def test_settings_are_tried_and_the_best_is_used(request_: MetaTrainRequest, source: EmbeddingSource) -> None:
    pytest.importorskip("optuna")
    trained = meta_train(replace(request_, trials=4, width=None), source, QUIET)
    best = trained.trials[0]
    assert len(trained.trials) == 4
    assert best.accuracy == max(trial.accuracy for trial in trained.trials)
    assert trained.starting_point.network.width == best.tuning.width
    assert json.loads(trained.starting_point.facts["settings"])["rate"] == best.tuning.rate
    assert any(note.startswith("Of 4 settings tried, the best was rate") for note in trained.notes)


def test_a_resumed_training_keeps_the_settings_that_were_found(
    request_: MetaTrainRequest, source: EmbeddingSource
) -> None:
    pytest.importorskip("optuna")
    request = replace(request_, trials=3, width=None)
    through = meta_train(request, source, QUIET)
    with pytest.raises(Cancelled):
        meta_train(request, source, _CancelAt(12))
    resumed = meta_train(replace(request, resume=True), source, QUIET)
    assert resumed.trials == ()
    assert _same(through, resumed)


def test_pixels_train_a_network_from_scratch(fabrics: Path, request_: MetaTrainRequest, cache: EmbeddingCache) -> None:
    source = EmbeddingSource(encoder_spec("pixels28"), cache)
    request = replace(request_, steps=2, rotations=True, augment=True, adversarial=0.05)
    trained = meta_train(request, source, QUIET)
    assert trained.starting_point.network == NetworkSpec("conv4", 784, 8)
    assert trained.starting_point.square_root is None
    assert trained.starting_point.facts["classes"].startswith("28 to learn from, 3 to choose by")
    assert trained.steps == 2


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"method": "magic"}, r"No method for meta-training is called “magic”; choose one of .*maml"),
        ({"rotations": True}, r"only when training on pixels"),
        (
            {"start_from": StartingPoint("maml", "Birds", "other", NetworkSpec("adapter", 3, 2), None, {})},
            r"“Birds” cannot be gone on from: it was trained on “other”",
        ),
    ],
)
def test_what_makes_no_sense_is_said_at_once(
    request_: MetaTrainRequest, source: EmbeddingSource, changes: dict[str, object], sentence: str
) -> None:
    with pytest.raises(FewshotError, match=sentence):
        meta_train(replace(request_, **changes), source, QUIET)  # type: ignore[arg-type]


def test_too_few_classes_are_a_sentence(request_: MetaTrainRequest, source: EmbeddingSource, two_classes: Path) -> None:
    with pytest.raises(NotEnoughExamplesError, match="At least 6 classes"):
        meta_train(replace(request_, folders=(two_classes,)), source, QUIET)


def test_curves_are_written(request_: MetaTrainRequest, source: EmbeddingSource, tmp_path: Path) -> None:
    meta_train(replace(request_, steps=1, log_dir=tmp_path / "curves"), source, QUIET)
    assert list((tmp_path / "curves").iterdir())


def test_views_join_the_group_of_their_photo(two_classes: Path, source: EmbeddingSource) -> None:
    read = read_labelled_folders([two_classes], source, QUIET)
    n = len(read.data.rows)
    seen = with_views(read.data, read.paths, source, QUIET, seed=1)
    assert len(seen.rows) == n * (1 + VIEWS)
    assert np.array_equal(seen.rows[:n], read.data.rows)
    assert np.array_equal(np.bincount(seen.groups), (1 + VIEWS) * np.bincount(read.data.groups))
    assert np.array_equal(seen.labels[n:], np.repeat(read.data.labels, VIEWS))
    distances = np.linalg.norm(seen.rows[n:].astype(float) - np.repeat(read.data.rows, VIEWS, axis=0), axis=1)
    assert (distances > 0).all()
    again, other = (with_views(read.data, read.paths, source, QUIET, seed=seed) for seed in (1, 2))
    assert np.array_equal(seen.rows, again.rows)
    assert not np.array_equal(seen.rows, other.rows)


def test_a_photo_that_is_gone_has_no_views(two_classes: Path, source: EmbeddingSource) -> None:
    read = read_labelled_folders([two_classes], source, QUIET)
    paths = [two_classes / "gone.png", *read.paths[1:]]
    assert len(with_views(read.data, paths, source, QUIET, seed=0).rows) == len(read.data.rows) * (1 + VIEWS) - VIEWS


def test_only_photos_to_learn_from_have_views(request_: MetaTrainRequest, source: EmbeddingSource) -> None:
    plain = read_training_data(request_, source, QUIET)
    varied = read_training_data(replace(request_, augment=True), source, QUIET)
    assert len(varied.train.rows) == (1 + VIEWS) * len(plain.train.rows)
    assert np.array_equal(varied.validation.rows, plain.validation.rows)
    assert np.array_equal(varied.test.rows, plain.test.rows)
    names = [set(part.class_names) for part in (varied.train, varied.validation, varied.test)]
    assert sum(map(len, names)) == len(set().union(*names)) == 12
