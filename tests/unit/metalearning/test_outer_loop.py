from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from fewshot_gui.core.errors import Cancelled
from fewshot_gui.core.progress import Unwatched
from fewshot_gui.learners.episodic.building import build_network
from fewshot_gui.learners.episodic.catalogue import episodic_method
from fewshot_gui.learners.episodic.method import EpisodicMethod, TaskState
from fewshot_gui.learners.starting_point import NetworkSpec
from fewshot_gui.metalearning.adversarial import Attack
from fewshot_gui.metalearning.episode_rows import PlainRows
from fewshot_gui.metalearning.labelled_rows import LabelledRows
from fewshot_gui.metalearning.outer_loop import DivergedError, TrainingEpisodes, run_outer_loop
from fewshot_gui.metalearning.outer_settings import OuterSettings
from fewshot_gui.metalearning.samplers import FixedSampler
from fewshot_gui.metalearning.training_checkpoint import CheckpointError, read_checkpoint
from fewshot_gui.metalearning.training_report import TrainingReport
from tests.unit.metalearning.tasks import INPUTS, blob_episodes, small_method

SETTINGS = OuterSettings(
    steps=30, meta_batch=2, rate=0.01, validate_every=10, validation_episodes=20, patience=0, identity="blobs"
)


class _CancelAt(Unwatched):
    """Cancels when so many steps are done."""

    def __init__(self, step: int) -> None:
        self._step = step
        self._done = 0

    def report(self, done: int, total: int | None = None, note: str = "") -> None:  # noqa: ARG002 - the protocol
        self._done = done

    def check(self) -> None:
        if self._done >= self._step:
            raise Cancelled


def _same(left: EpisodicMethod, right: EpisodicMethod) -> bool:
    ours, theirs = left.state_dict(), right.state_dict()
    return all(torch.equal(ours[name], theirs[name]) for name in ours)


def test_learns_what_tells_classes_apart() -> None:
    method, reports = small_method(), list[TrainingReport]()
    result = run_outer_loop(method, blob_episodes(), replace(SETTINGS, steps=150), on_report=reports.append)
    assert reports[0].step == 0
    assert reports[0].loss is None
    assert result.best.accuracy > reports[0].accuracy + 0.1
    assert [report.step for report in reports] == list(range(0, 151, 10))
    assert reports[-1].loss is not None
    assert reports[1].loss is not None
    assert reports[-1].loss < reports[1].loss
    assert reports[-1].seconds_left == 0
    assert 0 < reports[3].seconds_left < 60


def test_holds_the_best_parameters_in_the_end() -> None:
    method = small_method()
    result = run_outer_loop(method, blob_episodes(), replace(SETTINGS, rate=0.1, steps=60))
    best = max(result.reports, key=lambda report: report.accuracy)
    assert result.best.step == best.step
    assert all(torch.equal(method.state_dict()[name], tensor) for name, tensor in result.best.parameters.items())


def test_same_seed_same_bits_and_another_seed_others() -> None:
    methods = [small_method() for _ in range(3)]
    for method, seed in zip(methods, (1, 1, 2), strict=True):
        torch.rand(seed)  # what others drew before does not matter
        run_outer_loop(method, blob_episodes(), replace(SETTINGS, seed=seed, steps=10))
    assert _same(methods[0], methods[1])
    assert not _same(methods[0], methods[2])


def test_draws_nothing_from_other_peoples_random_numbers() -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    run_outer_loop(small_method(), blob_episodes(), replace(SETTINGS, steps=2))
    assert torch.equal(torch.rand(3), expected)


@pytest.mark.parametrize("step", [0, 7, 10, 29])
def test_resumed_training_ends_with_the_same_bits(tmp_path: Path, step: int) -> None:
    through, interrupted, resumed = small_method(), small_method(), small_method(seed=9)
    expected = run_outer_loop(through, blob_episodes(), SETTINGS)
    checkpoint = tmp_path / "training.safetensors"
    with pytest.raises(Cancelled):
        run_outer_loop(
            interrupted, blob_episodes(), SETTINGS, checkpoint=checkpoint, progress=_CancelAt(step), resume=True
        )
    if step:
        assert read_checkpoint(checkpoint).step == step
    else:
        resumed = small_method()  # cancelled before anything was there to keep
        assert not checkpoint.exists()
    result = run_outer_loop(resumed, blob_episodes(), SETTINGS, checkpoint=checkpoint, resume=True)
    assert _same(through, resumed)
    assert [(r.step, r.loss, r.accuracy) for r in result.reports] == [
        (r.step, r.loss, r.accuracy) for r in expected.reports
    ]


