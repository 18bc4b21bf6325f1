from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from fewshot_gui.learners.episodic.method import EpisodicMethod
from fewshot_gui.metalearning.adversarial import Attack, Norm
from fewshot_gui.metalearning.outer_loop import run_outer_loop
from fewshot_gui.metalearning.outer_settings import OuterSettings
from tests.unit.metalearning.tasks import blob_episodes, small_method

RADII: dict[Norm, float] = {"largest": 0.03, "euclidean": 0.15}


def _task(seed: int = 0) -> tuple[Tensor, Tensor, int, Tensor, Tensor]:
    episodes, rng = blob_episodes(shots=3), np.random.default_rng(seed)
    episode = episodes.validation.draw(rng)
    support, queries = (episodes.validation_rows.read(rows, rng) for rows in (episode.support, episode.queries))
    return (
        support,
        torch.from_numpy(episode.support_labels),
        episode.ways,
        queries,
        torch.from_numpy(episode.query_labels),
    )


def _loss(method: EpisodicMethod, task: tuple[Tensor, Tensor, int, Tensor, Tensor]) -> float:
    with torch.no_grad():
        return float(method.episode_loss(*task))


@pytest.mark.parametrize("norm", ["largest", "euclidean"])
def test_raises_the_loss_and_stays_in_the_ball(norm: Norm) -> None:
    method, task = small_method(), _task()
    *examples, queries, query_labels = task
    attack = Attack(RADII[norm], norm)
    torch.manual_seed(0)
    changed = attack(method, *task)
    size = (changed - queries).abs().amax() if norm == "largest" else (changed - queries).norm(dim=1).amax()
    assert 0 < float(size) <= RADII[norm] * 1.001  # rows are of length one, in half precision
    random = queries + (attack._random(queries))  # as far, but anywhere
    losses = [_loss(method, (*examples, rows, query_labels)) for rows in (queries, random, changed)]  # type: ignore[arg-type]
    assert losses[2] > losses[0] + 0.05
    assert losses[2] > losses[1] + 0.05
    assert all(parameter.grad is None for parameter in method.parameters())
    assert not changed.requires_grad


def test_more_steps_are_no_weaker_and_none_is_only_random() -> None:
    method, task = small_method(), _task()
    found = []
    for steps in (0, 1, 20):
        torch.manual_seed(0)
        changed = Attack(0.15, "euclidean", steps=steps)(method, *task)
        found.append(_loss(method, (*task[:3], changed, task[4])))
    assert found[0] < found[1] <= found[2] + 1e-3


def test_pixels_stay_pixels() -> None:
    method, task = small_method(), _task()
    changed = Attack(0.3, "largest", bounds=(0.0, 1.0))(method, *task[:3], task[3].clamp(0, 1), task[4])
    assert float(changed.min()) >= 0
    assert float(changed.max()) <= 1


def test_training_against_it_lowers_the_loss_under_attack() -> None:
    attack = Attack(0.3, "euclidean", steps=2)
    settings = OuterSettings(steps=60, meta_batch=2, rate=0.02, validate_every=60, validation_episodes=10, patience=0)
    losses = []
    for perturb in (None, attack):
        method = small_method()
        run_outer_loop(method, blob_episodes(shots=3), replace(settings, seed=1), perturb=perturb)
        torch.manual_seed(0)
        tasks = [_task(seed) for seed in range(10)]
        attacked = [_loss(method, (*task[:3], attack(method, *task), task[4])) for task in tasks]
        losses.append(float(np.mean(attacked)))
        assert isinstance(method.network, nn.Module)
    assert losses[1] < losses[0] - 0.02
