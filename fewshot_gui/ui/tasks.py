"""Running long work beside the window: the only place in the user interface that knows threads.

The work is a plain function that takes a progress object; it runs in a lane (a small thread pool) and everything it
says comes back to the GUI thread as queued signals of a :class:`Task` that lives there. A task outlives its Python
references until it has finished, because the runner holds it.
"""

from __future__ import annotations

import enum
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal, SignalInstance, Slot

from fewshot_gui.core.errors import Cancelled, FewshotError
from fewshot_gui.ui.turns import Turns

log = logging.getLogger(__name__)

_ANNOUNCE_MS = 300
"""What ends sooner is never announced, so that the task bar does not flicker with every correction."""

_REPORT_INTERVAL = 0.05
"""Seconds between two progress signals of one task; the queue of the GUI thread is unbounded, so we limit ourselves."""

_MOST_WAITING = 4
"""Partial results of one task that wait for the window. Work that is faster then waits for it: memory stays bounded,
and Python, which runs one thread at a time, is free for the window."""

PATIENCE = 0.6
"""Seconds that the end of the program waits for work that was cancelled; the person has closed the window."""


class Lane(enum.Enum):
    """Where work runs. Each lane has its own threads, so thumbnails never wait for the encoder.

    ``ENGINE`` embeds folders, for minutes; ``ADAPTING`` adapts, so that a correction is answered while a folder is
    still being embedded (docs/decisions/0002-lanes-for-work.md); ``ANSWERS`` scans and looks things up, also while
    a slow method adapts. ``LABELS`` labels the photos of a folder as they are embedded, also while the folder is still
    being scanned. ``LEARNING`` trains and compares methods, for hours. ``EXPORTS`` writes what leaves the program and
    makes projects of models that come in, for minutes. ``SAVING`` writes what was found out into the project file.
    ``WATCHING`` looks at folders for new photos; a network folder may hang there while others are looked at.
    """

    ENGINE = "engine"
    ADAPTING = "adapting"
    ANSWERS = "answers"
    LABELS = "labels"
    LEARNING = "learning"
    EXPORTS = "exports"
    SAVING = "saving"
    THUMBNAILS = "thumbnails"
    WATCHING = "watching"


_THREADS = {Lane.THUMBNAILS: 2, Lane.WATCHING: 4}
"""Of lanes that have more than one."""


class TaskProgress:
    """The progress object handed to the work; see :class:`fewshot_gui.core.progress.Progress`."""

    def __init__(self, notify: Callable[[], None]) -> None:
        self._notify = notify
        self._cancelled = threading.Event()
        self._running = threading.Event()
        self._running.set()
        self._lock = threading.Lock()
        self._taken = threading.Condition(self._lock)
        self._partials: deque[object] = deque()
        self._latest: tuple[int, int | None, str] | None = None
        self._last_notice = 0.0

    def report(self, done: int, total: int | None = None, note: str = "") -> None:
        """Remember how far the work is and tell the window at most every 50 ms, and always when it is complete."""
        now = time.monotonic()
        with self._lock:
            self._latest = (done, total, note)
            due = now - self._last_notice >= _REPORT_INTERVAL or done == total
            if due:
                self._last_notice = now
        if due:
            self._notify()

    def partial(self, result: object) -> None:
        """Hand a part of the result to the window while the work goes on; waits while the window is far behind."""
        with self._taken:
            self._taken.wait_for(lambda: len(self._partials) < _MOST_WAITING or self._cancelled.is_set())
            first = not self._partials
            self._partials.append(result)
        if first:
            self._notify()

    def check(self) -> None:
        """Wait while paused; raise :class:`Cancelled` once cancelled."""
        self._running.wait()
        if self._cancelled.is_set():
            raise Cancelled

    def cancel(self) -> None:
        """Ask the work to stop at its next check, paused or not."""
        self._cancelled.set()
        self._running.set()
        with self._taken:
            self._taken.notify_all()

    def pause(self, paused: bool) -> None:
        """Hold the work at its next check, or let it go on."""
        if paused:
            self._running.clear()
        else:
            self._running.set()

    @property
    def cancelled(self) -> bool:
        """Whether the work was asked to stop."""
        return self._cancelled.is_set()

    def take_partial(self) -> object:
        """Take the oldest partial result that has not been shown yet; only while there are :attr:`waiting` ones."""
        with self._taken:
            self._taken.notify()
            return self._partials.popleft()

    def take_report(self) -> tuple[int, int | None, str] | None:
        """Take the newest report, if it has not been shown yet."""
        with self._lock:
            latest, self._latest = self._latest, None
        return latest

    @property
    def waiting(self) -> bool:
        """Whether there are partial results that have not been shown yet."""
        return bool(self._partials)


