"""The command that meta-trains. Only the standard library and typer are imported before it runs."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from fewshot_gui.cli_learning import DataFolders
from fewshot_gui.cli_support import (
    CANCELLED,
    DEFAULT_ENCODER_ID,
    DONE,
    Device,
    OnDevice,
    Seed,
    encoder_source,
    progress_bar,
    report,
    require_writable,
    say,
)
from fewshot_gui.core.errors import Cancelled

if TYPE_CHECKING:
    from fewshot_gui.core.progress import Progress
    from fewshot_gui.learners.starting_point import StartingPoint
    from fewshot_gui.metalearning.training_report import TrainingReport
    from fewshot_gui.workflows.meta_training_request import MetaTrainRequest

_FROM_SCRATCH = {"conv4": "pixels28"}
"""What people call the network that learns from pixels, and the encoder that gives it these."""


MethodName = Annotated[str, typer.Option(help="The method to train, such as prototypes, ridge or maml.")]
Out = Annotated[Path, typer.Option(help="The starting point to write, as .safetensors.", dir_okay=False)]
Encoder = Annotated[
    str, typer.Option(help="On whose embeddings; “conv4” trains a small network from scratch on 28 x 28 pixels.")
]
Steps = Annotated[int, typer.Option(min=1, help="Updates at most; it ends sooner when nothing gets better.")]
Ways = Annotated[str, typer.Option(help="Classes of a task: a number, or a range such as 5-20.")]
Shots = Annotated[str, typer.Option(help="Examples per class: a number, or a range such as 1-10.")]
Queries = Annotated[int, typer.Option(min=1, help="Photos to be asked about per class, at most.")]
Rate = Annotated[float | None, typer.Option(min=0.0, help="Learning rate, if not the usual one.")]
StartFrom = Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="Go on from this starting point.")]
Rotations = Annotated[bool, typer.Option("--rotations", help="Turned pictures are classes too (conv4).")]
Augment = Annotated[bool, typer.Option("--augment", help="Vary the photos meanwhile.")]
Adversarial = Annotated[
    float, typer.Option(min=0.0, max=1.0, help="Change photos against the method by so much; 0.1 is a lot.")
]
Search = Annotated[int, typer.Option(min=0, help="Try so many settings briefly and take the best.")]
LogDir = Annotated[Path | None, typer.Option(file_okay=False, help="Write the curves here, for TensorBoard.")]
Resume = Annotated[bool, typer.Option("--resume", help="Go on where a training was interrupted.")]
Title = Annotated[str, typer.Option(help="How the starting point will be called.")]
Licence = Annotated[str, typer.Option(help="Under which terms it may be passed on.")]


def meta_train(
    data: DataFolders,
    method: MethodName,
    out: Out,
    encoder: Encoder = DEFAULT_ENCODER_ID,
    steps: Steps = 1000,
    ways: Ways = "5",
    shots: Shots = "1-5",
    queries: Queries = 10,
    rate: Rate = None,
    start_from: StartFrom = None,
    rotations: Rotations = False,
    augment: Augment = False,
    adversarial: Adversarial = 0.0,
    search: Search = 0,
    log_dir: LogDir = None,
    resume: Resume = False,
    title: Title = "",
    licence: Licence = "",
    device: OnDevice = Device.AUTO,
    seed: Seed = 0,
) -> int:
    """Let a method practise on folders of classes; the result is a starting point for new tasks."""
    from fewshot_gui.workflows.meta_training_request import MetaTrainRequest, TaskShape

    request = MetaTrainRequest(
        folders=tuple(data),
        method=method,
        out=out,
        title=title,
        licence=licence,
        steps=steps,
        tasks=TaskShape(_range(ways, "--ways", 2), _range(shots, "--shots", 1), queries),
        rate=rate,
        rotations=rotations,
        augment=augment,
        adversarial=adversarial,
        trials=search,
        start_from=_starting_point(start_from),
        resume=resume,
        log_dir=log_dir,
        device=device.value,
        seed=seed,
    )
    return _train(request, _FROM_SCRATCH.get(encoder, encoder), device)


def _train(request: MetaTrainRequest, encoder: str, device: Device) -> int:
    from fewshot_gui.metalearning.ranks import is_launched, launched_ranks
    from fewshot_gui.workflows.meta_training import meta_train as run_meta_training
    from fewshot_gui.workflows.meta_training_facts import describe

    require_writable(request.out)
    ranks = launched_ranks() if is_launched() else None
    try:
        with encoder_source(encoder, device) as source, _watched() as watched:
            trained = run_meta_training(request, source, watched, on_report=watched.note, ranks=ranks)
    except Cancelled:
        if not request.checkpoint.exists():
            raise
        say("The training was interrupted; the same command with --resume goes on from where it was.")
        return CANCELLED
    if ranks is not None and ranks.rank > 0:
        return DONE
    print(f"{trained.path}: {describe(trained.test)}")  # noqa: T201 - the result
    for note in trained.notes:
        say(note)
    return report(trained.folders.failures, trained.folders.skipped)


def _range(text: str, option: str, least: int) -> tuple[int, int]:
    """“5” or “5-20” as the least and the most."""
    parts = text.split("-")
    if len(parts) <= 2 and all(part.isascii() and part.isdigit() for part in parts):
        low, high = int(parts[0]), int(parts[-1])
        if least <= low <= high:
            return low, high
    raise typer.BadParameter(f"“{text}” is no number from {least} on and no range such as 5-20.", param_hint=option)


def _starting_point(path: Path | None) -> StartingPoint | None:
    from fewshot_gui.learners.starting_point_file import read_starting_point

    return read_starting_point(path) if path is not None else None


@contextmanager
def _watched() -> Iterator[_WatchedTraining]:
    """A progress bar that tells how the training stands; the first Ctrl+C lets it write down where it is."""
    with progress_bar() as bar:
        watched = _WatchedTraining(bar)
        before = signal.signal(signal.SIGINT, watched.interrupt)
        try:
            yield watched
        finally:
            signal.signal(signal.SIGINT, before)


class _WatchedTraining:
    """A progress that becomes cancelled by Ctrl+C."""

    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._standing = ""
        self._interrupted = False

    def interrupt(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - the signature of signal
        """Cancel at the next check; a second Ctrl+C does not wait for one."""
        if self._interrupted:
            raise KeyboardInterrupt
        self._interrupted = True

    def note(self, report: TrainingReport) -> None:
        """Tell how the training stands from now on."""
        loss = "" if report.loss is None else f", loss {report.loss:.3f}"
        self._standing = f": {100 * report.accuracy:.1f} ± {100 * report.half_width:.1f} % right{loss}"

    def report(self, done: int, total: int | None = None, note: str = "") -> None:
        """Move the bar."""
        self._bar.report(done, total, f"{note}{self._standing}")

    def check(self) -> None:
        """Go on unless Ctrl+C was pressed.

        Raises:
            Cancelled: It was.
        """
        if self._interrupted:
            raise Cancelled
