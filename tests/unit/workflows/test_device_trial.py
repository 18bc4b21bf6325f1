"""How fast this computer is, found out."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from fewshot_gui.core.errors import Cancelled
from fewshot_gui.core.processor import core_count
from fewshot_gui.encoders import DeviceAttempt, DeviceChoice, DeviceSurvey
from fewshot_gui.encoders.providers import PROVIDERS
from fewshot_gui.encoders.trial_memory import TrialOutcome, keep, recall
from fewshot_gui.workflows import device_trial, embedding_source
from fewshot_gui.workflows.device_trial import try_device
from tests.unit.encoders.conftest import Watched
from tests.unit.workflows.conftest import TILE_COLOURS, Opener

CHOICE = DeviceChoice("cpu", "Processor", "Using the processor: it was chosen in the settings.")
ATTEMPT = DeviceAttempt("Processor", usable=True, used=True, reason="It reads and encodes.")


@pytest.fixture(autouse=True)
def stand_in(opener: Opener, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A small encoder, small photos, and a folder for temporary files of its own."""
    monkeypatch.setattr(device_trial, "encoder_spec", lambda _id: TILE_COLOURS)
    monkeypatch.setattr(
        embedding_source, "open_encoder", lambda _id, **options: opener.open(TILE_COLOURS.id, **options)
    )
    monkeypatch.setattr(embedding_source, "choose_device", opener.choose_device)
    monkeypatch.setattr(device_trial, "survey_devices", lambda *_: DeviceSurvey(CHOICE, (ATTEMPT,)))
    monkeypatch.setattr(device_trial, "_SIZE", (400, 300))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def test_every_photo_is_read_and_encoded(opener: Opener, tmp_path: Path) -> None:
    trial = try_device(Watched())
    assert sum(opener.engine.batches) == 1 + 2 * 8 * core_count(), "none is taken for another; one is for warming up"
    assert min(trial.photos_per_second, trial.decoded_per_second, trial.encoded_per_second) > 0
    assert trial.attempts == (ATTEMPT,)
    assert (trial.cores, trial.device.kind) == (core_count(), "cpu")
    assert list(tmp_path.iterdir()) == []


def test_it_stops_when_there_is_real_work(tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        try_device(Watched(cancel_at_check=1))
    assert list(tmp_path.iterdir()) == []


def test_in_batches_whole_ones_are_timed(opener: Opener) -> None:
    opener.kind = "cuda"
    assert try_device(Watched()).device.kind == "cuda"
    assert max(opener.engine.batches) > 1


def test_what_failed_before_is_tried_again() -> None:
    keep(PROVIDERS[0], "some", TrialOutcome(passed=False, reason="it failed"))
    try_device(Watched())
    assert recall(PROVIDERS[0], "some") is None
