"""Adapt to a project's examples and decisions, and label its embedded photos again: what follows every correction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.confidence import Adapted, adapt_calibrated
from fewshot_gui.core.errors import NotEnoughExamplesError, PhotoError
from fewshot_gui.core.prediction import Predictions
from fewshot_gui.core.progress import Progress
from fewshot_gui.core.support import SupportSet
from fewshot_gui.workflows.embedding_examples import embed_examples, support_set
from fewshot_gui.workflows.embedding_source import EmbeddingSource
from fewshot_gui.workflows.starting_points import method_choice


@dataclass(frozen=True, eq=False)
class AdaptRequest:
    """A snapshot of what to adapt to and what to label; nothing in it changes any more.

    Attributes:
        examples: (class id, path) of every example.
        decided: (class id, path) of photos with a decision for a class, n of them.
        decided_embeddings: Theirs, float16 (n, d), from the source; d counts activations where it gives any.
        photos: float16 (m, d), the photos to label.
        folder_mean: float32 (d,), the mean of ``photos``, or ``None`` without any.
        method: A learner, perhaps with a starting point (:func:`~fewshot_gui.workflows.starting_points.method_choice`).
        carried: Examples without photos, which came with a model, embedded by the source's encoder without activations;
            a method that reads activations does without them. ``None`` where there are none.
    """

    examples: tuple[tuple[int, Path], ...]
    decided: tuple[tuple[int, Path], ...]
    decided_embeddings: NDArray[np.float16]
    photos: NDArray[np.float16]
    folder_mean: NDArray[np.float32] | None
    method: str
    carried: SupportSet | None = None


@dataclass(frozen=True, eq=False)
class AdaptOutcome:
    """What adapting gave.

    Attributes:
        adapted: The classifier.
        support: What it was adapted to.
        origins: (class id, path) of each row of ``support``; carried examples, which come last, have no path.
        predictions: Of ``AdaptRequest.photos``, in their order.
        failures: Examples that could not be read.
    """

    adapted: Adapted
    support: SupportSet
    origins: tuple[tuple[int, Path | None], ...]
    predictions: Predictions
    failures: tuple[PhotoError, ...]


def adapt_and_label(request: AdaptRequest, source: EmbeddingSource, progress: Progress) -> AdaptOutcome:
    """Embed what is new, adapt, and label.

    Raises:
        NotEnoughExamplesError: Fewer than two classes have a readable example.
        Cancelled: The person cancelled, or a newer request came.
        EncoderError: The encoder cannot be used.
    """
    support, photos, failures = request_support(request, source, progress)
    origins = (*photos, *((class_id, None) for class_id in support.labels[len(photos) :].tolist()))
    d = support.embeddings.shape[1]
    mean = request.folder_mean[:d] if request.folder_mean is not None else None
    choice = method_choice(request.method, source.spec.base or source.spec.id)
    adapted = adapt_calibrated(
        choice.name,
        support,
        folder=request.photos[:, :d],
        folder_mean=mean,
        starting_point=choice.starting_point,
        progress=progress,
        seed=0,
    )
    progress.check()
    predictions = adapted.predict(request.photos)
    progress.check()
    return AdaptOutcome(adapted, support, origins, predictions, failures)


def request_support(
    request: AdaptRequest, source: EmbeddingSource, progress: Progress
) -> tuple[SupportSet, tuple[tuple[int, Path], ...], tuple[PhotoError, ...]]:
    """Examples, decided photos and carried examples as one support set: a corrected photo is worth an example.

    Returns:
        The support set, (class id, path) of each of its rows but the carried ones at the end, and why examples could
        not be read.

    Raises:
        NotEnoughExamplesError: Fewer than two classes have a readable example.
        Cancelled: The person cancelled.
        EncoderError: The encoder cannot be used.
    """
    embedded = embed_examples([path for _, path in request.examples], source, progress)
    origins = (*(request.examples[row] for row in embedded.rows), *request.decided)
    embeddings = np.concatenate([embedded.embeddings, request.decided_embeddings.astype(np.float32)])
    class_ids = [class_id for class_id, _ in origins]
    if source.spec.activations:
        support = _with_activations(embeddings, class_ids, embedded.failures, source, request.carried)
    elif request.carried is None:
        support = support_set(embeddings, class_ids, embedded.failures)
    else:
        carried = request.carried
        embeddings = np.concatenate([embeddings, carried.embeddings])
        groups = np.concatenate([np.arange(len(class_ids)), len(class_ids) + carried.groups])
        support = support_set(embeddings, [*class_ids, *carried.labels.tolist()], embedded.failures)
        support = replace(support, groups=groups)
    return support, origins, embedded.failures


def _with_activations(
    rows: NDArray[np.float32],
    class_ids: Sequence[int],
    failures: Sequence[PhotoError],
    source: EmbeddingSource,
    carried: SupportSet | None,
) -> SupportSet:
    if carried is not None and len(set(class_ids)) < 2:
        raise NotEnoughExamplesError(
            "This method needs the photos of examples, and yours came with a model without theirs; "
            "add example photos to two classes, or choose another method."
        )
    d = source.spec.dimension - source.spec.activations
    support = support_set(rows, class_ids, failures)
    return replace(support, embeddings=support.embeddings[:, :d], activations=support.embeddings[:, d:])
