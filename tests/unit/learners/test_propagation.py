"""Labels that spread among points."""

from __future__ import annotations

import numpy as np
import pytest

from fewshot_gui.learners.propagation import Propagation


def two_chains(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Two classes along which the look drifts, as in photos taken over a day; the ends of a class are unlike."""
    rng = np.random.default_rng(seed)
    angles = np.linspace(0, np.pi, 60)[:, None]
    chains = []
    for _ in range(2):
        start, end = np.linalg.qr(rng.normal(size=(40, 2)))[0].T
        chains.append(np.cos(angles) * start + np.sin(angles) * end)
    points = np.concatenate(chains) + rng.normal(0, 0.02, (120, 40))
    return points, np.repeat([0, 1], 60)


def test_labels_follow_the_chain_and_not_the_distance() -> None:
    points, classes = two_chains()
    held = np.zeros((120, 2))
    held[0, 0] = held[60, 1] = 1.0
    shares = Propagation.among(points @ points.T).of(held)
    nearest = (points @ points[[0, 60]].T).argmax(axis=1)
    spread = (shares.argmax(axis=1) == classes).mean()
    assert spread > 0.9
    assert spread > (nearest == classes).mean() + 0.1


def test_what_is_held_is_shared_out() -> None:
    points = np.random.default_rng(0).normal(size=(40, 8))
    held = np.zeros((40, 3))
    held[:3] = np.eye(3)
    shares = Propagation.among(points @ points.T).of(held)
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    assert (shares >= 0).all()


def test_a_point_that_nothing_reaches_is_undecided() -> None:
    # Two groups in orthogonal planes: no link between them has weight.
    rng = np.random.default_rng(1)
    blocks = np.zeros((40, 6))
    blocks[:20, :3] = np.abs(rng.normal(1, 0.1, (20, 3)))
    blocks[20:, 3:] = np.abs(rng.normal(1, 0.1, (20, 3)))
    held = np.zeros((40, 2))
    held[0, 0] = 1.0
    shares = Propagation.among(blocks @ blocks.T).of(held)
    np.testing.assert_allclose(shares[:20, 0], 1)
    np.testing.assert_allclose(shares[20:], 0.5)


@pytest.mark.parametrize("points", [np.zeros((3, 2)), np.ones((5, 2)), np.eye(2)], ids=["zero", "copies", "two"])
def test_odd_points_give_finite_shares(points: np.ndarray) -> None:
    held = np.eye(len(points), 2)
    with np.errstate(all="raise", under="ignore"):
        shares = Propagation.among(points @ points.T).of(held)
    assert np.isfinite(shares).all()
    np.testing.assert_allclose(shares.sum(axis=1), 1)
