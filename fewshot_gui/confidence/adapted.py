"""A classifier with everything that makes its answers honest: calibrated, with a familiarity and an expectation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.confidence.expected_accuracy import Estimate, expected_accuracy, expected_accuracy_by_class
from fewshot_gui.confidence.familiarity import STRANGER_BELOW, Familiarity
from fewshot_gui.confidence.temperature import Temperature, fit_temperature
from fewshot_gui.core.errors import FewshotError
from fewshot_gui.core.operator_graph import OperatorGraph, ScoredValues, Value
from fewshot_gui.core.prediction import Predictions
from fewshot_gui.core.progress import Progress
from fewshot_gui.core.support import SupportSet
from fewshot_gui.learners import (
    AffineClassifier,
    Assessed,
    Classifier,
    Split,
    StartingPoint,
    adapt_held_out,
    classifier_from_arrays,
    group_near_duplicates,
    learner,
    leave_one_per_class_out,
    project_together,
)
from fewshot_gui.learners.observations import observation_counts
from fewshot_gui.learners.operators import add_columns
from fewshot_gui.learners.protocol import UNWATCHED, reads_activations

_REPEATS = (8, 12)
"""Fewest and most held-out splits; in between, as many as the largest class has examples."""

_MANY_EXAMPLES = 300
"""Examples above which the fewest splits are enough, and quicker."""


@dataclass(frozen=True, eq=False)
class Adapted:
    """A calibrated classifier. Immutable.

    Attributes:
        classifier: Embeddings to logits.
        temperature: What the logits are divided by.
        familiarity: How much a photo resembles the examples at all.
        expected: The expected accuracy, or ``None``: not enough examples yet.
        expected_by_class: The same per class id, for the classes that have enough.
        reason: Why this method, one plain sentence.
    """

    classifier: Classifier
    temperature: Temperature
    familiarity: Familiarity
    expected: Estimate | None
    expected_by_class: Mapping[int, Estimate]
    reason: str

    @property
    def method(self) -> str:
        """The method that was used in the end, such as ``"lda+ridge"``; never ``"auto"``."""
        return self.classifier.method

    @property
    def class_ids(self) -> NDArray[np.int64]:
        """The class of each column, int64 (c,)."""
        return self.classifier.class_ids

    def predict(self, embeddings: NDArray[np.floating]) -> Predictions:
        """Label photos, floating point (n, d), or (n, d + k) with activations; each by itself.

        Activations are left out if the classifier does not read them.
        """
        familiarity, classifier = self.familiarity, self.classifier
        own = embeddings[:, : len(familiarity.prototypes)]
        if isinstance(classifier, AffineClassifier):
            projected, cosines = project_together(own, (classifier.projection, familiarity.projection))
            return self._predictions(classifier.scored(projected), familiarity.of_cosines(cosines))
        return self.predict_scored(classifier.logits(embeddings if reads_activations(classifier) else own), own)

    def predict_scored(self, logits: NDArray[np.float32], embeddings: NDArray[np.floating]) -> Predictions:
        """Label photos whose logits, float32 (n, c), the classifier has given already; (n, d) is enough."""
        return self._predictions(logits, self.familiarity.of(embeddings))

    def add_operators(self, graph: OperatorGraph, rows: Value) -> ScoredValues:
        """Add what :meth:`predict` does to float32 (n, d), or (n, d + k) with activations."""
        embedding = add_columns(graph, rows, 0, len(self.familiarity.prototypes))
        read = rows if reads_activations(self.classifier) else embedding
        logits = self.classifier.add_operators(graph, read)
        probabilities = graph.add("Softmax", graph.add("Div", logits, graph.constant(self.temperature.value)), axis=1)
        return ScoredValues(probabilities, self.familiarity.add_operators(graph, embedding))

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Everything as named arrays for a ``safetensors`` file; read back by :meth:`from_arrays`."""
        expected = {} if self.expected is None else {0: self.expected}
        arrays: dict[str, NDArray[np.generic]] = {
            "temperature": np.array([self.temperature.value, self.temperature.rough], np.float64),
            "expected": _estimates_to_array(expected),
            "expected_by_class": _estimates_to_array(self.expected_by_class),
            "reason": np.frombuffer(self.reason.encode(), np.uint8),
        }
        arrays |= {f"classifier.{name}": array for name, array in self.classifier.to_arrays().items()}
        return arrays | {f"familiarity.{name}": array for name, array in self.familiarity.to_arrays().items()}

    def _predictions(self, logits: NDArray[np.float32], familiarity: NDArray[np.float32]) -> Predictions:
        probabilities = logits / np.float32(self.temperature.value)
        probabilities -= probabilities.max(axis=1, keepdims=True)
        np.exp(probabilities, out=probabilities)
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        return Predictions(self.class_ids, probabilities, familiarity, familiarity < STRANGER_BELOW)

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> Adapted:
        """What :meth:`to_arrays` wrote down.

        Raises:
            FewshotError: The arrays are damaged or from another version.
        """
        try:
            value, rough = np.asarray(arrays["temperature"], np.float64).tolist()
            return cls(
                classifier=classifier_from_arrays(_below("classifier.", arrays)),
                temperature=Temperature(value, bool(rough)),
                familiarity=Familiarity.from_arrays(_below("familiarity.", arrays)),
                expected=_estimates_from_array(arrays["expected"]).get(0),
                expected_by_class=_estimates_from_array(arrays["expected_by_class"]),
                reason=np.asarray(arrays["reason"], np.uint8).tobytes().decode(),
            )
        except (KeyError, IndexError, ValueError, TypeError) as error:
            raise FewshotError("This classifier is damaged or from another version; adapt again.") from error


