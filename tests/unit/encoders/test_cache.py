from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from fewshot_gui.encoders import cache as cache_module
from fewshot_gui.encoders.cache import EmbeddingCache, FileStamp
from fewshot_gui.encoders.packing import packed_size, rounded

from .conftest import small_cache_spec

SPEC = small_cache_spec()
DAY = 24 * 3600


def embeddings(*names: str, seed: int = 0, dimension: int = 4) -> dict[str, NDArray[np.float32]]:
    rng = np.random.default_rng(seed)
    return {name: rng.standard_normal(dimension).astype(np.float32) for name in names}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "embeddings.sqlite"


@pytest.fixture
def cache(path: Path) -> Iterator[EmbeddingCache]:
    with EmbeddingCache(path) as opened:
        yield opened


def test_gives_back_what_was_put_and_nothing_else(cache: EmbeddingCache) -> None:
    put = embeddings("a", "b", "c")
    cache.put_many(put, SPEC)
    got = cache.get_many(["c", "nobody", "a", "a"], SPEC)
    assert set(got) == {"a", "c"}
    for name, embedding in got.items():
        assert embedding.dtype == np.float32
        assert embedding.shape == (4,)
        np.testing.assert_array_equal(embedding, rounded(put[name][np.newaxis])[0])


def test_encoders_and_versions_are_kept_apart(cache: EmbeddingCache) -> None:
    cache.put_many(embeddings("a"), SPEC)
    assert cache.get_many(["a"], small_cache_spec("another")) == {}
    assert cache.get_many(["a"], small_cache_spec(version=2)) == {}
    assert cache.get_many(["a"], small_cache_spec(dimension=5)) == {}, "not even under the same name"


def test_later_embedding_replaces_the_earlier(cache: EmbeddingCache) -> None:
    cache.put_many(embeddings("a", seed=1), SPEC)
    cache.put_many(embeddings("a", seed=2), SPEC)
    wanted = rounded(embeddings("a", seed=2)["a"][np.newaxis])[0]
    np.testing.assert_array_equal(cache.get_many(["a"], SPEC)["a"], wanted)
    assert cache.size_bytes() == packed_size(4)


def test_survives_closing_in_the_cache_folder_by_default() -> None:
    with EmbeddingCache() as first:
        first.put_many(embeddings("a"), SPEC)
    assert (Path(os.environ["FEWSHOT_GUI_CACHE"]) / "embeddings.sqlite").is_file()
    with EmbeddingCache() as second:
        assert set(second.get_many(["a"], SPEC)) == {"a"}


@pytest.mark.provokes_logs
def test_embedding_that_is_not_finite_is_not_kept(cache: EmbeddingCache) -> None:
    bad = np.array([1, np.nan, 0, 0], np.float32), np.array([1, np.inf, 0, 0], np.float32)
    cache.put_many({"nan": bad[0], "inf": bad[1], **embeddings("good")}, SPEC)
    assert set(cache.get_many(["nan", "inf", "good"], SPEC)) == {"good"}


def test_large_values_do_not_overflow(cache: EmbeddingCache) -> None:
    large = np.array([1e9, -3e9, 0, 1e6], np.float32)
    cache.put_many({"a": large}, SPEC)
    np.testing.assert_allclose(cache.get_many(["a"], SPEC)["a"], large, rtol=1e-3)


def test_more_than_a_chunk_at_once(cache: EmbeddingCache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_module, "_CHUNK", 7)
    put = embeddings(*(f"photo {i}" for i in range(30)))
    cache.put_many(put, SPEC)
    assert set(cache.get_many(list(put), SPEC)) == set(put)


def test_what_was_used_longest_ago_goes_first(path: Path) -> None:
    now = [1_000_000.0]
    room = 10 * packed_size(4)
    with EmbeddingCache(path, room, lambda: now[0]) as cache:
        for i in range(10):
            cache.put_many(embeddings(f"{i}"), SPEC)
        now[0] += 2 * DAY
        cache.get_many(["0", "1"], SPEC)
        cache.put_many(embeddings("new"), SPEC)
        left = set(cache.get_many([*map(str, range(10)), "new"], SPEC))
        assert {"0", "1", "new"} <= left
        assert left == {"0", "1", *map(str, range(4, 10)), "new"}, "down to nine tenths, oldest first"
        assert cache.size_bytes() == 9 * packed_size(4)


