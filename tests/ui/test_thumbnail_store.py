"""Thumbnails: there at once or later, bounded, and never in the way."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from pytestqt.qtbot import QtBot

import fewshot_gui.imaging
from fewshot_gui.core.errors import PhotoError
from fewshot_gui.ui.models.thumbnails import ThumbnailStore
from fewshot_gui.ui.tasks import TaskRunner


class Reader:
    """Stands in for the reader of thumbnails; can be held, and knows what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []
        self.threads: set[int] = set()
        self.go = threading.Event()
        self.go.set()

    def __call__(self, path: Path, side: int) -> NDArray[np.uint8]:
        self.threads.add(threading.get_ident())
        self.asked.append((path.name, side))
        self.go.wait(10)
        if path.name.startswith("bad"):
            raise PhotoError(path, "the file is cut off")
        if path.name.startswith("odd"):
            raise RuntimeError("a bug in a decoder")
        return np.full((side // 2, side, 3), 200, np.uint8)


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    reader = Reader()
    monkeypatch.setattr(fewshot_gui.imaging, "thumbnail", reader)
    yield reader
    reader.go.set()


@pytest.fixture
def store(runner: TaskRunner, reader: Reader) -> Iterator[ThumbnailStore]:
    store = ThumbnailStore(runner)
    yield store
    store.close()


def fetch(qtbot: QtBot, store: ThumbnailStore, *names: str, side: int = 96) -> None:
    missing = {Path(name) for name in names}
    store.ready.connect(missing.discard)
    for name in names:
        store.pixmap(Path(name), side)
    qtbot.waitUntil(lambda: not missing)


def test_a_thumbnail_comes_later_and_stays(qtbot: QtBot, store: ThumbnailStore, reader: Reader) -> None:
    assert store.pixmap(Path("a"), 96) is None
    fetch(qtbot, store, "a")
    pixmap = store.pixmap(Path("a"), 96)
    assert pixmap is not None
    assert (pixmap.width(), pixmap.height()) == (96, 48)
    assert pixmap.toImage().pixelColor(5, 5).getRgb() == (200, 200, 200, 255)
    assert reader.asked == [("a", 96)]
    assert threading.get_ident() not in reader.threads


def test_asking_often_reads_once(qtbot: QtBot, store: ThumbnailStore, reader: Reader) -> None:
    reader.go.clear()
    for _ in range(3):
        store.pixmap(Path("a"), 90)
    qtbot.waitUntil(lambda: reader.asked == [("a", 96)])
    store.pixmap(Path("a"), 96)
    reader.go.set()
    fetch(qtbot, store, "b")
    assert reader.asked == [("a", 96), ("b", 96)]


def test_a_larger_size_is_read_while_the_smaller_stands_in(qtbot: QtBot, store: ThumbnailStore) -> None:
    fetch(qtbot, store, "a", side=96)
    stand_in = store.pixmap(Path("a"), 300)
    assert stand_in is not None
    assert stand_in.width() == 96
    qtbot.waitUntil(lambda: (found := store.pixmap(Path("a"), 300)) is not None and found.width() == 384)


def test_unreadable_photos_are_announced_and_never_tried_again(
    qtbot: QtBot, store: ThumbnailStore, reader: Reader, caplog: pytest.LogCaptureFixture
) -> None:
    fetch(qtbot, store, "bad", "odd", "good")
    assert [record.getMessage() for record in caplog.records if record.exc_info] == ["no thumbnail of odd"]
    assert store.is_broken(Path("bad"))
    assert store.is_broken(Path("odd"))
    assert not store.is_broken(Path("good"))
    assert store.pixmap(Path("bad"), 96) is None
    fetch(qtbot, store, "other")
    assert [name for name, _ in reader.asked].count("bad") == 1
    store.discard({Path("bad")})
    assert not store.is_broken(Path("bad"))
    fetch(qtbot, store, "bad")
    assert [name for name, _ in reader.asked].count("bad") == 2


def test_the_newest_requests_are_served_first(qtbot: QtBot, store: ThumbnailStore, reader: Reader) -> None:
    reader.go.clear()
    for i in range(40):
        store.pixmap(Path(f"old{i}"), 96)
    qtbot.waitUntil(lambda: len(reader.asked) == 2)  # two batches of eight are under way
    seen: list[str] = []
    store.ready.connect(lambda path: seen.append(path.name))
    for i in range(8):
        store.pixmap(Path(f"new{i}"), 96)
    reader.go.set()
    qtbot.waitUntil(lambda: len(seen) == 48)
    places = [seen.index(f"new{i}") for i in range(8)]
    assert max(places) < 32, "they overtook the 24 old ones that had not begun"
    assert places == sorted(places), "among themselves they come as asked"


def test_what_was_scrolled_past_is_not_read(qtbot: QtBot, store: ThumbnailStore, reader: Reader) -> None:
    reader.go.clear()
    for i in range(40):
        store.pixmap(Path(f"p{i}"), 96)
    qtbot.waitUntil(lambda: len(reader.asked) == 2)
    told: list[str] = []
    store.ready.connect(lambda path: told.append(path.name))
    store.drop({Path(f"p{i}") for i in range(40)})
    assert len(told) == 40, "whoever still shows one of them may ask again"
    reader.go.set()
    fetch(qtbot, store, "last")
    assert {name for name, _ in reader.asked} == {*(f"p{i}" for i in range(16)), "last"}


def test_memory_is_bounded_and_the_longest_unused_goes_first(qtbot: QtBot, runner: TaskRunner, reader: Reader) -> None:
    one = 96 * 48 * 4
    store = ThumbnailStore(runner, max_bytes=3 * one)
    fetch(qtbot, store, "a", "b", "c")
    assert store.pixmap(Path("a"), 96) is not None
    fetch(qtbot, store, "d")
    assert {name for name in "acd" if store.pixmap(Path(name), 96) is not None} == set("acd")
    assert store.pixmap(Path("b"), 96) is None
    store.close()


def test_after_closing_nothing_is_read(qtbot: QtBot, store: ThumbnailStore, runner: TaskRunner, reader: Reader) -> None:
    fetch(qtbot, store, "a")
    reader.go.clear()
    for i in range(20):
        store.pixmap(Path(f"p{i}"), 96)
    qtbot.waitUntil(lambda: len(reader.asked) == 3)
    store.close()
    reader.go.set()
    qtbot.waitUntil(lambda: not runner.busy)
    assert len(reader.asked) == 3
    assert store.pixmap(Path("b"), 96) is None
    assert store.pixmap(Path("a"), 96) is not None
    assert not runner.busy


def test_real_files(qtbot: QtBot, runner: TaskRunner, tmp_path: Path) -> None:
    Image.new("RGB", (400, 300), (10, 200, 30)).save(tmp_path / "green.png")
    (tmp_path / "broken.jpg").write_bytes(b"not a photo")
    store = ThumbnailStore(runner)
    fetch(qtbot, store, str(tmp_path / "green.png"), str(tmp_path / "broken.jpg"))
    pixmap = store.pixmap(tmp_path / "green.png", 96)
    assert pixmap is not None
    assert (pixmap.width(), pixmap.height()) == (96, 72)
    assert pixmap.toImage().pixelColor(40, 40).getRgb() == (10, 200, 30, 255)
    assert store.is_broken(tmp_path / "broken.jpg")
    store.close()
