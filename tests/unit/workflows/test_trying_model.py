"""A few photos are labelled with a model before it is used."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from fewshot_gui.core.errors import Cancelled, FewshotError
from fewshot_gui.core.progress import Unwatched
from fewshot_gui.exporting.model.reading import OpenedModel, open_model
from fewshot_gui.workflows.trying_model import TRIED, try_model
from tests.unit.exporting.tiny_models import Tiny
from tests.unit.workflows.test_labelling_by_model import COLOURS, paint


class _Stopped(Unwatched):
    def check(self) -> None:
        raise Cancelled


@pytest.fixture
def model(tmp_path: Path) -> OpenedModel:
    path = Tiny((1, 3, 16, 16), "data", "model_output").save(tmp_path / "model" / "colours.onnx")
    (path.parent / "labels.txt").write_text("\n".join(COLOURS), encoding="utf-8")
    return open_model(path)


def test_photos_come_from_all_over_the_folder(model: OpenedModel, tmp_path: Path) -> None:
    for name, colour in COLOURS.items():
        for number in range(3):
            paint(tmp_path / "photos" / name / f"{number}.png", colour)
    tried = try_model(model, None, tmp_path / "photos", Unwatched())
    assert len(tried) == TRIED
    assert {photo.label for photo in tried} == set(COLOURS)
    assert all(photo.path.parent.name == photo.label and photo.confidence > 0.5 for photo in tried)


def test_photos_are_prepared_as_the_person_chose(model: OpenedModel, tmp_path: Path) -> None:
    paint(tmp_path / "photos" / "red.png", COLOURS["red"])
    assert model.input is not None
    (tried,) = try_model(model, replace(model.input, bgr=not model.input.bgr), tmp_path / "photos", Unwatched())
    assert tried.label == "blue"


def test_what_cannot_be_read_is_passed_over(model: OpenedModel, tmp_path: Path) -> None:
    paint(tmp_path / "photos" / "b.png", COLOURS["green"])
    (tmp_path / "photos" / "a.png").write_bytes(b"no picture")
    assert [photo.label for photo in try_model(model, None, tmp_path / "photos", Unwatched())] == ["green"]


def test_a_folder_without_photos_is_said(model: OpenedModel, tmp_path: Path) -> None:
    with pytest.raises(FewshotError, match="choose another folder"):
        try_model(model, None, tmp_path / "model", Unwatched())


def test_it_can_be_cancelled(model: OpenedModel, tmp_path: Path) -> None:
    paint(tmp_path / "photos" / "red.png", COLOURS["red"])
    with pytest.raises(Cancelled):
        try_model(model, None, tmp_path / "photos", _Stopped())
