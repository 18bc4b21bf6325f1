"""The main job without a window: examples and a folder in, rows out."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from fewshot_gui.confidence import Adapted, adapt_calibrated
from fewshot_gui.core.errors import Cancelled, FewshotError, NotEnoughExamplesError
from fewshot_gui.core.progress import Unwatched
from fewshot_gui.encoders import EmbeddingCache
from fewshot_gui.imaging import read_photo
from fewshot_gui.workflows.embedding_source import EmbeddingSource
from fewshot_gui.workflows.label_folder import LabelledFolder, label_folder
from fewshot_gui.workflows.run_stats import RunStats
from tests.unit.encoders.conftest import Watched
from tests.unit.workflows.conftest import TILE_COLOURS, Opener, draw

Label = Callable[..., LabelledFolder]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Six photos of each class, told by their names, one of them in a folder below."""
    for number in range(6):
        draw(tmp_path / "photos" / f"dark {number}.png", 100 + number, red=10)
        draw(tmp_path / "photos" / "below" / f"red {number}.png", 100 + number, red=240)
    return tmp_path / "photos"


@pytest.fixture
def label(two_classes: Path, folder: Path, source: EmbeddingSource) -> Label:
    def run(**options: object) -> LabelledFolder:
        arguments = {"examples": two_classes, "photos": folder, "source": source, "progress": Unwatched()} | options
        return label_folder(**arguments)

    return run


def test_every_photo_gets_the_right_label_in_the_order_of_the_folder(label: Label) -> None:
    result = label()
    assert [row.photo for row in result.rows] == [
        *(f"dark {number}.png" for number in range(6)),
        *(f"below/red {number}.png" for number in range(6)),
    ]
    assert [row.label for row in result.rows] == ["dark"] * 6 + ["red"] * 6
    assert [row.second_label for row in result.rows] == ["red"] * 6 + ["dark"] * 6
    assert (result.failures, result.skipped) == ((), ())


def test_a_row_says_how_sure_the_label_is(label: Label) -> None:
    result = label(method="ridge")
    for row in result.rows:
        assert 0.5 <= row.confidence <= 1
        assert row.confidence + row.second_confidence == pytest.approx(1, abs=1e-6)
        assert 0 <= row.familiarity <= 1
        assert row.expected_accuracy == result.adapted.expected.value
        assert (row.method, row.encoder, row.error) == ("ridge", "tile-colours", "")


@pytest.mark.parametrize("method", ["auto", "prototypes", "lda"])
def test_the_same_seed_gives_the_same_rows_fresh_or_cached(label: Label, cache: EmbeddingCache, method: str) -> None:
    first = label(method=method, seed=5)
    again = label(method=method, seed=5, source=EmbeddingSource(TILE_COLOURS, cache))
    assert first.rows == again.rows
    assert again.stats.cached == again.stats.photos == 12


def test_a_broken_photo_is_a_row_with_an_error(label: Label, folder: Path) -> None:
    (folder / "below" / "broken.jpg").write_bytes(b"x" * 50)
    result = label()
    row = next(row for row in result.rows if row.photo == "below/broken.jpg")
    assert (row.label, row.confidence, row.method) == ("", None, "")
    assert (row.error, row.encoder) == ("it is not an image of a kind this program reads", "tile-colours")
    assert len(result.rows) == 13
    assert [str(failure) for failure in result.failures] == [
        "“broken.jpg” could not be read: it is not an image of a kind this program reads."
    ]
    assert (result.stats.photos, result.stats.failed) == (13, 1)


def test_a_folder_of_broken_photos_is_a_table_of_errors(label: Label, tmp_path: Path) -> None:
    (tmp_path / "bad").mkdir()
    for number in range(3):
        (tmp_path / "bad" / f"{number}.jpg").touch()
    result = label(photos=tmp_path / "bad")
    assert [row.error for row in result.rows] == ["the file is empty"] * 3


def test_broken_examples_are_told_and_the_others_used(label: Label, two_classes: Path) -> None:
    (two_classes / "red" / "broken.png").touch()
    result = label()
    assert [failure.path.name for failure in result.failures] == ["broken.png"]
    assert {row.label for row in result.rows} == {"dark", "red"}
    assert result.stats.failed == 0


def test_examples_among_the_photos_are_labelled_like_any_other(label: Label, two_classes: Path, folder: Path) -> None:
    shutil.copytree(two_classes, folder / "examples")
    result = label(examples=folder / "examples")
    assert len(result.rows) == 12 + 10
    for row in result.rows:
        if row.photo.startswith("examples/"):
            assert row.label == row.photo.split("/")[1]