class Task(QObject):
    """One piece of long work as the GUI thread sees it.

    Exactly one of ``succeeded``, ``failed`` and ``cancelled`` is emitted, then ``finished``; after :meth:`cancel`
    nothing but ``cancelled`` and ``finished`` follows, so no stale result arrives.

    Signals:
        progressed: done (int), total (int or None), note (str).
        partial: one partial result.
        succeeded: what the work returned.
        failed: a sentence for the person; the traceback is in the log.
        cancelled: the work stopped because it was asked to.
        finished: nothing more will come.
    """

    progressed = Signal(int, object, str)
    partial = Signal(object)
    succeeded = Signal(object)
    failed = Signal(str)
    cancelled = Signal()
    finished = Signal()
    paused_changed = Signal(bool)
    _noticed = Signal()
    _ended = Signal(object)

    def __init__(self, title: str, turns: Turns, parent: QObject) -> None:
        super().__init__(parent)
        self.title = title
        self.is_paused = False
        self._turns = turns
        self._announce_timer = QTimer(self, singleShot=True)
        self._future: Future[Any] | None = None
        self._progress = TaskProgress(self._noticed.emit)
        # Queued even when emitted from the GUI thread: a callback on an already finished future runs at once in the
        # caller, before the caller has connected anything.
        self._noticed.connect(self._ask, Qt.ConnectionType.QueuedConnection)
        self._ended.connect(self._end, Qt.ConnectionType.QueuedConnection)

    def cancel(self) -> None:
        """Ask the work to stop; ``cancelled`` follows when it has."""
        self._progress.cancel()
        self._announce_timer.stop()

    def set_paused(self, paused: bool) -> None:
        """Hold the work or let it go on."""
        if paused != self.is_paused:
            self.is_paused = paused
            self._progress.pause(paused)
            self.paused_changed.emit(paused)

    def run_in(self, executor: ThreadPoolExecutor, work: Callable[[TaskProgress], Any]) -> None:
        """Start ``work`` on ``executor``. Called once, by the runner."""
        executor.submit(self._run, work).add_done_callback(self._ended.emit)

    def announce_after(self, milliseconds: int, signal: SignalInstance) -> None:
        """Emit ``signal`` with this task if it still runs then. Called by the runner."""
        self._announcement = signal
        self._announce_timer.timeout.connect(self._announce)
        self.finished.connect(self._announce_timer.stop)
        self._announce_timer.start(milliseconds)

    @Slot()
    def _announce(self) -> None:
        self._announcement.emit(self)

    def _run(self, work: Callable[[TaskProgress], Any]) -> Any:
        self._progress.check()
        return work(self._progress)

    @Slot()
    def _ask(self) -> None:
        self._turns.ask(self)

    def hand_over(self) -> bool:
        """Hand over one partial result, the newest report, or the end; whether more is waiting. For the turns."""
        if self._progress.waiting:
            partial = self._progress.take_partial()
            if not self._progress.cancelled:
                self.partial.emit(partial)
        latest = self._progress.take_report()
        if latest is not None and not self._progress.cancelled:
            self.progressed.emit(*latest)
        if self._progress.waiting:
            return True
        if self._future is not None:
            self._conclude(self._future)
        return False

    @Slot(object)
    def _end(self, future: Future[Any]) -> None:
        self._future = future
        self._turns.ask(self)

    def _conclude(self, future: Future[Any]) -> None:
        self._future = None
        error = None if future.cancelled() else future.exception()
        if future.cancelled() or isinstance(error, Cancelled) or self._progress.cancelled:
            self.cancelled.emit()
        elif error is not None:
            log.error("%s failed", self.title, exc_info=error)
            self.failed.emit(sentence_for(error))
        else:
            self.succeeded.emit(future.result())
        self.finished.emit()


