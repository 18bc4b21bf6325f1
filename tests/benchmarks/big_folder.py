"""How the window does with a folder of 100,000 photos, as Markdown.

QT_QPA_PLATFORM=offscreen python tests/benchmarks/big_folder.py EXAMPLES PHOTOS [--photos 100000] [--flat] [--new]

EXAMPLES holds a folder per class, PHOTOS some photos. A folder of ``--photos`` links to these (copies where links are
impossible) is made, in ten subfolders or, with ``--flat``, in one. It is added to a project in the real main window,
scrolled through, and the project is closed and opened again. The cache holds an embedding of its own for each photo,
so that labels come as fast as they can; with ``--new`` the encoder has seen only the PHOTOS themselves, and the files
have to be read.
"""

from __future__ import annotations

import fewshot_gui  # isort: skip  # noqa: F401 - before numpy, as in the program, which keeps it to one thread

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QApplication

sys.path.insert(0, str(Path(__file__).parent))  # also where this is imported by a test

from window_lateness import Lateness

from fewshot_gui.app import Composition, calm_collector, share_python
from fewshot_gui.core.allocator import reuse_freed_memory
from fewshot_gui.core.progress import Unwatched
from fewshot_gui.encoders import DEFAULT_ENCODER, EmbeddingCache, FileStamp, encoder_spec
from fewshot_gui.project.example_edits import add_class_with_examples, read_files
from fewshot_gui.project.opening import create_project
from fewshot_gui.workflows.embedding import embed_photos
from fewshot_gui.workflows.embedding_source import EmbeddingSource
from fewshot_gui.workflows.run_stats import peak_memory_mb

_FRAME_MS = 16
_AT_ONCE = 2000
_NOISE = 0.05
"""Of the spread of the embeddings: each photo gets an embedding of its own near that of the photo it is a link to."""


