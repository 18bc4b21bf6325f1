"""What a starting point is worth on classes that it has not seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fewshot_gui.core.progress import Progress
from fewshot_gui.learners.episodic.method import EpisodicMethod
from fewshot_gui.metalearning.episode import Episode
from fewshot_gui.metalearning.episode_rows import RowReader
from fewshot_gui.metalearning.evaluation import MeanInterval
from fewshot_gui.metalearning.validation import episode_accuracies, frozen_accuracies


@dataclass(frozen=True)
class UnseenAccuracy:
    """Accuracies on the same tasks of unseen classes, each 0..1 with its interval.

    Attributes:
        tasks: How many.
        trained: With the starting point.
        untrained: The same method before it had learned anything.
        frozen: Prototypes of the rows as they are.
        gain: Mean difference of trained to frozen.
        learned: Mean difference of trained to untrained: what the practice itself is worth.
    """

    tasks: int
    trained: MeanInterval
    untrained: MeanInterval
    frozen: MeanInterval
    gain: MeanInterval
    learned: MeanInterval


def measure_on_unseen(
    trained: EpisodicMethod,
    untrained: EpisodicMethod,
    rows: RowReader,
    frozen_rows: RowReader,
    episodes: Sequence[Episode],
    progress: Progress,
) -> UnseenAccuracy:
    """Measure on ``episodes``, at least one.

    Args:
        trained: The method with the starting point.
        untrained: The method before.
        rows: Reads the rows of the episodes.
        frozen_rows: Reads the embeddings that frozen prototypes are made of.
        episodes: Tasks of unseen classes.
        progress: May cancel.

    Raises:
        Cancelled: The person cancelled.
    """
    progress.report(0, None, "Testing on unseen classes")
    with_it = episode_accuracies(trained, rows, episodes, progress)
    without = episode_accuracies(untrained, rows, episodes, progress)
    progress.check()
    frozen = frozen_accuracies(frozen_rows, episodes)
    means = (MeanInterval.of(values) for values in (with_it, without, frozen, with_it - frozen, with_it - without))
    return UnseenAccuracy(len(episodes), *means)