class _Gone(BaseException):
    """The process is no more: nobody catches this."""


class _GoneAt(Unwatched):
    def __init__(self, step: int) -> None:
        self._step = step

    def report(self, done: int, total: int | None = None, note: str = "") -> None:  # noqa: ARG002 - the protocol
        if done == self._step:
            raise _Gone


def test_nothing_but_the_checkpoint_is_needed_to_go_on(tmp_path: Path) -> None:
    checkpoint, settings = tmp_path / "training.safetensors", replace(SETTINGS, checkpoint_seconds=0.0)
    with pytest.raises(_Gone):
        run_outer_loop(small_method(), blob_episodes(), settings, checkpoint=checkpoint, progress=_GoneAt(17))
    assert read_checkpoint(checkpoint).step == 17
    through, resumed = small_method(), small_method(seed=5)
    run_outer_loop(through, blob_episodes(), settings)
    run_outer_loop(resumed, blob_episodes(), settings, checkpoint=checkpoint, resume=True)
    assert _same(through, resumed)


def test_checkpoints_are_written_no_more_often_than_asked(tmp_path: Path) -> None:
    checkpoint = tmp_path / "training.safetensors"
    with pytest.raises(_Gone):
        run_outer_loop(small_method(), blob_episodes(), SETTINGS, checkpoint=checkpoint, progress=_GoneAt(17))
    assert not checkpoint.exists()


@pytest.mark.parametrize("name", ["prototypes", "fomaml"])
def test_pictures_too_are_learned_to_the_same_bits_after_a_pause(tmp_path: Path, name: str) -> None:
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(8), 6)
    rows = (rng.random((8, 784))[labels] + 0.2 * rng.random((48, 784))).astype(np.float16)
    names = tuple(f"picture {number}" for number in range(8))
    pictures = LabelledRows(rows, labels, np.arange(48), names, ("drawn",) * 8)
    sampler, reader = FixedSampler(pictures, 3, 1, 2), PlainRows(rows)
    episodes = TrainingEpisodes(sampler, sampler, reader, reader, reader)
    settings, checkpoint = replace(SETTINGS, steps=6, validation_episodes=2), tmp_path / "training.safetensors"
    through, interrupted, resumed = (
        episodic_method(name, NetworkSpec("conv4", 784, 8), seed=seed) for seed in (0, 0, 1)
    )
    run_outer_loop(through, episodes, settings)
    with pytest.raises(Cancelled):
        run_outer_loop(interrupted, episodes, settings, checkpoint=checkpoint, progress=_CancelAt(4))
    run_outer_loop(resumed, episodes, settings, checkpoint=checkpoint, resume=True)
    assert _same(through, resumed)


@pytest.mark.slow
def test_a_killed_process_loses_only_what_came_after_the_checkpoint(tmp_path: Path) -> None:
    checkpoint = tmp_path / "training.safetensors"
    settings = replace(SETTINGS, checkpoint_seconds=0.0)
    program = textwrap.dedent("""
        import sys
        from pathlib import Path
        from fewshot_gui.metalearning.outer_loop import run_outer_loop
        from tests.unit.metalearning import test_outer_loop as t
        from dataclasses import replace
        class Tell(t.Unwatched):
            def report(self, done, total=None, note=""):
                print(done, flush=True)
        settings = replace(t.SETTINGS, checkpoint_seconds=0.0, steps=100000)
        run_outer_loop(t.small_method(), t.blob_episodes(), settings, checkpoint=Path(sys.argv[1]), progress=Tell())
    """)
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(checkpoint)], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
    )
    assert process.stdout is not None
    told = 0
    for line in process.stdout:
        told = int(line)
        if told >= 25:
            break
    process.send_signal(signal.SIGKILL if os.name == "posix" else signal.SIGTERM)
    process.communicate()
    state = read_checkpoint(checkpoint)
    assert state.step >= told
    method = small_method()
    result = run_outer_loop(
        method, blob_episodes(), replace(settings, steps=state.step + 3), checkpoint=checkpoint, resume=True
    )
    assert result.steps == state.step + 3


def test_ends_early_when_nothing_gets_better() -> None:
    result = run_outer_loop(
        small_method(), blob_episodes(), replace(SETTINGS, rate=1e-12, steps=1000, validate_every=2, patience=3)
    )
    assert result.steps == 6
    assert result.best.step == 0


