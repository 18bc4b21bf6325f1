"""A report for support: what happened on which computer, without a photo, and without a name unless that is wanted."""

from __future__ import annotations

import getpass
import json
import logging
import platform
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import IO

from fewshot_gui.core.crash_reports import crash_reports
from fewshot_gui.core.errors import FewshotError
from fewshot_gui.core.folders import APP_NAME
from fewshot_gui.core.log_file import log_files
from fewshot_gui.core.progress import Progress
from fewshot_gui.core.whole_file import whole_file
from fewshot_gui.workflows.computer_facts import machine_facts, program_facts
from fewshot_gui.workflows.redaction import Redactor

log = logging.getLogger(__name__)

_TRIAL_SECONDS = 240
_POLL = 0.1
_LARGEST = 1_000_000
_ABOUT = """\
This is a report about a problem with fewshot-gui. Whoever saved it has seen what is in it, and nothing was sent by the
program itself. All of it is plain text:

computer.txt   versions, system, processor, memory, graphics card
trial.txt      what a trial of this computer found
settings.txt   settings of the program, and numbers about the open project
log/           what the program wrote down while it ran
crashes/       what it was doing when it ended by itself, or failed

There are no photos in it.
{names}
"""
_WITHOUT_NAMES = (
    "Names of files, folders, classes, people and computers were replaced by <name 1>, <path 2.jpg> and so on."
)
_WITH_NAMES = "Names of files, folders and classes are in it, because that was asked for."


@dataclass(frozen=True)
class ReportPart:
    """One text of the report and its name in the archive."""

    name: str
    text: str


@dataclass(frozen=True)
class Situation:
    """What only the caller knows.

    Attributes:
        settings: Settings worth knowing; no names.
        project: Numbers about the open project; empty without one.
        secrets: Names to take out wherever they turn up: of classes, the project, the person and parts of theirs.
    """

    settings: Mapping[str, str]
    project: Mapping[str, str]
    secrets: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """The same report twice: ``redacted`` without names, ``full`` with those in logs and reports of crashes."""

    redacted: tuple[ReportPart, ...]
    full: tuple[ReportPart, ...]

    def parts(self, *, with_names: bool) -> tuple[ReportPart, ...]:
        """What is to be saved."""
        return self.full if with_names else self.redacted


def make_report(situation: Situation, progress: Progress) -> Report:
    """Try this computer in a process of its own, and put together what is known.

    Raises:
        Cancelled: The person cancelled.
    """
    progress.report(0, None, "Trying this computer")
    trial = _trial(progress)
    progress.report(0, None, "Collecting the logs")
    parts = [
        ReportPart("computer.txt", f"{_table(program_facts())}\n{_table(machine_facts())}"),
        ReportPart("trial.txt", trial),
        ReportPart("settings.txt", f"{_table(situation.settings)}\n{_table(situation.project)}"),
        *(ReportPart(f"log/{path.name}", _text(path)) for path in log_files()),
        *(ReportPart(f"crashes/{path.name}", _text(path)) for path in crash_reports()),
    ]
    redactor = Redactor((*situation.secrets, *names_of_this_computer()))
    redacted = []
    for part in parts:
        progress.check()
        redacted.append(replace(part, text=redactor.redact(part.text)))
    return Report((_about(_WITHOUT_NAMES), *redacted), (_about(_WITH_NAMES), *parts))


def write_report(parts: Iterable[ReportPart], path: Path) -> None:
    """Write a ZIP archive; a file that was at ``path`` is replaced once the new one is whole.

    Raises:
        FewshotError: It cannot be written.
    """
    try:
        with whole_file(path) as draft, zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
            for part in parts:
                archive.writestr(part.name, part.text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        log.debug("the report was not written", exc_info=True)
        reason = error.strerror or type(error).__name__
        raise FewshotError(f"“{path.name}” cannot be written ({reason}): choose another folder.") from error


def names_of_this_computer() -> tuple[str, ...]:
    """Names that tell whose computer this is: of its user, their folder, the machine."""
    home, node, person = Path.home(), platform.node(), _full_name()
    names = [node, node.partition(".")[0], home.name, str(home), person, *person.split()]
    try:
        names.append(getpass.getuser())
    except (OSError, KeyError):  # in a container the user may have no name
        log.debug("the user has no name", exc_info=True)
    return tuple(name for name in names if len(name) > 1)


def _full_name() -> str:
    if sys.platform == "win32":
        return ""
    import os
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_gecos.partition(",")[0]
    except KeyError:
        return ""


def _about(names: str) -> ReportPart:
    return ReportPart("README.txt", _ABOUT.format(names=names))


def _table(facts: Mapping[str, str]) -> str:
    width = max(map(len, facts), default=0)
    return "".join(f"{name.ljust(width)}  {value}\n" for name, value in facts.items())


def _text(path: Path) -> str:
    """The end of a file, which is the newest of a log."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _LARGEST))
            return file.read().decode("utf-8", "replace")
    except OSError as error:
        return f"cannot be read: {error.strerror}\n"


def _trial(progress: Progress) -> str:
    """What ``fewshot-gui self-test`` finds; in a process of its own, because a broken driver may take it down."""
    started = time.monotonic()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        try:
            process = subprocess.Popen(  # noqa: S603 - this very program, fixed arguments
                [*_program(), "self-test", "--json"],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # exists on Windows alone
            )
        except OSError as error:
            log.exception("the trial cannot be started")
            return f"The trial cannot be started ({error.strerror}).\n"
        try:
            while process.poll() is None and time.monotonic() - started < _TRIAL_SECONDS:
                progress.check()
                time.sleep(_POLL)
        finally:
            if process.poll() is None:
                process.kill()
            code = process.wait()
        when = f"{datetime.now().astimezone():%Y-%m-%d %H:%M %z}, {time.monotonic() - started:.0f} s, exit code {code}"
        return f"{when}\n\n{_findings(_content(out))}\n{_content(err)}"


def _program() -> list[str]:
    """How to start this program once more, with something to write to: on Windows the window's has no output."""
    if not getattr(sys, "frozen", False):
        return [sys.executable, "-m", "fewshot_gui"]
    running = Path(sys.executable)
    on_terminal = running.with_name(APP_NAME + running.suffix)
    return [str(on_terminal if on_terminal.is_file() else running)]


def _content(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", "replace")


def _findings(output: str) -> str:
    """The findings line by line; what is no list of findings is shown as it is."""
    try:
        return "".join(
            f"{'ok    ' if finding['passed'] else 'FAILED'}  {finding['name']}: {finding['detail']}\n"
            for finding in json.loads(output)
        )
    except (ValueError, KeyError, TypeError):
        log.info("the trial gave no findings")
        return output or "The trial ended without findings.\n"
