"""A folder that is labelled, and then goes on being labelled."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fewshot_gui.core.errors import Cancelled, FewshotError
from fewshot_gui.core.progress import Progress, Unwatched
from fewshot_gui.imaging.watching import FolderWatch
from fewshot_gui.workflows.embedding_source import EmbeddingSource
from fewshot_gui.workflows.label_as_they_come import LabelledArrivals, label_as_they_come
from tests.unit.workflows.conftest import draw

LONG_AGO = 1_600_000_000


class Waiting:
    """Time that passes only while the work waits; then something may happen in the folder."""

    def __init__(self) -> None:
        self.now = 0.0
        self.happenings: list[Callable[[], object]] = []

    def __call__(self, seconds: float, progress: Progress) -> None:
        progress.check()
        assert self.now < 1000, "nothing comes any more"
        self.now += seconds
        if self.happenings:
            self.happenings.pop(0)()


@pytest.fixture
def waiting() -> Waiting:
    return Waiting()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two photos of each class, there for long."""
    for number in range(2):
        for path in (
            draw(tmp_path / "photos" / f"dark {number}.png", 100 + number, red=10),
            draw(tmp_path / "photos" / "below" / f"red {number}.png", 100 + number, red=240),
        ):
            os.utime(path, (LONG_AGO, LONG_AGO))
    return tmp_path / "photos"


Come = Callable[..., Iterator[LabelledArrivals]]


@pytest.fixture
def come(two_classes: Path, folder: Path, source: EmbeddingSource, waiting: Waiting) -> Come:
    def run(**options: object) -> Iterator[LabelledArrivals]:
        watch = FolderWatch(folder, clock=lambda: waiting.now)
        arguments = {"progress": Unwatched(), "watch": watch, "wait": waiting} | options
        return label_as_they_come(two_classes, folder, source, **arguments)

    return run


def _labels(arrivals: LabelledArrivals) -> dict[str, str]:
    return {row.photo: row.label for row in arrivals.rows}


def test_first_what_is_there_and_then_what_comes(come: Come, folder: Path, waiting: Waiting) -> None:
    arrivals = come()
    first = next(arrivals)
    assert _labels(first) == {
        "dark 0.png": "dark",
        "dark 1.png": "dark",
        "below/red 0.png": "red",
        "below/red 1.png": "red",
    }
    assert (first.failures, first.remarks) == ((), ())
    waiting.happenings = [lambda: draw(folder / "new.png", 300, red=10)]
    second = next(arrivals)
    waiting.happenings = [lambda: draw(folder / "deep" / "er" / "later.png", 301, red=240)]
    third = next(arrivals)
    assert [_labels(second), _labels(third)] == [{"new.png": "dark"}, {"deep/er/later.png": "red"}]
    assert second.rows[0].method == first.rows[0].method
    assert second.rows[0].expected_accuracy == first.rows[0].expected_accuracy


def test_an_empty_folder_is_no_reason_to_stop(come: Come, folder: Path, waiting: Waiting) -> None:
    shutil.rmtree(folder)
    folder.mkdir()
    arrivals = come()
    assert next(arrivals).rows == ()
    waiting.happenings = [lambda: draw(folder / "first.png", 300, red=240)]
    assert _labels(next(arrivals)) == {"first.png": "red"}


def test_photos_that_were_copied_there_just_now_are_among_the_first(come: Come, folder: Path) -> None:
    draw(folder / "fresh.png", 300, red=240)
    assert _labels(next(come()))["fresh.png"] == "red"


def test_a_photo_that_cannot_be_read_is_a_row_and_one_that_is_overwritten_another(
    come: Come, folder: Path, waiting: Waiting
) -> None:
    arrivals = come()
    next(arrivals)
    waiting.happenings = [lambda: (folder / "x.png").write_bytes(b"no picture at all")]
    broken = next(arrivals)
    assert [row.error for row in broken.rows] == ["it is not an image of a kind this program reads"]
    assert len(broken.failures) == 1
    waiting.happenings = [lambda: draw(folder / "x.png", 300, red=240)]
    assert _labels(next(arrivals)) == {"x.png": "red"}


def test_a_folder_that_vanishes_is_told_once(come: Come, folder: Path, waiting: Waiting) -> None:
    arrivals = come()
    next(arrivals)
    aside = folder.with_name("aside")
    waiting.happenings = [lambda: folder.rename(aside)] + [lambda: None] * 5 + [lambda: aside.rename(folder)]
    told = [next(arrivals).remarks, next(arrivals).remarks]
    assert [len(remarks) for remarks in told] == [1, 1]
    assert "is not there" in told[0][0]
    assert "is there again" in told[1][0]


def test_a_folder_that_is_not_there_is_refused(come: Come, folder: Path) -> None:
    shutil.rmtree(folder)
    with pytest.raises(FewshotError, match="cannot be looked into"):
        next(come())


def test_it_is_cancelled_while_it_waits(come: Come, waiting: Waiting) -> None:
    class Leaving(Unwatched):
        gone = False

        def check(self) -> None:
            if self.gone:
                raise Cancelled

    progress = Leaving()
    arrivals = come(progress=progress, wait=None)
    next(arrivals)
    progress.gone = True
    with pytest.raises(Cancelled):
        next(arrivals)
