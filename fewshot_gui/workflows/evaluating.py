"""How well methods do on tasks they have not seen, drawn from folders of classes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from fewshot_gui.core.errors import NotEnoughExamplesError, PhotoError
from fewshot_gui.core.progress import Progress
from fewshot_gui.encoders import EncoderSpec
from fewshot_gui.workflows.embedding_source import EmbeddingSource
from fewshot_gui.workflows.episode_outcomes import EpisodeJudge, reads_activations
from fewshot_gui.workflows.labelled_folders import read_labelled_folders
from fewshot_gui.workflows.starting_points import MethodChoice, method_choice

if TYPE_CHECKING:
    from fewshot_gui.metalearning.episode import Episode, EpisodeSampler
    from fewshot_gui.metalearning.evaluation import Figures
    from fewshot_gui.metalearning.labelled_rows import LabelledRows
    from fewshot_gui.metalearning.samplers import QueryMix

_FEWEST_QUERIES = 5
"""A class with fewer photos than the examples and these is left out; larger ones only lower the number of queries."""


@dataclass(frozen=True)
class EvaluationRequest:
    """What to evaluate, and on which tasks.

    Attributes:
        folders: One folder per data set, with a folder per class.
        methods: As :func:`~fewshot_gui.workflows.starting_points.method_choice` takes them.
        ways: Classes of a task.
        shots: Examples per class; tasks of each number are drawn.
        queries: Queries per class at most.
        episodes: Tasks of each number of examples.
        query_mix: How the queries are spread over the classes.
        unknown_share: So many of all queries belong to none of the classes, in 0..1 without 1.
        sampling: ``"variable"`` draws ways, shots and queries by Meta-Dataset's procedure instead.
        split: ``"test"`` draws from the classes only that meta-training with the same seed keeps for the test.
        seed: Fixes every random choice.
    """

    folders: tuple[Path, ...]
    methods: tuple[str, ...]
    ways: int = 5
    shots: tuple[int, ...] = (1, 5)
    queries: int = 15
    episodes: int = 600
    query_mix: QueryMix = "balanced"
    unknown_share: float = 0.0
    sampling: Literal["fixed", "variable"] = "fixed"
    split: Literal["all", "test"] = "all"
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What an evaluation found.

    Attributes:
        request: What was asked for.
        encoder: The encoder's id.
        classes: How many classes tasks were drawn from.
        photos: How many photos these have.
        figures: For each number of examples those of the frozen prototypes, then those of each method.
        failures: Photos that could not be read.
        skipped: Folders that could not be read, each as a sentence.
        notes: What was left out or made smaller, each as a sentence.
    """

    request: EvaluationRequest
    encoder: str
    classes: int
    photos: int
    figures: tuple[Figures, ...]
    failures: tuple[PhotoError, ...]
    skipped: tuple[str, ...]
    notes: tuple[str, ...]


def chosen_methods(references: Sequence[str], encoder: EncoderSpec) -> dict[str, MethodChoice]:
    """The method that each reference means.

    Raises:
        FewshotError: A method or starting point is unknown, or does not fit the encoder.
    """
    return {reference: method_choice(reference, encoder.base or encoder.id) for reference in references}


def evaluate(
    request: EvaluationRequest,
    source: EmbeddingSource,
    progress: Progress,
    *,
    on_result: Callable[[Figures], None] | None = None,
) -> Evaluation:
    """Draw tasks and let every method solve the same ones, and the frozen prototypes beside them.

    A method is calibrated and sees the queries as the folder it labels, as when a person uses it.

    Args:
        request: What to evaluate.
        source: The encoder.
        progress: Hears of every task; may cancel.
        on_result: Is told each row of the table as soon as it is known.

    Raises:
        FewshotError: A method is unknown, or there are too few classes or photos for such tasks.
        Cancelled: The person cancelled.
    """
    from fewshot_gui.metalearning.labelled_rows import split_classes

    methods = chosen_methods(request.methods, source.spec)
    wide, notes = _with_what_methods_read(source, methods)
    folders = read_labelled_folders(request.folders, wide, progress)
    data = folders.data if request.split == "all" else split_classes(folders.data, seed=request.seed)[2]
    tasks = [_tasks(data, request, shots) for shots in (request.shots if request.sampling == "fixed" else (None,))]
    found = []
    dimension = wide.spec.dimension - wide.spec.activations
    for figures in _all_figures(tasks, methods, dimension, request, progress):
        found.append(figures)
        if on_result is not None:
            on_result(figures)
    return Evaluation(
        request=request,
        encoder=source.spec.id,
        classes=data.classes,
        photos=len(data.rows),
        figures=tuple(found),
        failures=folders.failures,
        skipped=folders.skipped,
        notes=tuple(dict.fromkeys((*notes, *folders.notes, *(note for one in tasks for note in one.notes)))),
    )


