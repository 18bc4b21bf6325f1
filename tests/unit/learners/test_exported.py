"""Classifiers from starting points, on every kind of network, as operators. Those without are in ``test_contract``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from fewshot_gui.core.support import SupportSet
from fewshot_gui.encoders import encoder_spec
from fewshot_gui.learners import AffineClassifier, EmbeddingTransform, NetworkSpec, StartingPoint, learner
from fewshot_gui.learners.deep_classifier import DeepClassifier
from fewshot_gui.learners.protocol import Classifier
from tests.unit.learners.exported import Exported
from tests.unit.learners.test_episodic_learner import METHODS, trained

VARIANT = encoder_spec("efficientnet-lite0@deep")
TAIL = NetworkSpec("tail", VARIANT.activations, encoder=VARIANT.base)
BATCHES = (slice(1), slice(1, 3), slice(3, 10))
RNG = np.random.default_rng(0)


def assert_exported_alike(classifier: Classifier, rows: NDArray[np.float32]) -> None:
    expected = classifier.logits(rows)
    exported = Exported(classifier.add_operators, rows.shape[1], outputs=expected.shape[1])
    for batch in BATCHES:
        got = exported(rows[batch])
        assert got.dtype == np.float32
        np.testing.assert_allclose(got, expected[batch], rtol=1e-4, atol=1e-4 * np.abs(expected).max())


@pytest.fixture(scope="module")
def tail_point() -> Callable[[str], StartingPoint]:
    """Starting points with a tail whose parameters are no longer the encoder's; its network is built once."""
    start = trained("prototypes", TAIL, square_root=None)
    body = {name: array for name, array in start.arrays.items() if name.startswith("network.")}

    def made(name: str) -> StartingPoint:
        from fewshot_gui.learners.episodic.catalogue import episodic_method

        own = episodic_method(name, TAIL).state_dict()
        arrays = {key: value.numpy() for key, value in own.items()} | body
        return StartingPoint(name, "Made up", VARIANT.base, TAIL, None, arrays)

    return made


@METHODS
@pytest.mark.parametrize("square_root", [True, False], ids=["rooted", "plain"])
def test_an_adapter(name: str, square_root: bool, world: Callable[..., Any]) -> None:
    place = world(3)
    start = trained(name, NetworkSpec("adapter", 96, 8), square_root=square_root)
    classifier = learner(name).adapt(place.support((2, 4, 5)), starting_point=start)
    assert_exported_alike(classifier, place.draw((4, 3, 3))[0])


@pytest.mark.parametrize("shots", [1, 2])
def test_what_the_folder_taught_is_exported_too(shots: int, world: Callable[..., Any]) -> None:
    place = world(4, spread=0.25)
    support, (folder, _) = place.support([shots] * 4), place.draw([25] * 4)
    classifier = learner("auto").adapt(support, unlabelled=folder)
    assert classifier.method.endswith("+folder")
    np.testing.assert_allclose(classifier.logits(folder)[:1], classifier.logits(folder[:1]), rtol=1e-4, atol=1e-4)
    assert_exported_alike(classifier, folder[::9])


@METHODS
def test_four_convolutions(name: str) -> None:
    pictures = (RNG.random((22, 784)) > 0.8).astype(np.float32)
    support = SupportSet(pictures[:12], np.repeat([5, 3, 8], 4))
    start = trained(name, NetworkSpec("conv4", 784, 16), square_root=None)
    assert_exported_alike(learner(name).adapt(support, starting_point=start), pictures[12:])


@METHODS
def test_the_last_blocks_of_an_encoder(name: str, tail_point: Callable[[str], StartingPoint]) -> None:
    rows = RNG.normal(size=(16, VARIANT.dimension)).astype(np.float32)
    base = VARIANT.dimension - VARIANT.activations
    support = SupportSet(rows[:6, :base], np.repeat([5, 3, 8], 2), activations=rows[:6, base:])
    classifier = learner(name).adapt(support, starting_point=tail_point(name))
    assert_exported_alike(classifier, rows[6:])


@pytest.mark.parametrize("network", [TAIL, NetworkSpec("adapter", 24, 8), NetworkSpec("conv4", 784, 16)], ids=str)
def test_a_second_opinion(network: NetworkSpec) -> None:
    from fewshot_gui.learners.episodic.building import build_network
    from fewshot_gui.learners.episodic.fine_tuning import HeadedNetwork

    model = HeadedNetwork(build_network(network), 3)
    parameters = {name: parameter.detach().numpy() for name, parameter in model.named_parameters()}
    shape = parameters["weights"].shape
    parameters |= {"weights": RNG.normal(size=shape).astype(np.float32), "bias": np.array([1.0, -2.0, 0.5], np.float32)}
    weights = RNG.normal(size=(12, 3)).astype(np.float32)
    quick = AffineClassifier(EmbeddingTransform(square_root=True), weights, np.zeros(3), np.arange(3), "ridge")
    classifier = DeepClassifier(quick, network, parameters)
    assert_exported_alike(classifier, RNG.random((10, 12 + network.inputs), np.float32))


@pytest.mark.parametrize("square_root", [True, False], ids=["rooted", "plain"])
@pytest.mark.parametrize("centred", [True, False], ids=["centred", "as it is"])
def test_the_transform_of_odd_embeddings(square_root: bool, centred: bool) -> None:
    rows = RNG.normal(size=(10, 16)).astype(np.float32)
    rows[1], rows[2], rows[3], rows[4] = 0, 3e38, rows[3] * 1e-30, -3
    rows[5] = np.eye(16)[3] * 1e-38
    centre = RNG.normal(size=16).astype(np.float32) if centred else None
    transform = EmbeddingTransform(square_root, centre)
    exported = Exported(transform.add_operators, 16, outputs=16)
    np.testing.assert_allclose(exported(rows), transform.apply(rows), atol=1e-6)
