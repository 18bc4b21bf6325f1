"""Photos whose files were written anew while the project was open."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from fewshot_gui.project.records import PhotoRecord
from fewshot_gui.ui import photo_embedder
from fewshot_gui.ui.known_photos import KnownPhotos
from fewshot_gui.ui.photo_embedder import EmbeddedBatch, PhotoEmbedder
from fewshot_gui.ui.tasks import TaskRunner
from fewshot_gui.workflows.embedding import EmbeddedPhoto
from fewshot_gui.workflows.embedding_source import EmbeddingSource

PHOTOS = {number: PhotoRecord(number, f"/photos/{number}.jpg") for number in (1, 2, 3)}


def _read(photo_id: int, content: str | None, value: float | None, error: str | None = None) -> EmbeddedBatch:
    embedding = None if value is None else np.full(2, value, np.float32)
    photo = EmbeddedPhoto(0, Path(PHOTOS[photo_id].file), content, embedding, error)
    return EmbeddedBatch.of((photo_id,), [photo])


@pytest.fixture
def known() -> KnownPhotos:
    known = KnownPhotos()
    known.start_over(2)
    return known


def _value(known: KnownPhotos, photo_id: int) -> float:
    return float(known.embeddings.of([photo_id])[1][0, 0])


def test_other_content_replaces_what_was_known(known: KnownPhotos) -> None:
    known.take(_read(1, "old", 1.0), PHOTOS)
    assert known.take(_read(1, "new", 2.0), PHOTOS) == (True, [])
    assert (known.overwritten, _value(known, 1)) == ([1], 2.0)


def test_the_same_content_changes_nothing(known: KnownPhotos) -> None:
    known.take(_read(1, "old", 1.0), PHOTOS)
    assert known.take(_read(1, "old", 1.0), PHOTOS) == (False, [])
    assert (known.overwritten, len(known.embeddings)) == ([], 1)


def test_what_the_project_knows_of_the_content_counts(known: KnownPhotos) -> None:
    known.embeddings.append([1], np.ones((1, 2), np.float32))
    photos = {1: PhotoRecord(1, PHOTOS[1].file, 3, "kept")}
    known.take(_read(1, "kept", 2.0), photos)
    assert (known.overwritten, _value(known, 1)) == ([], 1.0)
    known.take(_read(1, "new", 2.0), photos)
    assert (known.overwritten, _value(known, 1)) == ([1], 2.0)


def test_a_photo_that_could_not_be_read_can_be_after_all(known: KnownPhotos) -> None:
    assert known.take(_read(1, "half", None, "the file is cut off"), PHOTOS) == (False, [(1, "the file is cut off")])
    assert known.take(_read(1, "whole", 2.0), PHOTOS) == (True, [(1, None)])
    assert known.failures == {}


def test_a_photo_that_cannot_be_read_any_more_says_why(known: KnownPhotos) -> None:
    known.take(_read(1, "old", 1.0), PHOTOS)
    assert known.take(_read(1, "half", None, "the file is cut off"), PHOTOS) == (False, [(1, "the file is cut off")])
    assert 1 not in known.embeddings


def test_a_photo_that_is_gone_keeps_what_is_known(known: KnownPhotos) -> None:
    known.take(_read(1, "old", 1.0), PHOTOS)
    assert known.take(_read(1, None, None, "it is no longer there"), PHOTOS) == (False, [])
    assert (known.overwritten, _value(known, 1), known.failures) == ([], 1.0, {})


def test_a_photo_that_is_just_being_read_is_read_once_more(
    runner: TaskRunner, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, asked = threading.Event(), []

    def embed(paths: Iterable[Path], *_: Any) -> Iterator[list[EmbeddedPhoto]]:
        asked.append([path.name for path in paths])
        assert gate.wait(30)
        for index, _name in enumerate(asked[-1]):
            yield [EmbeddedPhoto(index, Path(asked[-1][index]), "content", np.zeros(2, np.float32))]

    monkeypatch.setattr(photo_embedder, "embed_photos", embed)
    embedder = PhotoEmbedder(runner)
    embedder.use(cast("EmbeddingSource", SimpleNamespace(notices=())))
    embedder.add([(1, PHOTOS[1].file), (2, PHOTOS[2].file)])
    qtbot.waitUntil(lambda: len(asked) == 1)
    embedder.add_again([(2, PHOTOS[2].file), (3, PHOTOS[3].file)])
    embedder.discard([3])
    with qtbot.waitSignal(embedder.idle, timeout=20_000):
        gate.set()
    assert asked == [["1.jpg", "2.jpg"], ["2.jpg"]]
