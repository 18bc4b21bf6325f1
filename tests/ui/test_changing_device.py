"""Another device in the middle of a folder."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from fewshot_gui.core.progress import Progress
from fewshot_gui.ui import photo_embedder
from fewshot_gui.ui.photo_embedder import EmbeddedBatch, PhotoEmbedder
from fewshot_gui.ui.tasks import Task, TaskRunner
from fewshot_gui.workflows.embedding import EmbeddedPhoto
from fewshot_gui.workflows.embedding_source import EmbeddingSource

PHOTOS = [(number, f"/photos/{number}.jpg") for number in range(1, 5)]


class Reading:
    """Takes the place of the pipeline: reads one photo, and each further one when it may."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.may = threading.Semaphore(1)

    def __call__(self, paths: Iterable[Path], _source: Any, progress: Progress) -> Iterator[list[EmbeddedPhoto]]:
        self.asked.append([Path(path).stem for path in paths])
        for index, name in enumerate(self.asked[-1]):
            while not self.may.acquire(timeout=0.01):
                progress.check()
            yield [EmbeddedPhoto(index, Path(name), "content", np.zeros(2, np.float32))]


@pytest.fixture
def reading(monkeypatch: pytest.MonkeyPatch) -> Reading:
    reading = Reading()
    monkeypatch.setattr(photo_embedder, "embed_photos", reading)
    return reading


@pytest.fixture
def embedder(reading: Reading, runner: TaskRunner, qtbot: QtBot) -> PhotoEmbedder:
    """It has read the first of four photos and is at the second."""
    embedder = PhotoEmbedder(runner)
    embedder.use(cast("EmbeddingSource", SimpleNamespace(notices=())))
    with qtbot.waitSignal(embedder.embedded):
        embedder.add(PHOTOS)
    return embedder


def test_what_is_left_is_begun_anew_and_nothing_is_shown_twice(
    embedder: PhotoEmbedder, reading: Reading, qtbot: QtBot
) -> None:
    shown: list[int] = []

    def note(batch: EmbeddedBatch) -> None:
        shown.extend(batch.photo_ids)

    embedder.embedded.connect(note)
    embedder.restart()
    qtbot.waitUntil(lambda: len(reading.asked) == 2)
    with qtbot.waitSignal(embedder.idle, timeout=20_000):
        reading.may.release(3)
    assert reading.asked == [["1", "2", "3", "4"], ["2", "3", "4"]]
    assert shown == [2, 3, 4]


def test_what_is_paused_goes_on_as_it_was_begun(
    embedder: PhotoEmbedder, reading: Reading, runner: TaskRunner, qtbot: QtBot
) -> None:
    (task,) = runner.findChildren(Task)
    task.set_paused(True)
    embedder.restart()
    assert task.is_paused
    with qtbot.waitSignal(embedder.idle, timeout=20_000):
        reading.may.release(3)
        task.set_paused(False)
    assert len(reading.asked) == 1


def test_what_was_cancelled_stays_so(
    embedder: PhotoEmbedder, reading: Reading, runner: TaskRunner, qtbot: QtBot
) -> None:
    (task,) = runner.findChildren(Task)
    with qtbot.waitSignal(embedder.idle, timeout=20_000):
        task.cancel()
    embedder.restart()
    assert not embedder.running
    assert (len(reading.asked), embedder.unfinished) == (1, 3)
