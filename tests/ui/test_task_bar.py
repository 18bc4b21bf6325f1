"""The bar that tells what runs."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QProgressBar, QPushButton
from pytestqt.qtbot import QtBot

from fewshot_gui.ui.tasks import Task, TaskProgress, TaskRunner
from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.turns import Turns
from fewshot_gui.ui.widgets.task_bar import TaskBar


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bar(qtbot: QtBot, theme: Theme, clock: Clock) -> TaskBar:
    bar = TaskBar(theme, clock=clock)
    qtbot.addWidget(bar)
    bar.set_summary("12,480 photos")
    bar.resize(1280, 44)
    bar.show()
    return bar


@pytest.fixture
def owner(qapp: object) -> QObject:
    return QObject()


def _button(bar: TaskBar, text: str) -> QPushButton:
    return next(button for button in bar.findChildren(QPushButton) if button.text() == text)


def test_idle_it_shows_the_summary_and_nothing_to_press(bar: TaskBar) -> None:
    assert bar._summary.isVisible()
    assert not any(button.isVisible() for button in bar.findChildren(QPushButton))
    assert not bar.findChild(QProgressBar).isVisible()


def test_progress_comes_with_rate_and_remaining_time(bar: TaskBar, clock: Clock, owner: QObject) -> None:
    task = Task("Labelling", Turns(owner), owner)
    bar.show_task(task)
    for second in range(11):
        clock.now = 100.0 + second
        task.progressed.emit(7647 + 34 * second, 12480, "")
    assert bar._title.text() == "Labelling"
    assert bar._detail.full_text == "7,987 of 12,480 · 34 photos/s · 2 min 12 s left"
    assert bar.findChild(QProgressBar).value() == 7987


def test_figures_do_not_flicker(bar: TaskBar, clock: Clock, owner: QObject) -> None:
    task = Task("Labelling", Turns(owner), owner)
    bar.show_task(task)
    for second in range(4):
        clock.now = 100.0 + second
        task.progressed.emit(10 * second, 1000, "")
    clock.now += 0.05
    task.progressed.emit(60, 1000, "")
    assert bar._detail.full_text == "60 of 1,000 · 10 photos/s · 1 min 37 s left"


def test_a_note_stands_in_while_preparing(bar: TaskBar, owner: QObject) -> None:
    task = Task("Labelling", Turns(owner), owner)
    bar.show_task(task)
    task.progressed.emit(0, None, "Preparing the encoder")
    assert bar._detail.full_text == "Preparing the encoder"
    assert bar.findChild(QProgressBar).maximum() == 0


def test_a_step_of_several_says_how_far_it_is(bar: TaskBar, owner: QObject) -> None:
    task = Task("Copying", Turns(owner), owner)
    bar.show_task(task)
    task.progressed.emit(30, 200, "Comparing with the program")
    assert bar._detail.full_text == "Comparing with the program · 15\N{NO-BREAK SPACE}%"
    task.progressed.emit(30, 200, "Copying")
    assert bar._detail.full_text == "30 of 200", "what the title says already is not said again"


def test_pausing_holds_the_task_and_its_time_does_not_count(bar: TaskBar, clock: Clock, owner: QObject) -> None:
    task = Task("Labelling", Turns(owner), owner)
    bar.show_task(task)
    for second in range(6):
        clock.now = 100.0 + second
        task.progressed.emit(10 * second, 1000, "")
    _button(bar, "Pause").click()
    assert task.is_paused
    assert bar._title.text() == "Labelling (paused)"
    clock.now += 3600
    _button(bar, "Resume").click()
    assert not task.is_paused
    for second in range(3):
        clock.now += 1
        task.progressed.emit(60 + 10 * second, 1000, "")
    assert "10 photos/s" in bar._detail.full_text


def test_cancel_stops_the_work_and_the_bar_returns_to_rest(bar: TaskBar, runner: TaskRunner, qtbot: QtBot) -> None:
    def work(progress: TaskProgress) -> None:
        while True:
            progress.check()

    task = runner.start("Exporting", work)
    bar.show_task(task)
    with qtbot.waitSignal(task.cancelled, timeout=5000):
        _button(bar, "Cancel").click()
        assert not _button(bar, "Cancel").isEnabled()
    qtbot.waitUntil(bar._summary.isVisible)


def test_further_tasks_are_counted_and_take_their_turn(bar: TaskBar, owner: QObject) -> None:
    first, second, third = (Task(name, Turns(owner), owner) for name in ("Labelling", "Exporting", "Scanning"))
    for task in (first, second, third):
        bar.show_task(task)
    assert bar._title.text() == "Labelling"
    assert bar._others.text() == "+2 more"
    second.progressed.emit(1, 2, "")
    assert "1 of 2" not in bar._detail.full_text
    second.finished.emit()
    assert bar._others.text() == "+1 more"
    first.finished.emit()
    assert bar._title.text() == "Scanning"
    assert not bar._others.isVisible()
    assert _button(bar, "Cancel").isEnabled()


def test_a_task_that_is_not_in_front_can_be_looked_at_and_cancelled(
    bar: TaskBar, runner: TaskRunner, owner: QObject, qtbot: QtBot
) -> None:
    def work(progress: TaskProgress) -> None:
        while True:
            progress.check()

    first, second = Task("Labelling", Turns(owner), owner), runner.start("Exporting", work)
    bar.show_task(first)
    bar.show_task(second)
    others = _button(bar, "+1 more")
    assert "Exporting" in others.toolTip()
    others.click()
    assert bar._title.text() == "Exporting"
    assert _button(bar, "+1 more").isVisible()
    first.progressed.emit(1, 2, "")
    assert "1 of 2" not in bar._detail.full_text
    with qtbot.waitSignal(second.finished, timeout=5000):
        _button(bar, "Cancel").click()
    assert bar._title.text() == "Labelling"
    first.progressed.emit(1, 2, "")
    assert "1 of 2" in bar._detail.full_text


def test_an_error_stays_until_it_is_dismissed_or_the_next_task_starts(bar: TaskBar, owner: QObject) -> None:
    bar.show_error("The disk is full.")
    assert bar._error.isVisible()
    assert bar._error.sentence == "The disk is full."
    bar._error._close.click()
    assert not bar._error.isVisible()
    bar.show_error("The disk is full.")
    bar.show_task(Task("Labelling", Turns(owner), owner))
    assert not bar._error.isVisible()


def test_unreadable_files_are_a_link(bar: TaskBar, qtbot: QtBot) -> None:
    bar.set_failures(1)
    with qtbot.waitSignal(bar.failures_requested):
        qtbot.mouseClick(_button(bar, "1 file could not be read"), Qt.MouseButton.LeftButton)
    bar.set_failures(0)
    assert not bar._failures.isVisible()


def test_what_changed_goes_away_by_itself(bar: TaskBar, qtbot: QtBot) -> None:
    bar.show_change("14 labels changed")
    assert bar._change.isVisible()
    assert bar._change._timer.interval() == 6000
    bar._change._timer.setInterval(0)
    bar._change._timer.start()
    qtbot.waitUntil(lambda: not bar._change.isVisible())


def test_nothing_is_cut_off_in_a_narrow_window(bar: TaskBar, clock: Clock, owner: QObject) -> None:
    bar.set_failures(3)
    task = Task("Labelling", Turns(owner), owner)
    bar.show_task(task)
    for second in range(5):
        clock.now = 100.0 + second
        task.progressed.emit(34 * second, 12480, "")
    bar.resize(1000, bar.height())
    for button in (button for button in bar.findChildren(QPushButton) if button.isVisible()):
        assert button.width() >= button.sizeHint().width()
        assert button.geometry().right() < bar.width()
    assert bar._detail.text() == bar._detail.full_text