def make_folder(photos: Sequence[Path], folder: Path, count: int, *, subfolders: int = 10) -> list[Path]:
    """Fill ``folder`` with ``count`` links to ``photos``, named as a camera does; returns them."""
    per_folder = -(-count // subfolders)
    made = []
    for number in range(count):
        place = folder / f"camera {number // per_folder + 1}" if subfolders > 1 else folder
        if number % per_folder == 0:
            place.mkdir(parents=True, exist_ok=True)
        file = place / f"IMG_{number % per_folder + 1}.jpg"
        source = photos[number % len(photos)]
        try:
            os.link(source, file)
        except OSError:  # another disk, or no links there
            copyfile(source, file)
        made.append(file)
    return made


def fill_cache(cache: EmbeddingCache, originals: Sequence[Path], files: Sequence[Path]) -> None:
    """Let the cache know every one of ``files``, which are links to ``originals`` in turn."""
    spec, rng = encoder_spec(DEFAULT_ENCODER), np.random.default_rng(0)
    source = EmbeddingSource(spec, cache)
    known = {photo.index: photo for batch in embed_photos(originals, source, Unwatched()) for photo in batch}
    embeddings = np.stack([known[index].embedding for index in range(len(originals))])
    spread = _NOISE * embeddings.std(axis=0)
    for start in range(0, len(files), _AT_ONCE):
        numbers = np.arange(start, min(start + _AT_ONCE, len(files)))
        near = embeddings[numbers % len(originals)] + spread * rng.standard_normal((len(numbers), spec.dimension))
        names = [f"{known[number % len(originals)].fingerprint}-{number}" for number in numbers.tolist()]
        cache.put_many(dict(zip(names, near.clip(0).astype(np.float32), strict=True)), spec)
        stamps = [_stamp(files[number]) for number in numbers.tolist()]
        cache.remember_fingerprints(dict(zip(stamps, names, strict=True)))


def _convert_encoder(examples: Path, folder: Path) -> None:
    """Have the encoder ready: converting it is done once on a computer, and the memory it takes is not the window's."""
    command = [sys.executable, "-m", "fewshot_gui", "label", "--examples", str(examples), "--photos", str(examples)]
    subprocess.run([*command, "--out", str(folder / "warm.csv")], check=True, stdout=subprocess.DEVNULL)


def _stamp(file: Path) -> FileStamp:
    status = file.stat()
    return FileStamp(file, status.st_size, status.st_mtime_ns)


class FirstThumbnails(QObject):
    """When the first thumbnail of the gallery was painted, and when all those in view were."""

    def __init__(self, composition: Composition) -> None:
        super().__init__()
        self.first: float | None = None
        self.all: float | None = None
        self._started = time.perf_counter()
        self._thumbnails = composition.thumbnails
        self._window = composition.window
        self._window.photos.grid.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002 - Qt hands it in
        """Before each painting, look at what it will paint."""
        if event.type() == QEvent.Type.Paint and self.all is None:
            rows = self._window.photos.grid.visible_rows()
            files = self._window.model.files_of(slice(rows.start, rows.stop))
            side = self._window.photos.grid.tile_side
            painted = [self._thumbnails.pixmap(Path(file), side) is not None for file in files]
            now = time.perf_counter() - self._started
            if any(painted) and self.first is None:
                self.first = now
            if painted and all(painted):
                self.all = now
        return False


class Scrolling(QObject):
    """Scrolls the gallery at every frame; writes down how long after its time each frame was painted.

    ``place`` gives the value of the scroll bar for a frame, by its number and the highest value.
    """

    def __init__(self, composition: Composition, place: Callable[[int, int], int]) -> None:
        super().__init__()
        self.frames_ms: list[float] = []
        self._grid = composition.window.photos.grid
        self._place = place
        self._due = time.perf_counter() + _FRAME_MS / 1000
        self._timer = QTimer(self, interval=_FRAME_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._frame)
        self._timer.start()

    @Slot()
    def _frame(self) -> None:
        began = time.perf_counter()
        bar = self._grid.verticalScrollBar()
        bar.setValue(self._place(len(self.frames_ms), bar.maximum()))
        self._grid.viewport().repaint()
        now = time.perf_counter()
        # A frame is late when the window was busy before it, and long when painting it took long: a person sees both.
        # It never counts for less than its painting, also where the timer came before its time.
        self.frames_ms.append(1000 * (now - min(began, self._due)))
        self._due = max(began + _FRAME_MS / 1000, now)

    def stop(self) -> None:
        """Scroll no more."""
        self._timer.stop()


def steadily(frame: int, highest: int) -> int:
    """As with a wheel: a quarter of a line at every frame, up and down again."""
    return abs((frame * 40 + highest) % (2 * highest) - highest) if highest else 0


def randomly(frame: int, highest: int) -> int:
    """As with the handle of the scroll bar, thrown about: somewhere else every 100 ms, and a little further between."""
    return int(np.random.default_rng(frame // 6).integers(highest + 1)) + frame % 6 * 40 if highest else 0


@dataclass(frozen=True)
class Filling:
    """What was seen while the window took photos in; seconds from the beginning, milliseconds of lateness."""

    photos: int
    first_thumbnail: float
    screen_of_thumbnails: float
    all_rows: float
    all_labels: float
    late_ms: NDArray[np.float64]
    frames_ms: NDArray[np.float64]


@dataclass(frozen=True)
class Figures:
    """All that is printed: seconds, milliseconds as (median, 99 %, worst), and MiB."""

    fillings: dict[str, dict[str, float]]
    frames_ms: dict[str, list[float]]
    peak_mb: float


class MeasuredWindow:
    """The real window on a project of its own."""

    def __init__(self, composition: Composition) -> None:
        self.composition = composition
        self.session = composition.session

    def open(self, file: Path) -> None:
        """Open a project and wait until nothing is being computed."""
        self._settle(lambda: self.composition.window.open_path(file))

    def add(self, folder: Path, *, scrolled: bool = False) -> Filling:
        """Add a folder and watch until all its photos are labelled."""
        return self._watch(lambda: self.session.add_folders([folder]), scrolled=scrolled)

    def reopen(self, file: Path, *, scrolled: bool = False) -> Filling:
        """Close the project, open it again and watch until all its photos are labelled."""
        self.session.close()
        return self._watch(lambda: self.composition.window.open_path(file), scrolled=scrolled)

    def scroll(self, place: Callable[[int, int], int], seconds: float) -> NDArray[np.float64]:
        """Scroll for a while; the milliseconds that each frame took."""
        scrolling, wait = Scrolling(self.composition, place), QEventLoop()
        QTimer.singleShot(round(1000 * seconds), wait.quit)
        wait.exec()
        scrolling.stop()
        return np.array(scrolling.frames_ms)

    def _watch(self, begin: Callable[[], None], *, scrolled: bool) -> Filling:
        started, rows = time.perf_counter(), [0.0]
        thumbnails, lateness = FirstThumbnails(self.composition), Lateness()
        scrolling = Scrolling(self.composition, steadily) if scrolled else None

        def note() -> None:
            rows[0] = time.perf_counter() - started

        self.session.photos_added.connect(note)
        self._settle(begin)
        seconds = time.perf_counter() - started
        self.session.photos_added.disconnect(note)
        lateness.stop()
        if scrolling is not None:
            scrolling.stop()
        return Filling(
            photos=len(self.session.project.photos) if self.session.project else 0,
            first_thumbnail=thumbnails.first or np.nan,
            screen_of_thumbnails=thumbnails.all or np.nan,
            all_rows=rows[0],
            all_labels=seconds,
            late_ms=np.array(lateness.late_ms),
            frames_ms=np.array(scrolling.frames_ms if scrolling is not None else ()),
        )

    def _settle(self, begin: Callable[[], None]) -> None:
        wait = QEventLoop()
        self.session.settled.connect(wait.quit)
        begin()
        wait.exec()
        self.session.settled.disconnect(wait.quit)


@contextmanager
def measured_window(application: QApplication, examples: Path, file: Path) -> Iterator[MeasuredWindow]:
    """The window, with a new project in ``file`` open whose classes are the folders in ``examples``."""
    with create_project(file, file.stem) as project:
        for folder in sorted(path for path in examples.iterdir() if path.is_dir()):
            add_class_with_examples(project, folder.name, read_files(sorted(folder.iterdir())).files)
    composition = Composition(application)
    composition.window.resize(1280, 800)
    composition.window.show()
    calm_collector()
    share_python()
    reuse_freed_memory()
    window = MeasuredWindow(composition)
    try:
        window.open(file)
        yield window
    finally:
        composition.window.close()
        composition.close()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("examples", type=Path)
    parser.add_argument("photos", type=Path, metavar="PHOTOS")
    parser.add_argument("--photos", type=int, default=100_000, dest="count")
    parser.add_argument("--flat", action="store_true", help="all in one folder")
    parser.add_argument("--new", action="store_true", help="files that the cache does not know")
    parser.add_argument("--json", type=Path, help="write the figures to this file instead")
    options = parser.parse_args()
    originals = sorted(path for path in options.photos.iterdir() if path.suffix.lower() in {".jpg", ".jpeg", ".png"})
    # Beside the photos: links do not lead from one disk to another.
    with TemporaryDirectory(prefix="big-folder-", dir=options.photos.parent) as temporary:
        for name in ("CACHE", "DATA", "LOG", "SETTINGS"):
            os.environ[f"FEWSHOT_GUI_{name}"] = str(Path(temporary) / name.lower())
        files = make_folder(originals, Path(temporary) / "photos", options.count, subfolders=1 if options.flat else 10)
        _convert_encoder(options.examples, Path(temporary))
        with EmbeddingCache() as cache:
            fill_cache(cache, originals, [] if options.new else files)
        application = QApplication(sys.argv[:1])
        with measured_window(application, options.examples, Path(temporary) / "big.fewshot") as window:
            figures = _measure(window, Path(temporary) / "photos", Path(temporary) / "big.fewshot")
    if options.json:
        options.json.write_text(json.dumps(asdict(figures)), encoding="utf-8")
    else:
        _print(figures)


def _measure(window: MeasuredWindow, folder: Path, file: Path) -> Figures:
    adding = window.add(folder)
    frames = {place.__name__: window.scroll(place, 6.0) for place in (steadily, randomly)}
    opening = window.reopen(file)
    scrolled = window.reopen(file, scrolled=True)
    frames["steadily, while labels come"] = scrolled.frames_ms
    fillings = {"added": adding, "opened": opening, "opened and scrolled": scrolled}
    return Figures(
        fillings={name: _told(seen) for name, seen in fillings.items()},
        frames_ms={name: np.percentile(seen, [50, 99, 100]).tolist() for name, seen in frames.items()},
        peak_mb=peak_memory_mb() or np.nan,
    )


def _told(seen: Filling) -> dict[str, float]:
    most, worst = np.percentile(seen.late_ms, [99, 100]).tolist()
    return {
        "photos": seen.photos,
        "first thumbnail, s": seen.first_thumbnail,
        "screen of them, s": seen.screen_of_thumbnails,
        "all rows, s": seen.all_rows,
        "photos/s": seen.photos / seen.all_labels,
        "late 99 %, ms": most,
        "worst, ms": worst,
    }


def _print(figures: Figures) -> None:
    heads = next(iter(figures.fillings.values()))
    print(f"| | {' | '.join(heads)} |\n|{'---|' * (len(heads) + 1)}")
    for name, told in figures.fillings.items():
        print(
            f"| {name} | {' | '.join(f'{value:,.0f}' if value >= 100 else f'{value:.3g}' for value in told.values())} |"
        )
    print("\n| frames, scrolled | median, ms | 99 %, ms | worst, ms |\n|---|---|---|---|")
    for name, (median, most, worst) in figures.frames_ms.items():
        print(f"| {name} | {median:.1f} | {most:.1f} | {worst:.1f} |")
    print(f"\nMost memory: {figures.peak_mb:.0f} MiB")


if __name__ == "__main__":
    main()
