"""Photos to embeddings: right, cached, cancelled, and whatever happens to the files."""

from __future__ import annotations

import logging
import math
import os
import shutil
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from fewshot_gui.core.errors import Cancelled, EncoderError
from fewshot_gui.core.progress import Unwatched
from fewshot_gui.encoders import EmbeddingCache
from fewshot_gui.imaging import fingerprint, read_photo
from fewshot_gui.workflows import embedding
from fewshot_gui.workflows.embedding import EmbeddedPhoto, EmbeddingStats, embed_photos, worker_count
from fewshot_gui.workflows.embedding_source import EmbeddingSource
from tests.unit.encoders.conftest import Watched
from tests.unit.workflows.conftest import TILE_COLOURS, Opener, draw

Photos = Callable[..., list[Path]]


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
    return np.stack([embedded[index].embedding for index in range(len(embedded))])


class CancelWhen(Unwatched):
    """A progress that is cancelled as soon as something is true."""

    def __init__(self, reached: Callable[[], bool]) -> None:
        self._reached = reached

    def check(self) -> None:
        if self._reached():
            raise Cancelled


def decoding_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("decode")]


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The photos that were decoded."""
    paths: list[Path] = []

    def read(path: Path, *, short_side: int | None = None) -> NDArray[np.uint8]:
        paths.append(path)
        return read_photo(path, short_side=short_side)

    monkeypatch.setattr(embedding, "read_photo", read)
    return paths


@pytest.mark.parametrize("kind", ["cpu", "cuda"])
class TestEmbedding:
    @pytest.fixture(autouse=True)
    def on(self, kind: str, opener: Opener) -> None:
        opener.kind = kind

    def test_every_photo_gets_what_the_encoder_says_of_it(self, source: EmbeddingSource, photos: Photos) -> None:
        paths = photos(150)
        embedded = embed(paths, source)
        assert [embedded[index].path for index in range(150)] == paths
        assert [embedded[index].fingerprint for index in range(150)] == [fingerprint(path) for path in paths]
        np.testing.assert_array_equal(matrix(embedded), reference(paths, source))

    def test_what_comes_from_the_cache_is_the_same_to_the_last_bit(
        self, source: EmbeddingSource, cache: EmbeddingCache, photos: Photos, opener: Opener, decoded: list[Path]
    ) -> None:
        paths = photos(40)
        fresh = matrix(embed(paths, source))
        decoded.clear()
        stats = EmbeddingStats()
        again = embed(paths[::-1], EmbeddingSource(TILE_COLOURS, cache), stats)
        np.testing.assert_array_equal(matrix(again)[::-1], fresh)
        assert decoded == []
        assert opener.opened == 1
        assert stats == EmbeddingStats(photos=40, failed=0, cached=40)

    def test_known_and_unknown_photos_are_told_apart(
        self, source: EmbeddingSource, photos: Photos, decoded: list[Path]
    ) -> None:
        paths = photos(300)
        embed(paths[::3], source)
        decoded.clear()
        stats = EmbeddingStats()
        embedded = embed(paths, source, stats)
        assert (stats.photos, stats.failed, stats.cached) == (300, 0, 100)
        assert sorted(decoded) == sorted(set(paths) - set(paths[::3]))
        np.testing.assert_array_equal(matrix(embedded), reference(paths, source))

    def test_a_photo_that_cannot_be_read_is_a_result_with_a_reason(
        self, source: EmbeddingSource, photos: Photos, tmp_path: Path
    ) -> None:
        good = photos(3)
        empty, broken, gone = tmp_path / "empty.jpg", tmp_path / "broken.png", tmp_path / "gone.jpg"
        empty.touch()
        broken.write_bytes(good[0].read_bytes()[:200])
        stats = EmbeddingStats()
        embedded = embed([good[0], empty, good[1], broken, gone, good[2]], source, stats)
        assert [embedded[index].error for index in range(6)] == [
            None,
            "the file is empty",
            None,
            "the file is cut off",
            "it is no longer there",
            None,
        ]
        assert [embedded[index].embedding is None for index in range(6)] == [False, True, False, True, True, False]
        assert embedded[3].fingerprint == fingerprint(broken)
        assert embedded[4].fingerprint is None
        assert (stats.photos, stats.failed, stats.cached) == (6, 3, 0)

    def test_nothing_is_nothing(self, source: EmbeddingSource, opener: Opener) -> None:
        assert embed([], source) == {}
        assert opener.opened == 0

    def test_paths_are_taken_as_they_come(self, source: EmbeddingSource, photos: Photos) -> None:
        """The scan of a large folder goes on while its first photos are embedded already."""
        paths = photos(40)
        taken = 0

        def endless() -> Iterable[Path]:
            nonlocal taken
            while True:
                taken += 1
                yield paths[taken % 40]

        batches = embed_photos(endless(), source, Unwatched())
        first = next(batches)
        batches.close()
        assert first
        assert taken <= 2 * 128
        assert decoding_threads() == []

    def test_the_first_photos_come_before_the_last_are_read(
        self, source: EmbeddingSource, photos: Photos, decoded: list[Path]
    ) -> None:
        paths = photos(120)
        batches = embed_photos(paths, source, Unwatched())
        next(batches)
        assert len(decoded) < 120
        assert sum(map(len, batches)) < 120


class TestGpu:
    def test_photos_are_encoded_in_batches_by_the_thread_that_asked(
        self, source: EmbeddingSource, opener: Opener, photos: Photos
    ) -> None:
        opener.kind = "cuda"
        stats = EmbeddingStats()
        embed(photos(200), source, stats)
        assert sum(opener.engine.batches) == 200
        assert opener.engine.batches[:3] == [64, 64, 64]
        assert opener.engine.threads == {threading.current_thread().name}
        assert stats.encode_core_seconds > 0

    def test_on_the_processor_each_is_encoded_by_the_thread_that_read_it(
        self, source: EmbeddingSource, opener: Opener, photos: Photos
    ) -> None:
        embed(photos(30), source)
        assert set(opener.engine.batches) == {1}
        assert all(name.startswith("decode") for name in opener.engine.threads)


class TestFilesThatChange:
    def test_a_photo_with_new_content_is_embedded_again(
        self, source: EmbeddingSource, tmp_path: Path, decoded: list[Path]
    ) -> None:
        path = draw(tmp_path / "x.png", 1)
        before = embed([path], source)[0]
        draw(path, 2)
        after = embed([path], source)[0]
        assert decoded == [path, path]
        assert after.fingerprint != before.fingerprint
        assert not np.array_equal(after.embedding, before.embedding)

    def test_a_photo_that_was_only_touched_is_recognised(
        self, source: EmbeddingSource, tmp_path: Path, decoded: list[Path]
    ) -> None:
        path = draw(tmp_path / "x.png", 1)
        before = embed([path], source)[0]
        os.utime(path, (1, 1))
        stats = EmbeddingStats()
        after = embed([path], source, stats)[0]
        assert len(decoded) == 1
        assert stats.cached == 1
        np.testing.assert_array_equal(after.embedding, before.embedding)

    def test_a_moved_folder_is_recognised_by_content_and_then_by_name(
        self, source: EmbeddingSource, cache: EmbeddingCache, photos: Photos, tmp_path: Path, decoded: list[Path]
    ) -> None:
        paths = photos(50)
        before = matrix(embed(paths, source))
        decoded.clear()
        size = cache.size_bytes()
        shutil.move(tmp_path / "photos", tmp_path / "moved")
        moved = [tmp_path / "moved" / path.name for path in paths]
        stats = EmbeddingStats()
        np.testing.assert_array_equal(matrix(embed(moved, source, stats)), before)
        assert (stats.photos, stats.cached, stats.failed, decoded) == (50, 50, 0, [])
        assert stats.encode_core_seconds == 0
        assert cache.size_bytes() == size

        stats = EmbeddingStats()
        embed(moved, source, stats)
        assert stats == EmbeddingStats(photos=50, cached=50)  # decode_core_seconds 0: not even read

    def test_copies_share_an_embedding(self, source: EmbeddingSource, tmp_path: Path, decoded: list[Path]) -> None:
        one = draw(tmp_path / "one.png", 1)
        two = shutil.copy(one, tmp_path / "two.png")
        embed([one], source)
        embedded = embed([one, two], source)
        assert decoded == [one]
        assert embedded[0].fingerprint == embedded[1].fingerprint
        np.testing.assert_array_equal(embedded[0].embedding, embedded[1].embedding)

    def test_the_same_photo_twice_at_once(self, source: EmbeddingSource, tmp_path: Path) -> None:
        path = draw(tmp_path / "one.png", 1)
        embed([path], source)
        stats = EmbeddingStats()
        embedded = embed([path] * 300, source, stats)
        assert len(embedded) == 300
        assert len(np.unique(matrix(embedded), axis=0)) == 1
        assert (stats.photos, stats.cached) == (300, 300)

    def test_a_photo_that_vanishes_between_two_looks(
        self, source: EmbeddingSource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = draw(tmp_path / "one.png", 1)

        def vanish(path: Path) -> str:
            path.unlink(missing_ok=True)
            return fingerprint(path)

        monkeypatch.setattr(embedding, "fingerprint", vanish)
        assert embed([path], source)[0].error == "it is no longer there"

    @pytest.mark.skipif(os.name != "posix", reason="this system has no such links")
    def test_a_link_to_itself_says_so(self, source: EmbeddingSource, tmp_path: Path) -> None:
        link = tmp_path / "loop.jpg"
        link.symlink_to(link)
        assert embed([link], source)[0].error == "it is a link that leads back to itself"


class TestEndings:
    @pytest.mark.parametrize("kind", ["cpu", "cuda"])
    def test_a_cancel_leaves_no_thread_and_keeps_what_was_done(
        self, source: EmbeddingSource, opener: Opener, photos: Photos, kind: str
    ) -> None:
        opener.kind = kind
        paths = photos(200)
        progress = CancelWhen(lambda: sum(opener.engine.batches) >= 70)
        with pytest.raises(Cancelled):
            list(embed_photos(paths, source, progress))
        assert decoding_threads() == []
        done = sum(opener.engine.batches)
        assert 0 < done < 200
        stats = EmbeddingStats()
        embed(paths, source, stats)
        assert stats.cached == done
        assert sum(opener.engine.batches) == 200

    def test_a_cancel_is_heard_before_anything_is_begun(
        self, source: EmbeddingSource, opener: Opener, photos: Photos
    ) -> None:
        with pytest.raises(Cancelled):
            list(embed_photos(photos(3), source, Watched(cancel_at_check=1)))
        assert opener.opened == 0

    def test_whoever_stops_listening_leaves_no_thread(self, source: EmbeddingSource, photos: Photos) -> None:
        paths = photos(100)

        def listen() -> None:
            for _ in embed_photos(paths, source, Unwatched()):
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            listen()
        assert decoding_threads() == []
        stats = EmbeddingStats()
        embed(paths, source, stats)
        assert 0 < stats.cached < 100

    @pytest.mark.parametrize("kind", ["cpu", "cuda"])
    def test_an_encoder_that_fails_ends_the_work_and_keeps_what_was_done(
        self, source: EmbeddingSource, opener: Opener, photos: Photos, monkeypatch: pytest.MonkeyPatch, kind: str
    ) -> None:
        opener.kind = kind
        encode, calls = opener.engine.encode, []

        def fail_later(batch: NDArray[np.float32]) -> NDArray[np.float32]:
            calls.append(len(batch))
            if sum(calls) > 70:
                raise EncoderError("The encoder failed on a photo: close other programs and try again.")
            return encode(batch)

        monkeypatch.setattr(opener.engine, "encode", fail_later)
        paths = photos(150)
        with pytest.raises(EncoderError, match="close other programs"):
            list(embed_photos(paths, source, Unwatched()))
        assert decoding_threads() == []
        known = source.cached([embedding.FileStamp(p, p.stat().st_size, p.stat().st_mtime_ns) for p in paths])
        assert len(known) == sum(opener.engine.batches) > 0


@pytest.mark.usefixtures("opener")
class TestWithoutACache:
    def test_a_full_disk_costs_speed_and_nothing_else(
        self, photos: Photos, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        paths = photos(150)
        cache = EmbeddingCache(tmp_path / "cache.sqlite")
        connection = cache._database.connection
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages + 1}")
        source = EmbeddingSource(TILE_COLOURS, cache)
        with caplog.at_level(logging.WARNING):
            embedded = embed(paths, source)
        np.testing.assert_array_equal(matrix(embedded), reference(paths, source))
        assert [record.levelname for record in caplog.records if "SQLITE_FULL" in record.getMessage()] == ["WARNING"]
        cache.close()

    def test_a_closed_cache_is_an_empty_one(self, photos: Photos, tmp_path: Path) -> None:
        cache = EmbeddingCache(tmp_path / "cache.sqlite")
        cache.close()
        source = EmbeddingSource(TILE_COLOURS, cache)
        for _ in range(2):
            stats = EmbeddingStats()
            assert len(embed(photos(5), source, stats)) == 5
            assert stats.cached == 0


def test_core_seconds_are_counted(source: EmbeddingSource, photos: Photos) -> None:
    stats = EmbeddingStats()
    embed(photos(20), source, stats)
    assert 0 < stats.decode_core_seconds < math.inf
    assert 0 < stats.encode_core_seconds < math.inf


def test_workers_are_as_many_as_cores_may_be_used() -> None:
    assert 1 <= worker_count() <= (os.cpu_count() or 1)
