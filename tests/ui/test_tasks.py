"""Work beside the window: outcomes, order, cancel, pause, and leaving while busy."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import pytest
from PySide6.QtCore import QObject, QThread, Slot
from pytestqt.qtbot import QtBot

from fewshot_gui.core.errors import Cancelled, FewshotError
from fewshot_gui.ui.tasks import Lane, Task, TaskProgress, TaskRunner


class Listener(QObject):
    """Writes down what a task says, and in which thread it was heard."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[tuple[str, object]] = []
        self.threads: set[QThread] = set()

    def listen(self, task: Task) -> Task:
        task.progressed.connect(self.on_progress)
        task.partial.connect(self.on_partial)
        task.succeeded.connect(self.on_success)
        task.failed.connect(self.on_failure)
        task.cancelled.connect(self.on_cancel)
        task.finished.connect(self.on_finish)
        return task

    def _note(self, what: str, value: object = None) -> None:
        self.heard.append((what, value))
        self.threads.add(QThread.currentThread())

    @Slot(int, object, str)
    def on_progress(self, done: int, total: object, note: str) -> None:
        self._note("progress", (done, total, note))

    @Slot(object)
    def on_partial(self, value: object) -> None:
        self._note("partial", value)

    @Slot(object)
    def on_success(self, value: object) -> None:
        self._note("success", value)

    @Slot(str)
    def on_failure(self, sentence: str) -> None:
        self._note("failure", sentence)

    @Slot()
    def on_cancel(self) -> None:
        self._note("cancel")

    @Slot()
    def on_finish(self) -> None:
        self._note("finish")

    @property
    def words(self) -> list[str]:
        return [what for what, _ in self.heard]


@pytest.fixture
def listener() -> Listener:
    return Listener()


def _finish(qtbot: QtBot, listener: Listener) -> None:
    qtbot.waitUntil(lambda: "finish" in listener.words, timeout=5000)


def test_results_come_in_order_and_in_the_gui_thread(runner: TaskRunner, listener: Listener, qtbot: QtBot) -> None:
    def work(progress: TaskProgress) -> str:
        for number in range(100):
            progress.partial(number)
        progress.report(3, 3, "done")
        return "result"

    listener.listen(runner.start("Counting", work))
    _finish(qtbot, listener)
    assert [value for what, value in listener.heard if what == "partial"] == list(range(100))
    assert ("progress", (3, 3, "done")) in listener.heard
    assert listener.heard[-2:] == [("success", "result"), ("finish", None)]
    assert listener.threads == {QThread.currentThread()}