class TestTooLittle:
    @pytest.mark.parametrize("classes", [["red"], ["dark", "red"]])
    def test_unreadable_classes_are_told_before_the_photos_are_embedded(
        self, label: Label, two_classes: Path, opener: Opener, classes: list[str]
    ) -> None:
        for name in classes:
            for path in (two_classes / name).iterdir():
                path.write_bytes(b"")
        with pytest.raises(NotEnoughExamplesError, match=r"^Two classes need examples that can be read; replace “"):
            label()
        assert sum(opener.engine.batches) == 10 - 5 * len(classes)

    def test_a_single_class(self, label: Label, two_classes: Path) -> None:
        shutil.rmtree(two_classes / "red")
        with pytest.raises(NotEnoughExamplesError, match="at least two folders"):
            label()

    def test_no_photos(self, label: Label, tmp_path: Path) -> None:
        (tmp_path / "none").mkdir()
        with pytest.raises(FewshotError, match="No photos were found"):
            label(photos=tmp_path / "none")

    def test_an_unknown_method_is_told_before_anything_is_read(self, label: Label, opener: Opener) -> None:
        with pytest.raises(FewshotError, match="There is no method called “magic”; choose one of auto, "):
            label(method="magic")
        assert opener.opened == 0


def test_one_example_per_class_is_enough(label: Label, two_classes: Path) -> None:
    for name in ("dark", "red"):
        for path in sorted((two_classes / name).iterdir())[1:]:
            path.unlink()
    result = label()
    assert [row.label for row in result.rows] == ["dark"] * 6 + ["red"] * 6
    assert all(row.expected_accuracy is None for row in result.rows)


def test_more_than_two_classes_have_a_second_label_among_them(label: Label, two_classes: Path) -> None:
    for number in range(5):
        draw(two_classes / "rosé" / f"{number}.png", number, red=130)
    result = label()
    assert {row.label for row in result.rows} <= {"dark", "red", "rosé"}
    assert all(row.second_label in {"dark", "red", "rosé"} - {row.label} for row in result.rows)
    assert [row.label for row in result.rows[:6]] == ["dark"] * 6


def test_problems_in_either_folder_are_told(label: Label, two_classes: Path, folder: Path) -> None:
    for place in (two_classes / "red", folder):
        (place / "link").symlink_to(place / "gone")
    assert label().skipped == (
        f"“{two_classes / 'red' / 'link'}” was skipped: it is a link to something that is no longer there.",
        f"“{folder / 'link'}” was skipped: it is a link to something that is no longer there.",
    )


def test_progress_tells_the_steps_and_cancels_in_each(label: Label) -> None:
    progress = Watched()
    label(progress=progress)
    notes = [note for _, _, note in progress.reports if note in {"Reading the examples", "Labelling"}]
    assert notes == sorted(notes, reverse=True)
    assert (10, 10, "Reading the examples") in progress.reports
    assert (12, 12, "Labelling") in progress.reports
    with pytest.raises(Cancelled):
        label(progress=Watched(cancel_at_check=1))


def test_the_figures_add_up(label: Label) -> None:
    fresh, known = label().stats, label().stats
    assert [field.name for field in fields(RunStats)] == list(vars(fresh))
    assert (fresh.photos, fresh.failed, fresh.cached) == (12, 0, 0)
    assert fresh.photos_per_second == pytest.approx(12 / fresh.seconds)
    assert fresh.seconds > fresh.adapt_seconds + fresh.score_seconds > 0
    assert fresh.bound_photos_per_second > 0
    assert (fresh.device, fresh.encoder) == ("cpu", "tile-colours")
    assert "auto" not in fresh.method
    assert (known.cached, known.decode_core_seconds, known.encode_core_seconds) == (12, 0, 0)
    assert known.bound_photos_per_second is None


def test_adapting_knows_the_readable_photos_and_their_mean(
    label: Label, folder: Path, source: EmbeddingSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    means: list[NDArray[np.float32]] = []
    folders: list[NDArray[np.floating]] = []

    def adapt(*arguments: Any, folder_mean: NDArray[np.float32], **options: Any) -> Adapted:
        means.append(folder_mean)
        folders.append(options["folder"])
        return adapt_calibrated(*arguments, folder_mean=folder_mean, **options)

    monkeypatch.setattr("fewshot_gui.workflows.label_folder.adapt_calibrated", adapt)
    (folder / "broken.png").touch()
    label()
    encoder = source.encoder(Unwatched())
    readable = [encoder.embed([read_photo(path)])[0] for path in folder.rglob("* *.png")]
    np.testing.assert_allclose(means[0], np.mean(readable, axis=0), rtol=1e-3)
    assert len(folders[0]) == len(readable)
