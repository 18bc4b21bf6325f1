"""The automatic method: a blend of closed-form heads, weighted by what they say of held-out examples.

All candidates are affine in the same transformed embedding, so their blend is one affine head, as fast and as portable
as each of them. From three examples per class, every candidate answers for examples it has not seen; its logits are
scaled to probabilities and the candidates are weighted by their held-out likelihood (pseudo-Bayesian model averaging,
Yao et al. 2018, arXiv 1704.02030). Choosing the single best by held-out accuracy or likelihood instead was 0.2 to 0.6
points worse on average over 21 development tasks at five examples per class.
Below three examples there is nothing to compare with, and a fixed pair of heads is averaged; there the folder is asked
too, if it is known (:mod:`~fewshot_gui.learners.folder_use`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.core.progress import Progress
from fewshot_gui.core.support import SupportSet
from fewshot_gui.learners.affine import AffineClassifier
from fewshot_gui.learners.blending import (
    HeadAnswers,
    blend,
    scaled_by_likelihood,
    solve_with_splits,
)
from fewshot_gui.learners.closed_form import primal
from fewshot_gui.learners.cross_validation import Assessed, HeldOut, Split, leave_one_per_class_out
from fewshot_gui.learners.dual import DualProblem, LinearRule
from fewshot_gui.learners.features import EmbeddingTransform
from fewshot_gui.learners.folder_use import taught_by_folder
from fewshot_gui.learners.lda import LdaRule
from fewshot_gui.learners.likelihood import own_margin
from fewshot_gui.learners.protocol import UNWATCHED
from fewshot_gui.learners.prototypes import PrototypeRule
from fewshot_gui.learners.ridge import RidgeRule
from fewshot_gui.learners.starting_point import StartingPoint

_ENOUGH = 3
"""Examples per class (the median over the classes) from which held-out answers are heard."""

_REPEATS = 8
"""Held-out splits when nobody asks for particular ones."""

_NAMED_FROM = 0.15
"""The share of the blend from which a method is part of its name."""

_FOLDER = "folder"
"""What the name of a method says if the photos of the folder had a part in it."""

_FOLDER_SCALE = 0.7
"""The scale of the logits where nothing can be held out, in units of the usual one: photos of the folder stand out
nearly as much as the examples, and would seem too sure. 0.7 is best on 18 development tasks."""

_FOLDER_REASON = "With so few examples, photos of the folder that look alike were taken to be of one class."

_TITLES = {"prototypes": "prototypes", "ridge": "ridge regression", "lda": "LDA"}


@dataclass(frozen=True)
class _Candidate:
    """A head that may be part of the blend; candidates of one method differ in strength only."""

    method: str
    rule: LinearRule


_CANDIDATES = (
    # Prototypes adapt least; they are always among the candidates.
    _Candidate("prototypes", PrototypeRule()),
    _Candidate("ridge", RidgeRule(0.1)),
    _Candidate("ridge", RidgeRule(0.3)),
    _Candidate("lda", LdaRule(0.5)),
    _Candidate("lda", LdaRule(0.9)),
)
_WITH_FEW_EXAMPLES = (_Candidate("ridge", RidgeRule(0.1)), _Candidate("lda", LdaRule(0.5)))


@dataclass(frozen=True)
class AutoLearner:
    """See the module; ``seed`` fixes which examples are held out together."""

    name: str
    title: str
    help: str
    seed: int = 0

    def adapt(
        self,
        support: SupportSet,
        *,
        unlabelled: NDArray[np.floating] | None = None,
        starting_point: StartingPoint | None = None,  # noqa: ARG002 - part of the contract; there is nothing to start
        progress: Progress = UNWATCHED,
    ) -> AffineClassifier:
        """Blend the heads for these examples."""
        splits = leave_one_per_class_out(support, repeats=_REPEATS, seed=self.seed)
        return self.adapt_held_out(support, splits, unlabelled=unlabelled, progress=progress).classifier

    def adapt_held_out(
        self,
        support: SupportSet,
        splits: Sequence[Split],
        *,
        unlabelled: NDArray[np.floating] | None = None,
        starting_point: StartingPoint | None = None,  # noqa: ARG002 - as above
        progress: Progress = UNWATCHED,
    ) -> Assessed[AffineClassifier]:
        """Blend the heads for these examples by their answers on the splits; with few examples, ask the folder too."""
        transform = EmbeddingTransform.fitted_to(support.embeddings)
        problem = DualProblem.of(support, transform)
        enough = bool(splits) and float(np.median(problem.counts)) >= _ENOUGH
        candidates = _CANDIDATES if enough else _WITH_FEW_EXAMPLES
        heads = [solve_with_splits(candidate.rule, problem, splits, progress) for candidate in candidates]
        shares = np.full(len(heads), 1.0 / len(heads))
        if enough:
            columns = np.concatenate([problem.columns[split.held_out] for split in splits])
            heads, shares = scaled_by_likelihood(heads, columns, int(problem.counts.sum()))
        blended, methods = blend(heads, shares), _leading_methods(candidates, shares)
        if not enough and unlabelled is not None:
            progress.check()
            taught = taught_by_folder(blended, support, splits, unlabelled, transform, seed=self.seed)
            if taught is not None:
                methods = [*methods, _FOLDER]
                assessed = _assessed(taught.answers, taught.embeddings, support, splits, methods, _FOLDER_REASON)
                return replace(assessed, relative_scale=1.0 if splits else _FOLDER_SCALE)
        margin = own_margin(blended.solution.logits(problem.gram), problem.columns, problem.groups)
        answers = HeadAnswers(blended.solution, blended.parts, blended.held_out / margin)
        alone = HeldOut.of(support, splits, heads[0].held_out)
        reason = _reason(methods, HeldOut.of(support, splits, answers.held_out), alone) if enough else ""
        return _assessed(answers, support.embeddings, support, splits, methods, reason)


def _assessed(
    answers: HeadAnswers,
    embeddings: NDArray[np.float32],
    support: SupportSet,
    splits: Sequence[Split],
    methods: Sequence[str],
    reason: str,
) -> Assessed[AffineClassifier]:
    """The head, written in ``embeddings``, as a classifier."""
    transform = EmbeddingTransform.fitted_to(support.embeddings)
    classifier = primal(answers.solution, embeddings, support.class_ids, transform, "+".join(methods))
    return Assessed(classifier, HeldOut.of(support, splits, answers.held_out), reason)


def _leading_methods(candidates: Sequence[_Candidate], shares: NDArray[np.float64]) -> list[str]:
    """The methods that carry the blend, the strongest first."""
    totals: dict[str, float] = {}
    for candidate, share in zip(candidates, shares.tolist(), strict=True):
        totals[candidate.method] = totals.get(candidate.method, 0.0) + share
    return [method for method in sorted(totals, key=lambda method: -totals[method]) if totals[method] >= _NAMED_FROM]


def _reason(methods: Sequence[str], blended: HeldOut, prototypes: HeldOut) -> str:
    names = " and ".join(_TITLES[method] for method in methods)
    subject = f"A blend of {names} was" if len(methods) > 1 else f"{names[0].upper()}{names[1:]} was"
    accuracy, plain = round(100 * blended.right.mean()), round(100 * prototypes.right.mean())
    return f"{subject} right on {accuracy} % of the held-out examples, prototypes alone on {plain} %."
