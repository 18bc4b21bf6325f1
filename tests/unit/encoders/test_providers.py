"""What ONNX Runtime offers besides the processor: the trial, its memory, and the encoder that comes of it.

The processor stands in for a provider: asked for by its name it goes the same way.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from fewshot_gui.core.errors import Cancelled, EncoderError
from fewshot_gui.core.folders import cache_folder
from fewshot_gui.core.progress import Unwatched
from fewshot_gui.encoders import device, device_survey, opening, provider_trial, providers
from fewshot_gui.encoders.convert import converted_encoder
from fewshot_gui.encoders.device import DeviceAttempt, DeviceChoice, choose_device
from fewshot_gui.encoders.device_survey import survey_devices
from fewshot_gui.encoders.onnx_engine import OnnxEngine
from fewshot_gui.encoders.opening import open_encoder
from fewshot_gui.encoders.provider_trial import tried_provider
from fewshot_gui.encoders.providers import PROVIDERS, Provider, known_providers, offered_providers, provider_of
from fewshot_gui.encoders.registry import DEFAULT_ENCODER
from fewshot_gui.encoders.spec import EncoderSpec
from fewshot_gui.encoders.trial_memory import TrialOutcome, forget_trials, keep, marked, recall
from fewshot_gui.encoders.weights import weights_file
from tests.unit.encoders.conftest import CPU, Watched, tiny_spec, write_tiny_weights

STAND_IN = Provider("openvino", "CPUExecutionProvider", "Stand-in", "onnxruntime", (sys.platform,))
PASSED = TrialOutcome(passed=True, reason="Stand-in is faster (2 photos per second encoded, 1 on the processor)")
FAILED = TrialOutcome(passed=False, reason="Stand-in gave a wrong result in a small trial")

Photo = Callable[..., NDArray[np.uint8]]


@pytest.fixture(scope="module")
def converted_tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny encoder, converted once for all tests."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("CACHE", "DATA"):
            patch.setenv(f"FEWSHOT_GUI_{name}", str(tmp_path_factory.mktemp(name)))
        spec = tiny_spec()
        write_tiny_weights(weights_file(spec))
        return converted_encoder(spec, Unwatched())


@pytest.fixture
def tiny(converted_tiny: Path, monkeypatch: pytest.MonkeyPatch) -> EncoderSpec:
    """The tiny encoder, ready to be opened by any name."""
    for module in (opening, device_survey):
        monkeypatch.setattr(module, "converted_encoder", lambda *_: converted_tiny)
        monkeypatch.setattr(module, "encoder_spec", lambda _: tiny_spec())
    return tiny_spec()


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> None:
    """ONNX Runtime offers the stand-in, and the program knows it; there is no NVIDIA GPU."""
    monkeypatch.setattr(providers, "PROVIDERS", (STAND_IN,))
    monkeypatch.setattr(device, "_nvidia_driver_is_installed", lambda: False)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provider_trial, "_SECONDS", 0.001)


@pytest.fixture
def faster(monkeypatch: pytest.MonkeyPatch) -> None:
    """The processor encodes nothing while its speed is measured."""
    monkeypatch.setattr(provider_trial, "_on_all_cores", lambda *_: 0)


@pytest.fixture
def slower(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provider_trial, "_on_all_cores", lambda *_: 10**9)


def spoil(monkeypatch: pytest.MonkeyPatch, change: Callable[[NDArray[np.float32]], NDArray[np.float32]]) -> None:
    """Let every provider give other embeddings than the processor."""

    class Spoilt(OnnxEngine):
        def __init__(self, path: Path, *, provider: Provider | None = None, **options: Any) -> None:
            super().__init__(path, provider=provider, **options)
            self._is_provider = provider is not None

        def encode(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
            embeddings = super().encode(batch)
            return change(embeddings) if self._is_provider else embeddings

    monkeypatch.setattr(provider_trial, "OnnxEngine", Spoilt)


def tried(spec: EncoderSpec, progress: Unwatched | None = None) -> TrialOutcome:
    return tried_provider(STAND_IN, spec, opening.converted_encoder(spec, Unwatched()), progress or Unwatched())


@pytest.mark.usefixtures("faster")
def test_a_provider_that_is_right_and_faster_passes(tiny: EncoderSpec) -> None:
    outcome = tried(tiny)
    assert outcome.passed
    assert outcome.batch_size in {1, 4, 16}
    assert outcome.reason.startswith("Stand-in is faster (")


@pytest.mark.usefixtures("slower")
def test_a_provider_that_is_slower_is_not_chosen(tiny: EncoderSpec) -> None:
    outcome = tried(tiny)
    assert not outcome.passed
    assert outcome.reason.startswith("Stand-in is not faster (")


@pytest.mark.usefixtures("faster")
@pytest.mark.parametrize(
    "change",
    [
        lambda embeddings: embeddings[:, ::-1].copy(),
        lambda embeddings: embeddings * np.nan,
        lambda embeddings: embeddings * 0,
        lambda embeddings: np.concatenate([embeddings[:-1], -embeddings[-1:]]),
        lambda embeddings: embeddings + 0.1 * rms(embeddings) * signs(embeddings),
    ],
    ids=["other", "no number", "nothing", "one photo", "slightly"],
)
def test_a_provider_that_is_wrong_is_not_chosen(
    change: Callable[[NDArray[np.float32]], NDArray[np.float32]], tiny: EncoderSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil(monkeypatch, change)
    assert tried(tiny) == TrialOutcome(passed=False, reason="Stand-in gave a wrong result in a small trial")


def rms(embeddings: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(np.sqrt((embeddings**2).mean(axis=1, keepdims=True)), np.float32)


def signs(embeddings: NDArray[np.float32]) -> NDArray[np.float32]:
    """Ones of either sign: a tenth of them, at about a right angle, leaves a cosine of 0.995."""
    return np.tile(np.array([1, -1], np.float32), embeddings.shape[1] // 2)


@pytest.mark.usefixtures("faster")
def test_half_precision_is_right_enough(tiny: EncoderSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    spoil(monkeypatch, lambda embeddings: embeddings.astype(np.float16).astype(np.float32))
    assert tried(tiny).passed


@pytest.mark.provokes_logs
def test_a_provider_that_cannot_run_the_encoder_is_not_chosen(
    tiny: EncoderSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> Any:
        raise EncoderError("no")

    spoil(monkeypatch, fail)
    assert tried(tiny) == TrialOutcome(passed=False, reason="Stand-in could not run the encoder")


@pytest.mark.usefixtures("faster")
def test_a_trial_is_made_once(tiny: EncoderSpec) -> None:
    progress = Watched()
    first = tried(tiny, progress)
    assert (0, None, "Trying Stand-in, once") in progress.reports
    again = Watched(cancel_at_check=1)
    assert tried(tiny, again) == first
    assert again.reports == []
    forget_trials()
    assert recall(STAND_IN, tiny.id) is None


def test_a_cancelled_trial_is_made_again(tiny: EncoderSpec) -> None:
    with pytest.raises(Cancelled):
        tried(tiny, Watched(cancel_at_check=2))
    assert recall(STAND_IN, tiny.id) is None


def test_a_trial_that_takes_the_program_down_is_not_made_again(tmp_path: Path) -> None:
    code = (
        "import os\n"
        "from fewshot_gui.encoders.providers import PROVIDERS\n"
        "from fewshot_gui.encoders.trial_memory import marked\n"
        "with marked(PROVIDERS[0], 'some'):\n"
        "    os._exit(139)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 139
    outcome = recall(PROVIDERS[0], "some")
    assert outcome is not None
    assert not outcome.passed
    assert outcome.reason == f"the program ended while it tried {PROVIDERS[0].title} the last time"
    assert recall(PROVIDERS[0], "another") is None
    forget_trials()
    assert recall(PROVIDERS[0], "some") is None


def test_outcomes_are_kept_per_encoder_and_version(monkeypatch: pytest.MonkeyPatch) -> None:
    import onnxruntime

    keep(STAND_IN, "a@deep", PASSED)
    keep(STAND_IN, "b+c", FAILED)
    assert (recall(STAND_IN, "a@deep"), recall(STAND_IN, "b+c")) == (PASSED, FAILED)
    monkeypatch.setattr(onnxruntime, "__version__", "99")
    assert recall(STAND_IN, "a@deep") is None


@pytest.mark.provokes_logs
@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"passed": true}', '{"passed": 1, "reason": "", "batch_size": []}']
)
def test_a_damaged_memory_is_no_memory(content: str) -> None:
    keep(STAND_IN, "some", PASSED)
    (file,) = (cache_folder() / "devices").iterdir()
    file.write_text(content)
    assert recall(STAND_IN, "some") is None


@pytest.mark.provokes_logs
def test_without_room_for_it_the_trial_goes_on() -> None:
    (cache_folder() / "devices").write_text("in the way")
    with marked(STAND_IN, "some"):
        keep(STAND_IN, "some", PASSED)
    assert recall(STAND_IN, "some") is None
    forget_trials()


def test_a_fixed_batch_is_filled_up(converted_tiny: Path) -> None:
    batch = np.random.default_rng(0).standard_normal((6, 3, 32, 32), np.float32)
    wanted = OnnxEngine(converted_tiny).encode(batch)
    got = OnnxEngine(converted_tiny, provider=STAND_IN, batch_size=4).encode(batch)
    assert got.shape == wanted.shape
    np.testing.assert_allclose(got, wanted, atol=1e-5)


@pytest.mark.provokes_logs
@pytest.mark.filterwarnings("ignore:Specified provider")
def test_a_provider_that_is_not_there_is_one_sentence(converted_tiny: Path, capfd: pytest.CaptureFixture[str]) -> None:
    absent = Provider("directml", "AbsentExecutionProvider", "Absent", "", ())
    with pytest.raises(EncoderError, match="Absent could not be started: choose the processor"):
        OnnxEngine(converted_tiny, provider=absent)
    assert capfd.readouterr().out == "", "standard output is for results"


def test_each_system_has_providers_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = {}
    for platform in ("win32", "darwin", "linux"):
        monkeypatch.setattr(sys, "platform", platform)
        kinds[platform] = [provider.kind for provider in known_providers()]
    assert kinds == {
        "win32": ["directml", "onnx-cuda", "openvino"],
        "darwin": ["coreml"],
        "linux": ["onnx-cuda", "openvino"],
    }
    assert [provider_of(provider.kind) for provider in PROVIDERS] == list(PROVIDERS)
    with pytest.raises(ValueError, match="no provider"):
        provider_of("cpu")


def test_only_what_the_installed_runtime_has_is_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    import onnxruntime

    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(
        onnxruntime, "get_available_providers", lambda: ["CoreMLExecutionProvider", "CPUExecutionProvider"]
    )
    assert [provider.kind for provider in offered_providers()] == ["coreml"]
    monkeypatch.setattr(sys, "platform", "linux")
    assert offered_providers() == ()


@pytest.mark.usefixtures("offered")
def test_what_is_offered_is_chosen_until_it_fails() -> None:
    assert choose_device("auto") == DeviceChoice("openvino", "Stand-in", "Using Stand-in.")
    keep(STAND_IN, DEFAULT_ENCODER, PASSED)
    assert choose_device("auto").kind == "openvino"
    keep(STAND_IN, DEFAULT_ENCODER, FAILED)
    choice = choose_device("auto")
    assert choice.kind == "cpu"
    assert choice.reason == "Using the processor: Stand-in gave a wrong result in a small trial."
    forget_trials()
    assert choose_device("auto").kind == "openvino"
    assert choose_device("cpu").kind == "cpu"
    assert choose_device("auto").for_torch == "cpu"


def test_cuda_by_onnx_runtime_needs_an_nvidia_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "offered_providers", lambda: (provider_of("onnx-cuda"),))
    for installed in (True, False):
        monkeypatch.setattr(device, "_nvidia_driver_is_installed", lambda: installed)  # noqa: B023 - called at once
        assert len(device.candidate_providers()) == installed


@pytest.mark.usefixtures("offered", "faster")
def test_an_encoder_runs_on_a_provider_that_passes(
    tiny: EncoderSpec, photo: Photo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(providers, "PROVIDERS", (STAND_IN,))
    encoder = open_encoder("tiny", device=choose_device("auto"), progress=Unwatched())
    assert encoder.device.kind == "openvino"
    assert encoder.encodes_in_batches
    assert not encoder.takes_jpeg
    assert encoder.batch_size == recalled().batch_size
    photos = [photo(seed=seed) for seed in range(5)]
    on_cpu = open_encoder("tiny", device=CPU, progress=Unwatched())
    np.testing.assert_allclose(encoder.embed(photos), on_cpu.embed(photos), atol=2e-3, rtol=2e-3)


def recalled() -> TrialOutcome:
    outcome = recall(STAND_IN, "tiny")
    assert outcome is not None
    return outcome


@pytest.mark.usefixtures("offered", "slower")
def test_an_encoder_runs_on_the_processor_where_the_provider_fails(
    tiny: EncoderSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = open_encoder("tiny", device=choose_device("auto"), progress=Unwatched())
    assert encoder.device.kind == "cpu"
    assert encoder.device.reason.startswith("Using the processor: Stand-in is not faster")
    assert not encoder.encodes_in_batches


@pytest.mark.provokes_logs
@pytest.mark.usefixtures("offered")
def test_a_provider_that_does_not_start_any_more_is_given_up(
    tiny: EncoderSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: Path, **options: Any) -> OnnxEngine:
        if options.get("provider"):
            raise EncoderError("no")
        return OnnxEngine(path, **options)

    keep(STAND_IN, "tiny", PASSED)
    monkeypatch.setattr(opening, "OnnxEngine", fail)
    encoder = open_encoder("tiny", device=choose_device("auto"), progress=Unwatched())
    assert encoder.device.reason == "Using the processor: Stand-in could not be started."


def told(attempts: tuple[DeviceAttempt, ...]) -> dict[str, DeviceAttempt]:
    assert all(attempt.reason.endswith(".") for attempt in attempts)
    return {attempt.title: attempt for attempt in attempts}


@pytest.fixture
def default_is_tiny(tiny: EncoderSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_survey, "DEFAULT_ENCODER", "tiny")
    monkeypatch.setattr(device, "DEFAULT_ENCODER", "tiny")


@pytest.mark.usefixtures("offered", "default_is_tiny", "faster")
def test_the_survey_tells_what_is_used_and_why_nothing_else_is() -> None:
    survey = survey_devices("auto", Unwatched())
    assert survey.choice.kind == "openvino"
    attempts = told(survey.attempts)
    assert list(attempts) == ["NVIDIA GPU", "JPEG decoding on the GPU", "Stand-in", "Processor"]
    assert attempts["NVIDIA GPU"].reason == "Not used because no NVIDIA GPU was found."
    assert attempts["JPEG decoding on the GPU"].reason == "Not used because it needs an NVIDIA GPU."
    assert attempts["Stand-in"].used
    assert attempts["Stand-in"].usable
    assert "decodes photos on" in attempts["Processor"].reason
    assert [attempt.used for attempt in survey.attempts].count(True) == 1


@pytest.mark.usefixtures("offered", "default_is_tiny", "slower")
def test_the_survey_tells_of_a_provider_that_failed() -> None:
    survey = survey_devices("auto", Unwatched())
    attempts = told(survey.attempts)
    assert survey.choice.kind == "cpu"
    assert attempts["Stand-in"].reason.startswith("Stand-in is not faster (")
    assert not attempts["Stand-in"].usable
    assert attempts["Processor"].used
    assert "decodes and encodes photos on" in attempts["Processor"].reason


@pytest.mark.usefixtures("offered")
def test_what_was_not_wanted_is_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_survey, "tried_provider", lambda *_: pytest.fail("tried"))
    attempts = told(survey_devices("cpu", Unwatched()).attempts)
    assert attempts["NVIDIA GPU"].reason == "Not used because the processor was chosen."
    assert attempts["Stand-in"].reason == "Not used because the processor was chosen."
    assert recall(STAND_IN, DEFAULT_ENCODER) is None


def test_a_gpu_that_is_used_makes_providers_needless(offered: None, monkeypatch: pytest.MonkeyPatch) -> None:
    gpu = DeviceChoice("cuda", "NVIDIA RTX 4090", "Using NVIDIA RTX 4090.")
    monkeypatch.setattr(device_survey, "choose_device", lambda _: gpu)
    monkeypatch.setattr(device_survey, "nvidia_obstacle", lambda: None)
    monkeypatch.setattr(device_survey, "_nvjpeg", lambda _: DeviceAttempt("JPEGs", usable=True, used=True, reason="."))
    attempts = told(survey_devices("auto", Unwatched()).attempts)
    assert attempts["NVIDIA RTX 4090"].used
    assert attempts["Stand-in"].reason == "Not used because NVIDIA RTX 4090 is used."
    assert not attempts["Processor"].used


def test_providers_of_other_builds_are_named_with_their_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(providers, "PROVIDERS", (provider_of("openvino"),))
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(device, "_nvidia_driver_is_installed", lambda: False)
    attempts = told(survey_devices("cpu", Unwatched()).attempts)
    assert "(the package onnxruntime-openvino has it)" in attempts["OpenVINO"].reason
