from __future__ import annotations

import numpy as np

from fewshot_gui.metalearning.episode_rows import PlainRows
from fewshot_gui.metalearning.picture_changes import ChangedPictures

SIDE = 28
ALL = np.arange(200)


def _dots() -> np.ndarray:
    """Black paper with a white square in the middle."""
    pictures = np.zeros((200, SIDE, SIDE), np.float16)
    pictures[:, 10:18, 10:18] = 1
    return pictures.reshape(200, -1)


def test_pictures_stay_alike_but_no_two_are_the_same() -> None:
    rows = _dots()
    plain = PlainRows(rows).read(ALL, np.random.default_rng(0))
    changed = ChangedPictures(rows).read(ALL, np.random.default_rng(0))
    assert changed.shape == plain.shape
    assert changed.dtype == plain.dtype
    assert 0 <= float(changed.min()) <= float(changed.max()) <= 1 + 1e-6
    assert len(np.unique(changed.numpy(), axis=0)) == 200
    ink = changed.sum(dim=1)
    assert float(ink.min()) > 0.7 * 64
    assert float(ink.max()) < 1.4 * 64


def test_moves_are_about_a_tenth_of_the_side_and_even_out() -> None:
    changed = ChangedPictures(_dots()).read(ALL, np.random.default_rng(1)).numpy().reshape(-1, SIDE, SIDE)
    places = np.arange(SIDE) - (SIDE - 1) / 2
    centres = np.stack([(changed.sum(axis=axis) * places).sum(axis=1) for axis in (1, 2)]) / changed.sum(axis=(1, 2))
    assert np.abs(centres).max() < 0.12 * SIDE
    assert np.abs(centres).max() > 0.08 * SIDE
    assert np.abs(centres.mean(axis=1)).max() < 0.02 * SIDE


def test_the_same_random_numbers_give_the_same_pictures() -> None:
    reader = ChangedPictures(_dots())
    first, again, other = (reader.read(ALL, np.random.default_rng(seed)) for seed in (0, 0, 1))
    assert bool((first == again).all())
    assert not bool((first == other).all())