class _Exploding(EpisodicMethod):
    """Its loss becomes infinite after some steps."""

    def __init__(self) -> None:
        super().__init__(build_network(NetworkSpec("adapter", INPUTS, 8)))
        self.calls = 0

    def adapt(self, support: Tensor, labels: Tensor, ways: int) -> TaskState:  # noqa: ARG002 - the contract
        return {"means": self.network(support)}

    def logits(self, state: TaskState, rows: Tensor) -> Tensor:
        logits: Tensor = self.network(rows) @ state["means"].T
        return logits

    def episode_loss(self, support: Tensor, labels: Tensor, ways: int, queries: Tensor, query_labels: Tensor) -> Tensor:
        self.calls += 1
        loss = super().episode_loss(support, labels, ways, queries, query_labels)
        return loss * (float("nan") if self.calls > 24 else 1.0)


def test_a_loss_that_is_no_number_ends_with_the_best_so_far(tmp_path: Path) -> None:
    checkpoint = tmp_path / "training.safetensors"
    method = _Exploding()
    with pytest.raises(DivergedError, match=r"came apart at step 12 .* smaller learning rate\.$"):
        run_outer_loop(method, blob_episodes(), SETTINGS, checkpoint=checkpoint)
    state = read_checkpoint(checkpoint)
    assert state.step == state.best.step <= 10
    assert all(torch.equal(method.state_dict()[name], tensor) for name, tensor in state.best.parameters.items())
    assert all(bool(tensor.isfinite().all()) for tensor in method.state_dict().values())
    method.calls = -1000
    assert run_outer_loop(method, blob_episodes(), SETTINGS, checkpoint=checkpoint, resume=True).steps == 30


def test_another_training_is_not_resumed(tmp_path: Path) -> None:
    checkpoint = tmp_path / "training.safetensors"
    run_outer_loop(small_method(), blob_episodes(), replace(SETTINGS, steps=1), checkpoint=checkpoint)
    for settings in (replace(SETTINGS, identity="leaves"), replace(SETTINGS, seed=3)):
        with pytest.raises(CheckpointError, match=r"is of another training \(blobs, seed 0\)"):
            run_outer_loop(small_method(), blob_episodes(), settings, checkpoint=checkpoint, resume=True)


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "other"])
def test_a_damaged_checkpoint_is_a_sentence(tmp_path: Path, damage: str) -> None:
    checkpoint = tmp_path / "training.safetensors"
    run_outer_loop(small_method(), blob_episodes(), replace(SETTINGS, steps=1), checkpoint=checkpoint)
    whole = checkpoint.read_bytes()
    damaged = {"cut": whole[: len(whole) // 2], "flipped": b"\xff" + whole[1:], "empty": b"", "other": b"PK\3\4" * 99}
    checkpoint.write_bytes(damaged[damage])
    with pytest.raises(CheckpointError, match=r"is damaged or no checkpoint of this program; begin anew"):
        run_outer_loop(small_method(), blob_episodes(), SETTINGS, checkpoint=checkpoint, resume=True)


def test_a_network_of_another_size_is_not_resumed(tmp_path: Path) -> None:
    checkpoint = tmp_path / "training.safetensors"
    run_outer_loop(small_method(), blob_episodes(), replace(SETTINGS, steps=1), checkpoint=checkpoint)
    method = small_method()
    method.network.down = nn.Linear(INPUTS, 9)
    with pytest.raises(CheckpointError, match="another training"):
        run_outer_loop(method, blob_episodes(), SETTINGS, checkpoint=checkpoint, resume=True)


@pytest.mark.gpu
def test_a_gpu_learns_and_goes_on_after_a_pause(tmp_path: Path) -> None:
    through, interrupted, resumed = (small_method(seed).to("cuda") for seed in (0, 0, 1))
    checkpoint, attack = tmp_path / "training.safetensors", Attack(0.1, "euclidean", steps=2)
    expected = run_outer_loop(through, blob_episodes(), SETTINGS, perturb=attack)
    with pytest.raises(Cancelled):
        run_outer_loop(
            interrupted, blob_episodes(), SETTINGS, perturb=attack, checkpoint=checkpoint, progress=_CancelAt(7)
        )
    result = run_outer_loop(resumed, blob_episodes(), SETTINGS, perturb=attack, checkpoint=checkpoint, resume=True)
    assert result.best.accuracy == pytest.approx(expected.best.accuracy, abs=0.02)
    assert next(resumed.parameters()).is_cuda
    ours, theirs = through.state_dict(), resumed.state_dict()
    assert all(torch.allclose(ours[name], theirs[name], atol=1e-4) for name in ours)