class TaskSlot:
    """Room for one task of an owner. A task that is dropped is cancelled, and the owner hears nothing of it."""

    def __init__(self, owner: QObject) -> None:
        """``owner`` is the object whose slots and signals the tasks are connected to."""
        self._owner = owner
        self._task: Task | None = None

    @property
    def taken(self) -> bool:
        """Whether a task is in it."""
        return self._task is not None

    @property
    def paused(self) -> bool:
        """Whether a task is in it that the person holds."""
        return self._task is not None and self._task.is_paused

    def put(self, task: Task) -> Task:
        """Drop the task that is there and take ``task``."""
        self.drop()
        self._task = task
        return task

    def drop(self) -> None:
        """Cancel the task that is there and hear nothing of it."""
        if self._task is not None:
            self._task.disconnect(self._owner)
            self._task.cancel()
            self._task = None

    def cancel(self) -> None:
        """Ask the task that is there to stop; its owner hears of it."""
        if self._task is not None:
            self._task.cancel()

    def set_paused(self, paused: bool) -> None:
        """Hold the task that is there, or let it go on."""
        if self._task is not None:
            self._task.set_paused(paused)

    def clear(self) -> None:
        """The task has finished."""
        self._task = None


class TaskRunner(QObject):
    """Starts tasks and keeps them alive until they have finished.

    Signals:
        started: a task that the task bar should show, since it takes longer than a blink.
        failed: a sentence on a task that failed, however quickly; quiet tasks say nothing.
    """

    started = Signal(object)
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._executors = {
            # One thread each: what depends on the order in which it was asked for is in order by construction.
            lane: ThreadPoolExecutor(_THREADS.get(lane, 1), thread_name_prefix=lane.value)
            for lane in Lane
        }
        self._live: set[Task] = set()
        self._turns = Turns(self)

    def start(
        self, title: str, work: Callable[[TaskProgress], Any], *, lane: Lane = Lane.ENGINE, quiet: bool = False
    ) -> Task:
        """Run ``work`` in ``lane`` and return its task at once.

        Args:
            title: What runs, for the task bar and the log, such as "Labelling".
            work: A plain function; hand it frozen snapshots, never objects that the GUI changes.
            lane: Which threads run it.
            quiet: Keep it out of the task bar however long it takes.
        """
        task = Task(title, self._turns, self)
        self._live.add(task)
        task.finished.connect(self._forget)
        task.run_in(self._executors[lane], work)
        if not quiet:
            task.failed.connect(self.failed)
            task.announce_after(_ANNOUNCE_MS, self.started)
        return task

    @property
    def busy(self) -> bool:
        """Whether any task is unfinished."""
        return bool(self._live)

    def shut_down(self, patience: float = PATIENCE) -> bool:
        """Cancel everything and wait for the threads, at most ``patience`` seconds.

        Returns:
            Whether all have ended. One that has not is in the middle of something that cannot be interrupted, and
            does nothing more after it.
        """
        for task in self._live:
            task.cancel()
        self._turns.stop()
        waiting = threading.Thread(target=self._end_threads, name="ending", daemon=True)
        waiting.start()
        waiting.join(patience)
        return not waiting.is_alive()

    def _end_threads(self) -> None:
        for executor in self._executors.values():
            executor.shutdown(wait=False, cancel_futures=True)
        for executor in self._executors.values():
            executor.shutdown(wait=True)

    @Slot()
    def _forget(self) -> None:
        task = self.sender()
        if isinstance(task, Task):
            self._live.discard(task)
            task.deleteLater()


def sentence_for(error: BaseException) -> str:
    """One sentence that a person can act on, whatever went wrong."""
    if isinstance(error, FewshotError):
        return str(error)
    if isinstance(error, MemoryError):
        return "The computer ran out of memory; close other programs and try again."
    if isinstance(error, OSError) and error.strerror:
        place = f" ({error.filename})" if error.filename else ""
        return f"The computer reported “{error.strerror}”{place}; nothing that you decided is lost."
    return (
        f"Something unexpected went wrong ({type(error).__name__}); "
        "the details are in the log, and nothing that you decided is lost."
    )
