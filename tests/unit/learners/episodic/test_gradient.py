"""Gradient-based meta-learning against hand-worked numbers, finite differences and its own definitions."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from fewshot_gui.learners.episodic.building import build_network
from fewshot_gui.learners.episodic.catalogue import episodic_method
from fewshot_gui.learners.episodic.gradient import GradientMethod, InnerLoop, ReptileMethod, annealed_step_weights
from fewshot_gui.learners.episodic.inner_loop import balanced_cross_entropy, inner_step
from fewshot_gui.learners.episodic.network import Network
from fewshot_gui.learners.starting_point import NetworkSpec

NAMES = ("maml", "fomaml", "anil", "protomaml", "reptile", "logistic")
ADAPTER, CONV4 = NetworkSpec("adapter", 12, 4), NetworkSpec("conv4", 784, 16)
SPECS = pytest.mark.parametrize("spec", [ADAPTER, CONV4], ids=lambda spec: spec.kind)
Task = tuple[Tensor, Tensor, int, Tensor, Tensor]


class Flat(Network):
    """A tail, as far as these methods can tell."""

    def __init__(self) -> None:
        super().__init__(NetworkSpec("tail", 12), 5)
        self.last = nn.Linear(12, 5)

    def forward(self, rows: Tensor) -> Tensor:
        return nn.functional.normalize(self.last(rows), dim=1)


def made(name: str, spec: NetworkSpec, dtype: torch.dtype = torch.float64) -> GradientMethod:
    """A method whose adapter is not the identity any more, as after some training."""
    method = episodic_method(name, spec, seed=1)
    assert isinstance(method, GradientMethod)
    generator = torch.Generator().manual_seed(2)
    for parameter in method.network.parameters():
        parameter.data += 0.1 * torch.randn(parameter.shape, generator=generator)
    method.rates.data *= 0.3  # far from where steps overshoot, and derivatives with them
    return method.to(dtype)


def drawn(inputs: int, *, ways: int = 3, shots: int = 2, dtype: torch.dtype = torch.float64) -> Task:
    generator = torch.Generator().manual_seed(5)
    means = torch.rand(ways, 1, inputs, generator=generator)
    rows = means + 0.3 * torch.rand(ways, shots + 4, inputs, generator=generator)
    rows = nn.functional.normalize(rows, dim=2).to(dtype)
    labels = torch.arange(ways)[:, None].expand(ways, shots + 4)
    support, queries = rows[:, :shots].reshape(-1, inputs), rows[:, shots:].reshape(-1, inputs)
    return support, labels[:, :shots].flatten(), ways, queries, labels[:, shots:].flatten()


def meta_gradient(method: GradientMethod, task: Task) -> dict[str, Tensor]:
    method.zero_grad()
    method.episode_loss(*task).backward()
    return {name: p.grad.clone() for name, p in method.named_parameters() if p.grad is not None}


def test_the_second_derivative_of_a_step_is_the_one_worked_out_by_hand() -> None:
    """torchmeta/tests/utils/test_gradient_based.py: the outer gradient is 5 and 3 digits long, and exact."""
    w, x = torch.tensor([2.0, 3.0, 5.0], requires_grad=True), torch.tensor([1.0, 2.0, 3.0])
    rates = {"w": torch.tensor(0.5)}
    adapted = inner_step(lambda p: 0.5 * (p["w"] @ x) ** 2, {"w": w}, rates, second_order=True)["w"]
    assert adapted.tolist() == [-9.5, -20.0, -29.5]
    (0.5 * (torch.tensor([4.0, 5.0, 6.0]) @ adapted) ** 2).backward()
    assert w.grad is not None
    assert w.grad.tolist() == [3780.0, 8505.0, 13230.0]


def test_the_first_order_step_takes_the_gradient_for_a_constant() -> None:
    w, x = torch.tensor([2.0, 3.0, 5.0], requires_grad=True), torch.tensor([1.0, 2.0, 3.0])
    outer = torch.tensor([4.0, 5.0, 6.0])
    adapted = inner_step(lambda p: 0.5 * (p["w"] @ x) ** 2, {"w": w}, {"w": torch.tensor(0.5)}, second_order=False)["w"]
    (0.5 * (outer @ adapted) ** 2).backward()
    assert adapted.tolist() == [-9.5, -20.0, -29.5]
    assert w.grad is not None
    torch.testing.assert_close(w.grad, (outer @ adapted).detach() * outer)


@SPECS
@pytest.mark.parametrize("name", ["maml", "anil", "protomaml", "logistic"])
def test_the_meta_gradient_is_that_of_finite_differences(name: str, spec: NetworkSpec) -> None:
    method, task = made(name, spec), drawn(spec.inputs)
    gradient = meta_gradient(method, task)
    generator = torch.Generator().manual_seed(3)
    for part in ("network", "rates", "log_scale"):
        direction = {
            each: torch.randn(value.shape, generator=generator, dtype=torch.float64)
            for each, value in method.named_parameters()
            if each.startswith(part)
        }
        along = sum(float((gradient[each] * direction[each]).sum()) for each in direction)
        step = 1e-7  # so small that hardly a ReLU or a maximum switches within it
        ends = []
        for sign in (1, -1):
            moved = made(name, spec)
            for each, value in moved.named_parameters():
                if each in direction:
                    value.data += sign * step * direction[each]
            ends.append(moved.episode_loss(*task).item())
        assert (ends[0] - ends[1]) / (2 * step) == pytest.approx(along, rel=1e-4, abs=1e-6), part


@SPECS
def test_first_order_differs_from_second_in_the_gradient_and_not_in_the_loss(spec: NetworkSpec) -> None:
    task = drawn(spec.inputs)
    second, first = made("maml", spec), made("fomaml", spec)
    assert first.episode_loss(*task).item() == pytest.approx(second.episode_loss(*task).item(), rel=1e-12)
    of_first, of_second = meta_gradient(first, task), meta_gradient(second, task)
    assert set(of_first) == set(of_second)
    a, b = (torch.cat([each.flatten() for each in of.values()]) for of in (of_first, of_second))
    assert float((a - b).norm() / b.norm()) > 0.01


@SPECS
def test_without_adapting_the_network_the_head_alone_answers_on_its_features(spec: NetworkSpec) -> None:
    method, (support, labels, ways, queries, _) = made("anil", spec), drawn(spec.inputs)
    state = method.adapt(support, labels, ways)
    assert sorted(state) == ["head.bias", "head.centre", "head.weight"]
    features = method.network(queries) - state["head.centre"]
    logits = method.log_scale.exp() * (features @ state["head.weight"].T + state["head.bias"])
    torch.testing.assert_close(method.logits(state, queries), logits)


@pytest.mark.parametrize("name", ["maml", "fomaml", "protomaml", "reptile"])
@SPECS
def test_the_network_of_a_task_changes_and_the_method_does_not(name: str, spec: NetworkSpec) -> None:
    method, task = made(name, spec), drawn(spec.inputs)
    before = {each: value.clone() for each, value in method.state_dict().items()}
    state = method.adapt(*task[:3])
    assert all(torch.equal(before[each], value) for each, value in method.state_dict().items())
    assert all(not torch.equal(state[each], before[each]) for each in before if each.startswith("network."))


@SPECS
def test_before_its_steps_protomaml_is_a_prototypical_network(spec: NetworkSpec) -> None:
    support, labels, ways, queries, _ = drawn(spec.inputs)
    method, prototypes = made("protomaml", spec), episodic_method("prototypes", spec, seed=1).double()
    prototypes.network.load_state_dict(method.network.state_dict())
    method.rates.data.zero_()
    got = method.logits(method.adapt(support, labels, ways), queries)
    expected = prototypes.logits(prototypes.adapt(support, labels, ways), queries)
    torch.testing.assert_close(got.log_softmax(dim=1), expected.log_softmax(dim=1))


@SPECS
def test_reptile_is_pulled_towards_where_the_task_ends(spec: NetworkSpec) -> None:
    method, (support, labels, ways, queries, query_labels) = made("reptile", spec), drawn(spec.inputs)
    gradient = meta_gradient(method, (support, labels, ways, queries, query_labels))
    end = method.adapt(torch.cat([support, queries]), torch.cat([labels, query_labels]), ways)
    start = dict(method.named_parameters())
    assert set(gradient) == {each for each in start if each.startswith("network.")}
    for each, value in gradient.items():
        torch.testing.assert_close(value, (start[each] - end[each]).detach())


def test_the_value_of_the_reptile_surrogate_is_the_loss_at_the_end_of_the_task() -> None:
    method, (support, labels, ways, queries, query_labels) = made("reptile", ADAPTER), drawn(12)
    rows, all_labels = torch.cat([support, queries]), torch.cat([labels, query_labels])
    logits = method.logits(method.adapt(rows, all_labels, ways), rows)
    loss = method.episode_loss(support, labels, ways, queries, query_labels).item()
    assert loss == pytest.approx(nn.functional.cross_entropy(logits, all_labels).item())


@SPECS
@pytest.mark.parametrize("name", NAMES)
def test_no_query_leaks_into_the_answer_to_another(name: str, spec: NetworkSpec) -> None:
    method, (support, labels, ways, queries, _) = made(name, spec), drawn(spec.inputs)
    state = method.adapt(support, labels, ways)
    alone = torch.cat([method.logits(state, query[None]) for query in queries])
    torch.testing.assert_close(method.logits(state, queries), alone)


@SPECS
@pytest.mark.parametrize("name", ["maml", "fomaml", "protomaml"])
def test_every_rate_is_learned(name: str, spec: NetworkSpec) -> None:
    method = made(name, spec)
    gradient = meta_gradient(method, drawn(spec.inputs))["rates"]
    assert gradient.shape == (len(list(method.network.parameters())) + 2, 5)
    # A zero head passes nothing down to the network, so the network first moves in the second step.
    moving = gradient if name == "protomaml" else torch.cat([gradient[:-2, 1:].flatten(), gradient[-2:].flatten()])
    # The bias of balanced classes stays zero until the classes begin to differ.
    assert (moving != 0).float().mean() > 0.9


def test_the_head_is_for_any_number_of_classes_and_their_numbers_mean_nothing() -> None:
    method, (support, labels, ways, queries, _) = made("maml", ADAPTER), drawn(12, ways=6)
    logits = method.logits(method.adapt(support, labels, ways), queries)
    renamed = torch.tensor([3, 5, 0, 2, 4, 1])
    again = method.logits(method.adapt(support, renamed[labels], ways), queries)
    torch.testing.assert_close(again[:, renamed], logits)


def test_after_one_step_the_head_is_the_class_means_whatever_the_counts() -> None:
    network = build_network(ADAPTER)
    method = GradientMethod(network, InnerLoop(adapts_network=False, steps=1, evaluation_steps=1)).double()
    rows, labels, ways, _, _ = drawn(12, shots=3)
    kept = torch.tensor([0, 3, 4, 6, 7, 8])  # one, two and three rows
    means = torch.stack([network(rows[kept][labels[kept] == each]).mean(dim=0) for each in range(ways)])
    expected = method.rates[0, 0] * method.log_scale.exp() * (means - means.mean(dim=0))
    torch.testing.assert_close(method.adapt(rows[kept], labels[kept], ways)["head.weight"], expected)


def test_a_row_that_is_there_twice_does_not_make_its_class_count_more() -> None:
    logits, labels = torch.randn(3, 2, generator=torch.Generator().manual_seed(0)), torch.tensor([0, 1, 1])
    twice = torch.tensor([0, 0, 1, 2])
    torch.testing.assert_close(
        balanced_cross_entropy(logits[twice], labels[twice]), balanced_cross_entropy(logits, labels)
    )


@pytest.mark.parametrize("name", NAMES)
def test_the_same_task_gives_the_same_answers(name: str) -> None:
    support, labels, ways, queries, _ = drawn(784, dtype=torch.float32)
    one, two = (made(name, CONV4, torch.float32) for _ in range(2))
    assert torch.equal(
        one.logits(one.adapt(support, labels, ways), queries), two.logits(two.adapt(support, labels, ways), queries)
    )


@pytest.mark.parametrize("loop", [InnerLoop(), InnerLoop(head_from_prototypes=True)], ids=["maml", "protomaml"])
def test_the_tail_of_an_encoder_is_adapted_like_any_network(loop: InnerLoop) -> None:
    torch.manual_seed(0)
    method, (support, labels, ways, queries, query_labels) = GradientMethod(Flat(), loop).double(), drawn(12)
    method.rates.data *= 0.3  # made-up features vary more than those of an encoder
    right = method.logits(method.adapt(support, labels, ways), queries).argmax(dim=1) == query_labels
    assert right.double().mean() > 0.8


def test_more_steps_than_were_trained_go_on_at_the_last_rates() -> None:
    network = build_network(ADAPTER)
    short = GradientMethod(network, InnerLoop(steps=2, evaluation_steps=4)).double().eval()
    long = GradientMethod(network, InnerLoop(steps=4)).double().train()
    short.rates.data[:] = torch.tensor([0.3, 0.1])
    long.rates.data[:] = torch.tensor([0.3, 0.1, 0.1, 0.1])
    support, labels, ways, queries, _ = drawn(12)
    torch.testing.assert_close(
        short.logits(short.adapt(support, labels, ways), queries),
        long.logits(long.adapt(support, labels, ways), queries),
    )


def test_step_weights_fade_from_all_steps_to_the_last() -> None:
    assert annealed_step_weights(4, 0.0).tolist() == [0.25] * 4
    assert annealed_step_weights(4, 0.5).tolist() == [0.125, 0.125, 0.125, 0.625]
    assert annealed_step_weights(4, 1.0).tolist() == [0, 0, 0, 1]


def test_with_equal_step_weights_the_loss_is_the_mean_over_the_steps() -> None:
    network, task = build_network(ADAPTER), drawn(12)
    each = [GradientMethod(network, InnerLoop(steps=steps)).double().episode_loss(*task) for steps in (1, 2, 3)]
    method = GradientMethod(network, InnerLoop(steps=3)).double()
    torch.testing.assert_close(method.episode_loss(*task), each[-1])
    method.step_weights.copy_(annealed_step_weights(3, 0.0))
    torch.testing.assert_close(method.episode_loss(*task), torch.stack(each).mean())
    method.eval()
    torch.testing.assert_close(
        method.episode_loss(*task), GradientMethod(network, InnerLoop(steps=5)).double().episode_loss(*task)
    )


@pytest.mark.parametrize("name", NAMES)
@SPECS
def test_what_scoring_does_not_read_may_be_anything(name: str, spec: NetworkSpec) -> None:
    method, (support, labels, ways, queries, _) = made(name, spec), drawn(spec.inputs)
    state = method.adapt(support, labels, ways)
    logits = method.logits(state, queries)
    needed = method.scoring_parameters()
    for each, value in method.named_parameters():
        if each not in needed:
            value.data.fill_(torch.nan)
    assert torch.equal(method.logits(state, queries), logits)


def test_reptile_learns_neither_rates_nor_scale() -> None:
    method = ReptileMethod(build_network(ADAPTER), InnerLoop(second_order=False))
    learned = [name for name, parameter in method.named_parameters() if parameter.requires_grad]
    assert learned == [f"network.{name}" for name, _ in method.network.named_parameters()]
