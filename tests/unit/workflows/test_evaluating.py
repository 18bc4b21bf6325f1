"""Evaluation over unseen tasks, on data whose answers are known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations, islice
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fewshot_gui.core.errors import Cancelled, FewshotError, NotEnoughExamplesError
from fewshot_gui.core.progress import Unwatched
from fewshot_gui.metalearning.evaluation import Figures
from fewshot_gui.metalearning.frozen_prototypes import FROZEN_PROTOTYPES
from fewshot_gui.metalearning.labelled_rows import LabelledRows, joined, split_classes
from fewshot_gui.workflows import evaluating
from fewshot_gui.workflows.embedding_source import EmbeddingSource
from fewshot_gui.workflows.evaluating import Evaluation, EvaluationRequest, evaluate
from fewshot_gui.workflows.labelled_folders import LabelledFolders
from tests.unit.encoders.conftest import Watched
from tests.unit.workflows.conftest import SIDE, TILES

DIMENSION = 64


def planted(counts: list[int], *, apart: float, source: str = "planted", seed: int = 0) -> LabelledRows:
    """Classes along axes of their own, ``apart`` from the origin, in noise of deviation one."""
    labels = np.repeat(np.arange(len(counts)), counts)
    noise = np.random.default_rng(seed).normal(size=(len(labels), DIMENSION))
    rows = (noise + apart * np.eye(len(counts), DIMENSION)[labels]).astype(np.float16)
    names = tuple(f"class {number}" for number in range(len(counts)))
    return LabelledRows(rows, labels, np.arange(len(labels)), names, (source,) * len(counts))


Evaluate = Callable[..., Evaluation]


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch, source: EmbeddingSource) -> Evaluate:
    """Evaluate on these rows, as if they had been read from folders."""

    def run(data: LabelledRows, *, watched: Unwatched | None = None, **changes: object) -> Evaluation:
        folders = LabelledFolders(data, (), (), (), ())
        monkeypatch.setattr(evaluating, "read_labelled_folders", lambda *_: folders)
        request = EvaluationRequest((Path("planted"),), ("ridge",), shots=(1, 3), episodes=20)
        on_result = changes.pop("on_result", None)
        return evaluate(replace(request, **changes), source, watched or Unwatched(), on_result=on_result)  # type: ignore[arg-type]

    return run


def by_method(evaluation: Evaluation) -> dict[tuple[str, int | None], Figures]:
    return {(one.method, one.shots): one for one in evaluation.figures}


class TestPlantedAnswers:
    def test_classes_far_apart_are_always_told_and_so_are_strangers(self, on: Evaluate) -> None:
        found = on(planted([30] * 8, apart=60), methods=("ridge", "lda", "auto"), unknown_share=0.2)
        assert len(found.figures) == 2 * 4
        for one in found.figures:
            assert one.accuracy.mean == 1.0, one
            assert one.auroc is not None
            assert one.auroc > 0.999, one
            assert one.gain.mean == 0.0

    def test_noise_is_labelled_by_chance(self, on: Evaluate) -> None:
        found = on(planted([40] * 9, apart=0), ways=4, episodes=150, shots=(3,), unknown_share=0.2)
        for one in found.figures:
            assert abs(one.accuracy.mean - 0.25) < 2.5 * one.accuracy.half_width, one
            assert one.auroc == pytest.approx(0.5, abs=0.03)
        # What is measured is what a person gets: calibrated, so that chance is not called certain.
        ridge, frozen = by_method(found)["ridge", 3], by_method(found)[FROZEN_PROTOTYPES, 3]
        assert ridge.calibration_error < frozen.calibration_error / 2

    def test_more_examples_help(self, on: Evaluate) -> None:
        found = by_method(on(planted([40] * 6, apart=3), shots=(1, 10), episodes=60))
        assert found["ridge", 10].accuracy.mean > found["ridge", 1].accuracy.mean + 0.1


class TestTasks:
    def test_the_frozen_prototypes_stand_beside_every_number_of_examples(self, on: Evaluate) -> None:
        heard: list[Figures] = []
        found = on(planted([30] * 6, apart=5), methods=("lda", "ridge"), on_result=heard.append)
        assert [(one.shots, one.method) for one in heard] == [
            (shots, method) for shots in (1, 3) for method in (FROZEN_PROTOTYPES, "lda", "ridge")
        ]
        assert tuple(heard) == found.figures
        assert {(one.episodes, one.queries) for one in heard} == {(20, 75.0)}
        assert all(one.auroc is None for one in heard)

    def test_every_method_gets_the_same_tasks(self, on: Evaluate) -> None:
        data = planted([30] * 6, apart=3)
        both = by_method(on(data, methods=("ridge", "lda")))
        alone = by_method(on(data, methods=("lda",)))
        for key in (("lda", 3), (FROZEN_PROTOTYPES, 3)):
            assert both[key].accuracy == alone[key].accuracy
            assert both[key].gain == alone[key].gain

    def test_the_seed_fixes_them(self, on: Evaluate) -> None:
        data = planted([30] * 6, apart=3)
        first, again, other = (on(data, seed=seed).figures[-1].accuracy for seed in (1, 1, 2))
        assert first == again != other

    def test_variable_tasks_have_no_number_of_examples(self, on: Evaluate) -> None:
        found = on(planted([30] * 12, apart=60), sampling="variable", episodes=10)
        assert [(one.method, one.shots) for one in found.figures] == [(FROZEN_PROTOTYPES, None), ("ridge", None)]
        assert found.figures[1].accuracy.mean == 1.0

    def test_dirichlet_queries_are_as_many(self, on: Evaluate) -> None:
        found = on(planted([60] * 6, apart=5), query_mix="dirichlet")
        assert found.figures[0].queries == pytest.approx(75, abs=2)

    def test_the_test_classes_are_those_kept_from_training(self, on: Evaluate) -> None:
        data = planted([30] * 20, apart=5)
        found = on(data, split="test", ways=4, seed=3)
        assert found.classes == split_classes(data, seed=3)[2].classes == 4
        assert found.photos == 120


class TestSmallData:
    def test_small_classes_lower_the_queries_or_are_left_out_and_it_is_told(self, on: Evaluate) -> None:
        found = on(planted([30, 30, 12, 30, 30, 4], apart=5), ways=4, shots=(1, 3, 6))
        figures = by_method(found)
        assert [figures["ridge", shots].queries for shots in (1, 3, 6)] == [4 * 11, 4 * 9, 4 * 6]
        assert found.notes == (
            "With 1 example per class, 1 of 6 classes were left out: they have fewer than 6 different photos.",
            "With 1 example per class, tasks have 11 photos to label per class: the smallest class has no more.",
            "With 3 examples per class, 1 of 6 classes were left out: they have fewer than 8 different photos.",
            "With 3 examples per class, tasks have 9 photos to label per class: the smallest class has no more.",
            "With 6 examples per class, 1 of 6 classes were left out: they have fewer than 11 different photos.",
            "With 6 examples per class, tasks have 6 photos to label per class: the smallest class has no more.",
        )

    def test_a_data_set_with_too_few_classes_is_told(self, on: Evaluate) -> None:
        data = joined([planted([30] * 6, apart=5), planted([30] * 3, apart=5, source="cells")])
        assert on(data).notes == ("Tasks of 5 classes cannot be drawn from “cells”: it has 3.",)

    def test_data_too_small_for_any_task_is_refused_before_the_work(self, on: Evaluate) -> None:
        heard: list[Figures] = []
        with pytest.raises(NotEnoughExamplesError, match="cannot be drawn from 3"):
            on(planted([30] * 3, apart=5), on_result=heard.append)
        with pytest.raises(NotEnoughExamplesError, match="No class has the 15 different photos"):
            on(planted([12] * 8, apart=5), shots=(1, 10), on_result=heard.append)
        assert heard == []

    def test_an_unknown_method_is_told_before_anything_is_read(self, source: EmbeddingSource, tmp_path: Path) -> None:
        with pytest.raises(FewshotError, match="There is no method called “magic”"):
            evaluate(EvaluationRequest((tmp_path,), ("ridge", "magic")), source, Unwatched())


class TestProgress:
    def test_counts_the_tasks_of_all_methods(self, on: Evaluate) -> None:
        watched = Watched()
        on(planted([30] * 6, apart=5), watched=watched)
        done, totals, notes = zip(*watched.reports, strict=True)
        assert list(done) == sorted(done)
        assert (done[-1], set(totals)) == (80, {80})
        assert list(dict.fromkeys(notes)) == [
            "frozen prototypes, 1 examples",
            "ridge, 1 examples",
            "frozen prototypes, 3 examples",
            "ridge, 3 examples",
        ]

    @pytest.mark.parametrize("check", [1, 5, 30, 60])
    def test_the_person_may_cancel_at_any_task(self, on: Evaluate, check: int) -> None:
        with pytest.raises(Cancelled):
            on(planted([30] * 6, apart=5), watched=Watched(cancel_at_check=check))


def test_folders_are_read_and_their_facts_kept(source: EmbeddingSource, tmp_path: Path) -> None:
    for colour, rgb in {"red": (255, 0, 0), "green": (0, 255, 0), "blue": (0, 0, 255), "grey": (128, 128, 128)}.items():
        for number, tiles in enumerate(islice(combinations(range(TILES**2), 2), 0, None, 15)):
            _draw_tiles(tmp_path / "data" / colour / f"{number}.png", tiles, rgb)
    (tmp_path / "data" / "red" / "broken.png").touch()
    request = EvaluationRequest((tmp_path / "data",), ("ridge",), ways=3, shots=(1,), queries=5, episodes=30)
    found = evaluate(request, source, Unwatched())
    assert (found.request, found.encoder, found.classes) == (request, "tile-colours", 4)
    assert found.photos == 4 * 8
    assert [failure.path.name for failure in found.failures] == ["broken.png"]
    assert found.figures[-1].accuracy.mean > 1 / 3


def _draw_tiles(path: Path, tiles: tuple[int, ...], rgb: tuple[int, int, int]) -> None:
    """A black photo with tiles of one colour."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.zeros((TILES**2, 3), np.uint8)
    pixels[list(tiles)] = rgb
    side = SIDE // TILES
    Image.fromarray(np.kron(pixels.reshape(TILES, TILES, 3), np.ones((side, side, 1), np.uint8))).save(path)
