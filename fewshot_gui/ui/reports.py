"""The log file, and the last nets for errors and for Qt's own messages."""

from __future__ import annotations

import logging
import logging.handlers
import sys
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from fewshot_gui.core.folders import log_folder

log = logging.getLogger(__name__)

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def log_to_file() -> None:
    """Write the log to a file of its own, of at most 3 MB in all."""
    handler = logging.handlers.RotatingFileHandler(
        log_folder() / "fewshot-gui.log", maxBytes=1_000_000, backupCount=2, encoding="utf-8", errors="backslashreplace"
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)
    logging.getLogger().setLevel(logging.INFO)


def log_qt_messages() -> None:
    """Let what Qt has to say go to the log."""
    qInstallMessageHandler(_to_log)


def show_unexpected_errors(show: Callable[[BaseException], None]) -> None:
    """Hand errors that nobody caught, in a slot say, to ``show`` after they are in the log."""

    def report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        log.critical("an error nobody caught", exc_info=(kind, error, trace))
        show(error)

    sys.excepthook = report


def _to_log(kind: QtMsgType, _context: QMessageLogContext, message: str | None) -> None:
    logging.getLogger("qt").log(_LEVELS.get(kind, logging.WARNING), "%s", message)
