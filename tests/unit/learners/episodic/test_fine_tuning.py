"""Fine-tuning by a fixed number of steps."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from fewshot_gui.learners.episodic.building import build_network
from fewshot_gui.learners.episodic.fine_tuning import FineTuning, HeadedNetwork, _batches, _schedule, fine_tune
from fewshot_gui.learners.starting_point import NetworkSpec

SPEC = NetworkSpec("adapter", 10, 4)


def rows_of(classes: int, each: int) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(0)
    labels = torch.arange(classes).repeat_interleave(each)
    means = torch.rand(classes, 10, generator=generator)
    return means[labels] + 0.5 * torch.rand(len(labels), 10, generator=generator), labels


def tuned(steps: int, seed: int = 0) -> tuple[HeadedNetwork, int]:
    rows, labels = rows_of(3, 4)
    model, calls = HeadedNetwork(build_network(SPEC), 3), 0

    def count() -> None:
        nonlocal calls
        calls += 1

    fine_tune(
        model,
        rows,
        labels,
        torch.ones(12),
        FineTuning(steps, 5, network_rate=0.02, head_rate=0.2),
        seed=seed,
        after_step=count,
    )
    return model, calls


def test_before_the_first_step_the_nearest_prototype_wins() -> None:
    rows, labels = rows_of(3, 4)
    model = HeadedNetwork(build_network(SPEC), 3)
    model.begin_with_prototypes(rows, labels)
    roots = torch.nn.functional.normalize((torch.nn.functional.normalize(rows) + 1e-3).sqrt())
    prototypes = torch.nn.functional.normalize(torch.stack([roots[labels == one].mean(dim=0) for one in range(3)]))
    cosines = roots @ prototypes.T
    torch.testing.assert_close(model(rows).argmax(dim=1), cosines.argmax(dim=1))
    torch.testing.assert_close(model(rows), 12 * (cosines - cosines.mean(dim=1, keepdim=True)), atol=1e-4, rtol=1e-4)


def test_it_takes_the_steps_it_was_told_and_lowers_the_loss() -> None:
    rows, labels = rows_of(3, 4)
    losses = []
    for steps in (1, 60):
        model, calls = tuned(steps)
        assert calls == steps
        losses.append(float(torch.nn.functional.cross_entropy(model(rows), labels).detach()))
    assert losses[1] < 0.5 * losses[0]


def test_both_network_and_head_are_adapted_the_same_way_every_time() -> None:
    (first, _), (again, _), (other, _) = tuned(5), tuned(5), tuned(5, seed=1)
    fresh = build_network(SPEC)
    for (name, one), two in zip(first.named_parameters(), again.parameters(), strict=True):
        assert torch.equal(one, two), name
    assert not torch.equal(first.weights, other.weights)
    assert not torch.equal(first.network.up.weight, fresh.up.weight)


@pytest.mark.parametrize(("count", "size"), [(12, 5), (3, 8), (8, 8), (1, 4)])
def test_every_row_comes_once_before_any_comes_again(count: int, size: int) -> None:
    batches = _batches(count, size, torch.Generator().manual_seed(0))
    seen = torch.cat([next(batches) for _ in range(40)])
    for start in range(0, len(seen) - count, count):
        assert sorted(seen[start : start + count].tolist()) == list(range(count))


def test_rates_rise_and_fall() -> None:
    settings = FineTuning(steps=30)
    rates = [_schedule(step, settings) for step in range(30)]
    peak = rates.index(max(rates))
    assert 0 < peak <= settings.warm_up
    assert rates[: peak + 1] == sorted(rates[: peak + 1])
    assert rates[peak:] == sorted(rates[peak:], reverse=True)
    assert 0 < rates[-1] < 0.05
