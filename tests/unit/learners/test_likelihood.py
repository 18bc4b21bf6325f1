"""From logits to probabilities."""

from __future__ import annotations

import numpy as np
import pytest

from fewshot_gui.learners.likelihood import best_scale, cross_entropy, expected_scale, log_softmax, own_margin

RNG = np.random.default_rng(0)


def drawn_labels(logits: np.ndarray) -> np.ndarray:
    """Labels drawn with the probabilities that the logits stand for."""
    chosen = logits + RNG.gumbel(size=logits.shape)
    return chosen.argmax(axis=1)


def test_log_softmax_of_large_logits() -> None:
    logits = np.array([[1e4, 0.0], [0.0, 0.0]])
    np.testing.assert_allclose(log_softmax(logits), [[0, -1e4], [-np.log(2)] * 2])
    assert cross_entropy(logits, np.array([0, 1])) == pytest.approx(np.log(2) / 2)


@pytest.mark.parametrize("scale", [2.0, 6.0, 20.0])
def test_the_scale_behind_many_labels_is_found(scale: float) -> None:
    logits = RNG.normal(size=(20000, 4))
    assert best_scale(logits, drawn_labels(scale * logits), 20000) == pytest.approx(scale, rel=0.05)


def test_few_labels_move_it_little_and_none_not_at_all() -> None:
    logits = RNG.normal(size=(12, 4))
    usual = expected_scale(4)
    assert best_scale(logits[:0], np.empty(0, np.int64), 0) == pytest.approx(usual)
    right, wrong = logits.argmax(axis=1), logits.argmin(axis=1)
    assert usual < best_scale(logits, right, 12) < 10 * usual
    assert usual / 100 < best_scale(logits, wrong, 12) < usual
    assert best_scale(logits, right, 4) < best_scale(logits, right, 12)


def test_it_is_the_mode_of_the_posterior() -> None:
    logits = RNG.normal(size=(30, 5))
    columns = drawn_labels(3 * logits)
    scales = np.exp(np.linspace(-2, 5, 4001))
    posterior = [30 * cross_entropy(s * logits, columns) + 2 * np.log(s / expected_scale(5)) ** 2 for s in scales]
    assert best_scale(logits, columns, 30) == pytest.approx(scales[int(np.argmin(posterior))], rel=5e-3)


def test_the_margin_weighs_every_class_alike() -> None:
    logits = np.array([[3.0, 1.0, 2.0]] * 9 + [[0.0, 5.0, 1.0], [0.0, 0.0, 1.0]])
    columns = np.array([0] * 9 + [1, 2])
    assert own_margin(logits, columns, np.arange(11)) == pytest.approx((1.5 + 4.5 + 1.0) / 3)
    assert own_margin(np.zeros((2, 2)), np.array([0, 1]), np.arange(2)) == 1.0
    assert own_margin(np.zeros((2, 1)), np.array([0, 0]), np.arange(2)) == 1.0


def test_the_margin_counts_a_group_once() -> None:
    logits = np.array([[4.0, 0.0], [4.0, 0.0], [2.0, 0.0], [0.0, 1.0]])
    assert own_margin(logits, np.array([0, 0, 0, 1]), np.array([1, 1, 2, 3])) == pytest.approx((3.0 + 1.0) / 2)