def test_activations_go_before_embeddings_however_new_they_are(path: Path) -> None:
    now = [1_000_000.0]
    bulky = small_cache_spec("deep", dimension=5000)
    with EmbeddingCache(path, 5 * packed_size(5000), lambda: now[0]) as cache:
        cache.put_many(embeddings("old"), SPEC)
        for i in range(8):
            now[0] += 2 * DAY
            cache.put_many(embeddings(f"{i}", dimension=5000), bulky)
        assert set(cache.get_many(["old"], SPEC)) == {"old"}
        kept = set(cache.get_many([f"{i}" for i in range(8)], bulky))
        assert {"7"} <= kept <= {"4", "5", "6", "7"}


def test_uses_are_written_when_the_cache_is_closed(path: Path) -> None:
    now = [1_000_000.0]
    with EmbeddingCache(path, clock=lambda: now[0]) as cache:
        cache.put_many(embeddings("a", "b"), SPEC)
    now[0] += 2 * DAY
    with EmbeddingCache(path, clock=lambda: now[0]) as cache:
        cache.get_many(["a"], SPEC)
    with sqlite3.connect(path) as connection:
        used = dict(connection.execute("SELECT fingerprint, used FROM entries").fetchall())
    connection.close()
    assert used == {"a": 1_000_000 + 2 * DAY, "b": 1_000_000}


def test_clear_forgets_everything_and_gives_the_space_back(path: Path) -> None:
    with EmbeddingCache(path) as cache:
        spec = small_cache_spec(dimension=1000)
        stamp = FileStamp(Path("/photo.jpg"), 1, 2)
        cache.put_many(embeddings(*map(str, range(200)), dimension=1000), spec)
        cache.remember_fingerprints({stamp: "a"})
        cache.clear()
        assert cache.get_many(["1"], spec) == {}
        assert cache.fingerprints_of([stamp]) == {}
        assert cache.size_bytes() == 0
        assert path.stat().st_size < 200_000
        cache.put_many(embeddings("1", dimension=1000), spec)
        assert cache.size_bytes() == packed_size(1000)


def test_fingerprint_is_remembered_until_the_file_changes(cache: EmbeddingCache) -> None:
    stamp = FileStamp(Path("/photos/a.jpg"), 1000, 123_456_789_012_345_678)
    cache.remember_fingerprints({stamp: "old", stamp._replace(path=Path("/photos/b.jpg")): "other"})
    assert cache.fingerprint_of(*stamp) == "old"
    assert cache.fingerprint_of(stamp.path, 1001, stamp.mtime_ns) is None
    assert cache.fingerprint_of(stamp.path, 1000, stamp.mtime_ns + 1) is None
    cache.remember_fingerprints({stamp._replace(size=1001): "new"})
    assert cache.fingerprint_of(*stamp) is None
    assert cache.fingerprints_of([stamp, stamp._replace(size=1001)]) == {stamp._replace(size=1001): "new"}


def test_relative_path_means_the_same_file(cache: EmbeddingCache) -> None:
    cache.remember_fingerprints({FileStamp(Path("a.jpg"), 1, 2): "a"})
    assert cache.fingerprint_of(Path.cwd() / "a.jpg", 1, 2) == "a"


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="these file systems only know names that are text")
def test_name_that_is_no_text_can_be_remembered(cache: EmbeddingCache) -> None:
    stamp = FileStamp(Path(os.fsdecode(b"/photos/\xff.jpg")), 1, 2)
    cache.remember_fingerprints({stamp: "a"})
    assert cache.fingerprint_of(*stamp) == "a"


def test_files_remembered_first_are_forgotten_first(cache: EmbeddingCache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_module, "_MAX_FILES", 3)
    stamps = [FileStamp(Path(f"/{i}.jpg"), i, i) for i in range(5)]
    for stamp in stamps:
        cache.remember_fingerprints({stamp: stamp.path.name})
    assert list(cache.fingerprints_of(stamps)) == stamps[2:]


