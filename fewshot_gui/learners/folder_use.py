"""What the photos of the folder themselves tell about the classes, when there are hardly any examples.

Labels spread from the examples among photos that look alike (:class:`~fewshot_gui.learners.propagation.Propagation`),
and a ridge regression learns the labels the photos ended with. So the folder is used, and the classifier is still one
affine head that judges every photo by itself.

In a folder where most photos are of one class, labels would spread from the examples of the others as well. How varied
the folder is tells: the less so, the more the labels are held to what the examples alone say of each photo, so that
spreading only evens out what they say of photos that look alike. With one example per class that turned a loss of 1
point in folders of a single class into a gain of 4, means over 18 development tasks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.core.support import SupportSet
from fewshot_gui.learners.blending import HeadAnswers, blend, scaled_by_likelihood
from fewshot_gui.learners.cross_validation import HeldOut, Split
from fewshot_gui.learners.dual import DualProblem, DualSolution
from fewshot_gui.learners.features import EmbeddingTransform
from fewshot_gui.learners.grouping import NEAR_DUPLICATE
from fewshot_gui.learners.likelihood import log_softmax, own_margin
from fewshot_gui.learners.observations import observation_counts, observation_weights
from fewshot_gui.learners.propagation import Propagation

_FEWEST_PHOTOS, _FEWEST_PER_CLASS = 20, 2
"""Different photos below which a folder tells too little."""

_MOST_PHOTOS, _MOST_PER_CLASS = (300, 600), 30
"""A sample of 30 photos per class, within these bounds, tells what the folder tells."""

_COMMON = 0.7
"""The part taken away of what all photos have in common, before they are compared."""

_PENALTY = 0.3
"""Of the ridge regression onto the labels; 0.1 to 1 differ by less than a point."""

_WEIGHT_PER_EXAMPLE = 0.5
"""The weight of what the examples alone say beside the regression, for every example of a class."""

_MOST_DOUBT = 20.0
"""The largest weight of the examples alone beside the head with the folder."""

_CERTAINTY = 8.0
"""What standardised logits are multiplied by for probabilities."""

_TRUST_PER_EXAMPLE = 0.08
"""How much of a label a photo holds at the start, by what the examples say of it, for every example after the first."""

_ONE_SIDED, _VARIED = 0.55, 0.75
"""Variety of a folder up to which the examples lead, and from which on they do not."""


@dataclass(frozen=True, eq=False)
class FolderHead:
    """A head in the span of examples and photos of the folder.

    Attributes:
        answers: The head; its rows are those of ``embeddings``.
        embeddings: float32 (n + m, d), the examples and then photos of the folder.
    """

    answers: HeadAnswers
    embeddings: NDArray[np.float32]


def taught_by_folder(
    inductive: HeadAnswers,
    support: SupportSet,
    splits: Sequence[Split],
    unlabelled: NDArray[np.floating],
    transform: EmbeddingTransform,
    *,
    seed: int,
) -> FolderHead | None:
    """The head that examples and folder give together.

    Held-out examples take the part of photos of the folder: what is said of them is as honest as without one.

    Args:
        inductive: What the examples alone give.
        support: They.
        splits: The same that ``inductive`` answered.
        unlabelled: Floating point (m, d), the folder; beyond some hundred photos a sample of it is used.
        transform: That of ``inductive``.
        seed: Fixes the sample.

    Returns:
        ``None`` where the folder tells too little: it has too few different photos, or there is a single class.
    """
    classes = len(support.class_ids)
    photos = _sample(unlabelled, transform, classes, seed)
    if classes < 2 or len(photos) < max(_FEWEST_PHOTOS, _FEWEST_PER_CLASS * classes):
        return None
    embeddings = np.concatenate([support.embeddings, photos])
    teacher = _Teacher.of(embeddings, support, transform, inductive.solution)
    alone, taught = teacher.answers(inductive, splits, taught=False), teacher.answers(inductive, splits, taught=True)
    doubt = _doubt(taught, alone, support, splits)
    shares = np.array([1.0, doubt]) / (1.0 + doubt)
    return FolderHead(blend([taught, alone], shares), embeddings)


def _doubt(taught: HeadAnswers, alone: HeadAnswers, support: SupportSet, splits: Sequence[Split]) -> float:
    """The weight of the examples alone beside the folder: 0 unless they do better on held-out examples."""
    columns = HeldOut.of(support, splits, alone.held_out).columns
    if not len(columns):
        return 0.0
    _, shares = scaled_by_likelihood([taught, alone], columns, len(np.unique(support.groups)))
    return float(np.clip(2.0 * shares[1] / max(shares[0], 1e-9) - 1.0, 0.0, _MOST_DOUBT))


def _sample(
    unlabelled: NDArray[np.floating], transform: EmbeddingTransform, classes: int, seed: int
) -> NDArray[np.float32]:
    """Different photos of the folder, float32; a burst or copies of one photo would only be linked to one another."""
    wanted = int(np.clip(_MOST_PER_CLASS * classes, *_MOST_PHOTOS))
    if len(unlabelled) > wanted:
        rows = np.random.default_rng(seed).choice(len(unlabelled), wanted, replace=False)
        unlabelled = unlabelled[np.sort(rows)]
    photos = unlabelled.astype(np.float32)
    transformed = transform.apply(photos)
    copies = (np.tril(transformed @ transformed.T, -1) >= NEAR_DUPLICATE).any(axis=1)
    return photos[~copies]


@dataclass(frozen=True, eq=False)
class _Teacher:
    """Teaches heads with the folder.

    Attributes:
        gram: float64 (n + m, n + m), inner products of the transformed examples and photos.
        columns: int64 (n,), the column of each example's class.
        groups: int64 (n,), the group of each example.
        propagation: Among examples and photos.
        regression: float64 (n + m, n + m), from centred targets to coefficients.
        examples: Of a class, the median over the classes.
        trust: How much of a label every photo holds at the start, by what the examples say of it.
    """

    gram: NDArray[np.float64]
    columns: NDArray[np.int64]
    groups: NDArray[np.int64]
    propagation: Propagation
    regression: NDArray[np.float64]
    examples: float
    trust: float

    @classmethod
    def of(
        cls,
        embeddings: NDArray[np.float32],
        support: SupportSet,
        transform: EmbeddingTransform,
        inductive: DualSolution,
    ) -> _Teacher:
        problem = DualProblem.of(support, transform)
        n = len(support)
        transformed = transform.apply(embeddings).astype(np.float64)
        gram = transformed @ transformed.T
        scores = inductive.logits(gram[n:, :n])
        variety = _variety(gram[n:, n:], problem, scores)
        one_sided = float(np.clip((_VARIED - variety) / (_VARIED - _ONE_SIDED), 0.0, 1.0))
        examples = float(np.median(problem.counts))
        return cls(
            gram=gram,
            columns=problem.columns,
            groups=problem.groups,
            propagation=Propagation.among(_without_common(gram, problem)),
            regression=_regression(gram),
            examples=examples,
            trust=max(_TRUST_PER_EXAMPLE * (examples - 1.0), one_sided**3),
        )

    def answers(self, inductive: HeadAnswers, splits: Sequence[Split], *, taught: bool) -> HeadAnswers:
        """The head on all examples and the training side of every split, with or without the folder."""
        solve = self.head if taught else self.without_folder
        solution = solve(inductive.solution, np.arange(len(self.columns)))
        parts = [solve(part, split.train) for part, split in zip(inductive.parts, splits, strict=True)]
        held_out = [part.logits(self.gram[split.held_out]) for part, split in zip(parts, splits, strict=True)]
        return HeadAnswers(solution, tuple(parts), np.concatenate([np.empty((0, len(solution.bias))), *held_out]))

    def without_folder(self, inductive: DualSolution, train: NDArray[np.int64]) -> DualSolution:
        """What the examples at ``train`` say alone; logits of margin one."""
        return self._of_margin_one(_among_all(inductive, train, len(self.gram)), train)

    def head(self, inductive: DualSolution, train: NDArray[np.int64]) -> DualSolution:
        """The head from the examples at ``train``, given what they say without the folder; logits of margin one."""
        n, classes = len(self.columns), len(inductive.bias)
        products = self.gram[:, train]
        opinion = inductive.scaled(1.0 / _spread(inductive.logits(products[n:])))
        held = self.trust * np.exp(log_softmax(_CERTAINTY * opinion.logits(products)))
        held[:n] = 0.0
        given = np.eye(classes)[self.columns[train]]
        columns, groups = self.columns[train], self.groups[train]
        held[train] = given * (observation_weights(columns, groups) * _counts(columns, groups))[:, None]
        targets = self.propagation.of(held)
        targets[train] = given
        average = targets.mean(axis=0)
        coefficients = self.regression @ (targets - average)
        learned = DualSolution(coefficients, average - self.gram.mean(axis=0) @ coefficients)
        learned = learned.scaled(1.0 / _spread(learned.logits(self.gram[n:])))
        alone = _among_all(opinion, train, len(self.gram))
        return self._of_margin_one(learned + alone.scaled(_WEIGHT_PER_EXAMPLE * self.examples), train)

    def _of_margin_one(self, solution: DualSolution, train: NDArray[np.int64]) -> DualSolution:
        logits = solution.logits(self.gram[train])
        return solution.scaled(1.0 / own_margin(logits, self.columns[train], self.groups[train]))


def _variety(folder: NDArray[np.float64], problem: DualProblem, scores: NDArray[np.float64]) -> float:
    """How varied the folder is, compared with the classes: near 1 with all of them, small with few.

    The product of two signs: how unlike two photos of the folder are, in units of how unlike two classes are (more than
    1 with strangers, which say nothing here); and how evenly the examples spread the photos over the classes.
    """
    m, classes = len(folder), problem.classes
    between = problem.means.T @ problem.gram @ problem.means
    unlike_classes = 1.0 - (between.sum() - np.trace(between)) / (classes * (classes - 1))
    unlike_photos = 1.0 - (folder.sum() - np.trace(folder)) / (m * (m - 1))
    shares = np.exp(log_softmax(_CERTAINTY * scores / _spread(scores))).mean(axis=0)
    evenness = np.exp(-(shares * np.log(np.maximum(shares, 1e-12))).sum()) / classes
    return float(min(unlike_photos / max(unlike_classes, 1e-9), 1.2) * evenness)


def _without_common(gram: NDArray[np.float64], problem: DualProblem) -> NDArray[np.float64]:
    """Inner products without most of the mean of folder and classes, of vectors brought to length one again."""
    n = len(problem.columns)
    shares = np.empty(len(gram))
    shares[:n] = 0.5 * problem.means.sum(axis=1) / problem.classes
    shares[n:] = 0.5 / (len(gram) - n)
    on_mean = gram @ shares
    centred = gram - _COMMON * (on_mean[:, None] + on_mean[None, :]) + _COMMON**2 * (shares @ on_mean)
    lengths = np.sqrt(np.maximum(np.diag(centred), 1e-12))
    products: NDArray[np.float64] = centred / np.outer(lengths, lengths)
    return products


def _regression(gram: NDArray[np.float64]) -> NDArray[np.float64]:
    """``(H G H + penalty I)^-1`` with H the centring: ridge regression with an intercept in its dual form."""
    on_average = gram.mean(axis=0)
    centred = gram - on_average[:, None] - on_average[None, :] + on_average.mean()
    inverse: NDArray[np.float64] = np.linalg.inv(centred + _PENALTY * np.eye(len(gram)))
    return inverse


def _among_all(solution: DualSolution, rows: NDArray[np.int64], count: int) -> DualSolution:
    """The same head, written in ``count`` rows of which it uses those at ``rows``."""
    coefficients = np.zeros((count, solution.coefficients.shape[1]))
    coefficients[rows] = solution.coefficients
    return DualSolution(coefficients, solution.bias)


def _counts(columns: NDArray[np.int64], groups: NDArray[np.int64]) -> NDArray[np.float64]:
    """How many groups the class of each example has, float64 (n,)."""
    counts: NDArray[np.float64] = observation_counts(columns, groups).astype(np.float64)[columns]
    return counts


def _spread(logits: NDArray[np.float64]) -> float:
    """The mean over photos of the standard deviation over classes; 1 if there is none, so that one can divide by it."""
    spread = float(logits.std(axis=1).mean())
    return spread if spread > 1e-9 else 1.0
