"""How well a method does on a fixed set of episodes, while it is trained."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from fewshot_gui.core.progress import Progress
from fewshot_gui.learners.episodic.method import EpisodicMethod
from fewshot_gui.metalearning.episode import STRANGER, Episode
from fewshot_gui.metalearning.episode_rows import RowReader
from fewshot_gui.metalearning.frozen_prototypes import frozen_prototypes


def episode_accuracies(
    method: EpisodicMethod, reader: RowReader, episodes: Sequence[Episode], progress: Progress
) -> NDArray[np.float64]:
    """The share of right answers in each episode, float64 (n,); queries of no class are left out.

    The parameters stay as they are. Every query is answered from the support alone, not from other queries.

    Raises:
        Cancelled: The person cancelled.
    """
    was_training = method.training
    method.eval()
    try:
        accuracies = []
        for episode in episodes:
            progress.check()
            accuracies.append(_accuracy(method, reader, episode))
        return np.array(accuracies)
    finally:
        method.train(was_training)


def frozen_accuracies(reader: RowReader, episodes: Sequence[Episode]) -> NDArray[np.float64]:
    """The same of the frozen prototypes, the yardstick: class means of the rows as they are."""
    return np.array([_frozen_accuracy(reader, episode) for episode in episodes])


def _frozen_accuracy(reader: RowReader, episode: Episode) -> float:
    rng = np.random.default_rng(0)
    known = episode.query_labels != STRANGER
    support, queries = (reader.read(rows, rng).numpy() for rows in (episode.support, episode.queries[known]))
    probabilities, _ = frozen_prototypes(support, episode.support_labels, queries)
    return float((probabilities.argmax(axis=1) == episode.query_labels[known]).mean())


def _accuracy(method: EpisodicMethod, reader: RowReader, episode: Episode) -> float:
    device = next(method.parameters()).device
    rng = np.random.default_rng(0)
    known = episode.query_labels != STRANGER
    support = reader.read(episode.support, rng).to(device)
    labels = torch.from_numpy(episode.support_labels).to(device)
    with torch.no_grad():  # torch.func.grad, by which methods descend, works all the same
        state = method.adapt(support, labels, episode.ways)
        logits = method.logits(state, reader.read(episode.queries[known], rng).to(device))
    right = logits.argmax(dim=1).cpu().numpy() == episode.query_labels[known]
    return float(right.mean())
