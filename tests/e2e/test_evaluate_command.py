"""`evaluate` as it is measured: the table it prints, the file it writes, what it says and returns."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fewshot_gui.cli import run
from fewshot_gui.workflows.sample import SampleFiles

RESULT = {
    "method": str,
    "shots": int,
    "episodes": int,
    "queries_per_episode": float,
    "accuracy": float,
    "accuracy_half_width_95": float,
    "gain_over_frozen_prototypes": float,
    "gain_half_width_95": float,
    "calibration_error": float,
    "unknown_auroc": float,
    "seconds_per_adaptation": float,
}

Invoke = Callable[..., tuple[int, str, str]]


@pytest.fixture
def invoke(capsys: pytest.CaptureFixture[str], leaves: SampleFiles, tmp_path: Path) -> Invoke:
    """Evaluate on the sample's examples; gives the exit code, stdout and stderr."""

    def call(*arguments: str | Path, data: Path = leaves.folder / "examples") -> tuple[int, str, str]:
        capsys.readouterr()
        out = tmp_path / "new" / "figures.json"
        code = run([str(one) for one in ("evaluate", "--data", data, "--out", out, *arguments)])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


def written(tmp_path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((tmp_path / "new" / "figures.json").read_text(encoding="utf-8"))
    return content


@pytest.mark.usefixtures("prepared_encoder")
class TestEvaluate:
    SMALL = ("--ways", "4", "--shots", "1,2", "--queries", "2", "--episodes", "30", "--unknown-share", "0.2")

    def test_a_table_and_a_file(self, invoke: Invoke, leaves: SampleFiles, tmp_path: Path) -> None:
        code, out, err = invoke("--methods", "auto,ridge", *self.SMALL, "--seed", "4", "--query-mix", "balanced")
        assert (code, err) == (0, "")
        content = written(tmp_path)
        results = content["results"]
        expected = [(shots, method) for shots in (1, 2) for method in ("frozen prototypes", "auto", "ridge")]
        assert [(one["shots"], one["method"]) for one in results] == expected
        for one in results:
            assert {name: type(value) for name, value in one.items()} == RESULT
            assert one["accuracy"] > 0.6  # leaves of different species are easy to tell
            assert one["unknown_auroc"] > 0.6
            assert (one["episodes"], one["queries_per_episode"]) == (30, 8)
        assert content["data"] == [str(leaves.folder / "examples")]
        assert (content["encoder"], content["seed"], content["ways"]) == ("efficientnet-lite0", 4, 4)
        assert (content["classes"], content["photos"], content["notes"]) == (5, 20, [])
        lines = out.splitlines()
        assert lines[0].split()[:2] == ["method", "examples"]
        assert len(lines) == 1 + len(results)
        for line, one in zip(lines[1:], results, strict=True):
            assert line.startswith(one["method"])
            assert f"{100 * one['accuracy']:.1f} ±{100 * one['accuracy_half_width_95']:.1f}" in line

    def test_the_seed_fixes_every_figure_but_the_time(self, invoke: Invoke, tmp_path: Path) -> None:
        runs = []
        for seed in ("1", "1", "2"):
            assert invoke("--methods", "lda", *self.SMALL, "--seed", seed)[0] == 0
            results = written(tmp_path)["results"]
            runs.append([{name: one[name] for name in one if name != "seconds_per_adaptation"} for one in results])
        assert runs[0] == runs[1] != runs[2]

    def test_variable_tasks_and_the_dirichlet_mix(self, invoke: Invoke, tmp_path: Path) -> None:
        code, out, _ = invoke("--methods", "ridge", "--sampling", "variable", "--episodes", "5")
        assert code == 0
        assert "varying" in out
        assert [one["shots"] for one in written(tmp_path)["results"]] == [None, None]
        assert invoke("--methods", "ridge", *self.SMALL, "--query-mix", "dirichlet")[0] == 0

    def test_one_task_has_no_interval(self, invoke: Invoke, tmp_path: Path) -> None:
        assert invoke("--methods", "ridge", *self.SMALL, "--episodes", "1")[0] == 0
        assert {one["accuracy_half_width_95"] for one in written(tmp_path)["results"]} == {None}

    def test_broken_photos_and_small_classes_are_told(
        self, invoke: Invoke, leaves: SampleFiles, tmp_path: Path
    ) -> None:
        data = tmp_path / "data"
        shutil.copytree(leaves.folder / "examples", data)
        next(path for path in data.iterdir() if path.is_dir()).joinpath("broken.jpg").write_bytes(b"x")
        (data / "alone").mkdir()
        shutil.copy(next(data.glob("*/*.jpg")), data / "alone")
        code, _, err = invoke("--methods", "ridge", *self.SMALL, data=data)
        assert code == 3
        assert "“alone” in “data” was left out: it has fewer than two different photos." in err
        assert "“broken.jpg” could not be read" in err

    def test_what_cannot_be_drawn_is_one_sentence(self, invoke: Invoke, tmp_path: Path) -> None:
        code, out, err = invoke("--ways", "9", "--shots", "1", "--queries", "2")
        assert (code, out) == (1, "")
        assert err == "Tasks of 9 classes cannot be drawn from 5; add classes or ask for smaller tasks.\n"
        assert not (tmp_path / "new" / "figures.json").exists()


class TestWrongUse:
    def test_an_unknown_method(self, invoke: Invoke) -> None:
        code, out, err = invoke("--methods", "ridge,magic")
        assert (code, out) == (2, "")
        assert err.startswith("There is no method called “magic”; choose one of ")
        assert err.count("\n") == 1

    @pytest.mark.parametrize("method", ["maml:nowhere", "maml:nowhere.safetensors"])
    def test_an_unknown_starting_point(self, invoke: Invoke, method: str) -> None:
        code, out, err = invoke("--methods", method)
        assert (code, out) == (2, "")
        assert "nowhere" in err
        assert err.count("\n") == 1

    @pytest.mark.parametrize(
        "arguments",
        [
            ("--shots", "1,x"),
            ("--shots", ""),
            ("--shots", "0"),
            ("--ways", "1"),
            ("--unknown-share", "1"),
            ("--query-mix", "odd"),
            ("--split", "train"),
            ("--data", "nowhere"),
        ],
    )
    def test_numbers_and_words_out_of_range(self, invoke: Invoke, arguments: tuple[str, ...]) -> None:
        code, out, err = invoke(*arguments)
        assert (code, out) == (2, "")
        assert "Error: " in err
