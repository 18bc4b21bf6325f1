"""Sharing the GUI thread's time among what comes from the background."""

from __future__ import annotations

import time
from collections import deque
from typing import Final, Protocol

from PySide6.QtCore import QObject, QTimer, Slot

_TURN: Final = 0.004
"""Seconds for all results together before keys, mouse and painting get their turn."""


class Sender(Protocol):
    """Has results to hand over."""

    def hand_over(self) -> bool:
        """Hand over one result, and say whether more are waiting."""


class Turns(QObject):
    """Lets everybody who asks hand over one result after the other, in rotation, for a moment at most.

    The rest follows at the next turn of the event loop. Several senders at once hold the window up no longer than one.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._asking: deque[Sender] = deque()
        # A timer and no queued signal: Qt handles signals queued meanwhile before it looks for keys and mouse.
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._begin)

    def ask(self, sender: Sender) -> None:
        """Let ``sender`` hand over its results soon."""
        if sender not in self._asking:
            self._asking.append(sender)
        self._timer.start()

    def stop(self) -> None:
        """Let nobody who asks now hand over anything."""
        self._asking.clear()
        self._timer.stop()

    @Slot()
    def _begin(self) -> None:
        until = time.monotonic() + _TURN
        while self._asking and time.monotonic() < until:
            sender = self._asking.popleft()
            if self._asking:
                self._timer.start()  # for the others while this one shows a dialog, which runs an event loop of its own
            if sender.hand_over() and sender not in self._asking:
                self._asking.append(sender)
        if self._asking:
            self._timer.start()
        else:
            self._timer.stop()
