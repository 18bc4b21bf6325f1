"""Siamese networks: the learned metric, and the loss of pairs."""

from __future__ import annotations

import pytest
import torch

from fewshot_gui.learners.episodic import siamese
from fewshot_gui.learners.episodic.catalogue import episodic_method
from fewshot_gui.learners.episodic.siamese import SiameseMethod
from fewshot_gui.learners.starting_point import NetworkSpec
from tests.unit.learners.episodic.worlds import drawn, gain, moved, same_nuisance

SPEC = NetworkSpec("adapter", 8, 4)


def siamese_of(spec: NetworkSpec) -> SiameseMethod:
    method = episodic_method("siamese", spec).double()
    assert isinstance(method, SiameseMethod)
    return method


def test_untrained_it_is_nearest_in_city_blocks() -> None:
    method = siamese_of(SPEC)
    support, labels, ways, queries, _ = drawn(8, (1, 1, 1, 1), queries=50)
    answers = method.logits(method.adapt(support, labels, ways), queries).argmax(dim=1)
    assert torch.equal(answers, torch.cdist(queries, support, p=1).argmin(dim=1))


def test_log_odds_weigh_every_feature() -> None:
    method = siamese_of(NetworkSpec("adapter", 2, 2))
    with torch.no_grad():
        method.weights.copy_(torch.tensor([2.0, 5.0]))
        method.bias.fill_(1.0)
    rows, others = torch.tensor([[0.0, 1.0]]).double(), torch.tensor([[3.0, 1.0], [0.0, 0.0]]).double()
    torch.testing.assert_close(method.log_odds(rows, others), torch.tensor([[-5.0, -4.0]]).double())


def test_blocks_of_rows_give_what_all_give_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    method = siamese_of(SPEC)
    support, _, _, queries, _ = drawn(8, (2, 3), queries=7)
    at_once = method.log_odds(queries, support)
    monkeypatch.setattr(siamese, "_VALUES_AT_ONCE", 2 * support.numel())
    torch.testing.assert_close(method.log_odds(queries, support), at_once)


def test_the_loss_is_that_of_every_pair_with_half_the_weight_on_pairs_of_one_class() -> None:
    method = moved("siamese", SPEC)
    assert isinstance(method, SiameseMethod)
    task = support, labels, _, queries, query_labels = drawn(8, (2, 1, 3), queries=5)
    same, different = [], []
    with torch.no_grad():
        for i, query in enumerate(queries):
            for j, other in enumerate([*queries, *support]):
                probability = method.log_odds(method.network(query[None]), method.network(other[None])).sigmoid()
                if i != j and [*query_labels, *labels][j] == query_labels[i]:
                    same.append(-probability.log())
                elif i != j:
                    different.append(-(1 - probability).log())
        expected = (torch.cat(same).mean() + torch.cat(different).mean()) / 2
        torch.testing.assert_close(method.episode_loss(*task), expected)


def test_meta_training_helps_on_unseen_classes() -> None:
    assert gain("siamese", same_nuisance) > 0.15
