"""Held-out splits of the examples, and what a learner says of examples it has not seen.

Which examples are held out together is drawn by a hash of their content and the seed, not by their place: neither the
order of the examples nor the numbers of the classes change the outcome.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.core.progress import Progress
from fewshot_gui.core.support import SupportSet
from fewshot_gui.learners.likelihood import own_margin
from fewshot_gui.learners.protocol import UNWATCHED, Classifier, Learner, own_rows
from fewshot_gui.learners.starting_point import StartingPoint

ClassifierT_co = TypeVar("ClassifierT_co", bound=Classifier, covariant=True)


@dataclass(frozen=True, eq=False)
class Split:
    """Rows of a support set to learn from and rows to be asked about, int64 each; they need not cover all rows."""

    train: NDArray[np.int64]
    held_out: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class HeldOut:
    """What classifiers said of examples they had not seen; an example may occur several times.

    Attributes:
        rows: int64 (m,), rows of the support set.
        columns: int64 (m,), the column of each row's class.
        logits: float64 (m, c), of margin one on the examples that the classifier which answered had learned from
            (:func:`~fewshot_gui.learners.likelihood.own_margin`).
        learned_share: What share of a class's examples these classifiers had learned from; ``None``: all but one.
    """

    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    logits: NDArray[np.float64]
    learned_share: float | None = None

    @classmethod
    def of(cls, support: SupportSet, splits: Sequence[Split], logits: NDArray[np.floating]) -> HeldOut:
        """The logits (m, c) of the held-out rows of all splits, one split after the other."""
        rows = np.concatenate([np.empty(0, np.int64), *(split.held_out for split in splits)])
        columns = np.searchsorted(support.class_ids, support.labels[rows]).astype(np.int64)
        return cls(rows, columns, logits.astype(np.float64))

    @property
    def right(self) -> NDArray[np.bool_]:
        """Whether the right class had the largest logit, bool (m,)."""
        right: NDArray[np.bool_] = self.logits.argmax(axis=1) == self.columns
        return right


@dataclass(frozen=True, eq=False)
class Assessed(Generic[ClassifierT_co]):
    """A classifier with what classifiers of the same making said of held-out examples.

    Attributes:
        classifier: Adapted to all examples.
        held_out: Answers on held-out examples; none where no class could spare one.
        reason: Why this method, as one plain sentence; empty if there was nothing to choose.
        relative_scale: The scale at which the logits usually are probabilities, in units of what is usual for heads
            learned from examples alone.
    """

    classifier: ClassifierT_co
    held_out: HeldOut
    reason: str = ""
    relative_scale: float = 1.0


@runtime_checkable
class SelfAssessing(Protocol):
    """A learner that scores held-out examples faster than by adapting anew for every split."""

    def adapt_held_out(
        self,
        support: SupportSet,
        splits: Sequence[Split],
        *,
        unlabelled: NDArray[np.floating] | None = None,
        starting_point: StartingPoint | None = None,
        progress: Progress = UNWATCHED,
    ) -> Assessed[Classifier]:
        """Adapt to all examples, and to the training side of each split for its held-out side."""


def leave_one_per_class_out(support: SupportSet, *, repeats: int, seed: int) -> tuple[Split, ...]:
    """Splits that each hold out one example of every class, and keep all of its group out of training.

    Leaving out a single example would weaken only its own class and so count against it; leaving out one of each keeps
    the classes on a par. From split to split the groups of a class take turns. A class with a single group is never
    held out, but stays as a competitor.

    Args:
        support: The examples.
        repeats: How many splits.
        seed: Fixes who is held out together.

    Returns:
        At most ``repeats`` splits; none if no class can spare an example.
    """
    draws = _Draws(support, seed)
    turns = [draws.turns(members, repeats) for members in draws.classes]
    splits = [_split(support, [rows[repeat : repeat + 1] for rows in turns]) for repeat in range(repeats)]
    return tuple(split for split in splits if len(split.held_out))


def stratified_folds(support: SupportSet, *, folds: int, seed: int) -> tuple[Split, ...]:
    """Splits that together hold out one example of every group once, every class spread evenly over the splits.

    Fewer and larger held-out parts than :func:`leave_one_per_class_out`, for learners that take long. No class is ever
    without an example to learn from.

    Args:
        support: The examples.
        folds: How many splits, at least 2.
        seed: Fixes who is held out together.
    """
    draws = _Draws(support, seed)
    turns = [draws.turns(members, draws.group_count(members)) for members in draws.classes]
    splits = [_split(support, [rows[fold::folds] for rows in turns]) for fold in range(folds)]
    return tuple(split for split in splits if len(split.held_out))


def adapt_held_out(
    learner: Learner,
    support: SupportSet,
    splits: Sequence[Split],
    *,
    unlabelled: NDArray[np.floating] | None = None,
    starting_point: StartingPoint | None = None,
    progress: Progress = UNWATCHED,
) -> Assessed[Classifier]:
    """Adapt to all examples and ask about held-out ones.

    Args:
        learner: Who adapts.
        support: The examples.
        splits: Who is held out together.
        unlabelled: Floating point (m, d), embeddings of the photos to label, for learners that use them.
        starting_point: Meta-learned parameters, for learners that start from them.
        progress: May cancel.

    Raises:
        Cancelled: The person cancelled.
    """
    if isinstance(learner, SelfAssessing):
        return learner.adapt_held_out(
            support, splits, unlabelled=unlabelled, starting_point=starting_point, progress=progress
        )
    classifier = learner.adapt(support, unlabelled=unlabelled, starting_point=starting_point, progress=progress)
    answers = [np.empty((0, len(support.class_ids)), np.float32)]
    for split in splits:
        progress.check()
        train = support.subset(split.train)
        part = learner.adapt(train, unlabelled=unlabelled, starting_point=starting_point, progress=progress)
        columns = np.searchsorted(support.class_ids, train.labels)
        margin = np.float32(own_margin(part.logits(own_rows(part, train)), columns, train.groups))
        held_out = own_rows(part, support.subset(split.held_out))
        answers.append(part.logits(held_out) / margin)
    return Assessed(classifier, HeldOut.of(support, splits, np.concatenate(answers)))


class _Draws:
    """Random orders of the examples that depend on their content and the seed only."""

    def __init__(self, support: SupportSet, seed: int) -> None:
        self._groups = support.groups
        self._seed = seed
        self._contents = [hashlib.blake2b(row.tobytes(), digest_size=16).digest() for row in support.embeddings]
        members = [np.flatnonzero(support.labels == class_id) for class_id in support.class_ids]
        self.classes = sorted(members, key=lambda rows: min(self._contents[row] for row in rows))

    def group_count(self, members: NDArray[np.int64]) -> int:
        return len(np.unique(self._groups[members]))

    def turns(self, members: NDArray[np.int64], count: int) -> list[int]:
        """``count`` rows of one class, one per group in turn, newly shuffled whenever every group has had its turn."""
        turns: list[int] = []
        for turn in range(-(-count // self.group_count(members))):
            representatives: dict[int, int] = {}
            for row in sorted(members.tolist(), key=lambda row: self._draw(row, turn)):
                representatives.setdefault(int(self._groups[row]), row)
            turns.extend(representatives.values())
        return turns[:count]

    def _draw(self, row: int, turn: int) -> bytes:
        return hashlib.blake2b(b"%d %d " % (self._seed, turn) + self._contents[row], digest_size=16).digest()


def _split(support: SupportSet, wanted: Sequence[Sequence[int]]) -> Split:
    """Hold out the wanted rows, except those without whose group some class would have no example left."""
    train = np.ones(len(support), np.bool_)
    held_out = []
    for row in (row for rows in wanted for row in rows):
        without = train & (support.groups != support.groups[row])
        if train[row] and len(np.unique(support.labels[without])) == len(support.class_ids):
            train = without
            held_out.append(row)
    return Split(np.flatnonzero(train), np.array(held_out, np.int64))
