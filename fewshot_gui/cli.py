"""The command line. Only the standard library and typer are imported before a command runs."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fewshot_gui.core.errors import Cancelled, FewshotError

if TYPE_CHECKING:
    from fewshot_gui.core.progress import Progress
    from fewshot_gui.workflows.embedding_source import EmbeddingSource

DONE, FAILED, WRONG_USE, DONE_WITH_UNREADABLE, CANCELLED = 0, 1, 2, 3, 130
"""Exit codes; the last is the shell's own for Ctrl+C."""

log = logging.getLogger(__name__)

app = typer.Typer(
    name="fewshot-gui",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Teach the computer your own photo classes from a few examples, then label whole folders.",
)


class Device(StrEnum):
    """Where the encoder runs."""

    AUTO = "auto"
    CPU = "cpu"
    CUDA = "cuda"


Photos = Annotated[
    Path, typer.Option(exists=True, file_okay=False, help="The folder of photos, with all folders in it.")
]
Examples = Annotated[Path, typer.Option(exists=True, file_okay=False, help="A folder per class with its examples.")]
EncoderId = Annotated[str, typer.Option(help="Which encoder; “fewshot-gui encoders” lists them.")]
OnDevice = Annotated[Device, typer.Option(help="Where the encoder runs.")]
Seed = Annotated[int, typer.Option(min=0, help="Fixes every random choice.")]


