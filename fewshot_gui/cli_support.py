"""What the commands share: their common options, encoder, progress bar, messages and exit codes.

Only the standard library and typer are imported before a command runs.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fewshot_gui.core.errors import FewshotError

if TYPE_CHECKING:
    from fewshot_gui.core.progress import Progress
    from fewshot_gui.workflows.embedding_source import EmbeddingSource

DONE, FAILED, WRONG_USE, DONE_WITH_UNREADABLE, CANCELLED = 0, 1, 2, 3, 130
"""Exit codes; the last is the shell's own for Ctrl+C."""

DEFAULT_ENCODER_ID = "efficientnet-lite0"


class Device(StrEnum):
    """Where the encoder runs."""

    AUTO = "auto"
    CPU = "cpu"
    CUDA = "cuda"


EncoderId = Annotated[str, typer.Option(help="Which encoder; “fewshot-gui encoders” lists them.")]
OnDevice = Annotated[Device, typer.Option(help="Where the encoder runs.")]
Photos = Annotated[
    Path, typer.Option(exists=True, file_okay=False, help="The folder of photos, with all folders in it.")
]
Seed = Annotated[int, typer.Option(min=0, help="Fixes every random choice.")]


@contextmanager
def embedding_sources(device: Device) -> Iterator[Callable[[str], EmbeddingSource]]:
    """Gives the embeddings of an encoder by its id; their cache is closed at the end."""
    from fewshot_gui.encoders import EmbeddingCache, choose_device, encoder_spec
    from fewshot_gui.workflows.embedding_source import EmbeddingSource

    if device is Device.CUDA:
        choose_device("cuda")  # asked for by name, it must be there even if every photo turns out to be known
    cache = EmbeddingCache()
    sources = []

    def source_of(encoder: str) -> EmbeddingSource:
        sources.append(EmbeddingSource(encoder_spec(encoder), cache, device=device.value))
        return sources[-1]

    try:
        yield source_of
    finally:
        cache.close()
        for notice in dict.fromkeys(notice for source in sources for notice in source.notices):
            say(notice)


@contextmanager
def encoder_source(encoder: str, device: Device) -> Iterator[EmbeddingSource]:
    """The embeddings of one encoder by its id."""
    from fewshot_gui.encoders import encoder_spec

    encoder_spec(encoder)  # a wrong name is told before anything else
    with embedding_sources(device) as source_of:
        yield source_of(encoder)


@contextmanager
def progress_bar() -> Iterator[Progress]:
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


def report(failures: tuple[Exception, ...], skipped: tuple[str, ...]) -> int:
    """Name what could not be read and choose the exit code."""
    for sentence in (*skipped, *(str(failure) for failure in failures)):
        say(sentence)
    return DONE_WITH_UNREADABLE if failures or skipped else DONE


def require_writable(*paths: Path) -> None:
    """Find out before long work that these files can be written.

    Raises:
        FewshotError: One cannot.
    """
    from fewshot_gui.core.whole_file import require_writable

    for path in paths:
        try:
            require_writable(path)
        except OSError as error:
            raise _unwritable(path, error) from error


def write_json(path: Path, content: dict[str, object]) -> None:
    """Write ``content`` whole or not at all.

    Raises:
        FewshotError: The file cannot be written there.
    """
    from fewshot_gui.core.whole_file import whole_file

    try:
        with whole_file(path) as draft:
            draft.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> FewshotError:
    return FewshotError(f"“{path}” could not be written ({error.strerror or error}); choose another place.")


def say(sentence: str) -> None:
    """One sentence to the person, on stderr."""
    # A file name may hold bytes that are no text; the terminal gets them escaped.
    print(sentence.encode("utf-8", "backslashreplace").decode(), file=sys.stderr)  # noqa: T201
