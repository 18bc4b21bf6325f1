"""Meta-training: from folders of classes to a starting point for new tasks."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from fewshot_gui.core.progress import Progress
from fewshot_gui.encoders import choose_device
from fewshot_gui.learners.starting_point import StartingPoint
from fewshot_gui.learners.starting_point_file import write_starting_point
from fewshot_gui.workflows.embedding_source import EmbeddingSource
from fewshot_gui.workflows.labelled_folders import LabelledFolders
from fewshot_gui.workflows.meta_training_data import TrainingData, network_for, read_training_data
from fewshot_gui.workflows.meta_training_facts import facts_of
from fewshot_gui.workflows.meta_training_request import MetaTrainRequest

if TYPE_CHECKING:
    from fewshot_gui.learners.episodic.method import EpisodicMethod
    from fewshot_gui.metalearning.adversarial import Attack
    from fewshot_gui.metalearning.outer_settings import OuterSettings
    from fewshot_gui.metalearning.ranks import Ranks
    from fewshot_gui.metalearning.training_report import TrainingReport, TrainingResult
    from fewshot_gui.metalearning.tuning import Trial, Tuning
    from fewshot_gui.metalearning.unseen_accuracy import UnseenAccuracy

_VALIDATIONS = 25
"""How often a training is looked at, if it runs to its end."""

_LEAST_BETWEEN = 10
"""Steps between two looks; more often would cost more than the training."""

_SHARE_OF_A_TRIAL = 0.1
"""So many of the steps are enough to tell a good setting from a bad one."""


@dataclass(frozen=True, eq=False)
class MetaTrained:
    """What a meta-training came to.

    Attributes:
        starting_point: What was learned.
        test: How well it does on unseen classes.
        reports: Of every validation.
        trials: Settings that were tried before, the best first.
        steps: Updates made.
        path: Where the starting point was written.
        folders: What was read, and what could not be.
        notes: What a person should know, each as a sentence.
    """

    starting_point: StartingPoint
    test: UnseenAccuracy
    reports: tuple[TrainingReport, ...]
    trials: tuple[Trial, ...]
    steps: int
    path: Path
    folders: LabelledFolders
    notes: tuple[str, ...]


def meta_train(
    request: MetaTrainRequest,
    source: EmbeddingSource,
    progress: Progress,
    *,
    on_report: Callable[[TrainingReport], None] = lambda _: None,
    ranks: Ranks | None = None,
) -> MetaTrained:
    """Meta-train, measure on classes that were kept aside, and write the starting point.

    Args:
        request: What to do.
        source: The encoder whose embeddings, activations or pixels tasks are made of.
        progress: Hears how far it is; may pause or cancel. After a cancel :attr:`MetaTrainRequest.checkpoint` is there
            to resume from.
        on_report: Hears of every validation.
        ranks: The processes that train together, of which the first writes; ``None``: this one alone.

    Raises:
        NotEnoughExamplesError: There are too few classes or photos.
        FewshotError: The request makes no sense, the training came apart, or a file cannot be read or written.
        Cancelled: The person cancelled.
    """
    from fewshot_gui.metalearning.ranks import Alone

    request.require_sense(source.spec.id, network_for(source.spec))
    ranks = ranks or Alone(choose_device(request.device).for_torch)
    with ranks.in_turn():
        data = read_training_data(request, source, progress)
    progress.report(0, None, "Preparing the training")
    training = _Training(request, data, progress, ranks)
    tuning, trials = training.tuning()
    method, result, notes = training.run(tuning, on_report)
    test = training.test(method, tuning)
    point = _starting_point(request, data, method, facts_of(request, data, tuning, result, test))
    if ranks.rank == 0:
        write_starting_point(point, request.out)
        request.checkpoint.unlink(missing_ok=True)
    all_notes = (*data.folders.notes, *notes, *_search_note(trials))
    return MetaTrained(point, test, result.reports, trials, result.steps, request.out, data.folders, all_notes)


def _starting_point(
    request: MetaTrainRequest, data: TrainingData, method: EpisodicMethod, facts: dict[str, str]
) -> StartingPoint:
    return StartingPoint(
        method=request.method,
        title=request.title or f"{request.method} from {', '.join(data.names)}",
        encoder=data.encoder.id,
        network=method.network.spec,
        square_root=data.square_root,
        arrays={name: tensor.detach().cpu().numpy() for name, tensor in method.state_dict().items()},
        facts=facts,
    )


class _Training:
    """The steps of a training on data that is there."""

    def __init__(self, request: MetaTrainRequest, data: TrainingData, progress: Progress, ranks: Ranks) -> None:
        self._request = request
        self._data = data
        self._progress = progress
        self._ranks = ranks
        self._episodes = data.episodes(request)

    def tuning(self) -> tuple[Tuning, tuple[Trial, ...]]:
        """The settings: those of the training that is resumed, or the best of a search, or the usual ones."""
        from fewshot_gui.metalearning.training_checkpoint import read_checkpoint
        from fewshot_gui.metalearning.tuning import Tuning, search_tuning, usual_tuning

        request, kind = self._request, self._data.network.kind
        if request.resume and request.checkpoint.exists():
            kept = Tuning(**json.loads(read_checkpoint(request.checkpoint).memo))
            return replace(kept, rate=request.rate or kept.rate), ()
        usual = usual_tuning(request.method, kind)
        usual = replace(
            usual,
            rate=request.rate or usual.rate,
            meta_batch=request.meta_batch or usual.meta_batch,
            width=self._width() or usual.width,
        )
        if not request.trials:
            return usual, ()
        trials = search_tuning(
            usual,
            self._score,
            trials=request.trials,
            widths=kind == "adapter" and self._width() is None,
            inner_rates=hasattr(self._method(usual), "rates"),
            seed=request.seed,
        )
        return trials[0].tuning, trials

    def run(
        self, tuning: Tuning, on_report: Callable[[TrainingReport], None]
    ) -> tuple[EpisodicMethod, TrainingResult, list[str]]:
        """Train; the method in the end, how it went, and sentences for the person."""
        from fewshot_gui.metalearning.outer_loop import run_outer_loop
        from fewshot_gui.metalearning.training_log import TrainingLog

        request, notes = self._request, list[str]()
        method = self._method(tuning)
        with ExitStack() as stack:
            hearers = [on_report]
            if request.log_dir is not None and self._ranks.rank == 0:
                log = stack.enter_context(TrainingLog(request.log_dir))
                notes += [log.note] if log.note else []
                hearers.append(log.write)
            result = run_outer_loop(
                method,
                self._episodes,
                self._settings(tuning),
                on_report=_all_of(hearers),
                progress=self._progress,
                checkpoint=request.checkpoint,
                resume=request.resume,
                perturb=self._attack(),
                ranks=self._ranks,
            )
        return method, result, notes

    def test(self, method: EpisodicMethod, tuning: Tuning) -> UnseenAccuracy:
        """Measure on the classes that nothing has seen."""
        import numpy as np

        from fewshot_gui.metalearning.episode_rows import PlainRows
        from fewshot_gui.metalearning.unseen_accuracy import measure_on_unseen

        part = self._data.test
        sampler = self._request.tasks.sampler(part)
        rng = np.random.default_rng(self._request.seed)
        return measure_on_unseen(
            method,
            self._method(tuning),
            PlainRows(self._data.network_rows(part)),
            PlainRows(self._data.frozen_rows(part)),
            [sampler.draw(rng) for _ in range(self._request.test_tasks)],
            self._progress,
        )

    def _method(self, tuning: Tuning) -> EpisodicMethod:
        """The method before training, with what the request's starting point knows of it."""
        import torch

        from fewshot_gui.metalearning.warm_start import warm_start

        request = self._request
        method = tuning.method(request.method, self._data.network, request.seed)
        if (start := request.start_from) is not None:
            # What else another method has learned means something else here.
            names = [name for name in start.arrays if start.method == request.method or name.startswith("network.")]
            warm_start(method, {name: torch.from_numpy(start.arrays[name].copy()) for name in names})
        return method.to(self._ranks.device)

    def _score(self, tuning: Tuning) -> float:
        """The accuracy on validation episodes after a short training."""
        from fewshot_gui.metalearning.outer_loop import run_outer_loop

        steps = max(1, round(self._request.steps * _SHARE_OF_A_TRIAL))
        settings = replace(self._settings(tuning), steps=steps, validate_every=steps, patience=0)
        method, quiet = self._method(tuning), _Noted(self._progress, "Trying settings")
        result = run_outer_loop(
            method, self._episodes, settings, progress=quiet, perturb=self._attack(), ranks=self._ranks
        )
        return result.best.accuracy

    def _settings(self, tuning: Tuning) -> OuterSettings:
        from fewshot_gui.metalearning.outer_settings import OuterSettings

        request, data = self._request, self._data
        return OuterSettings(
            steps=request.steps,
            meta_batch=tuning.meta_batch,
            rate=tuning.rate,
            validate_every=max(_LEAST_BETWEEN, request.steps // _VALIDATIONS),
            validation_episodes=request.validation_tasks,
            patience=request.patience,
            seed=request.seed,
            identity=f"{request.method} on {data.encoder.id}, {data.train.classes} classes of {', '.join(data.names)}",
            memo=json.dumps(asdict(tuning)),
        )

    def _attack(self) -> Attack | None:
        from fewshot_gui.metalearning.adversarial import usual_attack

        radius = self._request.adversarial
        return usual_attack(self._data.network.kind, radius) if radius else None

    def _width(self) -> int | None:
        """The width of the network where it cannot be chosen freely."""
        start = self._request.start_from
        return start.network.width if start is not None else self._request.width


class _Noted:
    """A progress whose reports all have the same words."""

    def __init__(self, progress: Progress, note: str) -> None:
        self._progress = progress
        self._note = note

    def report(self, done: int, total: int | None = None, note: str = "") -> None:  # noqa: ARG002 - replaced
        """Pass it on."""
        self._progress.report(done, total, self._note)

    def check(self) -> None:
        """Pass it on."""
        self._progress.check()


def _all_of(hearers: Sequence[Callable[[TrainingReport], None]]) -> Callable[[TrainingReport], None]:
    def tell(report: TrainingReport) -> None:
        for hear in hearers:
            hear(report)

    return tell


def _search_note(trials: Sequence[Trial]) -> list[str]:
    """What the search found, as a sentence."""
    if not trials:
        return []
    best, usual = trials[0], next(trial for trial in trials if trial.is_usual)
    return [
        f"Of {len(trials)} settings tried, the best was {best.tuning}: {100 * best.accuracy:.1f} % right after a short "
        f"training, against {100 * usual.accuracy:.1f} % with the usual one."
    ]
