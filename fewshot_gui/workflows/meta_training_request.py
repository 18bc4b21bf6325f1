"""What a person wants meta-trained."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.learners.starting_point import NetworkSpec, StartingPoint

if TYPE_CHECKING:
    from fewshot_gui.metalearning.labelled_rows import LabelledRows
    from fewshot_gui.metalearning.samplers import RangeSampler


@dataclass(frozen=True)
class TaskShape:
    """What the tasks look like that are drawn.

    Attributes:
        ways: Fewest and most classes.
        shots: Fewest and most examples per class.
        queries: Queries per class at most.
    """

    ways: tuple[int, int] = (5, 5)
    shots: tuple[int, int] = (1, 5)
    queries: int = 10

    def sampler(self, data: LabelledRows) -> RangeSampler:
        """Draws such tasks from ``data``, of fewer classes where it has not so many.

        Raises:
            NotEnoughExamplesError: A class has too few photos.
        """
        from fewshot_gui.metalearning.samplers import RangeSampler

        most = max(data.sources.count(source) for source in set(data.sources))
        return RangeSampler(data, (min(self.ways[0], most), self.ways[1]), self.shots, self.queries)


@dataclass(frozen=True)
class MetaTrainRequest:
    """What to meta-train, on what, and how.

    Attributes:
        folders: One folder per data set, with a folder per class.
        method: One of the episodic methods, by name.
        out: Where the starting point is written.
        title: How people will call it; empty: after the method and the data.
        licence: Of the data, and so of the result, in words.
        steps: Updates at most.
        tasks: What the tasks look like.
        width: Of the network, or ``None`` for the usual one.
        rate: The first learning rate, or ``None`` for the method's usual one.
        meta_batch: Tasks of an update, or ``None`` for the method's usual number.
        patience: Validations without a better one after which it ends; 0: never.
        validation_tasks: Tasks of classes kept aside on which training is looked at.
        test_tasks: Tasks of unseen classes that the result is measured on.
        rotations: Turned pictures are classes of their own; of pixels only.
        augment: Photos are changed at random meanwhile.
        adversarial: Queries are changed against the method by so much at most (the radius of an attack); 0: not.
        trials: How many settings are tried briefly before; 0: the usual ones are taken.
        start_from: A starting point to go on from, instead of from scratch.
        resume: Go on from the checkpoint that an interrupted training left beside ``out``.
        log_dir: Where the curves are written for TensorBoard, or as CSV without it.
        device: Where the network is trained.
        seed: Fixes every random choice.
    """

    folders: tuple[Path, ...]
    method: str
    out: Path
    title: str = ""
    licence: str = ""
    steps: int = 1000
    tasks: TaskShape = field(default_factory=TaskShape)
    width: int | None = None
    rate: float | None = None
    meta_batch: int | None = None
    patience: int = 10
    validation_tasks: int = 100
    test_tasks: int = 300
    rotations: bool = False
    augment: bool = False
    adversarial: float = 0.0
    trials: int = 0
    start_from: StartingPoint | None = None
    resume: bool = False
    log_dir: Path | None = None
    device: Literal["auto", "cpu", "cuda"] = "auto"
    seed: int = 0

    @property
    def checkpoint(self) -> Path:
        """What an interrupted training resumes from."""
        return self.out.with_name(f"{self.out.stem}.checkpoint")

    def require_sense(self, encoder: str, network: NetworkSpec) -> None:
        """Find out before long work whether this can be done on ``network`` with an encoder.

        Raises:
            FewshotError: It cannot; the sentence says why.
        """
        from fewshot_gui.learners.episodic.catalogue import EPISODIC_METHODS

        if self.method not in EPISODIC_METHODS:
            names = ", ".join(EPISODIC_METHODS)
            raise FewshotError(f"No method for meta-training is called “{self.method}”; choose one of {names}.")
        if self.rotations and network.kind != "conv4":
            raise FewshotError("Turned pictures can be classes of their own only when training on pixels (conv4).")
        start = self.start_from
        if start is not None and (start.encoder, start.network.kind) != (encoder, network.kind):
            raise FewshotError(
                f"“{start.title}” cannot be gone on from: it was trained on “{start.encoder}”; choose that encoder."
            )
