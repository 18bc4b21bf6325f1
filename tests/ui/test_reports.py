"""The last nets: an error that nobody caught is written down and said, and the program goes on."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, QThread, Signal, qInstallMessageHandler, qWarning
from pytestqt.qtbot import QtBot

from fewshot_gui.core.crash_reports import crash_reports
from fewshot_gui.core.errors import FewshotError
from fewshot_gui.ui.reports import ErrorNet, log_qt_messages


@pytest.fixture
def net(qapp: QObject) -> Iterator[ErrorNet]:
    """A net that is taken down after the test."""
    before = sys.excepthook, threading.excepthook
    net = ErrorNet()
    net.spread()
    yield net
    sys.excepthook, threading.excepthook = before


class Sender(QObject):
    sent = Signal()


def fail() -> None:
    raise RuntimeError("a mistake of ours")


@pytest.mark.qt_no_exception_capture
def test_an_error_in_a_slot_is_logged_kept_and_said(net: ErrorNet, caplog: pytest.LogCaptureFixture) -> None:
    said: list[str] = []
    net.caught.connect(said.append)
    sender = Sender()
    sender.sent.connect(fail)
    sender.sent.emit()
    (sentence,) = said
    assert "Something unexpected went wrong (RuntimeError)" in sentence
    assert "an error nobody caught" in caplog.text
    (report,) = crash_reports()
    assert "RuntimeError: a mistake of ours" in report.read_text(encoding="utf-8")


def test_an_error_in_a_thread_is_said_in_the_thread_of_the_window(
    net: ErrorNet, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    class Listener(QObject):
        def take(self, sentence: str) -> None:
            heard.append((sentence, QThread.currentThread()))

    heard: list[tuple[str, QThread]] = []
    listener = Listener()
    net.caught.connect(listener.take)

    def fail_in_words() -> None:
        raise FewshotError("The disk is full.")

    thread = threading.Thread(target=fail_in_words)
    thread.start()
    qtbot.waitUntil(lambda: bool(heard))
    thread.join()
    assert heard == [("The disk is full.", listener.thread())]
    assert len(crash_reports()) == 1


def test_ctrl_c_is_no_error_of_the_program(
    net: ErrorNet, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str], qtbot: QtBot
) -> None:
    with qtbot.assertNotEmitted(net.caught):
        sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert not caplog.records
    assert "KeyboardInterrupt" in capsys.readouterr().err
    assert crash_reports() == ()


def test_what_qt_says_goes_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    before = qInstallMessageHandler(None)
    log_qt_messages()
    try:
        qWarning("something about a font")
    finally:
        qInstallMessageHandler(before)
    assert [(record.name, record.getMessage()) for record in caplog.records] == [("qt", "something about a font")]
