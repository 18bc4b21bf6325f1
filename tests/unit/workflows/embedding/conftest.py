"""Running the pipeline to its end, watching what it decodes, and holding it up."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from fewshot_gui.core.errors import Cancelled
from fewshot_gui.core.progress import Unwatched
from fewshot_gui.imaging import read_photo
from fewshot_gui.workflows.embedding import EmbeddedPhoto, EmbeddingStats, embed_photos, reading
from fewshot_gui.workflows.embedding_source import EmbeddingSource

Photos = Callable[..., list[Path]]
LONG = 30
"""Seconds that nothing in a test takes unless it hangs."""


def embed(
    paths: Iterable[Path], source: EmbeddingSource, stats: EmbeddingStats | None = None
) -> dict[int, EmbeddedPhoto]:
    """All of it, by index; every index once."""
    photos = [photo for batch in embed_photos(paths, source, Unwatched(), stats=stats) for photo in batch]
    by_index = {photo.index: photo for photo in photos}
    assert len(by_index) == len(photos)
    return by_index


def reference(paths: Iterable[Path], source: EmbeddingSource) -> NDArray[np.float32]:
    """What the encoder says of each photo by itself."""
    encoder = source.encoder(Unwatched())
    return np.concatenate([encoder.embed([read_photo(path, short_side=32)]) for path in paths])


def matrix(embedded: dict[int, EmbeddedPhoto]) -> NDArray[np.float32]:
    """The embeddings in order."""
    return np.stack([embedded[index].embedding for index in range(len(embedded))])


class CancelWhen(Unwatched):
    """A progress that is cancelled as soon as something is true."""

    def __init__(self, reached: Callable[[], bool]) -> None:
        self._reached = reached

    def check(self) -> None:
        if self._reached():
            raise Cancelled


def crew() -> list[threading.Thread]:
    """The threads of all runs."""
    return [thread for thread in threading.enumerate() if thread.name.startswith(("decode", "encode", "keep"))]


def join_crew() -> None:
    """Wait for threads that were left in the middle of something."""
    for thread in crew():
        thread.join(LONG)
        assert not thread.is_alive()


class Decoded(list[Path]):
    """The photos that were decoded. Those named ``long`` wait inside the decoder until :meth:`let_go`."""

    def __init__(self) -> None:
        super().__init__()
        self.inside = threading.Event()
        self._released = threading.Event()

    def read(self, path: Path, *, short_side: int | None = None) -> NDArray[np.uint8]:
        """As ``read_photo``."""
        self.append(path)
        if path.stem.startswith("long"):
            self.inside.set()
            assert self._released.wait(LONG)
        return read_photo(path, short_side=short_side)

    def let_go(self) -> None:
        """Let long photos come to their end."""
        self._released.set()


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> Decoded:
    """What is decoded from now on."""
    photos = Decoded()
    monkeypatch.setattr(reading, "read_photo", photos.read)
    return photos
