"""What a run cost."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from fewshot_gui.core.processor import core_count
from fewshot_gui.core.progress import Unwatched
from fewshot_gui.workflows.embedding import EmbeddingStats
from fewshot_gui.workflows.embedding_source import EmbeddingSource
from fewshot_gui.workflows.run_stats import peak_memory_mb, run_stats
from tests.unit.workflows.conftest import Opener


def test_rates_come_from_the_counts(source: EmbeddingSource) -> None:
    work = EmbeddingStats(photos=100, failed=3, cached=20, decode_core_seconds=6.0, encode_core_seconds=2.0)
    stats = run_stats(work, seconds=5.0, adapt=0.5, score=0.25, source=source, method="ridge")
    assert (stats.photos, stats.failed, stats.cached, stats.seconds) == (100, 3, 20, 5.0)
    assert stats.photos_per_second == 20.0
    assert stats.bound_photos_per_second == pytest.approx(core_count() * 80 / 8.0)
    assert (stats.decode_core_seconds, stats.encode_core_seconds) == (6.0, 2.0)
    assert (stats.adapt_seconds, stats.score_seconds, stats.method) == (0.5, 0.25, "ridge")
    assert stats.encoder == "tile-colours"


def test_nothing_takes_no_time(source: EmbeddingSource) -> None:
    stats = run_stats(EmbeddingStats(), seconds=0.0, adapt=0.0, score=0.0, source=source, method="ridge")
    assert stats.photos_per_second == 0.0
    assert stats.bound_photos_per_second is None


def test_the_device_is_the_one_that_encoded(source: EmbeddingSource, opener: Opener) -> None:
    opener.kind = "cuda"
    assert run_stats(EmbeddingStats(), seconds=1, adapt=0, score=0, source=source, method="x").device == "cpu"
    source.encoder(Unwatched())
    assert run_stats(EmbeddingStats(), seconds=1, adapt=0, score=0, source=source, method="x").device == "cuda"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell")
def test_peak_memory_is_in_mebibytes_and_never_shrinks() -> None:
    before = peak_memory_mb()
    assert before is not None
    assert 10 < before < 100_000
    filled = np.ones(int((before + 64) * 2**20 / 8))
    after = peak_memory_mb()
    assert after is not None
    assert after >= filled.nbytes / 2**20
    del filled
    assert peak_memory_mb() >= after - 1  # Linux adds up what each processor counts only now and then


@pytest.mark.skipif(sys.platform != "linux", reason="only there a process starts with the peak of its parent")
def test_peak_memory_is_that_of_this_process_alone() -> None:
    filled = np.ones(2**26)  # half a GiB
    code = "from fewshot_gui.workflows.run_stats import peak_memory_mb; print(peak_memory_mb())"
    said = subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, text=True).stdout
    assert 10 < float(said) < filled.nbytes / 2**20


def test_windows_does_not_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert peak_memory_mb() is None
