"""The hypernetwork: where it begins, what it regresses on, what it learns."""

from __future__ import annotations

import pytest
import torch

from fewshot_gui.learners.episodic.catalogue import episodic_method
from fewshot_gui.learners.episodic.hypernetwork import HypernetworkMethod
from fewshot_gui.learners.episodic.ridge import ridge_head
from fewshot_gui.learners.starting_point import NetworkSpec
from tests.unit.learners.episodic.worlds import ADAPTER, accuracy, drawn, gain, meta_train, new_nuisance, same_nuisance

SPEC = NetworkSpec("adapter", 8, 4)


def hypernetwork(spec: NetworkSpec = SPEC) -> HypernetworkMethod:
    method = episodic_method("hypernetwork", spec).double()
    assert isinstance(method, HypernetworkMethod)
    return method


@pytest.mark.parametrize("counts", [(1, 1, 1), (4, 1, 2)], ids=str)
def test_untrained_and_not_tuned_it_is_prototypes(counts: tuple[int, ...]) -> None:
    method, prototypes = hypernetwork(), episodic_method("prototypes", SPEC).double()
    torch.nn.init.constant_(method.log_rates, -100.0)
    support, labels, ways, queries, _ = drawn(8, counts)
    logits = method.logits(method.adapt(support, labels, ways), queries)
    expected = prototypes.logits(prototypes.adapt(support, labels, ways), queries)
    torch.testing.assert_close(logits.log_softmax(dim=1), expected.log_softmax(dim=1), rtol=1e-5, atol=1e-6)


def test_tuning_makes_the_examples_more_probable() -> None:
    support, labels, ways, *_ = drawn(8, (4, 1, 2))
    losses = []
    for log_rate in (-100.0, 0.0):
        method = hypernetwork()
        torch.nn.init.constant_(method.log_rates, log_rate)
        logits = method.logits(method.adapt(support, labels, ways), support)
        losses.append(torch.nn.functional.cross_entropy(logits, labels).item())
    assert losses[1] < losses[0]


def test_the_steps_are_those_of_the_cross_entropy() -> None:
    """One step by hand of automatic differentiation, every class weighing the same."""
    method = hypernetwork()
    torch.nn.init.constant_(method.log_rates[1:], -100.0)
    support, labels, ways, *_ = drawn(8, (4, 1, 2))
    features = (support - support.mean(dim=0)).detach()
    weights = torch.randn(ways, 8, dtype=torch.float64, generator=torch.Generator().manual_seed(1), requires_grad=True)
    bias = torch.zeros(ways, dtype=torch.float64, requires_grad=True)
    losses = torch.nn.functional.cross_entropy(features @ weights.T + bias, labels, reduction="none")
    loss = (losses / torch.bincount(labels)[labels]).sum()
    by_weights, by_bias = torch.autograd.grad(loss, (weights, bias))
    tuned_weights, tuned_bias = method._tuned((weights, bias), features, labels)
    torch.testing.assert_close(tuned_bias, bias - by_bias)
    length = features.square().sum(dim=1).mean()
    torch.testing.assert_close(tuned_weights, weights - by_weights / length, rtol=1e-6, atol=1e-6)


def test_training_brings_the_predicted_head_nearer_to_that_of_many_examples() -> None:
    def agreement(method: HypernetworkMethod) -> float:
        generator = torch.Generator().manual_seed(7)
        cosines = []
        with torch.no_grad():
            for _ in range(30):
                support, labels, ways, queries, query_labels = new_nuisance(generator)
                features = method.network(torch.cat([support, queries]))
                centred = features - features[: len(support)].mean(dim=0)
                members = torch.nn.functional.one_hot(torch.cat([labels, query_labels]), ways)
                optimal, _ = ridge_head(centred, members, torch.tensor(0.1))
                predicted, _ = method._predicted(centred[: len(support)], labels, ways)
                cosines.append(torch.cosine_similarity(predicted.flatten(), optimal.flatten(), dim=0))
        return float(torch.stack(cosines).mean())

    method = hypernetwork(ADAPTER).float()
    before = agreement(method)
    meta_train(method, new_nuisance)
    assert agreement(method) > before + 0.15


def test_descriptions_of_tasks_show_it_which_features_to_trust() -> None:
    """What no network trained once for all tasks can do: the nuisance is new in every task."""
    method = episodic_method("hypernetwork", ADAPTER)
    meta_train(method, new_nuisance)
    prototypes = episodic_method("prototypes", ADAPTER)
    meta_train(prototypes, new_nuisance)
    assert accuracy(method, new_nuisance) > accuracy(prototypes, new_nuisance) + 0.2


def test_meta_training_helps_on_unseen_classes() -> None:
    assert gain("hypernetwork", same_nuisance) > 0.15
