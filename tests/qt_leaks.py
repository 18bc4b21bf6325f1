"""Fails a test that leaves threads, timers or windows behind."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from fewshot_gui.ui.tasks import Lane

_OUR_THREADS = (*(lane.value for lane in Lane), "decode", "encode", "keep")


@pytest.fixture(autouse=True)
def no_leaks(qapp: QApplication) -> Iterator[None]:
    """Look at what the test has made and is still alive.

    What was there before is frozen: with torch loaded, looking through a million objects takes longer than most tests.
    """
    gc.collect()
    gc.freeze()
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    threads = [thread.name for thread in threading.enumerate() if thread.name.startswith(_OUR_THREADS)]
    windows = [repr(widget) for widget in qapp.topLevelWidgets() if widget.isVisible()]
    timers = [repr(timer.parent()) for timer in _active_timers()]
    assert (threads, windows, timers) == ([], [], [])


def _active_timers() -> list[QTimer]:
    # By type() and not isinstance(), which runs the code of lazy objects in other libraries.
    return [one for one in gc.get_objects() if issubclass(type(one), QTimer) and isValid(one) and one.isActive()]
