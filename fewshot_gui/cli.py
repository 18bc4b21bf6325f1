"""The command line. Only the standard library and typer are imported before a command runs."""

from __future__ import annotations

import io
import json
import logging
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from fewshot_gui.cli_export import export
from fewshot_gui.cli_label import label
from fewshot_gui.cli_learning import evaluate
from fewshot_gui.cli_meta_training import meta_train
from fewshot_gui.cli_support import (
    CANCELLED,
    DEFAULT_ENCODER_ID,
    DONE,
    FAILED,
    Device,
    EncoderId,
    OnDevice,
    Photos,
    Seed,
    encoder_source,
    progress_bar,
    report,
    require_writable,
    say,
)
from fewshot_gui.core.errors import Cancelled, FewshotError

log = logging.getLogger(__name__)

app = typer.Typer(
    name="fewshot-gui",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Teach the computer your own photo classes from a few examples, then label whole folders.",
)


def run(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit code; errors become one sentence on stderr."""
    logging.getLogger("PIL").setLevel(logging.CRITICAL)  # what is wrong with a photo, we say ourselves
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="backslashreplace")  # a file name may hold what the terminal cannot write
    try:
        code = app(_spelled_out(arguments), standalone_mode=False, prog_name="fewshot-gui")
    except (typer.Abort, KeyboardInterrupt, Cancelled):
        code = CANCELLED
    except FewshotError as error:
        log.debug("failed", exc_info=error)
        say(str(error))
        return FAILED
    except Exception as error:
        if hasattr(error, "exit_code") and hasattr(error, "show"):  # wrong use, in the words of click
            error.show()
            return int(error.exit_code)
        log.exception("unexpected")
        say(f"Something unexpected went wrong ({type(error).__name__}: {error}).")
        return FAILED
    if code == CANCELLED:  # also from typer, which turns Ctrl+C into this code by itself
        say("Cancelled.")
    return code if isinstance(code, int) else DONE


def _spelled_out(arguments: list[str] | None) -> list[str]:
    """What was asked for, where a project by itself, as a file manager names it, means ``--project``."""
    given = sys.argv[1:] if arguments is None else arguments
    return ["--project", *given] if len(given) == 1 and given[0].lower().endswith(".fewshot") else given


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
def embed(
    photos: Photos,
    out: Annotated[Path, typer.Option(help="The arrays to write, as .npz.", dir_okay=False)],
    encoder: EncoderId = DEFAULT_ENCODER_ID,
    device: OnDevice = Device.AUTO,
) -> int:
    """Write the embedding of every photo: arrays “paths”, “embeddings” and “errors”."""
    from fewshot_gui.workflows.embed_folder import embed_folder, write_embeddings

    require_writable(out)
    with encoder_source(encoder, device) as source, progress_bar() as progress:
        embedded = embed_folder(photos, source, progress, note="Embedding")
    write_embeddings(embedded, out)
    return report(tuple(embedded.errors.values()), embedded.skipped)


@app.command()
def sample(
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.", file_okay=False)],
    seed: Seed = 0,
) -> int:
    """Draw the sample project: pressed leaves of five species, examples and photos."""
    from fewshot_gui.workflows.sample_project import make_sample_project

    with progress_bar() as progress:
        made = make_sample_project(folder, progress, seed=seed)
    print(made.project)  # noqa: T201 - the result
    return DONE


@app.command(name="self-test")
def self_test(as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False) -> int:
    """Try the encoder, a learner, the device and the window on this computer."""
    from fewshot_gui.workflows.self_test import run_self_test

    with progress_bar() as progress:
        findings = run_self_test(progress)
    if as_json:
        print(json.dumps([asdict(finding) for finding in findings], indent=2))  # noqa: T201 - the result
    else:
        for finding in findings:
            print(f"{'ok    ' if finding.passed else 'FAILED'}  {finding.name}: {finding.detail}")  # noqa: T201
    return DONE if all(finding.passed for finding in findings) else FAILED


@app.command()
def encoders(
    everything: Annotated[bool, typer.Option("--all", help="Also those made for meta-training or as parts.")] = False,
) -> int:
    """List the encoders: id, title, size, licence, and whether it is ready for use."""
    from fewshot_gui.encoders import encoder_specs, is_ready

    rows = [("id", "title", "size", "ready", "licence")]
    for spec in (spec for spec in encoder_specs() if everything or not spec.hidden):
        size = f"{spec.download.size_bytes / 1e6:.0f} MB" if spec.download else "bundled"
        rows.append((spec.id, spec.title, size, "yes" if is_ready(spec) else "no", spec.licence))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())  # noqa: T201
    return DONE


@app.command()
def cache(
    clear: Annotated[bool, typer.Option("--clear", help="Forget every embedding; photos are read anew.")] = False,
) -> int:
    """Say how much is kept of photos that were read before, and where; or forget it."""
    from fewshot_gui.core.folders import cache_folder
    from fewshot_gui.encoders import EmbeddingCache

    with EmbeddingCache() as kept:
        if clear:
            kept.clear()
        print(f"{kept.size_bytes() / 1e6:.1f} MB of embeddings in “{cache_folder()}”")  # noqa: T201 - the result
    return DONE


app.command()(label)
app.command()(export)
app.command()(evaluate)
app.command(name="meta-train")(meta_train)


def _without_a_screen(reason: str, *, sample: bool) -> int:
    """Say that there is no window, and do the sample's work all the same if that was asked for."""
    if not sample:
        say(f"The window cannot be opened because {reason}; “fewshot-gui label --help” shows how to work without it.")
        return FAILED
    from fewshot_gui.workflows.sample_project import label_sample

    say(f"The window cannot be opened because {reason}, so the sample is labelled to labels.csv instead.")
    with encoder_source(DEFAULT_ENCODER_ID, Device.AUTO) as source, progress_bar() as progress:
        rows, folder = label_sample(source, progress, Path("labels.csv"))
    say(f"labels.csv now holds the labels of {rows} sample photos, which lie in “{folder}”.")
    return DONE
