"""A folder labelled with an exported model: the rows are those of a folder labelled from examples."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fewshot_gui.core.errors import Cancelled, FewshotError, PhotoError
from fewshot_gui.core.progress import Unwatched
from fewshot_gui.exporting import write_csv
from fewshot_gui.exporting.model.reading import ModelFileError, OpenedModel, Scored, open_model
from fewshot_gui.imaging import fingerprint
from fewshot_gui.workflows.labelling_by_model import LabelledByModel, label_by_model
from tests.unit.encoders.conftest import Watched
from tests.unit.exporting.tiny_models import Tiny

COLOURS = {"red": (250, 20, 20), "green": (20, 250, 20), "blue": (20, 20, 250)}


def paint(path: Path, colour: tuple[int, int, int], size: tuple[int, int] = (60, 40)) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour).save(path)
    return path


@pytest.fixture
def model(tmp_path: Path) -> OpenedModel:
    path = Tiny((1, 3, 16, 16), "data", "model_output").save(tmp_path / "model" / "colours.onnx")
    (path.parent / "labels.txt").write_text("\n".join(COLOURS), encoding="utf-8")
    return open_model(path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four photos of each colour, told by their names, the blue ones in a folder below."""
    for number in range(4):
        for name, colour in COLOURS.items():
            below = "below/" if name == "blue" else ""
            paint(tmp_path / "photos" / f"{below}{name} {number}.png", colour, (60 + number, 40))
    return tmp_path / "photos"


@pytest.fixture
def label(model: OpenedModel, folder: Path) -> Callable[..., LabelledByModel]:
    def run(**options: object) -> LabelledByModel:
        arguments = {"model": model, "photos": folder, "progress": Unwatched()} | options
        return label_by_model(**arguments)

    return run


Label = Callable[..., LabelledByModel]


def test_every_photo_gets_its_label_in_the_order_of_the_folder(label: Label, folder: Path) -> None:
    result = label()
    names = [f"{name} {number}.png" for name in ("green", "red") for number in range(4)]
    assert [row.photo for row in result.rows] == [*names, *(f"below/blue {number}.png" for number in range(4))]
    assert [row.label for row in result.rows] == ["green"] * 4 + ["red"] * 4 + ["blue"] * 4
    assert (result.failures, result.skipped) == ((), ())
    assert [photo.path for photo in result.labels.photos] == [folder / row.photo for row in result.rows]
    assert [photo.fingerprint for photo in result.labels.photos] == [
        fingerprint(photo.path) for photo in result.labels.photos
    ]


def test_a_row_says_how_sure_the_label_is_and_where_it_comes_from(label: Label) -> None:
    result = label()
    for row in result.rows:
        assert row.confidence is not None
        assert row.second_confidence is not None
        assert 1 / 3 < row.confidence < 1
        assert row.second_confidence <= 1 - row.confidence
        assert row.second_label in COLOURS
        assert row.second_label != row.label
        assert (row.familiarity, row.expected_accuracy, row.error) == (None, None, "")
        assert (row.method, row.encoder) == ("model:colours", "colours.onnx")
    assert result.labels.classes == tuple(COLOURS)
    assert result.labels.classifier == "colours (colours.onnx)"


def test_the_table_can_be_written(label: Label, tmp_path: Path) -> None:
    assert write_csv(tmp_path / "labels.csv", label().rows) == 12


def test_a_broken_photo_is_a_row_with_an_error(label: Label, folder: Path) -> None:
    (folder / "below" / "broken.jpg").write_bytes(b"x" * 50)
    (folder / "gone.jpg").symlink_to(folder / "red 0.png")
    result = label()
    (row,) = (row for row in result.rows if row.photo == "below/broken.jpg")
    assert (row.label, row.confidence, row.method, row.encoder) == ("", None, "", "colours.onnx")
    assert row.error
    assert [failure.path.name for failure in result.failures] == ["broken.jpg"]
    assert all(isinstance(failure, PhotoError) for failure in result.failures)
    assert (result.stats.photos, result.stats.failed) == (14, 1)


def test_a_photo_on_which_the_model_fails_is_a_row_with_an_error(label: Label, monkeypatch: pytest.MonkeyPatch) -> None:
    sound = OpenedModel.score

    def score(self: OpenedModel, rgb: np.ndarray) -> Scored:
        if rgb[0, 0, 0] > 200:
            raise ModelFileError("It failed.")
        return sound(self, rgb)

    monkeypatch.setattr(OpenedModel, "score", score)
    result = label()
    assert {row.error for row in result.rows if row.photo.startswith("red")} == {"the model failed on it"}
    assert {row.label for row in result.rows if not row.error} == {"green", "blue"}
    assert len(result.failures) == 4


def test_the_figures(label: Label) -> None:
    stats = label().stats
    assert (stats.photos, stats.failed, stats.cached, stats.device) == (12, 0, 0, "cpu")
    assert stats.decode_core_seconds > 0
    assert stats.encode_core_seconds > 0
    assert stats.photos_per_second == pytest.approx(12 / stats.seconds)
    assert (stats.method, stats.encoder) == ("model:colours", "colours.onnx")


def test_progress_is_told(label: Label) -> None:
    watched = Watched()
    label(progress=watched)
    assert watched.reports[-1][:2] == (12, 12)


def test_it_may_be_cancelled_at_every_check(label: Label) -> None:
    for number in range(1, 12):
        with pytest.raises(Cancelled):
            label(progress=Watched(cancel_at_check=number))


def test_many_photos_wait_in_a_bounded_queue(
    label: Label, folder: Path, model: OpenedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(60):
        os.link(folder / "red 0.png", folder / f"copy {number}.png")
    scored = 0
    sound = OpenedModel.score

    def score(self: OpenedModel, rgb: np.ndarray) -> Scored:
        nonlocal scored
        scored += 1
        return sound(self, rgb)

    monkeypatch.setattr(OpenedModel, "score", score)
    monkeypatch.setattr("fewshot_gui.workflows.labelling_by_model.core_count", lambda: 2)
    with pytest.raises(Cancelled):
        label(progress=Watched(cancel_at_check=3))
    assert scored < 20


def test_an_empty_folder_is_a_sentence(label: Label, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(FewshotError, match=r"No photos were found in .*choose a folder that holds image files"):
        label(photos=tmp_path / "empty")
