"""How a run ends: cancelled, paused, left, failed, killed; also in the middle of something long."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from fewshot_gui.core.errors import Cancelled, EncoderError
from fewshot_gui.core.progress import Progress, Unwatched
from fewshot_gui.encoders import EmbeddingCache, Encoder, FileStamp
from fewshot_gui.workflows import embedding_source
from fewshot_gui.workflows.embedding import EmbeddingStats, embed_photos
from fewshot_gui.workflows.embedding_source import EmbeddingSource
from tests.unit.encoders.conftest import Watched
from tests.unit.workflows.conftest import TILE_COLOURS, Opener, draw
from tests.unit.workflows.embedding.conftest import LONG, CancelWhen, Decoded, Photos, crew, embed, join_crew


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
        assert crew() == []
        done = sum(opener.engine.batches)
        assert 0 < done <= 200
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
        assert crew() == []
        stats = EmbeddingStats()
        embed(paths, source, stats)
        assert 0 < stats.cached <= 100

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
        assert crew() == []
        known = source.cached([FileStamp(p, p.stat().st_size, p.stat().st_mtime_ns) for p in paths])
        lost = sum(opener.engine.batches) - len(known)
        assert known
        assert lost <= (0 if kind == "cpu" else 16), "batches that were encoded together with the one that failed"


class TestLongPhotos:
    """A photo that takes for ever to decode holds nobody up; the tests hang where it does."""

    @pytest.fixture
    def paths(self, photos: Photos, tmp_path: Path) -> list[Path]:
        return [*photos(10), draw(tmp_path / "photos" / "long.png", 100), *photos(10, first=10)]

    @pytest.mark.parametrize("kind", ["cpu", "cuda"])
    def test_a_cancel_does_not_wait_for_it_and_it_is_not_decoded_again(
        self, source: EmbeddingSource, opener: Opener, paths: list[Path], decoded: Decoded, kind: str
    ) -> None:
        opener.kind = kind
        with pytest.raises(Cancelled):
            list(embed_photos(paths, source, CancelWhen(decoded.inside.is_set)))
        assert len(crew()) >= 1, "it is still inside the decoder"
        decoded.let_go()
        join_crew()
        stats = EmbeddingStats()
        embed(paths, source, stats)
        assert stats.cached >= 1, "what was finished after the cancel was kept"
        assert sorted(decoded) == sorted(paths)

    @pytest.mark.parametrize("kind", ["cpu", "cuda"])
    def test_a_run_that_is_begun_meanwhile_waits_for_it_last(
        self, source: EmbeddingSource, opener: Opener, paths: list[Path], decoded: Decoded, kind: str
    ) -> None:
        opener.kind = kind
        with pytest.raises(Cancelled):
            list(embed_photos(paths, source, CancelWhen(decoded.inside.is_set)))
        seen = set()
        for batch in embed_photos(paths, source, Unwatched()):
            seen |= {photo.path for photo in batch}
            if len(seen) == len(paths) - 1:
                decoded.let_go()
        assert seen == set(paths)
        assert sorted(decoded) == sorted(paths)
        join_crew()

    def test_whoever_stops_listening_does_not_wait_for_it(
        self, source: EmbeddingSource, paths: list[Path], decoded: Decoded
    ) -> None:
        batches = embed_photos(paths, source, Unwatched())
        next(batches)
        assert decoded.inside.wait(LONG)
        batches.close()
        decoded.let_go()
        join_crew()

    def test_a_photo_that_fails_after_the_end_can_be_read_again(
        self,
        source: EmbeddingSource,
        paths: list[Path],
        decoded: Decoded,
        opener: Opener,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        with pytest.raises(Cancelled):
            list(embed_photos(paths, source, CancelWhen(decoded.inside.is_set)))
        with monkeypatch.context() as broken:
            broken.setattr(opener.engine, "encode", lambda _: 1 / 0)
            decoded.let_go()
            join_crew()
        assert len(embed(paths, source)) == len(paths)
        assert decoded.count(next(path for path in paths if path.stem == "long")) == 2


class TestOpening:
    """The encoder may take half a minute to open."""

    @pytest.fixture
    def gate(self, opener: Opener, monkeypatch: pytest.MonkeyPatch) -> threading.Event:
        """Opened, the encoder can be."""
        gate = threading.Event()

        def held(encoder_id: str, **options: Progress) -> Encoder:
            assert gate.wait(LONG)
            return opener.open(encoder_id, **options)

        monkeypatch.setattr(embedding_source, "open_encoder", held)
        return gate

    def test_a_cancel_does_not_wait_for_it_and_it_is_opened_once(
        self, source: EmbeddingSource, opener: Opener, photos: Photos, decoded: Decoded, gate: threading.Event
    ) -> None:
        paths = photos(5)
        with pytest.raises(Cancelled):
            list(embed_photos(paths, source, CancelWhen(lambda: len(decoded) == 5)))
        gate.set()
        join_crew()
        assert len(embed(paths, source)) == 5, "photos that were decoded for nothing can be had again"
        assert opener.opened == 1

    def test_photos_are_decoded_meanwhile_but_not_all_of_a_large_folder(
        self, source: EmbeddingSource, photos: Photos, decoded: Decoded, gate: threading.Event
    ) -> None:
        paths = photos(200)
        with pytest.raises(Cancelled):
            list(embed_photos(paths, source, CancelWhen(lambda: len(decoded) >= 128)))
        gate.set()
        join_crew()
        assert 128 <= len(decoded) < 200

    def test_what_is_known_by_its_content_does_not_wait_for_it(
        self, source: EmbeddingSource, photos: Photos, gate: threading.Event
    ) -> None:
        paths = photos(5)
        gate.set()
        embed(paths, source)
        gate.clear()
        for path in paths:
            os.utime(path, (1, 1))
        again = EmbeddingSource(TILE_COLOURS, source._cache)
        batches = embed_photos(paths, again, Unwatched())
        assert sum(len(batch) for batch in batches) == 5
        gate.set()
        join_crew()

    def test_its_failure_is_the_callers(
        self, source: EmbeddingSource, photos: Photos, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(_id: str, **_options: object) -> Encoder:
            raise EncoderError("The encoder is damaged.")

        monkeypatch.setattr(embedding_source, "open_encoder", fail)
        with pytest.raises(EncoderError, match="damaged"):
            list(embed_photos(photos(20), source, Unwatched()))


class Pausing(Unwatched):
    """A progress that is paused at its second check, until it is resumed."""

    def __init__(self) -> None:
        self.paused = threading.Event()
        self._resumed = threading.Event()
        self._checks = 0

    def check(self) -> None:
        self._checks += 1
        if self._checks == 2:
            self.paused.set()
            assert self._resumed.wait(LONG)

    def resume(self) -> None:
        self._resumed.set()


def test_nothing_is_begun_while_paused(source: EmbeddingSource, photos: Photos, decoded: Decoded) -> None:
    paths, progress, seen = photos(150), Pausing(), []
    listener = threading.Thread(target=lambda: seen.extend(embed_photos(paths, source, progress)))
    listener.start()
    assert progress.paused.wait(LONG)
    before = len(decoded)
    listener.join(0.2)
    assert len(decoded) <= before + len(crew()), "each thread may finish what it had begun"
    progress.resume()
    listener.join(LONG)
    assert sum(map(len, seen)) == 150


_KILLED = """
import os, signal, sys
from pathlib import Path
from fewshot_gui.core.progress import Unwatched
from fewshot_gui.encoders import EmbeddingCache
from fewshot_gui.workflows import embedding_source
from fewshot_gui.workflows.embedding import embed_photos
from tests.unit.workflows.conftest import TILE_COLOURS, Opener
embedding_source.open_encoder = Opener().open
source = embedding_source.EmbeddingSource(TILE_COLOURS, EmbeddingCache(Path(sys.argv[1])), device="cpu")
done = 0
for batch in embed_photos(map(Path, sys.argv[2:]), source, Unwatched()):
    print(*(photo.path for photo in batch), sep="\\n", flush=True)
    done += len(batch)
    if done > 50:
        os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows kills otherwise")
def test_after_a_kill_nothing_that_was_handed_out_is_done_again(
    photos: Photos, opener: Opener, decoded: Decoded, tmp_path: Path
) -> None:
    paths = photos(300)
    command = [sys.executable, "-c", _KILLED, str(tmp_path / "cache.sqlite"), *map(str, paths)]
    root = Path(__file__).resolve().parents[4]
    killed = subprocess.run(command, cwd=root, stdout=subprocess.PIPE, text=True, check=False)
    handed_out = set(map(Path, killed.stdout.split()))
    assert killed.returncode < 0
    assert 50 < len(handed_out) < 300
    with EmbeddingCache(tmp_path / "cache.sqlite") as cache:
        assert len(embed(paths, EmbeddingSource(TILE_COLOURS, cache))) == 300
    assert handed_out.isdisjoint(decoded)
