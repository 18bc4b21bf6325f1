"""The log: a file that anyone may look at, and errors on the terminal."""

from __future__ import annotations

import copy
import logging
import logging.handlers
import platform
import sys
from contextlib import suppress
from pathlib import Path

from fewshot_gui import __version__
from fewshot_gui.core.folders import log_folder

_NAME = "fewshot-gui.log"
_BYTES = 1_000_000
_OLDER = 2

log = logging.getLogger(__name__)


def log_to_terminal() -> None:
    """Say errors, and nothing less, on the terminal, if there is one."""
    if sys.stderr is None:  # a program of Windows that has a window only
        return
    handler = logging.StreamHandler()
    handler.setLevel(logging.ERROR)
    handler.setFormatter(logging.Formatter("%(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)


def log_to_file() -> None:
    """Write the log to a file of its own, of at most 3 MB in all; without one where it cannot be written."""
    try:
        handler = _LogFile(
            log_folder() / _NAME, maxBytes=_BYTES, backupCount=_OLDER, encoding="utf-8", errors="backslashreplace"
        )
    except OSError:
        log.exception("there is no log file")
        return
    handler.setFormatter(_QuotingFormatter("%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)
    logging.getLogger().setLevel(logging.INFO)
    log.info("fewshot-gui %s, Python %s, %s", __version__, platform.python_version(), platform.platform())


def log_files() -> tuple[Path, ...]:
    """The log files that are there, the newest first."""
    names = (_NAME, *(f"{_NAME}.{number}" for number in range(1, _OLDER + 1)))
    return tuple(path for name in names if (path := log_folder() / name).is_file())


class _LogFile(logging.handlers.RotatingFileHandler):
    """Goes on in the same file where it cannot be renamed: on Windows, while another window writes to it."""

    def rotate(self, source: str, dest: str) -> None:
        with suppress(OSError):
            super().rotate(source, dest)


class _QuotingFormatter(logging.Formatter):
    """Sets paths in quotes, so that one can tell afterwards where they end (workflows/redaction.py does)."""

    def format(self, record: logging.LogRecord) -> str:
        if isinstance(record.args, tuple) and any(isinstance(value, Path) for value in record.args):
            record = copy.copy(record)
            record.args = tuple(f"“{value}”" if isinstance(value, Path) else value for value in record.args or ())
        return super().format(record)
