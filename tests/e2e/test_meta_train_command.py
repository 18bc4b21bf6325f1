"""`meta-train` as a person uses it: from folders to a file, interrupted and gone on with, by several processes."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

import fewshot_gui
from fewshot_gui.cli import run
from fewshot_gui.learners.starting_point_file import read_starting_point
from fewshot_gui.workflows.sample import write_sample

Invoke = Callable[..., tuple[int, str, str]]

posix_only = pytest.mark.skipif(os.name != "posix", reason="this system has no such signal")


@pytest.fixture(scope="module")
def signs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten signs of three strokes, each drawn six times by an unsteady hand."""
    folder, rng = tmp_path_factory.mktemp("drawn") / "signs", np.random.default_rng(0)
    for sign in range(10):
        points = rng.uniform(6, 50, (4, 2))
        for drawing in range(6):
            picture = Image.new("L", (56, 56), 255)
            places = points + rng.normal(0, 1.5, points.shape)
            ImageDraw.Draw(picture).line([(x, y) for x, y in places.tolist()], fill=0, width=4)
            path = folder / f"sign {sign}" / f"{drawing}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            picture.save(path)
    return folder


def arguments(data: Path, out: Path, *more: str | Path) -> list[str]:
    """Small tasks, few of them."""
    small = ("--ways", "2-3", "--shots", "1", "--queries", "2", "--method", "prototypes")
    return [str(one) for one in ("meta-train", "--data", data, "--out", out, *small, *more)]


@pytest.fixture
def invoke(capsys: pytest.CaptureFixture[str]) -> Invoke:
    """Run the command; gives the exit code, stdout and stderr."""

    def call(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = run(list(words))
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


@pytest.mark.usefixtures("prepared_encoder")
def test_leaves_become_a_starting_point(tmp_path: Path, invoke: Invoke) -> None:
    leaves, out = tmp_path / "leaves", tmp_path / "new" / "leaves.safetensors"
    for seed in (1, 2):
        write_sample(leaves / f"sheet {seed}", seed=seed, examples_per_species=3, photos_per_species=1, strangers=0)
        shutil.rmtree(leaves / f"sheet {seed}" / "photos")
    code, output, said = invoke(*arguments(leaves, out, "--steps", "5", "--title", "Leaves", "--licence", "CC0-1.0"))
    assert (code, said) == (0, "")
    assert output.startswith(f"{out}: ")
    assert "tasks of unseen classes; frozen prototypes" in output
    point = read_starting_point(out)
    assert (point.title, point.encoder, point.network.kind) == ("Leaves", "efficientnet-lite0", "adapter")
    assert point.facts["licence"] == "CC0-1.0"
    assert [path.name for path in out.parent.iterdir()] == [out.name]


def test_one_may_go_on_from_another(signs: Path, tmp_path: Path, invoke: Invoke) -> None:
    first, second = tmp_path / "first.safetensors", tmp_path / "second.safetensors"
    assert invoke(*arguments(signs, first, "--encoder", "conv4", "--steps", "1", "--rotations"))[0] == 0
    code, _, said = invoke(*arguments(signs, second, "--encoder", "conv4", "--steps", "1", "--start-from", str(first)))
    assert (code, said) == (0, "")
    code, _, said = invoke(*arguments(signs, second, "--steps", "1", "--start-from", str(first)))
    assert code == 1
    assert (
        said == "“prototypes from signs” cannot be gone on from: it was trained on “pixels28”; choose that encoder.\n"
    )


@pytest.mark.parametrize("wrong", [("--ways", "1"), ("--ways", "9-5"), ("--shots", "some"), ("--shots", "1-2-3")])
def test_wrong_numbers_are_wrong_use(signs: Path, tmp_path: Path, invoke: Invoke, wrong: tuple[str, str]) -> None:
    code, _, said = invoke(*arguments(signs, tmp_path / "x.safetensors", *wrong))
    assert code == 2
    assert "is no number from" in " ".join(said.split())


def test_an_unknown_method_is_a_sentence(signs: Path, tmp_path: Path, invoke: Invoke) -> None:
    code, _, said = invoke(*arguments(signs, tmp_path / "x.safetensors", "--method", "magic"))
    assert code == 1
    assert said.startswith("No method for meta-training is called “magic”; choose one of")


@posix_only
@pytest.mark.slow
def test_interrupted_it_says_how_to_go_on(signs: Path, tmp_path: Path) -> None:
    out = tmp_path / "signs.safetensors"
    words = arguments(signs, out, "--encoder", "conv4", "--steps", "1000000", "--log-dir", str(tmp_path / "curves"))
    process = subprocess.Popen(_command(words), stderr=subprocess.PIPE, text=True, env=_environment())
    while sum(curve.stat().st_size for curve in (tmp_path / "curves").glob("*")) < 120:  # no report yet
        assert process.poll() is None
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 130
    assert said.startswith("The training was interrupted; the same command with --resume goes on from where it was.\n")
    assert not out.exists()
    words[words.index("1000000")] = "1"
    again = subprocess.run(
        _command([*words, "--resume"]), capture_output=True, text=True, check=False, timeout=300, env=_environment()
    )
    assert (again.returncode, again.stderr) == (0, "")
    assert out.exists()


@pytest.mark.slow
def test_two_processes_write_one_starting_point(signs: Path, tmp_path: Path) -> None:
    pytest.importorskip("lightning.fabric")
    out = tmp_path / "signs.safetensors"
    launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m"]
    done = subprocess.run(
        [*launcher, "fewshot_gui", *arguments(signs, out, "--encoder", "conv4", "--steps", "2", "--device", "cpu")],
        capture_output=True,
        text=True,
        check=False,
        timeout=500,
        env=_environment(),
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(str(out)) == 1
    assert read_starting_point(out).facts["steps"].startswith("2,")


def _command(words: list[str]) -> list[str]:
    return [sys.executable, "-m", "fewshot_gui", *words]


def _environment() -> dict[str, str]:
    root = str(Path(fewshot_gui.__file__).parents[1])
    return os.environ | {"PYTHONPATH": root, "OMP_NUM_THREADS": "1"}
