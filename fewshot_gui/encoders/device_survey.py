"""What this computer has that encoders could run on, and why each is used or not."""

from __future__ import annotations

from typing import Literal

from fewshot_gui.core.processor import core_count, processor_name
from fewshot_gui.core.progress import Progress
from fewshot_gui.encoders.convert import converted_encoder
from fewshot_gui.encoders.device import (
    DeviceAttempt,
    DeviceChoice,
    DeviceSurvey,
    candidate_providers,
    choose_device,
    nvidia_obstacle,
)
from fewshot_gui.encoders.provider_trial import tried_provider
from fewshot_gui.encoders.providers import Provider, known_providers, offered_providers
from fewshot_gui.encoders.registry import DEFAULT_ENCODER, encoder_spec
from fewshot_gui.encoders.trial_memory import TrialOutcome


def survey_devices(wanted: Literal["auto", "cpu", "cuda"], progress: Progress) -> DeviceSurvey:
    """Try every device and say what came of it; the default encoder is what providers of ONNX Runtime are tried with.

    Args:
        wanted: As for :func:`~fewshot_gui.encoders.device.choose_device`; what it rules out is not tried.
        progress: Hears of trials that take long.

    Raises:
        EncoderError: ``wanted`` is "cuda" and no GPU passes the trial, or the default encoder cannot be used.
        Cancelled: The person cancelled.
    """
    progress.check()
    choice = choose_device(wanted)
    outcomes: dict[Provider, TrialOutcome] = {}
    if wanted == "auto" and choice.kind != "cuda":
        outcomes = _outcomes(progress)
        choice = choose_device(wanted)
    gpu_obstacle = "the processor was chosen" if wanted == "cpu" else nvidia_obstacle()
    attempts = (
        _nvidia(choice, gpu_obstacle),
        _nvjpeg(gpu_obstacle),
        *(_provider(provider, choice, outcomes) for provider in known_providers()),
        _processor(choice),
    )
    return DeviceSurvey(choice, attempts)


def _outcomes(progress: Progress) -> dict[Provider, TrialOutcome]:
    """Try what is offered, up to the first that passes."""
    outcomes = {}
    spec = encoder_spec(DEFAULT_ENCODER)
    for provider in candidate_providers():
        outcome = tried_provider(provider, spec, converted_encoder(spec, progress), progress)
        outcomes[provider] = outcome
        if outcome.passed:
            break
    return outcomes


def _nvidia(choice: DeviceChoice, obstacle: str | None) -> DeviceAttempt:
    if obstacle:
        return _unused("NVIDIA GPU", obstacle)
    return DeviceAttempt(choice.title, usable=True, used=True, reason="It passed its trial and encodes photos.")


def _nvjpeg(gpu_obstacle: str | None) -> DeviceAttempt:
    title = "JPEG decoding on the GPU"
    if gpu_obstacle:
        return _unused(title, "it needs an NVIDIA GPU")
    import torch

    from fewshot_gui.encoders.jpeg_decoder import tried_decoder

    decoder = tried_decoder(torch.device("cuda"))
    if isinstance(decoder, str):
        return _unused(title, decoder)
    return DeviceAttempt(title, usable=True, used=True, reason="It passed its trial and decodes plain JPEGs.")


def _provider(provider: Provider, choice: DeviceChoice, outcomes: dict[Provider, TrialOutcome]) -> DeviceAttempt:
    if provider in outcomes:
        outcome = outcomes[provider]
        reason = outcome.reason[0].upper() + outcome.reason[1:] + "."
        return DeviceAttempt(provider.title, outcome.passed, provider.kind == choice.kind, reason)
    if provider not in offered_providers():
        return _unused(provider.title, f"the installed ONNX Runtime lacks it (the package {provider.package} has it)")
    if provider not in candidate_providers():
        return _unused(provider.title, "no NVIDIA GPU was found")
    return _unused(provider.title, "the processor was chosen" if choice.kind == "cpu" else f"{choice.title} is used")


def _unused(title: str, why: str) -> DeviceAttempt:
    return DeviceAttempt(title, usable=False, used=False, reason=f"Not used because {why}.")


def _processor(choice: DeviceChoice) -> DeviceAttempt:
    cores = core_count()
    task = "decodes and encodes photos" if choice.kind == "cpu" else "decodes photos"
    reason = f"{processor_name()} {task} on {cores} core{'s' if cores != 1 else ''}."
    return DeviceAttempt("Processor", usable=True, used=choice.kind == "cpu", reason=reason)
