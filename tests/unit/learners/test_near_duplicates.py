"""Bursts and copies count as one example."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from fewshot_gui.core.support import SupportSet
from fewshot_gui.learners import group_near_duplicates


def test_copies_are_grouped_and_other_photos_are_not(world: Callable[..., Any]) -> None:
    support = world(3).support((4, 4, 4))
    rng = np.random.default_rng(0)
    almost = support.embeddings[[0, 0, 5]] * rng.uniform(0.9, 1.1, (3, support.embeddings.shape[1]))
    more = SupportSet(np.concatenate([support.embeddings, almost]), np.concatenate([support.labels, [7, 7, 17]]))
    grouped = group_near_duplicates(more)
    assert len(set(grouped.groups.tolist())) == 12
    assert grouped.groups[12] == grouped.groups[13] == grouped.groups[0]
    assert grouped.groups[14] == grouped.groups[5]
    np.testing.assert_array_equal(grouped.embeddings, more.embeddings)
    np.testing.assert_array_equal(grouped.labels, more.labels)


def test_a_burst_is_linked_through_its_neighbours() -> None:
    angles = np.arange(0, 1.2, 0.2)
    chain = np.column_stack([np.cos(angles), np.sin(angles)])
    grouped = group_near_duplicates(SupportSet(np.concatenate([chain, [[-1.0, 0.0]]]), np.ones(7)))
    assert len(set(grouped.groups[:6].tolist())) == 1
    assert grouped.groups[6] != grouped.groups[0]


def test_groups_that_were_there_stay_together(world: Callable[..., Any]) -> None:
    support = world(2).support((3, 3))
    grouped = group_near_duplicates(SupportSet(support.embeddings, support.labels, np.array([9, 1, 9, 2, 3, 2])))
    assert grouped.groups[0] == grouped.groups[2]
    assert grouped.groups[3] == grouped.groups[5]
    assert len(set(grouped.groups.tolist())) == 4


def test_drawings_that_are_all_alike_by_their_pixels_are_not_copies() -> None:
    """White paper with a few strokes: cosines above 0.97 within and between the classes, 1 for a copy."""
    rng = np.random.default_rng(0)
    drawings = np.where(rng.random((40, 784)) < 0.05, 0.0, 1.0)
    support = SupportSet(np.concatenate([drawings, drawings[:1]]), np.append(np.arange(40) % 5, 0))
    groups = group_near_duplicates(support).groups
    assert groups[40] == groups[0]
    assert len(set(groups.tolist())) == 40
