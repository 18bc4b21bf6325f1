"""The last nets for errors and for Qt's own messages."""

from __future__ import annotations

import logging

from PySide6.QtCore import QMessageLogContext, QObject, QtMsgType, Signal, qInstallMessageHandler

from fewshot_gui.core.crash_reports import catch_errors
from fewshot_gui.ui.tasks import sentence_for

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def log_qt_messages() -> None:
    """Let what Qt has to say go to the log."""
    qInstallMessageHandler(_to_log)


class ErrorNet(QObject):
    """Catches errors that nobody caught, in a slot or in a thread; the program goes on.

    Signals:
        caught: a sentence for the person; the traceback is in the log and in a report of its own.
    """

    caught = Signal(str)

    def spread(self) -> None:
        """Catch from now on."""
        catch_errors(self._tell)

    def _tell(self, error: BaseException) -> None:
        self.caught.emit(sentence_for(error))


def _to_log(kind: QtMsgType, _context: QMessageLogContext, message: str | None) -> None:
    logging.getLogger("qt").log(_LEVELS.get(kind, logging.WARNING), "%s", message)
