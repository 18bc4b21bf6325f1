"""When decoded photos are too many, and when they are encoded."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fewshot_gui.encoders import FileStamp
from fewshot_gui.imaging import JpegFile
from fewshot_gui.workflows.embedding import waiting
from fewshot_gui.workflows.embedding.records import DecodedPhoto, PhotoFile
from fewshot_gui.workflows.embedding.waiting import WaitingPhotos


def photo(number: int, size: int = 10) -> DecodedPhoto:
    file = PhotoFile(number, FileStamp(Path(f"{number}.jpg"), 1, 1))
    return DecodedPhoto(file, str(number), np.zeros((size, 10, 3), np.uint8), 0.0)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that the queue believes it is."""
    now = [100.0]
    monkeypatch.setattr(waiting.time, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def photos() -> WaitingPhotos:
    queue = WaitingPhotos()
    queue.batch_size = 4
    return queue


def test_a_whole_batch_is_due_at_once_and_a_short_one_after_a_while(photos: WaitingPhotos, clock: list[float]) -> None:
    assert photos.due_in is None
    photos.add([photo(0)])
    due = photos.due_in
    assert due is not None
    assert 0 < due < 0.3
    clock[0] += due / 2
    photos.add([photo(1)])
    assert photos.due_in == pytest.approx(due / 2), "the first does not wait longer because of the second"
    clock[0] += due
    assert photos.due_in == 0
    photos.add([photo(2), photo(3)])
    assert [one.fingerprint for one in photos.take_batch()] == ["0", "1", "2", "3"]
    assert photos.due_in is None


def test_whole_batches_are_taken_together(photos: WaitingPhotos) -> None:
    photos.add([photo(number) for number in range(9)])
    assert len(photos.take_batch()) == 8
    assert len(photos.take_batch()) == 1


def test_it_is_full_after_two_batches(photos: WaitingPhotos) -> None:
    photos.add([photo(number) for number in range(7)])
    assert not photos.full
    photos.add([photo(7)])
    assert photos.full
    photos.take(1)
    assert not photos.full


def test_it_is_full_and_due_when_they_are_large(photos: WaitingPhotos, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "_MOST_BYTES", 1000)
    photos.add([photo(0, size=30)])
    assert not photos.full
    jpeg = JpegFile(bytes(100), None, 10, 10)
    photos.add([DecodedPhoto(photo(1).file, "1", jpeg, 0.0)])
    assert photos.full
    assert photos.due_in == 0
    assert len(photos.take_all()) == 2
    assert not photos.full
