"""The second opinion: would adapting the encoder itself label better? Slow, so only when somebody asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.confidence import Adapted
from fewshot_gui.confidence.adapted import calibrated, held_out_splits
from fewshot_gui.core.errors import FewshotError, PhotoError
from fewshot_gui.core.prediction import Predictions
from fewshot_gui.core.progress import Progress
from fewshot_gui.core.support import SupportSet
from fewshot_gui.learners import StartingPoint, group_near_duplicates
from fewshot_gui.learners.deep import SecondOpinion
from fewshot_gui.learners.registry import deep_learner
from fewshot_gui.workflows.adapting import AdaptRequest, request_support
from fewshot_gui.workflows.embedding import embed_photos
from fewshot_gui.workflows.embedding_examples import embed_examples
from fewshot_gui.workflows.embedding_source import EmbeddingSource
from fewshot_gui.workflows.starting_points import method_choice


@dataclass(frozen=True, eq=False)
class SecondOpinionOutcome:
    """What asking for a second opinion gave.

    Attributes:
        adapted: The classifier, calibrated; without deep it says what the automatic method says.
        support: What it was adapted to, with activations.
        origins: (class id, path) of each row of ``support``.
        opinion: Whether deep takes part (``share`` above 0), how often either was right on held-out examples, seconds.
        failures: Examples that could not be read.
    """

    adapted: Adapted
    support: SupportSet
    origins: tuple[tuple[int, Path], ...]
    opinion: SecondOpinion
    failures: tuple[PhotoError, ...]

    @property
    def wins(self) -> bool:
        """Whether photos should be labelled anew with it, by :func:`label_with_activations`."""
        return self.opinion.share > 0


@dataclass(frozen=True, eq=False)
class LabelledPhotos:
    """Labels of photos whose activations were computed on the way.

    Attributes:
        rows: int64 (m,), the places in the sequence that was asked for of the photos that could be read, ascending.
        predictions: Of these, in that order.
        failures: Of the others.
    """

    rows: NDArray[np.int64]
    predictions: Predictions
    failures: tuple[PhotoError, ...]


def ask_second_opinion(
    request: AdaptRequest, source: EmbeddingSource, progress: Progress, *, seed: int = 0
) -> SecondOpinionOutcome:
    """Compute the activations of examples and decided photos, and weigh adapting the encoder by them.

    Args:
        request: Of its method only the starting point is used, if it is for the last blocks of the encoder, and of its
            photos the mean.
        source: The project's encoder.
        progress: Hears of the examples, then of every step; may cancel.
        seed: Fixes every random choice.

    Raises:
        FewshotError: The encoder cannot be adapted, two classes have no readable example, or some examples came with a
            model without their photos.
        Cancelled: The person cancelled.
    """
    if request.carried is not None:
        # Comparing without them would be unfair to the quick methods, which use them.
        raise FewshotError(
            "A second opinion needs the photos of all examples, and some of yours came with a model without theirs."
        )
    quick, origins, failures = request_support(request, source, progress)
    support = with_activations(quick, [path for _, path in origins], source, progress)
    start = method_choice(request.method, source.spec.base or source.spec.id).on_activations
    adapted, opinion = weigh_deep(
        support, folder_mean=request.folder_mean, starting_point=start, progress=progress, seed=seed
    )
    return SecondOpinionOutcome(adapted, support, origins, opinion, failures)


def label_with_activations(
    adapted: Adapted, photos: Sequence[Path], source: EmbeddingSource, progress: Progress
) -> LabelledPhotos:
    """Label photos with a classifier that reads activations, which are computed, kept in the cache, and forgotten.

    Args:
        adapted: Of a second opinion that wins.
        photos: The files.
        source: The project's encoder.
        progress: Hears of every photo; may cancel.

    Raises:
        FewshotError: The encoder cannot be used.
        Cancelled: The person cancelled.
    """
    source = activations_source(source)
    rows: list[int] = []
    parts: list[Predictions] = []
    failures: dict[int, PhotoError] = {}
    for batch in embed_photos(photos, source, progress):
        read = [(photo.index, photo.embedding) for photo in batch if photo.embedding is not None]
        if read:
            rows += [index for index, _ in read]
            parts.append(adapted.predict(np.array([embedding for _, embedding in read])))
        failures |= {
            photo.index: PhotoError(photo.path, photo.error or "it is not readable")
            for photo in batch
            if photo.embedding is None
        }
        progress.report(len(rows) + len(failures), len(photos), "Labelling")
    return LabelledPhotos(
        np.array(sorted(rows), np.int64),
        _in_order(adapted, rows, parts),
        tuple(failures[index] for index in sorted(failures)),
    )


def activations_source(source: EmbeddingSource) -> EmbeddingSource:
    """The source of embeddings followed by activations.

    Raises:
        FewshotError: This encoder has no activations to adapt from.
    """
    variant = source.with_activations()
    if variant is None:
        raise FewshotError(f"The encoder “{source.spec.title}” cannot be adapted itself; choose “Fast” for that.")
    return variant


def with_activations(
    support: SupportSet, paths: Sequence[Path], source: EmbeddingSource, progress: Progress
) -> SupportSet:
    """The examples with their activations, from the cache or fresh.

    Args:
        support: The examples, n of them, embedded by ``source``.
        paths: Of each, n.
        source: The encoder.
        progress: Hears of every example; may cancel.

    Raises:
        FewshotError: The encoder cannot be adapted, or an example cannot be read any more.
        Cancelled: The person cancelled.
    """
    embedded = embed_examples(paths, activations_source(source), progress)
    if embedded.failures:
        raise embedded.failures[0]
    d = source.spec.dimension
    # Both parts from one pass: what is held out together depends on the bits, and must not change once deep is used.
    return replace(support, embeddings=embedded.embeddings[:, :d], activations=embedded.embeddings[:, d:])


def weigh_deep(
    support: SupportSet,
    *,
    progress: Progress,
    seed: int,
    folder_mean: NDArray[np.float32] | None = None,
    budget: float | None = None,
    starting_point: StartingPoint | None = None,
) -> tuple[Adapted, SecondOpinion]:
    """Weigh deep against the quick methods and find out what the answers of the winner are worth.

    Args:
        support: With activations.
        progress: Hears of every step; may cancel.
        seed: Fixes every random choice.
        folder_mean: float32 (d,), the mean embedding of the photos to label; it sharpens the familiarity.
        budget: Seconds that deep may take; ``None``: as long as it takes.
        starting_point: With a tail as its network, to start from instead of the encoder's weights.

    Raises:
        Cancelled: The person cancelled.
    """
    support = group_near_duplicates(support)
    learner = deep_learner(seed=seed, budget=budget)
    splits = held_out_splits(support, seed=seed)
    opinion = learner.weigh(support, splits, starting_point=starting_point, progress=progress)
    progress.check()
    return calibrated(opinion, support, folder_mean=folder_mean), opinion


def _in_order(adapted: Adapted, rows: Sequence[int], parts: Sequence[Predictions]) -> Predictions:
    """Predictions of batches as one, sorted by row."""
    order = np.argsort(np.array(rows, np.int64))
    classes = len(adapted.class_ids)
    probabilities = np.concatenate([np.empty((0, classes), np.float32), *(part.probabilities for part in parts)])
    familiarity = np.concatenate([np.empty(0, np.float32), *(part.familiarity for part in parts)])
    stranger = np.concatenate([np.empty(0, np.bool_), *(part.stranger for part in parts)])
    return Predictions(adapted.class_ids, probabilities[order], familiarity[order], stranger[order])