def test_work_that_ends_before_anyone_listens_is_still_heard(
    runner: TaskRunner, listener: Listener, qtbot: QtBot
) -> None:
    ended = threading.Event()

    def work(_progress: TaskProgress) -> int:
        ended.set()
        return 1

    task = runner.start("Blink", work)
    assert ended.wait(5)
    listener.listen(task)
    _finish(qtbot, listener)
    assert ("success", 1) in listener.heard


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (FewshotError("The encoder is missing; install it."), "The encoder is missing; install it."),
        (MemoryError(), "memory"),
        (OSError(28, "No space left on device", "/x/y"), "No space left on device"),
        (ZeroDivisionError("boom"), "ZeroDivisionError"),
    ],
)
def test_an_error_reaches_the_person_as_a_sentence_and_the_log_as_a_traceback(
    error: Exception,
    sentence: str,
    runner: TaskRunner,
    listener: Listener,
    qtbot: QtBot,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def work(_progress: TaskProgress) -> None:
        raise error

    with caplog.at_level(logging.ERROR):
        listener.listen(runner.start("Failing", work))
        _finish(qtbot, listener)
    ((_, said),) = [(what, value) for what, value in listener.heard if what == "failure"]
    assert sentence in str(said)
    (record,) = caplog.records
    assert record.exc_info is not None
    assert record.exc_info[1] is error


def _endless(entered: threading.Event) -> Callable[[TaskProgress], None]:
    def work(progress: TaskProgress) -> None:
        entered.set()
        number = 0
        while True:
            progress.check()
            progress.partial(number)
            number += 1
            threading.Event().wait(0.001)

    return work


def test_nothing_is_heard_after_a_cancel_but_that_it_was_cancelled(
    runner: TaskRunner, listener: Listener, qtbot: QtBot
) -> None:
    entered = threading.Event()
    task = listener.listen(runner.start("Endless", _endless(entered)))
    qtbot.waitUntil(lambda: "partial" in listener.words, timeout=5000)
    before = len(listener.heard)
    task.cancel()
    _finish(qtbot, listener)
    assert listener.words[before:] == ["cancel", "finish"]


def test_work_that_ignores_a_cancel_is_still_cancelled(runner: TaskRunner, listener: Listener, qtbot: QtBot) -> None:
    go_on = threading.Event()

    def work(_progress: TaskProgress) -> str:
        go_on.wait(5)
        return "stale"

    task = listener.listen(runner.start("Deaf", work))
    task.cancel()
    go_on.set()
    _finish(qtbot, listener)
    assert listener.words == ["cancel", "finish"]


def test_a_task_that_has_not_begun_is_cancelled_without_beginning(
    runner: TaskRunner, listener: Listener, qtbot: QtBot
) -> None:
    entered = threading.Event()
    first = runner.start("First", _endless(entered))
    ran = []
    second = listener.listen(runner.start("Second", ran.append))
    second.cancel()
    first.cancel()
    _finish(qtbot, listener)
    assert listener.words == ["cancel", "finish"]
    assert ran == []


def test_paused_work_waits_and_goes_on(runner: TaskRunner, listener: Listener, qtbot: QtBot) -> None:
    steps, begun = [], threading.Event()

    def work(progress: TaskProgress) -> None:
        begun.set()
        while len(steps) < 50:
            progress.check()
            steps.append(1)
            threading.Event().wait(0.002)

    task = listener.listen(runner.start("Steps", work))
    assert begun.wait(5)
    with qtbot.waitSignal(task.paused_changed):
        task.set_paused(True)
    qtbot.waitUntil(lambda: len(steps) == _after_a_moment(steps), timeout=5000)
    assert len(steps) < 50
    task.set_paused(False)
    _finish(qtbot, listener)
    assert len(steps) == 50


def _after_a_moment(steps: list[int]) -> int:
    threading.Event().wait(0.02)
    return len(steps)


def test_a_paused_task_can_be_cancelled(runner: TaskRunner, listener: Listener, qtbot: QtBot) -> None:
    entered = threading.Event()
    task = listener.listen(runner.start("Endless", _endless(entered)))
    assert entered.wait(5)
    task.set_paused(True)
    task.cancel()
    _finish(qtbot, listener)
    assert listener.words[-2:] == ["cancel", "finish"]


def test_a_correction_is_answered_while_a_folder_is_embedded(
    runner: TaskRunner, listener: Listener, qtbot: QtBot
) -> None:
    entered = threading.Event()
    folder = runner.start("Folder", _endless(entered))
    assert entered.wait(5)
    listener.listen(runner.start("Answer", lambda _: 42, lane=Lane.ANSWERS))
    _finish(qtbot, listener)
    assert ("success", 42) in listener.heard
    folder.cancel()


def test_only_work_that_takes_a_while_is_announced(runner: TaskRunner, qtbot: QtBot) -> None:
    entered = threading.Event()
    announced: list[Task] = []
    runner.started.connect(announced.append)
    blink = runner.start("Blink", lambda _: None, lane=Lane.ANSWERS)
    with qtbot.waitSignal(runner.started, timeout=5000):
        long = runner.start("Endless", _endless(entered))
    assert announced == [long]
    assert blink is not long
    long.cancel()


def test_leaving_while_busy_ends_every_thread(qtbot: QtBot) -> None:
    runner = TaskRunner()
    entered = threading.Event()
    runner.start("Endless", _endless(entered))
    runner.start("Waiting", _endless(threading.Event()))
    assert entered.wait(5)
    assert runner.shut_down(patience=30)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith(("engine", "answers"))]


def test_leaving_does_not_wait_for_what_cannot_be_interrupted(qtbot: QtBot) -> None:
    runner = TaskRunner()
    entered, release = threading.Event(), threading.Event()

    def uninterruptible(_: object) -> None:
        entered.set()
        assert release.wait(30)

    runner.start("Stuck", uninterruptible)
    assert entered.wait(5)
    assert not runner.shut_down(patience=0.01)
    release.set()
    assert runner.shut_down(patience=30)


def test_check_raises_only_after_cancel() -> None:
    progress = TaskProgress(lambda: None)
    progress.check()
    progress.cancel()
    with pytest.raises(Cancelled):
        progress.check()


def test_reports_are_few_but_the_last_one_is_never_lost() -> None:
    notices = []
    progress = TaskProgress(lambda: notices.append(1))
    for done in range(1001):
        progress.report(done, 1000)
    assert len(notices) < 50
    assert progress.take_report() == (1000, 1000, "")


def test_work_waits_for_a_window_that_is_far_behind() -> None:
    progress, handed = TaskProgress(lambda: None), list[int]()

    def work() -> None:
        for number in range(20):
            progress.partial(number)
            handed.append(number)

    worker = threading.Thread(target=work)
    worker.start()
    worker.join(0.2)
    assert len(handed) == 4
    taken = []
    while len(taken) < 10:
        if progress.waiting:
            taken.append(progress.take_partial())
    assert taken == list(range(10))
    progress.cancel()
    worker.join(5)
    assert not worker.is_alive(), "who cancels is not waited for"
