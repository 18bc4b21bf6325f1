"""How many threads there are, and that they are more where files come slowly."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import numpy as np
import pytest

from fewshot_gui.imaging import fingerprint
from fewshot_gui.workflows.embedding import crew, reading
from fewshot_gui.workflows.embedding.pace import Pace
from fewshot_gui.workflows.embedding_source import EmbeddingSource
from tests.unit.workflows.embedding.conftest import Photos, embed, matrix, reference


@pytest.mark.parametrize(
    ("waited", "worked", "threads"),
    [(0, 0, 4), (0, 10, 4), (0.1, 0, 4), (1, 10, 4), (3, 10, 5), (10, 10, 8), (25, 10, 14), (100, 10, 16), (5, 0, 16)],
)
def test_waiting_is_made_up_for(waited: float, worked: float, threads: int) -> None:
    pace = Pace(4)
    pace.note(waited=waited)
    pace.note(worked=worked)
    assert pace.threads == threads


def test_a_slow_folder_gets_more_readers_and_the_same_results(
    source: EmbeddingSource, photos: Photos, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crew, "core_count", lambda: 2)
    reading_now: set[str] = set()
    most = 0

    def slow(path: Path) -> str:
        nonlocal most
        reading_now.add(threading.current_thread().name)
        most = max(most, len(reading_now))
        time.sleep(0.03)  # the network
        reading_now.discard(threading.current_thread().name)
        return fingerprint(path)

    monkeypatch.setattr(reading, "fingerprint", slow)
    paths = photos(60)
    embedded = embed(paths, source)
    assert 2 < most <= 8
    np.testing.assert_array_equal(matrix(embedded), reference(paths, source))
