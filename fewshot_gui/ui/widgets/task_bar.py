"""The bar at the bottom: what runs, how far, how fast, how long still. It never blocks anything."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from fewshot_gui.ui import wording
from fewshot_gui.ui.pace import Pace
from fewshot_gui.ui.tasks import Task
from fewshot_gui.ui.theme import SPACE_4, SPACE_12, SPACE_16, TASK_BAR_HEIGHT, Theme
from fewshot_gui.ui.widgets.elided_label import ElidedLabel
from fewshot_gui.ui.widgets.error_line import ErrorLine
from fewshot_gui.ui.widgets.toast import Toast
from fewshot_gui.ui.widgets.watch_chip import WatchChip

_BAR_WIDTH = 260
_SAME_MOMENT = 1.0
"""Seconds between an action and what is said about it, at most."""
_PACE_EVERY = 1.0
"""Seconds between two changes of rate and remaining time; faster than that, figures cannot be read."""


class TaskBar(QFrame):
    """Shows the running task, or a quiet summary while nothing runs.

    Attributes:
        watching: Says which folders are watched, and what came.

    Signals:
        failures_requested: list the files that could not be read.
        resume_requested: go on with the work that was stopped.
    """

    failures_requested = Signal()
    resume_requested = Signal()

    def __init__(
        self, theme: Theme, parent: QWidget | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """``clock`` gives seconds that only grow."""
        super().__init__(parent)
        self._clock = clock
        self._tasks: list[Task] = []
        self._pace = Pace()
        self._pace_said = ""
        self._interrupted = False
        self._error_since = 0.0
        self._pace_due = 0.0
        self.setProperty("role", "panel")
        self.setAccessibleName("Tasks")
        self.setMinimumHeight(TASK_BAR_HEIGHT)
        self._error = ErrorLine(theme, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_16, SPACE_4, SPACE_16, SPACE_4)
        layout.setSpacing(0)
        layout.addWidget(self._error)
        layout.addLayout(self._row(theme))
        self._show_front()

    def show_task(self, task: Task) -> None:
        """Watch ``task`` until it has finished; the one that started first is shown, the others are a link to them."""
        self._error.dismiss()
        self._tasks.append(task)
        task.finished.connect(self._finished)
        if len(self._tasks) == 1:
            self._show_front()
        else:
            self._count_others()

    @property
    def error(self) -> str:
        """What went wrong, while it is shown; else empty."""
        return self._error.sentence

    @Slot(str)
    def show_error(self, sentence: str) -> None:
        """Show what went wrong until it is dismissed or the next task starts."""
        self._error.show_sentence(sentence)
        self._error_since = self._clock()

    def outdate_error(self) -> None:
        """The person has gone on: take away an error of before, but not one that came with what was just done."""
        if self._clock() - self._error_since > _SAME_MOMENT:
            self._error.dismiss()

    @property
    def change(self) -> str:
        """What was last said to have changed."""
        return self._change.full_text

    def show_change(self, text: str) -> None:
        """Show for a few seconds what changed, such as "14 labels changed"."""
        self._change.show_text(text)

    @property
    def summary(self) -> str:
        """What is said while nothing runs."""
        return self._summary.full_text

    def set_summary(self, text: str) -> None:
        """What is said while nothing runs, such as "12,480 photos · 12,419 labelled"."""
        self._summary.set_full_text(text)

    def set_failures(self, number: int) -> None:
        """How many files could not be read; 0 hides the link."""
        self._failures.setText(f"{wording.counted(number, 'file')} could not be read")
        self._failures.setVisible(number > 0)

    def set_interrupted(self, interrupted: bool) -> None:
        """Offer to go on with work that was stopped, or not."""
        self._interrupted = interrupted
        self._resume.setVisible(interrupted and not self._tasks)

    def minimumSizeHint(self) -> QSize:
        """Narrow enough for any window; texts are shortened before buttons are."""
        return QSize(480, super().minimumSizeHint().height())

    def _row(self, theme: Theme) -> QHBoxLayout:
        self._title = QLabel()
        self._title.setProperty("role", "strong")
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setMinimumWidth(80)
        self._bar.setMaximumWidth(_BAR_WIDTH)
        self._detail = ElidedLabel(least=120)
        self._detail.setProperty("role", "dim")
        self._others = QPushButton()
        self._others.setProperty("role", "link")
        self._others.clicked.connect(self._show_next)
        self._summary = ElidedLabel(least=120)
        self._summary.setProperty("role", "dim")
        self._resume = QPushButton("Resume labelling")
        self._resume.setProperty("role", "link")
        self._resume.setToolTip(wording.tooltip("Labelling was stopped; go on with the photos that are left"))
        self._resume.clicked.connect(self.resume_requested)
        self._resume.hide()
        self.watching = WatchChip(theme)
        self._change = Toast(theme)
        row = QHBoxLayout()
        row.setSpacing(SPACE_12)
        row.addWidget(self._title)
        row.addWidget(self._bar, 2)
        for widget in (self._detail, self._others, self._summary, self._resume):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self._change)
        row.addWidget(self.watching)
        for button in self._buttons():
            row.addWidget(button)
        return row

    def _buttons(self) -> tuple[QPushButton, ...]:
        self._failures = QPushButton()
        self._failures.setProperty("role", "link")
        self._failures.setToolTip(wording.tooltip("List these files with the reason for each"))
        self._failures.clicked.connect(self.failures_requested)
        self._failures.hide()
        self._pause = QPushButton("Pause")
        self._pause.clicked.connect(self._toggle_pause)
        self._cancel = QPushButton("Cancel")
        self._cancel.setToolTip(wording.tooltip("Stop this task; what it has done so far stays"))
        self._cancel.clicked.connect(self._cancel_front)
        return self._failures, self._pause, self._cancel

    def _show_front(self) -> None:
        """Turn to the task that is now in front, or to the summary."""
        running = bool(self._tasks)
        for widget in (self._title, self._bar, self._detail, self._pause, self._cancel):
            widget.setVisible(running)
        self._summary.setVisible(not running)
        self._resume.setVisible(self._interrupted and not running)
        self._count_others()
        if not running:
            return
        task = self._tasks[0]
        self._pace, self._pace_said, self._pace_due = Pace(), "", 0.0
        self._title.setText(task.title)
        self._bar.setAccessibleName(task.title)
        self._cancel.setEnabled(True)
        self._pause.setEnabled(True)
        self._show_progress(0, None, "")
        self._show_paused(task.is_paused)
        task.progressed.connect(self._show_progress)
        task.paused_changed.connect(self._show_paused)

    @Slot()
    def _show_next(self) -> None:
        """Turn from the task in front to the next, to see how far it is or to cancel it."""
        front = self._tasks.pop(0)
        front.progressed.disconnect(self._show_progress)
        front.paused_changed.disconnect(self._show_paused)
        self._tasks.append(front)
        self._show_front()

    def _count_others(self) -> None:
        others = [task.title for task in self._tasks[1:]]
        self._others.setVisible(bool(others))
        self._others.setText(f"+{len(others)} more")
        self._others.setToolTip(wording.tooltip(f"Also running: {', '.join(others)}. Press to see the next."))

    @Slot(int, object, str)
    def _show_progress(self, done: int, total: int | None, note: str) -> None:
        self._bar.setRange(0, total or 0)
        self._bar.setValue(done if total else -1)
        is_title = bool(self._tasks) and note == self._tasks[0].title
        if not total:
            self._detail.set_full_text(note)
        elif note and not is_title:
            self._detail.set_full_text(f"{note} · {wording.percent(done / total)}")
        else:
            self._show_figures(done, total)

    def _show_figures(self, done: int, total: int) -> None:
        now = self._clock()
        self._pace.observe(done, now)
        if now >= self._pace_due:
            self._pace_due = now + _PACE_EVERY
            self._pace_said = _pace_text(self._pace, total)
        self._detail.set_full_text(f"{wording.count(done)} of {wording.count(total)}{self._pace_said}")

    @Slot(bool)
    def _show_paused(self, paused: bool) -> None:
        self._pace.skip()
        self._pause.setText("Resume" if paused else "Pause")
        task = self._tasks[0] if self._tasks else None
        if task is not None:
            self._title.setText(f"{task.title} (paused)" if paused else task.title)

    @Slot()
    def _toggle_pause(self) -> None:
        if self._tasks:
            self._tasks[0].set_paused(not self._tasks[0].is_paused)

    @Slot()
    def _cancel_front(self) -> None:
        if self._tasks:
            self._tasks[0].cancel()
            self._title.setText(f"{self._tasks[0].title}: stopping")
            self._cancel.setEnabled(False)
            self._pause.setEnabled(False)

    @Slot()
    def _finished(self) -> None:
        task = self.sender()
        if task in self._tasks:
            was_front = task is self._tasks[0]
            self._tasks.remove(task)
            if was_front:
                self._show_front()
            else:
                self._count_others()


def _pace_text(pace: Pace, total: int) -> str:
    rate, left = pace.per_second, pace.seconds_left(total)
    if rate is None or left is None:
        return ""
    return f" · {wording.rate(rate)} · {wording.duration(left)} left"
