"""The examples that speak for a prediction."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.confidence.adapted import Adapted
from fewshot_gui.core.support import SupportSet
from fewshot_gui.learners import EmbeddingTransform


def nearest_examples(
    adapted: Adapted, support: SupportSet, embedding: NDArray[np.floating], k: int
) -> list[tuple[int, float]]:
    """The examples of the two most probable classes that a photo resembles most.

    The first is of the predicted class and the second of the runner-up, so that the two can be compared; the rest are
    the nearest of both.

    Args:
        adapted: What labels the photo.
        support: The examples it was adapted to.
        embedding: Floating point (d,), the photo; activations may follow.
        k: How many, at most.

    Returns:
        Rows of ``support`` with their cosine similarity in 0..1, the most similar first.
    """
    ranked = adapted.predict(embedding[None]).ranked()
    transform = EmbeddingTransform.fitted_to(support.embeddings)
    embedding = embedding[: support.embeddings.shape[1]]
    similarities = transform.project(support.embeddings, transform.apply(embedding[None]).T)[:, 0].clip(0, 1)
    by_similarity = np.argsort(-similarities, kind="stable")
    labels = support.labels[by_similarity]
    of_first = by_similarity[labels == ranked.first[0]].tolist()
    of_second = by_similarity[labels == ranked.second[0]].tolist()
    others = sorted(of_first[1:] + of_second[1:], key=lambda row: -similarities[row])
    chosen = (of_first[:1] + of_second[:1] + others)[:k]
    return [(row, float(similarities[row])) for row in sorted(chosen, key=lambda row: -similarities[row])]
