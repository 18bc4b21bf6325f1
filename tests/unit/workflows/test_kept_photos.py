"""How much is kept of photos that were read before."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.encoders import EmbeddingCache
from fewshot_gui.workflows.kept_photos import forget_photos, kept_photos
from tests.unit.workflows.conftest import TILE_COLOURS


def fill(cache: EmbeddingCache, *names: str) -> None:
    cache.put_many({name: np.ones(TILE_COLOURS.dimension, np.float32) for name in names}, TILE_COLOURS)


def test_it_tells_what_there_is_and_where(cache: EmbeddingCache) -> None:
    fill(cache, "a", "b")
    kept = kept_photos(cache)
    assert kept.kept_bytes == cache.size_bytes() > 0
    assert kept.most_bytes == cache.max_bytes
    assert kept.disk_bytes > kept.kept_bytes, "the file, and what SQLite keeps beside it"
    assert cache.path is not None
    assert kept.folder == cache.path.parent


def test_two_programs_see_the_same(cache: EmbeddingCache) -> None:
    with EmbeddingCache(cache.path) as other:
        fill(other, "a")
        assert kept_photos(cache) == kept_photos(other)
        assert forget_photos(cache).kept_bytes == 0
        assert kept_photos(other).kept_bytes == 0
        assert other.get_many(["a"], TILE_COLOURS) == {}
        fill(other, "b")
        assert kept_photos(cache).kept_bytes > 0


def test_forgetting_gives_the_disk_back(cache: EmbeddingCache) -> None:
    fill(cache, *map(str, range(3000)))
    before = kept_photos(cache).disk_bytes
    assert forget_photos(cache).disk_bytes < before / 4


def test_nothing_to_forget_is_no_failure(cache: EmbeddingCache) -> None:
    assert forget_photos(cache).kept_bytes == 0


def test_what_cannot_be_forgotten_is_told(cache: EmbeddingCache, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(cache, "a")
    assert cache.path is not None
    monkeypatch.setattr(cache, "clear", lambda: None)  # as when another program holds the file
    with pytest.raises(FewshotError, match="close other windows"):
        forget_photos(cache)


@pytest.mark.provokes_logs
def test_without_a_file_there_is_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with EmbeddingCache(tmp_path / "file" / "embeddings.sqlite") as cache:
        kept = kept_photos(cache)
    assert (kept.kept_bytes, kept.disk_bytes, kept.folder) == (0, 0, None)
