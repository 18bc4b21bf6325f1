"""The last nets: an error that nobody caught is written down and said."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, Signal, qInstallMessageHandler, qWarning

from fewshot_gui.core.folders import log_folder
from fewshot_gui.ui.reports import log_qt_messages, log_to_file, show_unexpected_errors


@pytest.fixture(autouse=True)
def nets_taken_down() -> Iterator[None]:
    """Leave hooks and handlers as they were."""
    hook, handlers, level = sys.excepthook, list(logging.getLogger().handlers), logging.getLogger().level
    yield
    sys.excepthook = hook
    for handler in set(logging.getLogger().handlers) - set(handlers):
        logging.getLogger().removeHandler(handler)
        handler.close()
    logging.getLogger().setLevel(level)


class Sender(QObject):
    sent = Signal()


@pytest.mark.qt_no_exception_capture
def test_an_error_in_a_slot_is_logged_and_shown(qapp: QObject, caplog: pytest.LogCaptureFixture) -> None:
    shown: list[BaseException] = []
    show_unexpected_errors(shown.append)

    def fail() -> None:
        raise RuntimeError("a mistake of ours")

    sender = Sender()
    sender.sent.connect(fail)
    sender.sent.emit()
    assert [str(error) for error in shown] == ["a mistake of ours"]
    assert "an error nobody caught" in caplog.text
    assert "RuntimeError: a mistake of ours" in caplog.text


def test_ctrl_c_is_no_error_of_the_program(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    shown: list[BaseException] = []
    show_unexpected_errors(shown.append)
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert shown == []
    assert not caplog.records
    assert "KeyboardInterrupt" in capsys.readouterr().err


def test_the_log_goes_to_its_file(caplog: pytest.LogCaptureFixture) -> None:
    log_to_file()
    logging.getLogger("some.part").warning("photo “Äpfel.jpg” \udcff")
    text = (log_folder() / "fewshot-gui.log").read_text(encoding="utf-8")
    assert "WARNING MainThread some.part: photo “Äpfel.jpg” \\udcff" in text
    assert caplog.records


def test_what_qt_says_goes_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    before = qInstallMessageHandler(None)
    log_qt_messages()
    try:
        qWarning("something about a font")
    finally:
        qInstallMessageHandler(before)
    assert [(record.name, record.getMessage()) for record in caplog.records] == [("qt", "something about a font")]
