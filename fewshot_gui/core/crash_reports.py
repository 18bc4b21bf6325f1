"""What is kept, on this computer alone, of a program that ended by itself and of errors that nobody caught.

A running window holds a lock on a file of its own, into which the interpreter writes the stack of every thread when
the process dies. Whoever ends well deletes it; what the next start finds unlocked is a crash, also when the process
was killed and could write nothing.
"""

from __future__ import annotations

import contextlib
import faulthandler
import hashlib
import logging
import os
import platform
import sys
import threading
import traceback
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TextIO

from fewshot_gui import __version__
from fewshot_gui.core.folders import log_folder

log = logging.getLogger(__name__)

_KEPT = 10
_RUNNING, _CRASH, _ERROR = "running-", "crash-", "error-"
_LOCKED_BYTE = 1 << 30
"""Far beyond what is ever written, since Windows lets nobody else read a locked byte."""


class CrashWatch:
    """Lets the next start of the program know how this one ended."""

    def __init__(self) -> None:
        self._file: TextIO | None = None

    def start(self) -> tuple[Path, ...]:
        """Watch from now on; returns the reports of earlier runs that did not end well, the newest first.

        Where nothing can be written nothing is watched, and that is in the log.
        """
        try:
            crashes = _collect()
            self._watch(crash_folder() / f"{_RUNNING}{_stamp()}-{os.getpid()}.txt")
        except OSError:
            log.exception("crashes are not watched for")
            return ()
        _forget_old(_CRASH)
        return crashes

    def stop(self) -> None:
        """The program ends as it should."""
        if self._file is None:
            return
        faulthandler.disable()
        path = Path(self._file.name)
        self._file.close()
        self._file = None
        with contextlib.suppress(OSError):
            path.unlink()

    def _watch(self, path: Path) -> None:
        # Open as long as the program runs: the interpreter writes to it when it dies.
        self._file = path.open("a", encoding="utf-8")
        _lock(self._file)
        self._file.write(_heading("started"))
        self._file.flush()
        faulthandler.enable(self._file, all_threads=True)


def crash_folder() -> Path:
    """Where the reports are."""
    folder = log_folder() / "crashes"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def crash_reports() -> tuple[Path, ...]:
    """The reports of crashes and of errors that nobody caught, the newest first."""
    return (*_newest_first(_CRASH), *_newest_first(_ERROR))


def catch_errors(tell: Callable[[BaseException], None]) -> None:
    """From now on, log and keep every error that nobody caught, and hand it to ``tell`` in the thread it came from."""

    def take(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        log.critical("an error nobody caught", exc_info=(kind, error, trace))
        record_error(error)
        tell(error)

    def take_from_thread(report: threading.ExceptHookArgs) -> None:
        if report.exc_value is not None:  # it is absent only if there was no memory for it
            take(report.exc_type, report.exc_value, report.exc_traceback)

    sys.excepthook = take
    threading.excepthook = take_from_thread


def record_error(error: BaseException) -> None:
    """Keep the traceback of an error that nobody caught; the same error is kept once, and the newest ten in all."""
    trace = "".join(traceback.format_exception(error))
    name = hashlib.sha256(trace.encode("utf-8", "backslashreplace")).hexdigest()[:12]
    try:
        path = crash_folder() / f"{_ERROR}{name}.txt"
        path.write_text(f"{_heading('failed')}\n{trace}", encoding="utf-8", errors="backslashreplace")
    except OSError:
        log.exception("the report of an error was not written")
        return
    _forget_old(_ERROR)


def _heading(what: str) -> str:
    system = f"Python {platform.python_version()}, {platform.platform()}"
    return f"fewshot-gui {__version__}, {system}, {what} {datetime.now().astimezone():%Y-%m-%d %H:%M:%S %z}\n"


def _collect() -> tuple[Path, ...]:
    """Turn what runs have left that are over into reports of crashes."""
    found = []
    for path in _newest_first(_RUNNING):
        try:
            if _is_over(path):
                found.append(path.replace(path.with_name(path.name.replace(_RUNNING, _CRASH, 1))))
        except OSError:  # another window that starts at this moment was faster
            log.debug("%s is gone", path, exc_info=True)
    return tuple(found)


def _is_over(path: Path) -> bool:
    if path.stat().st_size == 0:  # a window that starts at this moment and holds no lock yet
        return False
    with path.open("r+", encoding="utf-8") as file:
        try:
            _lock(file)
        except OSError:
            return False
    return True


def _lock(file: TextIO) -> None:
    """Hold ``file`` until it is closed or the process ends, however it ends.

    Raises:
        OSError: Another process holds it.
    """
    if sys.platform == "win32":
        import msvcrt

        file.seek(_LOCKED_BYTE)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        file.seek(0, os.SEEK_END)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _forget_old(kind: str) -> None:
    for path in _newest_first(kind)[_KEPT:]:
        with contextlib.suppress(OSError):
            path.unlink()


def _newest_first(kind: str) -> list[Path]:
    dated = []
    for path in crash_folder().glob(f"{kind}*.txt"):
        with contextlib.suppress(OSError):  # deleted meanwhile
            dated.append((path.stat().st_mtime_ns, path))
    return [path for _, path in sorted(dated, reverse=True)]


def _stamp() -> str:
    return f"{datetime.now().astimezone():%Y%m%d-%H%M%S-%f}"
