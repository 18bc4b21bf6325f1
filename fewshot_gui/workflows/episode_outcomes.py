"""How a method does in one episode, adapted just as when a person labels a folder."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.confidence import Adapted, adapt_calibrated
from fewshot_gui.core.progress import Progress
from fewshot_gui.core.support import SupportSet
from fewshot_gui.learners import AUTO, DEEP
from fewshot_gui.workflows.second_opinion import weigh_deep
from fewshot_gui.workflows.starting_points import MethodChoice

if TYPE_CHECKING:
    from fewshot_gui.metalearning.episode import Episode
    from fewshot_gui.metalearning.evaluation import EpisodeOutcome
    from fewshot_gui.metalearning.labelled_rows import LabelledRows


def reads_activations(choice: MethodChoice) -> bool:
    """Whether the method wants the activations of photos beside their embeddings."""
    return choice.name == DEEP


@dataclass(frozen=True, eq=False)
class EpisodeJudge:
    """Lets methods solve episodes.

    Attributes:
        data: What the episodes are of.
        dimension: So many values of a row are the embedding; activations may follow.
        seed: Fixes every random choice of the methods.
        progress: May cancel.
    """

    data: LabelledRows
    dimension: int
    seed: int
    progress: Progress

    def frozen(self, episode: Episode) -> EpisodeOutcome:
        """The outcome of the frozen prototypes."""
        from fewshot_gui.metalearning.evaluation import EpisodeOutcome
        from fewshot_gui.metalearning.frozen_prototypes import frozen_prototypes

        support = self._embeddings(episode.support)
        queries = self._embeddings(episode.queries)
        started = time.perf_counter()
        probabilities, familiarity = frozen_prototypes(support, episode.support_labels, queries)
        return EpisodeOutcome.of(probabilities, familiarity, episode.query_labels, time.perf_counter() - started)

    def adapted(self, choice: MethodChoice, episode: Episode) -> EpisodeOutcome:
        """The outcome of a method that is calibrated and knows the queries as the folder it labels.

        Raises:
            FewshotError: The starting point does not fit.
            Cancelled: The person cancelled.
        """
        from fewshot_gui.metalearning.evaluation import EpisodeOutcome

        rows = self.data.rows[episode.support]
        support = SupportSet(
            embeddings=rows[:, : self.dimension],
            labels=episode.support_labels,
            groups=self.data.groups[episode.support],
            activations=rows[:, self.dimension :] if reads_activations(choice) else rows[:, :0],
        )
        folder = self._embeddings(episode.queries)
        started = time.perf_counter()
        adapted = self._adapt(choice, support, folder)
        seconds = time.perf_counter() - started
        predictions = adapted.predict(self.data.rows[episode.queries].astype(np.float32))
        return EpisodeOutcome.of(predictions.probabilities, predictions.familiarity, episode.query_labels, seconds)

    def _adapt(self, choice: MethodChoice, support: SupportSet, folder: NDArray[np.float32]) -> Adapted:
        mean, name, progress = folder.mean(axis=0), choice.name, _OnlyCancel(self.progress)
        if support.activations.shape[1]:
            adapted, opinion = weigh_deep(
                support, folder_mean=mean, progress=progress, seed=self.seed, starting_point=choice.on_activations
            )
            if opinion.share:
                return adapted
            name = AUTO
        return adapt_calibrated(
            name,
            support,
            folder=folder,
            folder_mean=mean,
            starting_point=choice.on_embeddings,
            progress=progress,
            seed=self.seed,
        )

    def _embeddings(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        return self.data.rows[rows, : self.dimension].astype(np.float32)


class _OnlyCancel:
    """Passes on that the person cancels, and keeps the steps of a single adaptation from the progress of all."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def report(self, done: int, total: int | None = None, note: str = "") -> None:
        """Do nothing."""

    def check(self) -> None:
        """Raise Cancelled if the person cancelled."""
        self._progress.check()
