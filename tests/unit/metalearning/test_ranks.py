from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from fewshot_gui.metalearning.episode import Episode, EpisodeSampler
from fewshot_gui.metalearning.outer_loop import TrainingEpisodes, run_outer_loop
from fewshot_gui.metalearning.outer_settings import OuterSettings
from fewshot_gui.metalearning.ranks import Alone, is_launched
from tests.unit.metalearning.tasks import blob_episodes, small_method

SETTINGS = OuterSettings(steps=12, meta_batch=1, rate=0.01, validate_every=6, validation_episodes=9, patience=0)

PROGRAM = """
import sys
from safetensors.torch import save_file
from fewshot_gui.metalearning.outer_loop import run_outer_loop
from fewshot_gui.metalearning.ranks import launched_ranks
from tests.unit.metalearning.tasks import blob_episodes, small_method
from tests.unit.metalearning.test_ranks import SETTINGS
ranks, method = launched_ranks(), small_method()
assert ranks.world == 2
result = run_outer_loop(method, blob_episodes(), SETTINGS, ranks=ranks)
save_file(method.state_dict(), f"{sys.argv[1]}/{ranks.rank}.safetensors",
          metadata={"accuracies": str([report.accuracy for report in result.reports])})
"""


class _BothRanks:
    """Draws what two processes would draw, one after the other."""

    def __init__(self, sampler: EpisodeSampler) -> None:
        self._sampler = sampler
        self._drawn = 0

    def draw(self, rng: np.random.Generator) -> Episode:  # noqa: ARG002 - the processes have their own
        step, rank = divmod(self._drawn, 2)
        self._drawn += 1
        own = np.random.default_rng([SETTINGS.seed, step, rank])
        own.integers(2**62)  # what seeds torch
        return self._sampler.draw(own)


def test_alone_there_is_nothing_to_average() -> None:
    ranks = Alone()
    assert (ranks.rank, ranks.world, ranks.device.type) == (0, 1, "cpu")
    assert ranks.mean(torch.arange(3)).tolist() == [0, 1, 2]
    with ranks.in_turn():
        pass


def test_one_process_is_not_launched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    assert not is_launched()
    monkeypatch.setenv("WORLD_SIZE", "2")
    assert is_launched()


@pytest.mark.slow
def test_two_processes_learn_what_one_learns_from_both_their_tasks(tmp_path: Path) -> None:
    pytest.importorskip("lightning.fabric")
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    environment = os.environ | {"PYTHONPATH": str(Path.cwd()), "OMP_NUM_THREADS": "1"}
    subprocess.run([*launcher, str(program), str(tmp_path)], check=True, env=environment, timeout=300)
    first, second = (load_file(tmp_path / f"{rank}.safetensors") for rank in range(2))
    assert all(torch.equal(first[name], second[name]) for name in first)

    plain, method = blob_episodes(), small_method()
    both = TrainingEpisodes(
        _BothRanks(plain.train), plain.validation, plain.train_rows, plain.validation_rows, plain.frozen_rows
    )
    run_outer_loop(method, both, replace(SETTINGS, meta_batch=2))
    for name, tensor in method.state_dict().items():
        assert torch.allclose(tensor, first[name], atol=1e-5), name
