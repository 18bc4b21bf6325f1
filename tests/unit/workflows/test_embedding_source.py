"""An encoder with its cache."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fewshot_gui.core.errors import EncoderError
from fewshot_gui.core.progress import Unwatched
from fewshot_gui.encoders import DeviceChoice, EmbeddingCache, Encoder, FileStamp
from fewshot_gui.workflows import embedding_source
from fewshot_gui.workflows.embedding_source import EmbeddingSource
from tests.unit.workflows.conftest import TILE_COLOURS, Opener

STAMPS = [FileStamp(Path(f"/photos/{number}.jpg"), 100 + number, number) for number in range(4)]


def row(value: float) -> np.ndarray:
    return np.full(TILE_COLOURS.dimension, value, np.float32)


def test_what_was_kept_is_known_by_file_and_by_content(source: EmbeddingSource) -> None:
    source.keep({STAMPS[0]: "aa", STAMPS[1]: "bb"}, {"aa": row(1), "bb": row(2)})
    known = source.cached(STAMPS)
    assert {stamp: photo.fingerprint for stamp, photo in known.items()} == {STAMPS[0]: "aa", STAMPS[1]: "bb"}
    np.testing.assert_array_equal(known[STAMPS[1]].embedding, row(2))
    recalled = source.recall("aa")
    assert recalled is not None
    np.testing.assert_array_equal(recalled, row(1))
    assert source.recall("cc") is None


def test_a_file_that_changed_is_not_known(source: EmbeddingSource) -> None:
    source.keep({STAMPS[0]: "aa"}, {"aa": row(1)})
    assert source.cached([STAMPS[0]._replace(size=1), STAMPS[0]._replace(mtime_ns=1)]) == {}


def test_a_file_may_be_known_and_its_embedding_not(source: EmbeddingSource) -> None:
    source.keep({STAMPS[0]: "aa"}, {})
    assert source.cached(STAMPS) == {}


def test_encoders_do_not_share_embeddings(source: EmbeddingSource, cache: EmbeddingCache) -> None:
    source.keep({STAMPS[0]: "aa"}, {"aa": row(1)})
    preprocess = replace(TILE_COLOURS.preprocess, version=2)
    for other in (replace(TILE_COLOURS, id="other"), replace(TILE_COLOURS, preprocess=preprocess)):
        assert EmbeddingSource(other, cache).cached(STAMPS) == {}
        assert EmbeddingSource(other, cache).recall("aa") is None


def test_the_encoder_is_opened_once_however_many_threads_ask(source: EmbeddingSource, opener: Opener) -> None:
    start = threading.Barrier(8)

    def ask(_: int) -> Encoder:
        start.wait(timeout=30)
        return source.encoder(Unwatched())

    with ThreadPoolExecutor(8) as pool:
        encoders = list(pool.map(ask, range(8)))
    assert len(set(map(id, encoders))) == 1
    assert opener.opened == 1


def test_no_device_is_tried_before_a_photo_has_to_be_encoded(
    cache: EmbeddingCache, opener: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def choose(wanted: str) -> DeviceChoice:
        asked.append(wanted)
        return DeviceChoice("cuda", "GPU", "Using the GPU.")

    monkeypatch.setattr(embedding_source, "choose_device", choose)
    source = EmbeddingSource(TILE_COLOURS, cache, device="cuda")
    source.cached(STAMPS)
    assert (source.device_used, asked) == ("cpu", [])
    source.encoder(Unwatched())
    assert (source.device_used, asked) == ("cuda", ["cuda"])


def test_a_device_that_fails_may_be_tried_again(
    source: EmbeddingSource, opener: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_wanted: str) -> DeviceChoice:
        raise EncoderError("The GPU cannot be used.")

    monkeypatch.setattr(embedding_source, "choose_device", fail)
    with pytest.raises(EncoderError):
        source.encoder(Unwatched())
    monkeypatch.setattr(embedding_source, "choose_device", opener.choose_device)
    assert source.encoder(Unwatched()).spec == TILE_COLOURS


def test_what_the_encoder_has_to_say_is_passed_on(source: EmbeddingSource, monkeypatch: pytest.MonkeyPatch) -> None:
    assert source.notices == ()
    source.encoder(Unwatched())
    assert source.notices == ()
    monkeypatch.setattr(Encoder, "notices", ("Memory was short.",))
    assert source.notices == ("Memory was short.",)


def test_another_device_opens_the_encoder_anew_but_not_for_whoever_has_it(
    cache: EmbeddingCache, opener: Opener
) -> None:
    source = EmbeddingSource(TILE_COLOURS, cache)
    first = source.encoder(Unwatched())
    source.use_device("auto")
    assert source.encoder(Unwatched()) is first
    source.use_device("cpu")
    second = source.encoder(Unwatched())
    assert (first.device.reason, second.device.reason) == (
        "Using the stand-in for auto.",
        "Using the stand-in for cpu.",
    )
    assert source.encoder(Unwatched()) is second
    assert opener.opened == 2


def test_a_change_of_the_device_does_not_wait_for_an_encoder_that_is_being_opened(
    cache: EmbeddingCache, opener: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(encoder_id: str, **options: Any) -> Encoder:
        begun.set()
        assert go_on.wait(timeout=30)
        return opener.open(encoder_id, **options)

    monkeypatch.setattr(embedding_source, "open_encoder", slow)
    source = EmbeddingSource(TILE_COLOURS, cache)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(source.encoder, Unwatched())
        assert begun.wait(timeout=30)
        source.use_device("cpu")
        go_on.set()
        assert first.result(timeout=30).device.reason == "Using the stand-in for auto."
    assert source.encoder(Unwatched()).device.reason == "Using the stand-in for cpu."
