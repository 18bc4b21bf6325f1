"""Commands on learning to learn. Only the standard library and typer are imported before a command runs."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fewshot_gui.cli_support import (
    DEFAULT_ENCODER_ID,
    WRONG_USE,
    Device,
    EncoderId,
    OnDevice,
    Seed,
    encoder_source,
    progress_bar,
    report,
    require_writable,
    say,
    write_json,
)
from fewshot_gui.core.errors import FewshotError

if TYPE_CHECKING:
    from fewshot_gui.metalearning.evaluation import Figures


class QueryMix(StrEnum):
    """How queries are spread over the classes of a task."""

    BALANCED = "balanced"
    DIRICHLET = "dirichlet"


class Sampling(StrEnum):
    """How tasks are drawn."""

    FIXED = "fixed"
    VARIABLE = "variable"


class Split(StrEnum):
    """Which classes tasks are drawn from."""

    ALL = "all"
    TEST = "test"


DataFolders = Annotated[
    list[Path],
    typer.Option(
        "--data",
        exists=True,
        file_okay=False,
        help="A data set: a folder per class, at any depth. Give it again for each data set.",
    ),
]
FiguresFile = Annotated[Path, typer.Option(help="The figures to write, as JSON.", dir_okay=False)]
Methods = Annotated[str, typer.Option(help="The methods, separated by commas.")]
Ways = Annotated[int, typer.Option(min=2, help="Classes of a task.")]
Shots = Annotated[str, typer.Option(help="Examples per class, separated by commas.")]
Queries = Annotated[int, typer.Option(min=1, help="Photos to label per class, at most.")]
Episodes = Annotated[int, typer.Option(min=1, help="Tasks for each number of examples.")]
HowMixed = Annotated[
    QueryMix, typer.Option(help="Equally many photos of each class, or as unequal as in real folders.")
]
UnknownShare = Annotated[
    float, typer.Option(min=0.0, max=0.9, help="So many of the photos to label belong to none of the classes.")
]
HowSampled = Annotated[Sampling, typer.Option(help="“variable” draws classes and examples as Meta-Dataset does.")]
OfSplit = Annotated[
    Split, typer.Option(help="“test” keeps to the classes that meta-training with the same seed does not see.")
]


def evaluate(
    data: DataFolders,
    out: FiguresFile,
    methods: Methods = "auto",
    ways: Ways = 5,
    shots: Shots = "1,5",
    queries: Queries = 15,
    episodes: Episodes = 600,
    query_mix: HowMixed = QueryMix.BALANCED,
    unknown_share: UnknownShare = 0.0,
    sampling: HowSampled = Sampling.FIXED,
    split: OfSplit = Split.ALL,
    encoder: EncoderId = DEFAULT_ENCODER_ID,
    device: OnDevice = Device.AUTO,
    seed: Seed = 0,
) -> int:
    """Measure methods on many small tasks drawn from folders of classes."""
    from fewshot_gui.encoders import encoder_spec
    from fewshot_gui.workflows.evaluating import EvaluationRequest, chosen_methods
    from fewshot_gui.workflows.evaluating import evaluate as run_evaluation
    from fewshot_gui.workflows.evaluation_files import evaluation_as_json

    references, spec = _listed(methods), encoder_spec(encoder)
    try:
        chosen_methods(references, spec)
    except FewshotError as error:
        say(str(error))
        return WRONG_USE
    request = EvaluationRequest(
        folders=tuple(data),
        methods=references,
        ways=ways,
        shots=_numbers(shots),
        queries=queries,
        episodes=episodes,
        query_mix=query_mix.value,
        unknown_share=unknown_share,
        sampling=sampling.value,
        split=split.value,
        seed=seed,
    )
    require_writable(out)
    with encoder_source(encoder, device) as source, progress_bar() as progress:
        evaluation = run_evaluation(request, source, progress, on_result=_TableRows(request.methods))
    write_json(out, evaluation_as_json(evaluation))
    for note in evaluation.notes:
        say(note)
    return report(evaluation.failures, evaluation.skipped)


def _listed(text: str) -> tuple[str, ...]:
    """The different parts of a list with commas, in their order."""
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def _numbers(text: str) -> tuple[int, ...]:
    parts = _listed(text)
    if not parts or not all(part.isascii() and part.isdigit() and int(part) for part in parts):
        raise typer.BadParameter(f"“{text}” is not a list of numbers such as 1,5,10.", param_hint="--shots")
    return tuple(int(part) for part in parts)


class _TableRows:
    """Prints each row of the table as soon as it is known."""

    COLUMNS = ("method", "examples", "accuracy %", "gain", "calibration error", "unknown AUROC", "seconds")
    WIDTHS = (8, 12, 12, 17, 13, 7)

    def __init__(self, methods: tuple[str, ...]) -> None:
        self._begun = False
        self._widths = (max(len("frozen prototypes"), *map(len, methods)), *self.WIDTHS)

    def __call__(self, figures: Figures) -> None:
        """Print a row, and the heading before the first."""
        from fewshot_gui.metalearning.frozen_prototypes import FROZEN_PROTOTYPES

        gain = f"{100 * figures.gain.mean:+.1f} ±{100 * figures.gain.half_width:.1f}"
        if not self._begun:
            self._print(self.COLUMNS)
        self._begun = True
        self._print(
            (
                figures.method,
                "varying" if figures.shots is None else str(figures.shots),
                f"{100 * figures.accuracy.mean:.1f} ±{100 * figures.accuracy.half_width:.1f}",
                "" if figures.method == FROZEN_PROTOTYPES else gain,
                f"{100 * figures.calibration_error:.1f}",
                "" if figures.auroc is None else f"{100 * figures.auroc:.1f}",
                f"{figures.seconds:.3f}",
            )
        )

    def _print(self, cells: tuple[str, ...]) -> None:
        first, *others = zip(cells, self._widths, strict=True)
        line = "  ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)])
        print(line, flush=True)  # noqa: T201 - the result
