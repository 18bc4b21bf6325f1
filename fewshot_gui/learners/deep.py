"""The deep method, a second opinion: the encoder's last blocks, fine-tuned to the examples, beside the quick heads.

The blocks start from the encoder's own weights, or from meta-learned ones, and take a fixed number of steps on the
examples' cached activations. Whether that pays differs: hand signs and letters gain, photos of things that the encoder
was trained on lose. So both are asked about held-out examples, with all of a group on one side. Their logits are scaled
to probabilities there, and added with the share for deep that explains the held-out labels best. Where the sum explains
them no better than the quick heads alone, the answer is that of the automatic method to the last bit.

At five examples per class, over ten development tasks: 3.4 points more right than the automatic method on average, 8 on
hand signs, 3 and 12 on letters of two alphabets, nowhere less; deep alone is 9 points worse where it is worst.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.core.progress import Progress
from fewshot_gui.core.support import SupportSet
from fewshot_gui.encoders import encoder_specs
from fewshot_gui.learners.affine import AffineClassifier
from fewshot_gui.learners.auto import AutoLearner
from fewshot_gui.learners.cross_validation import (
    Assessed,
    HeldOut,
    Split,
    leave_one_per_class_out,
    stratified_folds,
)
from fewshot_gui.learners.deep_classifier import DeepClassifier
from fewshot_gui.learners.deep_training import DeepTraining, OverBudgetError
from fewshot_gui.learners.likelihood import best_scale, cross_entropy, own_margin
from fewshot_gui.learners.observations import observation_counts
from fewshot_gui.learners.protocol import UNWATCHED, Classifier
from fewshot_gui.learners.starting_point import NetworkSpec, StartingPoint

_ENOUGH = 3
"""Examples per class (the median over the classes) below which too few can be held out, and deep is not heard."""
_ERRORS_TO_TELL = 3
"""Held-out examples that the quick methods label wrong, below which there is little to gain and less to tell it by."""
_FOLDS = 3
"""Held-out parts; every one costs as much as adapting itself."""
_QUICK_REPEATS = 8
"""Held-out splits of the automatic method when nobody asks for particular ones."""
_EVIDENCE = 0.5
"""How much of the held-out log-likelihood counts; as in the automatic method's own blend. From 0.25 to 1 the accuracy
stays the same within 0.2 points."""
_NO_ACTIVATIONS = "The quick methods alone, because this encoder cannot be adapted itself."
_TOO_FEW = (
    "The quick methods alone, because there are too few examples to adapt the encoder itself: "
    "each class needs at least three."
)
_LEAST_GAIN = 0.01
"""Nats by which the blend must be more likely per held-out example, or deep is not worth computing activations for."""
_SHARES = np.linspace(0.0, 1.0, 21)
"""The shares of deep that are weighed."""


@dataclass(frozen=True, eq=False)
class SecondOpinion(Assessed[Classifier]):
    """What the deep method came to.

    Attributes:
        share: Of deep in the blend, 0..1; 0: it takes no part.
        quick_accuracy: Of the automatic method on the held-out examples, 0..1; ``None`` where deep was not weighed,
            which has its reason.
        deep_accuracy: Of the fine-tuned blocks alone on the same.
        joint_accuracy: Of the blend on the same.
        seconds: What weighing and adapting took.
    """

    share: float = 0.0
    quick_accuracy: float | None = None
    deep_accuracy: float | None = None
    joint_accuracy: float | None = None
    seconds: float = 0.0


@dataclass(frozen=True)
class DeepLearner:
    """See the module. Without activations in the support set it is the automatic method.

    Attributes:
        seed: Fixes which examples are held out together, and which take a step together.
        budget: Seconds that weighing may take; where it would take longer, deep is not heard. ``None``: no limit.
    """

    name: str
    title: str
    help: str
    seed: int = 0
    budget: float | None = None

    def adapt(
        self,
        support: SupportSet,
        *,
        unlabelled: NDArray[np.floating] | None = None,  # noqa: ARG002 - part of the contract; deep is inductive
        starting_point: StartingPoint | None = None,
        progress: Progress = UNWATCHED,
    ) -> Classifier:
        """Weigh deep against the quick heads on these examples, and adapt."""
        splits = leave_one_per_class_out(support, repeats=_QUICK_REPEATS, seed=self.seed)
        return self.weigh(support, splits, starting_point=starting_point, progress=progress).classifier

    def adapt_held_out(
        self,
        support: SupportSet,
        splits: Sequence[Split],
        *,
        unlabelled: NDArray[np.floating] | None = None,  # noqa: ARG002 - as above
        starting_point: StartingPoint | None = None,
        progress: Progress = UNWATCHED,
    ) -> SecondOpinion:
        """As :meth:`weigh`."""
        return self.weigh(support, splits, starting_point=starting_point, progress=progress)

    def weigh(
        self,
        support: SupportSet,
        splits: Sequence[Split],
        *,
        starting_point: StartingPoint | None = None,
        progress: Progress = UNWATCHED,
    ) -> SecondOpinion:
        """Ask both about held-out examples and give deep the share it earns.

        Args:
            support: With activations, or the answer is the automatic method's.
            splits: For the automatic method where deep takes no part; deep has fewer and larger ones of its own.
            starting_point: With a tail as its network, in place of the encoder's weights.
            progress: Hears of every step; may cancel.

        Raises:
            Cancelled: The person cancelled.
        """
        started = time.perf_counter()
        quick = AutoLearner(self.name, self.title, self.help, self.seed)
        alone = quick.adapt_held_out(support, splits, progress=progress)
        network = starting_point.network if starting_point and support.activations.size else tail_of(support)
        folds = stratified_folds(support, folds=_FOLDS, seed=self.seed)
        if network is None or not folds or not _enough(support):
            return _quick_alone(alone, _NO_ACTIVATIONS if network is None else _TOO_FEW)
        answered = quick.adapt_held_out(support, folds, progress=progress)
        if (~answered.held_out.right).sum() < _ERRORS_TO_TELL:
            return _quick_alone(alone, _nothing_to_gain(answered.held_out))
        training = DeepTraining(network, starting_point, self.seed, progress, models=len(folds) + 1, budget=self.budget)
        try:
            contest = _Contest.held(answered, support, folds, training)
            assessed = contest.winner(training) if contest.share else alone
        except OverBudgetError as error:
            opinion = _quick_alone(alone, _too_long(error.seconds, self.budget))
            return replace(opinion, seconds=time.perf_counter() - started)
        return contest.opinion(assessed, time.perf_counter() - started, self.budget)


def tail_of(support: SupportSet) -> NetworkSpec | None:
    """The network that continues the activations of ``support``; ``None`` without any."""
    d, k = support.embeddings.shape[1], support.activations.shape[1]
    for spec in encoder_specs():
        if k and (spec.dimension, spec.activations) == (d + k, k):
            return NetworkSpec("tail", k, encoder=spec.base)
    return None


def expected_share(
    quick: NDArray[np.float64], deep: NDArray[np.float64], columns: NDArray[np.int64], observations: int
) -> float:
    """The mean of what is believed of deep's best share after its answers: 0.5 before, bell-shaped over 0..1.

    Averaging keeps part of either where little is known: both together are mostly better than the better one. Weighing
    the two by their own likelihoods instead was 0.5 points worse over the development tasks.

    Args:
        quick: float64 (m, c), held-out logits that are scaled to probabilities.
        deep: The same of deep.
        columns: int64 (m,), the right columns.
        observations: How many of the m rows are independent.
    """
    losses = np.array([cross_entropy((1.0 - share) * quick + share * deep, columns) for share in _SHARES])
    belief = _SHARES * (1.0 - _SHARES) * np.exp(-_EVIDENCE * observations * (losses - losses.min()))
    return float(belief @ _SHARES / belief.sum())


def _enough(support: SupportSet) -> bool:
    counts = observation_counts(support.labels, support.groups)
    return len(counts) > 1 and float(np.median(counts)) >= _ENOUGH


@dataclass(frozen=True, eq=False)
class _Contest:
    """Quick heads and deep on the same held-out examples, as probabilities.

    Attributes:
        support: All examples.
        quick: The quick heads adapted to all examples, and their held-out answers.
        held_out: Rows and columns of the held-out answers, with the logits of the blend.
        share: Of deep in the blend; 0: it takes no part.
        scales: What logits of margin one are multiplied by to be probabilities: the quick ones, then deep's.
        accuracies: On the held-out examples: quick, deep, the blend.
    """

    support: SupportSet
    quick: Assessed[AffineClassifier]
    held_out: HeldOut
    share: float
    scales: tuple[float, float]
    accuracies: tuple[float, float, float]

    @classmethod
    def held(
        cls, quick: Assessed[AffineClassifier], support: SupportSet, folds: Sequence[Split], training: DeepTraining
    ) -> _Contest:
        """Fine-tune to the training side of every fold and ask about its held-out side, as ``quick`` was asked."""
        models = ((training.model(support.subset(fold.train)), support.subset(fold.held_out)) for fold in folds)
        deep = HeldOut.of(support, folds, np.concatenate([model.margins(rows) for model, rows in models]))
        observations = int(observation_counts(support.labels, support.groups).sum())
        both = (quick.held_out, deep)
        scales = [best_scale(each.logits, each.columns, observations) for each in both]
        logits = [scale * each.logits for scale, each in zip(scales, both, strict=True)]
        share = expected_share(logits[0], logits[1], deep.columns, observations)
        joint = replace(
            deep, logits=(1.0 - share) * logits[0] + share * logits[1], learned_share=1.0 - 1.0 / len(folds)
        )
        gain = cross_entropy(logits[0], deep.columns) - cross_entropy(joint.logits, deep.columns)
        accuracies = [float(each.right.mean()) for each in (*both, joint)]
        return cls(
            support=support,
            quick=quick,
            held_out=joint,
            share=share if gain > _LEAST_GAIN else 0.0,
            scales=(scales[0], scales[1]),
            accuracies=(accuracies[0], accuracies[1], accuracies[2]),
        )

    def winner(self, training: DeepTraining) -> Assessed[DeepClassifier]:
        """The blend, with deep fine-tuned to all examples."""
        support = self.support
        columns = np.searchsorted(support.class_ids, support.labels)
        quick_margin = own_margin(self.quick.classifier.logits(support.embeddings), columns, support.groups)
        deep = training.model(support)
        classifier = DeepClassifier(
            self.quick.classifier.scaled((1.0 - self.share) * self.scales[0] / quick_margin),
            deep.network,
            deep.parameters(self.share * self.scales[1] / deep.margin),
        )
        margin = own_margin(classifier.logits(support.rows), columns, support.groups)
        return Assessed(classifier, replace(self.held_out, logits=self.held_out.logits / margin))

    def opinion(self, assessed: Assessed[Any], seconds: float, budget: float | None) -> SecondOpinion:
        """The outcome in figures and as a sentence."""
        quick, deep, joint = (round(100 * accuracy) for accuracy in self.accuracies)
        spent = f"{seconds:.0f} s" if budget is None else f"{seconds:.0f} s of the {budget:.0f} s allowed"
        end = f", and both together on {joint} %." if self.share else ", so it takes no part."
        reason = (
            f"Adapting the encoder itself ({spent}) was right on {deep} % of the held-out examples, "
            f"the quick methods on {quick} %{end}"
        )
        return SecondOpinion(assessed.classifier, assessed.held_out, reason, 1.0, self.share, *self.accuracies, seconds)


def _quick_alone(assessed: Assessed[AffineClassifier], reason: str) -> SecondOpinion:
    return SecondOpinion(assessed.classifier, assessed.held_out, reason)


def _nothing_to_gain(held_out: HeldOut) -> str:
    right, asked = int(held_out.right.sum()), len(held_out.rows)
    return f"The quick methods alone, because they labelled {right} of {asked} held-out examples right already."


def _too_long(seconds: float, budget: float | None) -> str:
    return (
        f"The quick methods alone, because adapting the encoder itself would take about {seconds:.0f} s "
        f"and {budget or 0:.0f} s are allowed."
    )
