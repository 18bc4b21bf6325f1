"""What a learner and a classifier are: the contract that every way to adapt keeps."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.core.operator_graph import OperatorGraph, Value
from fewshot_gui.core.progress import Progress, Unwatched
from fewshot_gui.core.support import SupportSet
from fewshot_gui.learners.starting_point import StartingPoint

UNWATCHED: Progress = Unwatched()
"""The progress of adapting that nobody watches."""


class Classifier(Protocol):
    """What adaptation gives. Immutable; the same embeddings always get the same logits."""

    @property
    def method(self) -> str:
        """The method that was used in the end, such as ``"ridge"`` or ``"lda+ridge"``; never ``"auto"``."""

    @property
    def class_ids(self) -> NDArray[np.int64]:
        """int64 (c,), ascending: the class of each column of the logits."""

    def logits(self, embeddings: NDArray[np.floating]) -> NDArray[np.float32]:
        """Score photos; each row depends on its own embedding only.

        Args:
            embeddings: Floating point (n, d); of a classifier that :func:`reads_activations`, followed by these.

        Returns:
            float32 (n, c); larger is more probable. Scale and offset of a row are the method's own.
        """

    def add_operators(self, graph: OperatorGraph, rows: Value) -> Value:
        """Add what :meth:`logits` computes to a graph, for an exported model.

        Args:
            graph: Gets the operators.
            rows: float32 (n, d) or, where :func:`reads_activations`, (n, d + k); n is free.

        Returns:
            float32 (n, c), the logits.
        """

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Everything needed to rebuild it with :func:`~fewshot_gui.learners.persistence.classifier_from_arrays`."""


def reads_activations(classifier: Classifier) -> bool:
    """Whether a classifier scores embeddings followed by activations, and not embeddings alone."""
    return bool(getattr(classifier, "reads_activations", False))


def own_rows(classifier: Classifier, support: SupportSet) -> NDArray[np.float32]:
    """The examples as ``classifier`` reads them, float32 (n, d) or (n, d + k)."""
    return support.rows if reads_activations(classifier) else support.embeddings


class Learner(Protocol):
    """A way to adapt: support embeddings to a classifier."""

    @property
    def name(self) -> str:
        """How the command line and the project file call it."""

    @property
    def title(self) -> str:
        """How people call it."""

    @property
    def help(self) -> str:
        """One sentence: when it pays."""

    def adapt(
        self,
        support: SupportSet,
        *,
        unlabelled: NDArray[np.floating] | None = None,
        starting_point: StartingPoint | None = None,
        progress: Progress = UNWATCHED,
    ) -> Classifier:
        """Adapt to the examples; the same call gives the same classifier.

        Args:
            support: The examples; at least one of each class.
            unlabelled: Floating point (m, d), embeddings of the photos to label, for learners that use them.
            starting_point: Meta-learned parameters, for learners that start from them.
            progress: Hears how far it is; may cancel.

        Raises:
            Cancelled: The person cancelled.
        """