def adapt_calibrated(
    learner_name: str,
    support: SupportSet,
    *,
    folder: NDArray[np.floating] | None = None,
    folder_mean: NDArray[np.float32] | None = None,
    starting_point: StartingPoint | None = None,
    progress: Progress = UNWATCHED,
    seed: int = 0,
) -> Adapted:
    """Adapt to the examples and find out what the answers are worth.

    Near-duplicates among the examples count as one.

    Args:
        learner_name: One of :func:`~fewshot_gui.learners.learner_specs`.
        support: The examples.
        folder: Floating point (m, d), embeddings of the photos to label, for learners that use them.
        folder_mean: float32 (d,), their mean; it sharpens the familiarity.
        starting_point: Meta-learned parameters for the learner to start from.
        progress: May cancel.
        seed: Fixes which examples are held out together.

    Raises:
        FewshotError: There is no such learner, or the starting point does not fit it.
        Cancelled: The person cancelled.
    """
    chosen = learner(learner_name, seed=seed)
    support = group_near_duplicates(support)
    splits = held_out_splits(support, seed=seed)
    assessed = adapt_held_out(
        chosen, support, splits, unlabelled=folder, starting_point=starting_point, progress=progress
    )
    progress.check()
    adapted = calibrated(assessed, support, folder_mean=folder_mean)
    if adapted.reason:
        return adapted
    start = f" It starts from “{starting_point.title}”." if starting_point is not None else ""
    return replace(adapted, reason=f"{chosen.title}: {chosen.help}{start}")


def held_out_splits(support: SupportSet, *, seed: int) -> tuple[Split, ...]:
    """The splits on which methods are compared and answers calibrated."""
    fewest, most = _REPEATS
    largest = observation_counts(support.labels, support.groups).max()
    repeats = fewest if len(support) > _MANY_EXAMPLES else int(largest.clip(fewest, most))
    return leave_one_per_class_out(support, repeats=repeats, seed=seed)


def calibrated(
    assessed: Assessed[Classifier], support: SupportSet, *, folder_mean: NDArray[np.float32] | None = None
) -> Adapted:
    """What the answers of a classifier are worth.

    Args:
        assessed: The classifier, with what others of its making said of held-out examples.
        support: The examples it was adapted to; near-duplicates in one group.
        folder_mean: float32 (d,), the mean embedding of the photos to label; it sharpens the familiarity.
    """
    return Adapted(
        classifier=assessed.classifier,
        temperature=fit_temperature(
            assessed.classifier, support, assessed.held_out, relative_scale=assessed.relative_scale
        ),
        familiarity=Familiarity.fitted_to(support, folder_mean),
        expected=expected_accuracy(support, assessed.held_out),
        expected_by_class=expected_accuracy_by_class(support, assessed.held_out),
        reason=assessed.reason,
    )


def _estimates_to_array(estimates: Mapping[int, Estimate]) -> NDArray[np.float64]:
    rows = [[key, each.value, each.low, each.high, each.examples] for key, each in estimates.items()]
    return np.array(rows, np.float64).reshape(-1, 5)


def _estimates_from_array(array: NDArray[np.generic]) -> dict[int, Estimate]:
    rows = np.asarray(array, np.float64).tolist()
    return {int(key): Estimate(value, low, high, int(examples)) for key, value, low, high, examples in rows}


def _below(prefix: str, arrays: Mapping[str, NDArray[np.generic]]) -> dict[str, NDArray[np.generic]]:
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
