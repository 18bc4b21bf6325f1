"""What every episodic method keeps, whatever it learns."""

from __future__ import annotations

import pytest
import torch

from fewshot_gui.learners.episodic.building import build_network
from fewshot_gui.learners.episodic.catalogue import EPISODIC_METHODS, episodic_method
from fewshot_gui.learners.starting_point import NetworkSpec
from tests.unit.learners.episodic.worlds import drawn, moved

ADAPTER, CONV4 = NetworkSpec("adapter", 8, 8), NetworkSpec("conv4", 784, 8)
SPECS = pytest.mark.parametrize("spec", [ADAPTER, CONV4], ids=lambda spec: spec.kind)
NAMES = pytest.mark.parametrize("name", EPISODIC_METHODS)
COUNTS = pytest.mark.parametrize("counts", [(1, 1, 1), (4, 1, 2), (1,), (3,)], ids=str)
# Those that do not move the network at adaptation; test_gradient.py has the others.
ONE_PASS = ("prototypes", "matching", "siamese", "ridge", "lda", "memory", "hypernetwork")


@NAMES
@SPECS
def test_a_query_is_scored_alike_alone_and_with_others(name: str, spec: NetworkSpec) -> None:
    method = moved(name, spec)
    support, labels, ways, queries, _ = drawn(spec.inputs, (3, 1, 2))
    state = method.adapt(support, labels, ways)
    together = method.logits(state, queries)
    alone = torch.cat([method.logits(state, query[None]) for query in queries])
    assert together.shape == (len(queries), ways)
    torch.testing.assert_close(together, alone, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", ONE_PASS)
@SPECS
@COUNTS
def test_second_derivatives_are_finite(name: str, spec: NetworkSpec, counts: tuple[int, ...]) -> None:
    """Also one example per class, unequal counts, and one class only."""
    method = episodic_method(name, spec).double()
    parameters = list(method.parameters())
    loss = method.episode_loss(*drawn(spec.inputs, counts))
    first = torch.autograd.grad(loss, parameters, create_graph=True, allow_unused=True)
    assert loss.isfinite()
    assert all(gradient.isfinite().all() for gradient in first if gradient is not None)
    slope = sum(gradient.square().sum() for gradient in first if gradient is not None and gradient.requires_grad)
    if isinstance(slope, torch.Tensor):
        second = torch.autograd.grad(slope, parameters, allow_unused=True)
        assert all(gradient.isfinite().all() for gradient in second if gradient is not None)


@pytest.mark.parametrize("name", ONE_PASS)
@SPECS
def test_every_parameter_learns(name: str, spec: NetworkSpec) -> None:
    method = moved(name, spec)
    torch.autograd.backward(method.episode_loss(*drawn(spec.inputs, (3, 2, 4))))
    assert [n for n, p in method.named_parameters() if p.grad is None or not p.grad.any()] == []


# Not the hypernetwork: what it learns from is a target, and no gradient goes into that.
@pytest.mark.parametrize("name", [name for name in ONE_PASS if name != "hypernetwork"])
def test_derivatives_are_those_of_finite_differences(name: str) -> None:
    method = moved(name, ADAPTER)
    task = drawn(ADAPTER.inputs, (2, 1, 3))
    torch.autograd.backward(method.episode_loss(*task))
    generator = torch.Generator().manual_seed(3)
    learned = [parameter for parameter in method.parameters() if parameter.grad is not None]
    directions = [torch.randn(parameter.shape, generator=generator, dtype=torch.float64) for parameter in learned]
    slope = sum((d * p.grad).sum().item() for d, p in zip(directions, learned, strict=True) if p.grad is not None)
    values = []
    with torch.no_grad():
        for step in (1e-6, -2e-6):
            for direction, parameter in zip(directions, learned, strict=True):
                parameter.add_(step * direction)
            values.append(method.episode_loss(*task).item())
    assert (values[0] - values[1]) / 2e-6 == pytest.approx(slope, rel=1e-5, abs=1e-6)


@NAMES
def test_the_seed_fixes_everything(name: str) -> None:
    one, same, other = (episodic_method(name, CONV4, seed=seed).state_dict() for seed in (3, 3, 4))
    assert all(torch.equal(one[key], same[key]) for key in one)
    assert any(not torch.equal(one[key], other[key]) for key in one)


def test_building_a_method_leaves_the_random_state_alone() -> None:
    torch.manual_seed(0)
    expected = torch.rand(1)
    torch.manual_seed(0)
    episodic_method("memory", CONV4, seed=3)
    assert torch.equal(torch.rand(1), expected)


@NAMES
def test_adapting_needs_no_graph_around_it(name: str) -> None:
    """The application adapts without recording a graph."""
    method = moved(name, ADAPTER)
    support, labels, ways, queries, _ = drawn(ADAPTER.inputs, (3, 1, 2))
    recorded = method.logits(method.adapt(support, labels, ways), queries)
    with torch.no_grad():
        free = method.logits(method.adapt(support, labels, ways), queries)
    torch.testing.assert_close(free, recorded)


@pytest.mark.parametrize("name", ONE_PASS)
def test_neither_the_order_of_examples_nor_that_of_classes_matters(name: str) -> None:
    method = moved(name, ADAPTER)
    support, labels, ways, queries, _ = drawn(ADAPTER.inputs, (3, 1, 2))
    logits = method.logits(method.adapt(support, labels, ways), queries)
    renamed, shuffled = torch.tensor([2, 0, 1]), torch.randperm(len(labels), generator=torch.Generator().manual_seed(0))
    again = method.logits(method.adapt(support[shuffled], renamed[labels[shuffled]], ways), queries)
    torch.testing.assert_close(again[:, renamed], logits)


def test_a_network_can_be_handed_in() -> None:
    network = build_network(ADAPTER)
    assert episodic_method("matching", network).network is network


def test_an_unknown_method_is_named() -> None:
    with pytest.raises(ValueError, match="no episodic method is called 'forest'"):
        episodic_method("forest", ADAPTER)
