"""A learner around one closed-form head."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.core.progress import Progress
from fewshot_gui.core.support import SupportSet
from fewshot_gui.learners.affine import AffineClassifier
from fewshot_gui.learners.cross_validation import Assessed, HeldOut, Split, adapt_held_out
from fewshot_gui.learners.dual import DualProblem, DualSolution, LinearRule
from fewshot_gui.learners.episodic_learner import EpisodicLearner
from fewshot_gui.learners.features import EmbeddingTransform
from fewshot_gui.learners.likelihood import own_margin
from fewshot_gui.learners.protocol import UNWATCHED, Classifier
from fewshot_gui.learners.starting_point import StartingPoint


@dataclass(frozen=True)
class ClosedFormLearner:
    """Adapts by solving one linear system; see :class:`~fewshot_gui.learners.protocol.Learner`."""

    name: str
    title: str
    help: str
    rule: LinearRule

    def adapt(
        self,
        support: SupportSet,
        *,
        unlabelled: NDArray[np.floating] | None = None,  # noqa: ARG002 - part of the contract; these heads are inductive
        starting_point: StartingPoint | None = None,
        progress: Progress = UNWATCHED,
    ) -> Classifier:
        """Solve the head for these examples; with a starting point, on the features of its network."""
        return self.adapt_held_out(support, (), starting_point=starting_point, progress=progress).classifier

    def adapt_held_out(
        self,
        support: SupportSet,
        splits: Sequence[Split],
        *,
        unlabelled: NDArray[np.floating] | None = None,  # noqa: ARG002 - as above
        starting_point: StartingPoint | None = None,
        progress: Progress = UNWATCHED,
    ) -> Assessed[Classifier]:
        """Solve the head for all examples and for each split; without a starting point, all from one Gram matrix."""
        progress.check()
        if starting_point is not None:
            episodic = EpisodicLearner(self.name, self.title, self.help)
            return adapt_held_out(episodic, support, splits, starting_point=starting_point, progress=progress)
        transform = EmbeddingTransform.fitted_to(support.embeddings)
        problem = DualProblem.of(support, transform)
        answers = [np.empty((0, problem.classes))]
        for split in splits:
            progress.check()
            part = problem.subset(split.train)
            solution = self.rule.solve(part)
            margin = own_margin(solution.logits(part.gram), part.columns, part.groups)
            answers.append(solution.logits(problem.gram[np.ix_(split.held_out, split.train)]) / margin)
        progress.check()
        solution = self.rule.solve(problem)
        classifier = primal(solution, support.embeddings, support.class_ids, transform, self.name)
        return Assessed(classifier, HeldOut.of(support, splits, np.concatenate(answers)))


def primal(
    solution: DualSolution,
    embeddings: NDArray[np.float32],
    class_ids: NDArray[np.int64],
    transform: EmbeddingTransform,
    method: str,
) -> AffineClassifier:
    """The classifier that a solution in the span of ``embeddings``, float32 (n, d), stands for."""
    weights = transform.apply(embeddings).T.astype(np.float64) @ solution.coefficients
    return AffineClassifier(transform, weights.astype(np.float32), solution.bias.astype(np.float32), class_ids, method)
