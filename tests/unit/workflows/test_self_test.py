"""The check of this computer."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from fewshot_gui.core.errors import Cancelled, EncoderError, FewshotError
from fewshot_gui.encoders import DeviceAttempt, DeviceChoice, DeviceSurvey
from fewshot_gui.workflows import device_trial, embedding_source, self_test
from fewshot_gui.workflows.exporting_model import ModelRequest
from fewshot_gui.workflows.self_test import Finding, run_self_test
from tests.unit.encoders.conftest import Watched
from tests.unit.workflows.conftest import TILE_COLOURS, Opener

LABELLING = ["Labelling by auto", "Labelling by prototypes", "Labelling by MAML"]
STEPS = ["Device", "Encoder", "Speed", *LABELLING, "Table", "Model", "Window"]
FINDINGS = [STEPS[0], "NVIDIA GPU", *STEPS[1:]]
GPU = DeviceAttempt("NVIDIA GPU", usable=False, used=False, reason="Not used because none was found.")
PROCESSOR = DeviceChoice("cpu", "Processor", "Using the processor: no NVIDIA GPU was found.")


@pytest.fixture(autouse=True)
def surveyed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A survey that has found nothing but the processor."""
    monkeypatch.setattr(self_test, "survey_devices", lambda *_: DeviceSurvey(PROCESSOR, (GPU,)))


def stand_in_export(request: ModelRequest, _source: object, target: Path, *_: object) -> SimpleNamespace:
    """As ``export_model``, which needs an encoder that can be written down."""
    target.write_bytes(bytes(3_000_000))
    verification = SimpleNamespace(agreeing=len(request.photos), photos=len(request.photos))
    return SimpleNamespace(files=(target,), verification=verification)


@pytest.fixture
def stand_in(opener: Opener, monkeypatch: pytest.MonkeyPatch) -> Opener:
    """No network."""
    monkeypatch.setattr(self_test, "encoder_spec", lambda _: TILE_COLOURS)
    monkeypatch.setattr(device_trial, "_SIZE", (400, 300))
    monkeypatch.setattr(self_test, "export_model", stand_in_export)
    return opener


def findings() -> dict[str, Finding]:
    return {finding.name: finding for finding in run_self_test(Watched())}


def fail_to_open(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(embedding_source, "open_encoder", fail)


@pytest.mark.usefixtures("prepared_encoder")
def test_with_the_real_encoder_everything_passes_and_nothing_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    found = findings()
    assert list(found) == FINDINGS
    assert all(finding.passed for finding in found.values()), found
    assert found["Labelling by MAML"].detail == "15 of 15 made-up pictures were labelled right by maml."
    assert found["Model"].detail == (
        "A model of 14 MB by maml was written; it labels 15 of 15 pictures as the program does."
    )
    assert list(tmp_path.glob("fewshot-self-test-*")) == []


def test_the_figures_are_sentences(stand_in: Opener) -> None:
    found = findings()
    assert all(finding.passed for finding in found.values()), found
    assert found["Labelling by prototypes"].detail.startswith("15 of 15")
    assert found["Table"].detail == "The labels of 15 pictures were written as a table."
    assert found["Model"].detail.startswith("A model of 3 MB by maml was written; it labels 15 of 15")
    assert all(finding.detail.endswith(".") for finding in found.values())
    assert found["Device"].detail == PROCESSOR.reason
    assert found["NVIDIA GPU"].detail == GPU.reason
    assert " photos of 12 megapixels per second all told; " in found["Speed"].detail
    assert stand_in.opened == 1


@pytest.mark.usefixtures("stand_in")
def test_without_a_screen_it_still_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(self_test, "why_no_screen", lambda: "this computer has no display")
    window = findings()["Window"]
    assert (window.passed, window.detail) == (True, "No window can be shown because this computer has no display.")


@pytest.mark.usefixtures("stand_in")
def test_an_encoder_that_cannot_be_opened_fails_the_steps_that_need_it(monkeypatch: pytest.MonkeyPatch) -> None:
    fail_to_open(monkeypatch, EncoderError("The encoder is damaged: install the program again."))
    found = findings()
    assert [name for name, finding in found.items() if not finding.passed] == STEPS[1:8]
    assert found["Speed"].detail == "The encoder is damaged: install the program again."
    assert found["Model"].detail == "There is nothing to export because no method could label."


@pytest.mark.usefixtures("stand_in")
def test_a_broken_installation_is_a_finding_and_not_the_end(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    fail_to_open(monkeypatch, ImportError("DLL load failed"))
    found = findings()
    assert list(found) == FINDINGS
    assert found["Encoder"].detail == "Something unexpected went wrong (ImportError: DLL load failed)."
    assert "DLL load failed" in caplog.text


def test_an_encoder_that_changes_its_mind_is_found_out(stand_in: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)

    def guess(batch: NDArray[np.float32]) -> NDArray[np.float32]:
        return rng.random((len(batch), TILE_COLOURS.dimension), np.float32)

    monkeypatch.setattr(stand_in.engine, "encode", guess)
    found = findings()
    assert not found["Encoder"].passed
    assert "same answer twice" in found["Encoder"].detail
    for name in LABELLING:
        assert not found[name].passed
        assert "made-up pictures were labelled right" in found[name].detail


@pytest.mark.usefixtures("stand_in")
def test_a_table_that_holds_something_else_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    write = self_test.write_csv
    monkeypatch.setattr(self_test, "write_csv", lambda path, rows: write(path, rows[1:]))
    table = findings()["Table"]
    assert (table.passed, table.detail) == (False, "The table does not hold what was written to it.")


@pytest.mark.usefixtures("stand_in")
def test_a_model_that_answers_otherwise_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise FewshotError("The exported model labels otherwise.")

    monkeypatch.setattr(self_test, "export_model", refuse)
    model = findings()["Model"]
    assert (model.passed, model.detail) == (False, "The exported model labels otherwise.")


@pytest.mark.usefixtures("stand_in")
def test_progress_names_the_steps_and_may_cancel() -> None:
    progress = Watched()
    run_self_test(progress)
    assert [report for report in progress.reports if report[2] in STEPS] == [
        (number, len(STEPS), name) for number, name in enumerate(STEPS)
    ]
    with pytest.raises(Cancelled):
        run_self_test(Watched(cancel_at_check=3))


@pytest.mark.usefixtures("stand_in")
def test_a_cancel_while_the_encoder_is_prepared_is_no_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    fail_to_open(monkeypatch, Cancelled())
    with pytest.raises(Cancelled):
        run_self_test(Watched())