@pytest.mark.parametrize("content", [b"this is no database" * 100, b"SQLite format 3\0" + b"\xff" * 5000])
def test_damaged_file_is_set_aside(content: bytes, path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with EmbeddingCache(path) as cache:
        cache.put_many(embeddings("a"), SPEC)
        assert set(cache.get_many(["a"], SPEC)) == {"a"}
    assert path.with_name("embeddings.sqlite.damaged").read_bytes() == content
    assert "damaged and starts afresh" in caplog.text


def test_file_that_is_damaged_while_open_is_set_aside(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with EmbeddingCache(path) as cache:
        cache.put_many(embeddings(*map(str, range(500))), SPEC)
    size = path.stat().st_size
    with path.open("r+b") as file:  # the first page, which holds the tables' names, stays whole
        file.seek(16384)
        file.write(b"\xff" * (size - 16384))
    with EmbeddingCache(path) as cache:
        assert cache.get_many(["1"], SPEC) == {}
        cache.put_many(embeddings("a"), SPEC)
        assert set(cache.get_many(["a"], SPEC)) == {"a"}
    assert path.with_name("embeddings.sqlite.damaged").exists()
    assert "starts afresh" in caplog.text


def test_file_of_another_version_is_emptied(path: Path) -> None:
    path.parent.mkdir()
    old = sqlite3.connect(path)
    old.executescript("CREATE TABLE entries (something TEXT); PRAGMA user_version = 77")
    old.close()
    with EmbeddingCache(path) as cache:
        cache.put_many(embeddings("a"), SPEC)
        assert set(cache.get_many(["a"], SPEC)) == {"a"}


def test_place_that_cannot_be_written_means_no_cache(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").touch()
    with EmbeddingCache(tmp_path / "file" / "embeddings.sqlite") as cache:
        cache.put_many(embeddings("a"), SPEC)
        cache.remember_fingerprints({FileStamp(Path("/a"), 1, 2): "a"})
        assert cache.get_many(["a"], SPEC) == {}
        assert cache.fingerprint_of(Path("/a"), 1, 2) is None
        assert cache.size_bytes() == 0
        cache.clear()
    assert "working without it" in caplog.text


def test_full_disk_is_logged_once_and_what_is_there_stays_readable(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with EmbeddingCache(path) as cache:
        cache.put_many(embeddings("a"), SPEC)
        assert cache._database is not None
        cache._database.connection.execute("PRAGMA max_page_count = 1")  # SQLite's own way to a full disk
        big = small_cache_spec("big", dimension=20_000)
        for i in range(3):
            cache.put_many(embeddings(f"b{i}", dimension=20_000), big)
        assert cache.get_many(["b0"], big) == {}
        assert set(cache.get_many(["a"], SPEC)) == {"a"}
        assert cache.size_bytes() == packed_size(4), "nothing was half written"
    warnings = [record for record in caplog.records if record.levelname == "WARNING"]
    assert len(warnings) == 1
    assert "SQLITE_FULL" in warnings[0].getMessage()


def test_read_only_file_can_still_be_read(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with EmbeddingCache(path) as cache:
        cache.put_many(embeddings("a"), SPEC)
        assert cache._database is not None
        cache._database.connection.execute("PRAGMA query_only = ON")
        cache.put_many(embeddings("b"), SPEC)
        assert set(cache.get_many(["a", "b"], SPEC)) == {"a"}
    assert "SQLITE_READONLY" in caplog.text


def test_after_closing_it_is_as_if_empty(path: Path) -> None:
    cache = EmbeddingCache(path)
    cache.put_many(embeddings("a"), SPEC)
    cache.close()
    cache.close()
    assert cache.get_many(["a"], SPEC) == {}


def test_threads_share_one_cache(cache: EmbeddingCache) -> None:
    def work(thread: int) -> int:
        for i in range(10):
            cache.put_many(embeddings(f"{thread}-{i}"), SPEC)
        return len(cache.get_many([f"{thread}-{i}" for i in range(10)], SPEC))

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(work, range(4))) == [10] * 4


def test_two_openings_of_one_file_see_each_other(path: Path) -> None:
    with EmbeddingCache(path) as first, EmbeddingCache(path) as second:
        barrier = threading.Barrier(2)

        def work(cache: EmbeddingCache, name: str) -> None:
            barrier.wait()
            for i in range(20):
                cache.put_many(embeddings(f"{name}{i}"), SPEC)

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(work, (first, second), "xy"))
        assert len(first.get_many([f"y{i}" for i in range(20)], SPEC)) == 20
        assert len(second.get_many([f"x{i}" for i in range(20)], SPEC)) == 20
        assert first.size_bytes() == second.size_bytes() == 40 * packed_size(4)


def test_processes_that_open_a_new_file_at_once_share_it(path: Path) -> None:
    code = (
        "import sys, numpy\n"
        "from pathlib import Path\n"
        "from fewshot_gui.encoders.cache import EmbeddingCache\n"
        "from tests.unit.encoders.conftest import small_cache_spec\n"
        "with EmbeddingCache(Path(sys.argv[1])) as cache:\n"
        "    for i in range(20):\n"
        "        cache.put_many({sys.argv[2] + str(i): numpy.ones(4, 'f4')}, small_cache_spec())\n"
    )
    root = Path(__file__).resolve().parents[3]
    processes = [subprocess.Popen([sys.executable, "-c", code, str(path), name], cwd=root) for name in "xy"]
    assert [process.wait(timeout=60) for process in processes] == [0, 0]
    with EmbeddingCache(path) as cache:
        assert len(cache.get_many([f"{name}{i}" for name in "xy" for i in range(20)], SPEC)) == 40


_STRESS = """
import sys, numpy
from pathlib import Path
from fewshot_gui.encoders.cache import EmbeddingCache, FileStamp
from tests.unit.encoders.conftest import small_cache_spec
spec, me = small_cache_spec(dimension=100), int(sys.argv[2])
with EmbeddingCache(Path(sys.argv[1]), max_bytes=40_000) as cache:
    for turn in range(150):
        names = [f"{(turn * 7 + i) % 400}" for i in range(20)]
        cache.put_many({name: numpy.full(100, int(name) + 1, "f4") for name in names}, spec)
        cache.remember_fingerprints({FileStamp(Path(f"/{name}.jpg"), 1, 1): name for name in names})
        for name, row in cache.get_many([str(i) for i in range(0, 400, 3)], spec).items():
            assert (row == int(name) + 1).all(), name
        if turn == 70 + me:
            cache.clear()
"""


def test_two_processes_that_write_read_and_clear_at_once_harm_nothing(path: Path) -> None:
    root = Path(__file__).resolve().parents[3]
    processes = [subprocess.Popen([sys.executable, "-c", _STRESS, str(path), str(me)], cwd=root) for me in range(2)]
    assert [process.wait(timeout=60) for process in processes] == [0, 0]
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    ((total, kept),) = connection.execute(
        "SELECT (SELECT bytes FROM total), (SELECT sum(bytes) FROM entries)"
    ).fetchall()
    assert 0 < total == kept <= 40_000
    ((lonely,),) = connection.execute(
        "SELECT count(*) FROM entries WHERE id NOT IN (SELECT id FROM vectors)"
    ).fetchall()
    assert lonely == 0
    connection.close()
    assert not path.with_name("embeddings.sqlite.damaged").exists()


def test_closing_does_not_wait_for_a_thread_that_uses_it(path: Path) -> None:
    cache = EmbeddingCache(path)
    cache.put_many(embeddings("a"), SPEC)
    with cache._lock:
        cache.close()
    assert set(cache.get_many(["a"], SPEC)) == {"a"}
    cache.close()
    assert cache.get_many(["a"], SPEC) == {}


def test_many_files_are_found_at_once(cache: EmbeddingCache) -> None:
    stamps = [FileStamp(Path(f"/photos/{i}.jpg"), i, i) for i in range(1200)]
    cache.remember_fingerprints({stamp: str(stamp.size) for stamp in stamps[::2]})
    changed = [stamps[2]._replace(mtime_ns=7), FileStamp(Path("relative.jpg"), 1, 1)]
    assert cache.fingerprints_of([*stamps, *changed]) == {stamp: str(stamp.size) for stamp in stamps[::2]}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not let an open file be replaced")
@pytest.mark.provokes_logs
def test_damage_found_by_two_at_once_is_set_aside_once(path: Path, tmp_path: Path) -> None:
    with EmbeddingCache(path) as first, EmbeddingCache(path) as second:
        assert first._database is not None
        assert second._database is not None
        first._database.reopen_afresh()
        first.put_many(embeddings("a"), SPEC)
        second._database.reopen_afresh()
        assert set(second.get_many(["a"], SPEC)) == {"a"}, "the fresh file was not set aside again"
    shutil.rmtree(path.parent)
