"""The check of this computer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from fewshot_gui.core.errors import Cancelled, EncoderError
from fewshot_gui.encoders import Encoder
from fewshot_gui.workflows import self_test
from fewshot_gui.workflows.self_test import Finding, run_self_test
from tests.unit.encoders.conftest import Watched
from tests.unit.workflows.conftest import TILE_COLOURS, Opener

STEPS = ["Device", "Encoder", "Speed", "Adapting and labelling", "Window"]


@pytest.fixture(autouse=True)
def stand_in(opener: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    """No network."""

    def open_stand_in(_encoder_id: str, **options: Any) -> Encoder:
        return opener.open(TILE_COLOURS.id, **options)

    monkeypatch.setattr(self_test, "open_encoder", open_stand_in)
    monkeypatch.setattr(self_test, "choose_device", opener.choose_device)


def findings() -> dict[str, Finding]:
    return {finding.name: finding for finding in run_self_test(Watched())}


def test_on_a_sound_computer_everything_passes(opener: Opener) -> None:
    found = findings()
    assert list(found) == STEPS
    assert all(finding.passed for finding in found.values()), found
    assert found["Adapting and labelling"].detail.startswith("15 of 15")
    assert all(finding.detail.endswith(".") for finding in found.values())
    assert opener.opened == 1


def test_without_a_screen_it_still_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(self_test, "why_no_screen", lambda: "this computer has no display")
    window = findings()["Window"]
    assert (window.passed, window.detail) == (True, "No window can be shown because this computer has no display.")


def test_an_encoder_that_cannot_be_opened_fails_the_steps_that_need_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise EncoderError("The encoder is damaged: install the program again.")

    monkeypatch.setattr(self_test, "open_encoder", fail)
    found = findings()
    assert [name for name, finding in found.items() if not finding.passed] == STEPS[1:4]
    assert found["Speed"].detail == "The encoder is damaged: install the program again."


def test_a_broken_installation_is_a_finding_and_not_the_end(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise ImportError("DLL load failed")

    monkeypatch.setattr(self_test, "open_encoder", fail)
    found = findings()
    assert list(found) == STEPS
    assert found["Encoder"].detail == "Something unexpected went wrong (ImportError: DLL load failed)."
    assert "DLL load failed" in caplog.text


def test_an_encoder_that_changes_its_mind_is_found_out(opener: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)

    def guess(batch: NDArray[np.float32]) -> NDArray[np.float32]:
        return rng.random((len(batch), TILE_COLOURS.dimension), np.float32)

    monkeypatch.setattr(opener.engine, "encode", guess)
    found = findings()
    assert not found["Encoder"].passed
    assert "same answer twice" in found["Encoder"].detail
    assert not found["Adapting and labelling"].passed
    assert "made-up pictures were labelled right" in found["Adapting and labelling"].detail


def test_progress_names_the_steps_and_may_cancel() -> None:
    progress = Watched()
    run_self_test(progress)
    assert [report for report in progress.reports if report[2] in STEPS] == [
        (number, 5, name) for number, name in enumerate(STEPS)
    ]
    with pytest.raises(Cancelled):
        run_self_test(Watched(cancel_at_check=3))


def test_a_cancel_while_the_encoder_is_prepared_is_no_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def cancelled(*_: Any, **__: Any) -> None:
        raise Cancelled

    monkeypatch.setattr(self_test, "open_encoder", cancelled)
    with pytest.raises(Cancelled):
        run_self_test(Watched())