def run(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit code; errors become one sentence on stderr."""
    logging.basicConfig(level=logging.ERROR, format="%(name)s: %(message)s")
    logging.getLogger("PIL").setLevel(logging.CRITICAL)  # what is wrong with a photo, we say ourselves
    try:
        code = app(arguments, standalone_mode=False, prog_name="fewshot-gui")
    except (typer.Abort, KeyboardInterrupt, Cancelled):
        code = CANCELLED
    except FewshotError as error:
        log.debug("failed", exc_info=error)
        _say(str(error))
        return FAILED
    except Exception as error:
        if hasattr(error, "exit_code") and hasattr(error, "show"):  # wrong use, in the words of click
            error.show()
            return int(error.exit_code)
        log.exception("unexpected")
        _say(f"Something unexpected went wrong ({type(error).__name__}: {error}).")
        return FAILED
    if code == CANCELLED:  # also from typer, which turns Ctrl+C into this code by itself
        _say("Cancelled.")
    return code if isinstance(code, int) else DONE


@app.callback(invoke_without_command=True)
def window(
    context: typer.Context,
    sample: Annotated[bool, typer.Option("--sample", help="Open the sample project.")] = False,
    project: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="Open this project.")] = None,
) -> int | None:
    """Open the window, or run a command."""
    if context.invoked_subcommand is not None:
        return None
    from fewshot_gui.core.screen import why_no_screen

    reason = why_no_screen()
    if reason is None:
        try:
            from fewshot_gui.app import run_window
        except ImportError as error:
            log.debug("Qt cannot be loaded", exc_info=error)
            reason = f"the window library cannot be loaded ({error})"
        else:
            return run_window(sample=sample, project=project)
    return _without_a_screen(reason, sample=sample)


@app.command()
def label(
    examples: Examples,
    photos: Photos,
    out: Annotated[Path, typer.Option(help="The table to write, as CSV.", dir_okay=False)],
    method: Annotated[str, typer.Option(help="How to adapt; “auto” chooses by cross-validation.")] = "auto",
    encoder: EncoderId = "efficientnet-lite0",
    device: OnDevice = Device.AUTO,
    stats: Annotated[Path | None, typer.Option(help="Also write what the run cost, as JSON.", dir_okay=False)] = None,
    seed: Seed = 0,
) -> int:
    """Label every photo of a folder and write a table."""
    from fewshot_gui.exporting import write_csv
    from fewshot_gui.workflows.label_folder import label_folder

    _require_writable(out, *([stats] if stats is not None else []))
    with _source(encoder, device) as source, _progress_bar() as progress:
        result = label_folder(examples, photos, source, progress, method=method, seed=seed)
    write_csv(out, result.rows)
    if stats is not None:
        _write_json(stats, asdict(result.stats))
    return _report(result.failures, result.skipped)


@app.command()
def embed(
    photos: Photos,
    out: Annotated[Path, typer.Option(help="The arrays to write, as .npz.", dir_okay=False)],
    encoder: EncoderId = "efficientnet-lite0",
    device: OnDevice = Device.AUTO,
) -> int:
    """Write the embedding of every photo: arrays “paths”, “embeddings” and “errors”."""
    from fewshot_gui.workflows.embed_folder import embed_folder, write_embeddings

    _require_writable(out)
    with _source(encoder, device) as source, _progress_bar() as progress:
        embedded = embed_folder(photos, source, progress, note="Embedding")
    write_embeddings(embedded, out)
    return _report(tuple(embedded.errors.values()), embedded.skipped)


@app.command()
def sample(
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.", file_okay=False)],
    seed: Seed = 0,
) -> int:
    """Draw the sample project: pressed leaves of five species, examples and photos."""
    from fewshot_gui.workflows.sample_project import make_sample_project

    with _progress_bar() as progress:
        made = make_sample_project(folder, progress, seed=seed)
    print(made.project)  # noqa: T201 - the result
    return DONE


@app.command(name="self-test")
def self_test(as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False) -> int:
    """Try the encoder, a learner, the device and the window on this computer."""
    from fewshot_gui.workflows.self_test import run_self_test

    with _progress_bar() as progress:
        findings = run_self_test(progress)
    if as_json:
        print(json.dumps([asdict(finding) for finding in findings], indent=2))  # noqa: T201 - the result
    else:
        for finding in findings:
            print(f"{'ok    ' if finding.passed else 'FAILED'}  {finding.name}: {finding.detail}")  # noqa: T201
    return DONE if all(finding.passed for finding in findings) else FAILED


@app.command()
def encoders() -> int:
    """List the encoders: id, title, size, licence, and whether it is ready for use."""
    from fewshot_gui.encoders import encoder_specs, is_ready

    rows = [("id", "title", "size", "ready", "licence")]
    for spec in (spec for spec in encoder_specs() if not spec.hidden):
        size = f"{spec.download.size_bytes / 1e6:.0f} MB" if spec.download else "bundled"
        rows.append((spec.id, spec.title, size, "yes" if is_ready(spec) else "no", spec.licence))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())  # noqa: T201
    return DONE


def _without_a_screen(reason: str, *, sample: bool) -> int:
    """Say that there is no window, and do the sample's work all the same if that was asked for."""
    if not sample:
        _say(f"The window cannot be opened because {reason}; “fewshot-gui label --help” shows how to work without it.")
        return FAILED
    from fewshot_gui.workflows.sample_project import label_sample

    _say(f"The window cannot be opened because {reason}, so the sample is labelled to labels.csv instead.")
    with _source("efficientnet-lite0", Device.AUTO) as source, _progress_bar() as progress:
        rows, folder = label_sample(source, progress, Path("labels.csv"))
    _say(f"labels.csv now holds the labels of {rows} sample photos, which lie in “{folder}”.")
    return DONE


@contextmanager
def _source(encoder: str, device: Device) -> Iterator[EmbeddingSource]:
    from fewshot_gui.encoders import EmbeddingCache, choose_device, encoder_spec
    from fewshot_gui.workflows.embedding_source import EmbeddingSource

    spec = encoder_spec(encoder)
    if device is Device.CUDA:
        choose_device("cuda")  # asked for by name, it must be there even if every photo turns out to be known
    cache = EmbeddingCache()
    try:
        yield EmbeddingSource(spec, cache, device=device.value)
    finally:
        cache.close()


@contextmanager
def _progress_bar() -> Iterator[Progress]:
    """A bar on stderr that tells what is being done; nothing where stderr is a file."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Bar(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        yield _BarProgress(bar.add_task("Starting", total=None), bar.update)


class _BarProgress:
    """Reports to a bar; Ctrl+C interrupts by itself, so there is nothing to check."""

    def __init__(self, task: object, update: Callable[..., None]) -> None:
        self._task = task
        self._update = update

    def report(self, done: int, total: int | None = None, note: str = "") -> None:
        """Move the bar."""
        self._update(self._task, completed=done, total=total, **({"description": note} if note else {}))

    def check(self) -> None:
        """Do nothing."""


def _report(failures: tuple[Exception, ...], skipped: tuple[str, ...]) -> int:
    """Name what could not be read and choose the exit code."""
    for sentence in (*skipped, *(str(failure) for failure in failures)):
        _say(sentence)
    return DONE_WITH_UNREADABLE if failures or skipped else DONE


def _require_writable(*paths: Path) -> None:
    from fewshot_gui.core.whole_file import require_writable

    for path in paths:
        try:
            require_writable(path)
        except OSError as error:
            raise _unwritable(path, error) from error


def _write_json(path: Path, content: dict[str, object]) -> None:
    from fewshot_gui.core.whole_file import whole_file

    try:
        with whole_file(path) as draft:
            draft.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> FewshotError:
    return FewshotError(f"“{path}” could not be written ({error.strerror or error}); choose another place.")


def _say(sentence: str) -> None:
    # A file name may hold bytes that are no text; the terminal gets them escaped.
    print(sentence.encode("utf-8", "backslashreplace").decode(), file=sys.stderr)  # noqa: T201
