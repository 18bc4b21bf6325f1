"""Who hands over when several have results."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEventLoop, QObject, QTimer
from pytestqt.qtbot import QtBot

from fewshot_gui.ui.turns import Turns


class Sender:
    """Has some results, each of which takes a while."""

    def __init__(self, name: str, count: int, hear: Callable[[str], None], seconds: float = 0.0) -> None:
        self.name, self.left, self._hear, self._seconds = name, count, hear, seconds

    def hand_over(self) -> bool:
        self.left -= 1
        until = time.monotonic() + self._seconds
        while time.monotonic() < until:
            pass
        self._hear(self.name)
        return self.left > 0


def test_several_hand_over_in_rotation(qtbot: QtBot) -> None:
    owner, heard = QObject(), list[str]()
    turns = Turns(owner)
    for name in "abc":
        sender = Sender(name, 3, heard.append)
        turns.ask(sender)
        turns.ask(sender)
    qtbot.waitUntil(lambda: len(heard) == 9)
    assert "".join(heard) == "abcabcabc"


def test_the_event_loop_goes_on_between_turns(qtbot: QtBot) -> None:
    owner, heard = QObject(), list[str]()
    turns, ticks = Turns(owner), QTimer(owner, interval=0)
    ticks.timeout.connect(lambda: heard.append("tick"))
    ticks.start()
    senders = [Sender(name, 20, heard.append, 0.002) for name in "abcd"]
    for sender in senders:
        turns.ask(sender)
    qtbot.waitUntil(lambda: not any(sender.left for sender in senders))
    ticks.stop()
    longest = max(map(len, "".join("." if one == "tick" else "x" for one in heard).split(".")))
    assert longest <= 4, "results between two turns of the event loop, at 2 ms each"


def test_others_go_on_while_one_shows_a_dialog(qtbot: QtBot) -> None:
    owner, heard, dialog = QObject(), list[str](), QEventLoop()

    def hear(name: str) -> None:
        heard.append(name)
        if name == "a":
            dialog.exec()
        elif name == "b" and heard.count("b") == 3:
            dialog.quit()

    turns = Turns(owner)
    turns.ask(Sender("a", 1, hear))
    turns.ask(Sender("b", 3, hear))
    qtbot.waitUntil(lambda: len(heard) == 4)
    assert heard == ["a", "b", "b", "b"]


def test_after_the_end_nobody_hands_over(qtbot: QtBot) -> None:
    owner, heard = QObject(), list[str]()
    turns = Turns(owner)
    turns.ask(Sender("a", 3, heard.append))
    turns.stop()
    qtbot.wait(20)
    assert heard == []
