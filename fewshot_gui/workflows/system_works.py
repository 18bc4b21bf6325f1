"""Libraries of the operating system that a frozen application takes along, and what Debian says of their licences."""

from __future__ import annotations

import logging
import shutil
import subprocess
from collections.abc import Collection, Iterator
from pathlib import Path

from fewshot_gui.workflows.bundled_work import BundledWork

log = logging.getLogger(__name__)

_NOTES = Path("/usr/share/doc")
_SECONDS = 60


def system_works(libraries: Collection[Path]) -> Iterator[BundledWork]:
    """The Debian packages that ``libraries`` are from, with the notes on their licences; nothing on other systems."""
    program = shutil.which("dpkg-query")
    if program is None or not libraries:
        return
    packages = {name for path in libraries for name in _owners(program, path)}
    for package in sorted(packages):
        notes = _NOTES / package / "copyright"
        if notes.is_file():
            text = notes.read_text(encoding="utf-8", errors="replace")
            yield BundledWork(package, _version(program, package), "see its text", text)


def _owners(program: str, path: Path) -> Iterator[str]:
    """Whose file it is, as "libssl3" of "libssl3:amd64: /usr/lib/x86_64-linux-gnu/libssl.so.3"."""
    # The list of files knows a library by its place before or after /lib became a link to /usr/lib.
    places = {path, path.resolve(), Path("/", *path.resolve().parts[2:])}
    for line in _ask(program, "--search", *map(str, sorted(places))).splitlines():
        yield from (name.strip().partition(":")[0] for name in line.rpartition(": ")[0].split(","))


def _version(program: str, package: str) -> str:
    return _ask(program, "--show", "--showformat", "${Version}\n", package).partition("\n")[0]


def _ask(program: str, *arguments: str) -> str:
    """What dpkg-query says; it fails for files that are from no package, which is an answer too."""
    answer = subprocess.run(  # noqa: S603 - the system's own program, found on the search path
        [program, *arguments], capture_output=True, text=True, errors="replace", timeout=_SECONDS, check=False
    )
    log.debug("%s", answer.stderr)
    return answer.stdout
