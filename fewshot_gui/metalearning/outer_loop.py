"""The outer loop: gradient descent on what a method starts every task from."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from fewshot_gui.core.errors import Cancelled, FewshotError
from fewshot_gui.core.progress import Progress
from fewshot_gui.learners.episodic.gradient import GradientMethod, annealed_step_weights
from fewshot_gui.learners.episodic.method import EpisodicMethod
from fewshot_gui.learners.protocol import UNWATCHED
from fewshot_gui.metalearning.early_stopping import Best
from fewshot_gui.metalearning.episode import Episode, EpisodeSampler
from fewshot_gui.metalearning.episode_rows import RowReader
from fewshot_gui.metalearning.evaluation import MeanInterval
from fewshot_gui.metalearning.outer_settings import OuterSettings
from fewshot_gui.metalearning.ranks import Alone, Ranks
from fewshot_gui.metalearning.rate_schedule import rate_share
from fewshot_gui.metalearning.training_checkpoint import TrainingState, read_checkpoint, write_checkpoint
from fewshot_gui.metalearning.training_report import Pace, TrainingReport, TrainingResult
from fewshot_gui.metalearning.validation import episode_accuracies, frozen_accuracies

_VALIDATION_STREAM = 2**32 - 1
"""Takes the place of the step in the seed of the validation episodes; no training step is that large."""

_ANNEALING = 0.15
"""The share of the training in which the steps of an inner loop fade, as in MAML++ (Antoniou et al. 2019)."""

ALONE = Alone()

Perturb = Callable[[EpisodicMethod, Tensor, Tensor, int, Tensor, Tensor], Tensor]
"""Changes the queries of an episode before they are learned from: (method, support, labels, ways, queries, their
labels) to queries."""


class DivergedError(FewshotError):
    """The loss is no number any more; the method holds its last good parameters."""

    def __init__(self, step: int) -> None:
        super().__init__(
            f"The training came apart at step {step} (the loss is no number any more); what it had learned before is "
            "kept, so go on with a smaller learning rate."
        )


@dataclass(frozen=True, eq=False)
class TrainingEpisodes:
    """What the outer loop draws from.

    Attributes:
        train: Draws episodes to learn from.
        validation: Draws episodes of other classes.
        train_rows: Reads the rows that ``train`` speaks of, perhaps changed at random.
        validation_rows: Reads the rows that ``validation`` speaks of.
        frozen_rows: Reads the embeddings that frozen prototypes are made of, for the same episodes.
    """

    train: EpisodeSampler
    validation: EpisodeSampler
    train_rows: RowReader
    validation_rows: RowReader
    frozen_rows: RowReader


def run_outer_loop(
    method: EpisodicMethod,
    episodes: TrainingEpisodes,
    settings: OuterSettings,
    *,
    on_report: Callable[[TrainingReport], None] = lambda _: None,
    progress: Progress = UNWATCHED,
    checkpoint: Path | None = None,
    resume: bool = False,
    perturb: Perturb | None = None,
    ranks: Ranks = ALONE,
) -> TrainingResult:
    """Meta-train ``method`` in place; in the end it holds the parameters that were best on validation episodes.

    Every step draws its own random numbers from (seed, step, rank), so that a training that was paused, cancelled or
    killed and resumed from its checkpoint ends with the same bits as one that was not.

    Args:
        method: What to train; on any device.
        episodes: What to learn from and to validate on.
        settings: Steps, rates and the like.
        on_report: Hears of every validation.
        progress: Hears how far it is; may pause or cancel.
        checkpoint: Where to keep what resuming needs; removed by the caller when it is no longer wanted.
        resume: Go on from ``checkpoint`` if it exists.
        perturb: Changes the queries of training episodes, for adversarial training.
        ranks: The processes that train together.

    Raises:
        Cancelled: The person cancelled; the checkpoint holds the step it came to.
        DivergedError: The loss is no number any more.
        CheckpointError: The checkpoint is damaged or of another training.
    """
    loop = _OuterLoop(method, episodes, settings, perturb, ranks)
    if resume and checkpoint is not None and checkpoint.exists():
        loop.restore(read_checkpoint(checkpoint))
    return loop.run(on_report, progress, checkpoint)


class _OuterLoop:
    def __init__(
        self,
        method: EpisodicMethod,
        episodes: TrainingEpisodes,
        settings: OuterSettings,
        perturb: Perturb | None,
        ranks: Ranks,
    ) -> None:
        self._method = method
        self._episodes = episodes
        self._settings = settings
        self._perturb = perturb
        self._ranks = ranks
        self._parameters = [parameter for parameter in method.parameters() if parameter.requires_grad]
        self._device = self._parameters[0].device
        self._optimiser = torch.optim.Adam(self._parameters, lr=settings.rate)
        rng = np.random.default_rng([settings.seed, _VALIDATION_STREAM])
        self._validation = [episodes.validation.draw(rng) for _ in range(settings.validation_episodes)]
        self._frozen = float(frozen_accuracies(episodes.frozen_rows, self._validation).mean())
        self._step = 0
        self._losses: list[float] = []
        self._best: Best | None = None
        self._reports: list[TrainingReport] = []

    def restore(self, state: TrainingState) -> None:
        """Take up a training where it was left."""
        state.require_same(self._settings, self._method)
        self._method.load_state_dict(dict(state.parameters))
        # In the memory layout that they had: in another, sums may be rounded otherwise.
        moments = {
            position: {name: _laid_out_like(self._parameters[position], moment) for name, moment in own.items()}
            for position, own in state.moments.items()
        }
        groups = self._optimiser.state_dict()["param_groups"]
        self._optimiser.load_state_dict({"state": moments, "param_groups": groups})
        self._step, self._best = state.step, state.best
        self._losses, self._reports = list(state.losses), list(state.reports)

    def run(
        self, on_report: Callable[[TrainingReport], None], progress: Progress, checkpoint: Path | None
    ) -> TrainingResult:
        started = time.monotonic()
        save = _Saver(checkpoint if self._ranks.rank == 0 else None, self._settings.checkpoint_seconds)
        pace = Pace()
        try:
            while True:
                progress.report(self._step, self._settings.steps, "Training")
                progress.check()
                if self._is_validation_due():
                    self._validate(pace, progress, on_report)
                if self._step >= self._settings.steps or self._best_so_far.is_stale(self._settings.patience):
                    break
                self._learn(pace)
                save.now_and_then(self._state)
        except (Cancelled, DivergedError) as error:
            self._keep(error, save)
            raise
        save.now(self._state)
        self._method.load_state_dict(dict(self._best_so_far.parameters))
        return TrainingResult(self._step, self._best_so_far, tuple(self._reports), time.monotonic() - started)

    def _learn(self, pace: Pace) -> None:
        pace.start()
        rng = np.random.default_rng([self._settings.seed, self._step, self._ranks.rank])
        share = rate_share(self._settings.schedule, self._step, self._settings.steps)
        self._optimiser.param_groups[0]["lr"] = self._settings.rate * share
        self._optimiser.zero_grad()
        self._anneal_inner_loop()
        on_gpu = self._device.type == "cuda"
        with torch.random.fork_rng(devices=[self._device] if on_gpu else []):  # for methods that draw by themselves
            seed = int(rng.integers(2**62))
            torch.default_generator.manual_seed(seed)
            if on_gpu:
                torch.cuda.manual_seed(seed)
            loss = sum(
                self._add_gradient(self._episodes.train.draw(rng), rng) for _ in range(self._settings.meta_batch)
            )
        loss = self._average_over_ranks(loss)
        norm = torch.nn.utils.clip_grad_norm_(self._parameters, self._settings.gradient_norm)
        if not (math.isfinite(loss) and bool(torch.isfinite(norm))):
            raise DivergedError(self._step)
        self._optimiser.step()
        self._step += 1
        self._losses.append(loss)
        pace.stop(step=True)

    def _anneal_inner_loop(self) -> None:
        """In the beginning every step of an inner loop counts, in the end the last one only."""
        if isinstance(self._method, GradientMethod):
            share = min(1.0, self._step / (_ANNEALING * self._settings.steps))
            weights = annealed_step_weights(self._method.loop.steps, share)
            self._method.step_weights = weights.to(self._device)

    def _add_gradient(self, episode: Episode, rng: np.random.Generator) -> float:
        """Add the gradient of one episode's share of the loss to the parameters'; the share is the answer."""
        support, queries = (self._read(indices, rng) for indices in (episode.support, episode.queries))
        labels, query_labels = (
            torch.from_numpy(labels).to(self._device) for labels in (episode.support_labels, episode.query_labels)
        )
        if self._perturb is not None:
            queries = self._perturb(self._method, support, labels, episode.ways, queries, query_labels)
        loss = self._method.episode_loss(support, labels, episode.ways, queries, query_labels)
        loss = loss / self._settings.meta_batch
        loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        return loss.item()

    def _read(self, indices: NDArray[np.int64], rng: np.random.Generator) -> Tensor:
        return self._episodes.train_rows.read(indices, rng).to(self._device)

    def _average_over_ranks(self, loss: float) -> float:
        """Average the gradients and the loss over all processes, in one exchange."""
        if self._ranks.world == 1:
            return loss
        for parameter in self._parameters:
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
        gradients = [parameter.grad for parameter in self._parameters if parameter.grad is not None]
        flat = torch.cat([*(gradient.flatten() for gradient in gradients), torch.tensor([loss], device=self._device)])
        mean = self._ranks.mean(flat)
        parts = torch.split(mean[:-1], [gradient.numel() for gradient in gradients])
        for gradient, part in zip(gradients, parts, strict=True):
            gradient.copy_(part.view_as(gradient))
        return float(mean[-1])

    def _is_validation_due(self) -> bool:
        if self._reports and self._reports[-1].step == self._step:
            return False
        return self._step % self._settings.validate_every == 0 or self._step == self._settings.steps

    def _validate(self, pace: Pace, progress: Progress, on_report: Callable[[TrainingReport], None]) -> None:
        pace.start()
        accuracy = self._validation_accuracy(progress)
        pace.stop(step=False)
        if self._best is None or accuracy.mean > self._best.accuracy:
            parameters = {name: tensor.detach().clone() for name, tensor in self._method.state_dict().items()}
            self._best = Best(parameters, accuracy.mean, accuracy.half_width, self._step)
        else:
            self._best = replace(self._best, checks_since=self._best.checks_since + 1)
        left = self._settings.steps - self._step
        report = TrainingReport(
            step=self._step,
            steps=self._settings.steps,
            loss=float(np.mean(self._losses)) if self._losses else None,
            accuracy=accuracy.mean,
            half_width=accuracy.half_width,
            frozen=self._frozen,
            seconds_per_step=pace.seconds_per_step,
            seconds_left=pace.seconds_left(left, math.ceil(left / self._settings.validate_every)),
        )
        self._losses.clear()
        self._reports.append(report)
        on_report(report)

    def _validation_accuracy(self, progress: Progress) -> MeanInterval:
        """On the fixed episodes, of which every process takes its share."""
        rank, world = self._ranks.rank, self._ranks.world
        accuracies = torch.zeros(len(self._validation), dtype=torch.float64)
        own = self._validation[rank::world]
        accuracies[rank::world] = torch.from_numpy(
            episode_accuracies(self._method, self._episodes.validation_rows, own, progress)
        )
        return MeanInterval.of((self._ranks.mean(accuracies) * world).numpy())

    @property
    def _best_so_far(self) -> Best:
        if self._best is None:
            raise RuntimeError("nothing was validated yet")
        return self._best

    def _state(self) -> TrainingState:
        return TrainingState(
            step=self._step,
            parameters=self._method.state_dict(),
            moments=self._optimiser.state_dict()["state"],
            best=self._best_so_far,
            losses=tuple(self._losses),
            reports=tuple(self._reports),
            identity=self._settings.identity,
            seed=self._settings.seed,
            memo=self._settings.memo,
        )

    def _keep(self, error: Cancelled | DivergedError, save: _Saver) -> None:
        """Save what was learned; after a divergence, what was best, to go on from with a smaller rate."""
        if self._best is None:
            return
        if isinstance(error, DivergedError):
            self._method.load_state_dict(dict(self._best.parameters))
            save.now(lambda: replace(self._state(), step=self._best_so_far.step, moments={}, losses=()))
        else:
            save.now(self._state)


def _laid_out_like(parameter: Tensor, moment: Tensor) -> Tensor:
    return torch.empty_like(parameter).copy_(moment) if moment.shape == parameter.shape else moment


class _Saver:
    """Writes checkpoints, if there is a place for them, no more often than every so many seconds."""

    def __init__(self, path: Path | None, seconds: float) -> None:
        self._path = path
        self._seconds = seconds
        self._last = time.monotonic()

    def now_and_then(self, state: Callable[[], TrainingState]) -> None:
        """Write one if the last is old enough."""
        if time.monotonic() - self._last >= self._seconds:
            self.now(state)

    def now(self, state: Callable[[], TrainingState]) -> None:
        """Write one."""
        if self._path is not None:
            write_checkpoint(self._path, state())
        self._last = time.monotonic()