def _with_what_methods_read(
    source: EmbeddingSource, methods: Mapping[str, MethodChoice]
) -> tuple[EmbeddingSource, list[str]]:
    """The source with activations if a method reads them; a note if there are none."""
    readers = [reference for reference, choice in methods.items() if reads_activations(choice)]
    if not readers or source.spec.activations:
        return source, []
    wide = source.with_activations()
    if wide is not None:
        return wide, []
    return source, [f"The encoder “{source.spec.title}” cannot be adapted itself, so {readers[0]} is the same as auto."]


@dataclass(frozen=True, eq=False)
class _Tasks:
    """The tasks of one number of examples (``None``: it varies), the same for every method."""

    data: LabelledRows
    shots: int | None
    episodes: Sequence[Episode]
    notes: Sequence[str]


def _tasks(data: LabelledRows, request: EvaluationRequest, shots: int | None) -> _Tasks:
    from fewshot_gui.metalearning.samplers import VariableSampler, VariableSizes

    notes: list[str] = []
    sampler: EpisodeSampler
    if shots is None:
        ways = VariableSizes().ways[0]
        sampler = VariableSampler(data, unknown_share=request.unknown_share)
    else:
        ways = request.ways
        data, queries, notes = _classes_with(data, shots, request.queries)
        sampler = _fixed_sampler(data, request, shots, queries)
    wanted = ways + (request.unknown_share > 0)
    notes += [
        f"Tasks of {ways} classes cannot be drawn from “{name}”: it has {data.sources.count(name)}."
        for name in sorted(set(data.sources))
        if data.sources.count(name) < wanted
    ]
    rng = np.random.default_rng([request.seed, shots or 0])
    return _Tasks(data, shots, [sampler.draw(rng) for _ in range(request.episodes)], notes)


def _fixed_sampler(data: LabelledRows, request: EvaluationRequest, shots: int, queries: int) -> EpisodeSampler:
    from fewshot_gui.metalearning.samplers import FixedSampler

    return FixedSampler(
        data, request.ways, shots, queries, query_mix=request.query_mix, unknown_share=request.unknown_share
    )


def _classes_with(data: LabelledRows, shots: int, queries: int) -> tuple[LabelledRows, int, list[str]]:
    """The classes with enough photos, the queries that all of them can give, and what that changes, as sentences."""
    fewest = shots + min(queries, _FEWEST_QUERIES)
    counts = np.array([len(np.unique(data.groups[data.labels == one])) for one in range(data.classes)])
    enough = np.flatnonzero(counts >= fewest).astype(np.int64)
    examples = f"{shots} example{'s' * (shots > 1)} per class"
    if not len(enough):
        raise NotEnoughExamplesError(
            f"No class has the {fewest} different photos that tasks with {examples} need; ask for fewer examples."
        )
    notes = []
    left = int(counts[enough].min()) - shots
    if len(enough) < data.classes:
        notes.append(
            f"With {examples}, {data.classes - len(enough)} of {data.classes} classes were left out: they have fewer "
            f"than {fewest} different photos."
        )
        data = data.of_classes(enough)
    if left < queries:
        notes.append(f"With {examples}, tasks have {left} photos to label per class: the smallest class has no more.")
    return data, min(queries, left), notes


def _all_figures(
    tasks: Sequence[_Tasks],
    methods: Mapping[str, MethodChoice],
    dimension: int,
    request: EvaluationRequest,
    progress: Progress,
) -> Iterator[Figures]:
    """``dimension``: so many values of a row are the embedding; activations may follow."""
    from fewshot_gui.metalearning.evaluation import figures
    from fewshot_gui.metalearning.frozen_prototypes import FROZEN_PROTOTYPES

    steps = _Steps(progress, request.episodes * len(tasks) * (1 + len(methods)))
    for one in tasks:
        judge = EpisodeJudge(one.data, dimension, request.seed, progress)
        baseline = [judge.frozen(episode) for episode in steps.each(one, FROZEN_PROTOTYPES)]
        yield figures(FROZEN_PROTOTYPES, one.shots, baseline, baseline)
        for reference, choice in methods.items():
            outcomes = [judge.adapted(choice, episode) for episode in steps.each(one, reference)]
            yield figures(reference, one.shots, outcomes, baseline)


class _Steps:
    """Counts tasks over all methods."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress = progress
        self._total = total
        self._done = 0

    def each(self, tasks: _Tasks, method: str) -> Iterator[Episode]:
        """The episodes of ``tasks``, reported as they are done."""
        note = f"{method}, {'any number of' if tasks.shots is None else tasks.shots} examples"
        for episode in tasks.episodes:
            self._progress.check()
            self._progress.report(self._done, self._total, note)
            yield episode
            self._done += 1
        self._progress.report(self._done, self._total, note)
