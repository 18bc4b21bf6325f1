"""The transform in front of the closed-form heads."""

from __future__ import annotations

import numpy as np
import pytest

from fewshot_gui.learners import EmbeddingTransform

RNG = np.random.default_rng(0)


def test_features_that_cannot_be_negative_are_square_rooted() -> None:
    embeddings = RNG.random((700, 40), dtype=np.float32)
    embeddings[3] = 0
    transform = EmbeddingTransform.fitted_to(embeddings)
    assert transform.square_root
    expected = np.sqrt(embeddings)
    expected[4:] /= np.linalg.norm(expected[4:], axis=1, keepdims=True)
    np.testing.assert_allclose(transform.apply(embeddings)[4:], expected[4:], rtol=1e-5)
    assert not transform.apply(embeddings)[3].any()


def test_signed_features_are_only_brought_to_length_one() -> None:
    embeddings = RNG.normal(size=(5, 40)).astype(np.float32)
    transform = EmbeddingTransform.fitted_to(embeddings)
    assert not transform.square_root
    expected = embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True)
    np.testing.assert_allclose(transform.apply(embeddings), expected, rtol=1e-5)


def test_what_was_decided_on_the_examples_holds_for_photos() -> None:
    transform = EmbeddingTransform.fitted_to(RNG.random((5, 4), dtype=np.float32))
    np.testing.assert_allclose(transform.apply(np.array([[4.0, -9.0, 0.0, 0.0]])), [[1, 0, 0, 0]])


@pytest.mark.parametrize("centred", [False, True], ids=["plain", "centred"])
def test_projecting_is_applying_and_multiplying(centred: bool) -> None:
    embeddings = RNG.random((1300, 40), dtype=np.float32)
    embeddings[7] = 0
    centre = 0.1 * RNG.random(40, dtype=np.float32) if centred else None
    transform = EmbeddingTransform(square_root=True, centre=centre)
    directions = RNG.normal(size=(40, 7)).astype(np.float32)
    applied = transform.apply(embeddings)
    np.testing.assert_allclose(np.linalg.norm(np.delete(applied, 7, axis=0), axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(transform.project(embeddings, directions), applied @ directions, atol=1e-5)


def test_centring_comes_between_two_normalisations() -> None:
    transform = EmbeddingTransform(square_root=False, centre=np.array([0.5, 0.0], np.float32))
    expected = np.array([0.6 - 0.5, 0.8]) / np.hypot(0.1, 0.8)
    np.testing.assert_allclose(transform.apply(np.array([[3.0, 4.0]]))[0], expected, rtol=1e-5)
