"""How fast this computer is, found out."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from fewshot_gui.core.errors import Cancelled
from fewshot_gui.workflows import device_trial, embedding_source
from fewshot_gui.workflows.device_trial import try_device
from fewshot_gui.workflows.embedding import worker_count
from tests.unit.encoders.conftest import Watched
from tests.unit.workflows.conftest import TILE_COLOURS, Opener


@pytest.fixture(autouse=True)
def stand_in(opener: Opener, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A small encoder, small photos, and a folder for temporary files of its own."""
    monkeypatch.setattr(device_trial, "encoder_spec", lambda _id: TILE_COLOURS)
    monkeypatch.setattr(
        embedding_source, "open_encoder", lambda _id, **options: opener.open(TILE_COLOURS.id, **options)
    )
    monkeypatch.setattr(embedding_source, "choose_device", opener.choose_device)
    monkeypatch.setattr(device_trial, "_SIZE", (400, 300))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def test_every_photo_is_read_and_encoded(opener: Opener, tmp_path: Path) -> None:
    trial = try_device(Watched())
    assert sum(opener.engine.batches) == 1 + 8 * worker_count(), "none is taken for another, and one is for warming up"
    assert trial.photos_per_second > 0
    assert (trial.cores, trial.device.kind) == (worker_count(), "cpu")
    assert list(tmp_path.iterdir()) == []


def test_it_stops_when_there_is_real_work(tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        try_device(Watched(cancel_at_check=1))
    assert list(tmp_path.iterdir()) == []
