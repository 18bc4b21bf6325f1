"""Photos to embeddings: right, cached, and whatever happens to the files."""

from __future__ import annotations

import logging
import math
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from fewshot_gui.core.progress import Unwatched
from fewshot_gui.encoders import EmbeddingCache
from fewshot_gui.imaging import fingerprint
from fewshot_gui.workflows.embedding import EmbeddingStats, embed_photos, reading
from fewshot_gui.workflows.embedding_source import EmbeddingSource
from tests.unit.workflows.conftest import TILE_COLOURS, Opener, draw
from tests.unit.workflows.embedding.conftest import Photos, crew, embed, matrix, reference


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
        assert taken <= 1024
        assert crew() == []

    def test_the_first_photos_come_before_the_last_are_read(
        self, source: EmbeddingSource, photos: Photos, decoded: list[Path]
    ) -> None:
        paths = photos(120)
        batches = embed_photos(paths, source, Unwatched())
        next(batches)
        assert len(decoded) < 120
        assert sum(map(len, batches)) < 120


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

        monkeypatch.setattr(reading, "fingerprint", vanish)
        assert embed([path], source)[0].error == "it is no longer there"

    @pytest.mark.skipif(os.name != "posix", reason="this system has no such links")
    def test_a_link_to_itself_says_so(self, source: EmbeddingSource, tmp_path: Path) -> None:
        link = tmp_path / "loop.jpg"
        link.symlink_to(link)
        assert embed([link], source)[0].error == "it is a link that leads back to itself"


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
