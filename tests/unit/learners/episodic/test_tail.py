"""The last blocks of the bundled encoder: what they make of its activations is its embedding."""

from __future__ import annotations

import pytest
import torch

from fewshot_gui.encoders import encoder_spec
from fewshot_gui.encoders.weights import load_model
from fewshot_gui.learners.episodic.building import build_network
from fewshot_gui.learners.episodic.tail import Tail
from fewshot_gui.learners.starting_point import NetworkSpec

DEEP = encoder_spec("efficientnet-lite0@deep")
BASE = encoder_spec(DEEP.base)
SPEC = NetworkSpec("tail", DEEP.activations, encoder=BASE.id)


@pytest.fixture(scope="module")
def tail() -> Tail:
    network = build_network(SPEC)
    assert isinstance(network, Tail)
    return network


def test_from_activations_it_gives_the_embedding(tail: Tail) -> None:
    pixels = torch.randn(2, 3, 224, 224, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        rows = load_model(DEEP)(pixels)
        embeddings = load_model(BASE)(pixels)
        assert rows.shape == (2, DEEP.dimension)
        torch.testing.assert_close(rows[:, : BASE.dimension], embeddings, rtol=1e-5, atol=1e-5)
        features = tail(rows[:, BASE.dimension :])
        torch.testing.assert_close(features, embeddings, rtol=1e-3, atol=1e-3)
        torch.testing.assert_close(tail(rows), features)  # whole rows are as good
    assert tail.features == BASE.dimension


def test_training_freezes_statistics_and_keeps_rows_apart(tail: Tail) -> None:
    rows = torch.randn(3, DEEP.activations, generator=torch.Generator().manual_seed(0))
    statistics = {name: buffer.clone() for name, buffer in tail.named_buffers()}
    tail.train()
    together = tail(rows)
    torch.testing.assert_close(together[:1], tail(rows[:1]), rtol=1e-4, atol=1e-5)
    assert together.requires_grad
    assert statistics
    for name, buffer in tail.named_buffers():
        assert torch.equal(buffer, statistics[name]), name


@pytest.mark.parametrize(
    "spec", [NetworkSpec("tail", 7, encoder=BASE.id), NetworkSpec("tail", 9408, encoder="resnet50")]
)
def test_other_activations_are_refused(spec: NetworkSpec) -> None:
    with pytest.raises(ValueError, match="activations"):
        build_network(spec)
