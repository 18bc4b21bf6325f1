"""Choosing between the processor and what could be faster by trying, never by what a driver claims."""

from __future__ import annotations

import ctypes
import logging
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from fewshot_gui.core.errors import EncoderError
from fewshot_gui.encoders.providers import Provider, ProviderKind, offered_providers
from fewshot_gui.encoders.registry import DEFAULT_ENCODER
from fewshot_gui.encoders.trial_memory import recall

if TYPE_CHECKING:
    import torch

_log = logging.getLogger(__name__)

DeviceKind = Literal["cpu", "cuda"] | ProviderKind
"""The processor; an NVIDIA GPU through PyTorch; the others through ONNX Runtime's execution providers."""

_TRIAL_TOLERANCE = 0.02
"""The largest difference between GPU and processor, relative to the largest value; half precision gives about 0.001."""


@dataclass(frozen=True)
class DeviceChoice:
    """Where encoders run, and why.

    Attributes:
        kind: For the program.
        title: For the user, such as "NVIDIA RTX 4090" or "Processor".
        reason: One sentence for the user, such as "Using the processor: no NVIDIA GPU was found."
    """

    kind: DeviceKind
    title: str
    reason: str

    @property
    def for_torch(self) -> Literal["cpu", "cuda"]:
        """Where torch computes on this computer: it knows nothing of ONNX Runtime's providers."""
        return "cuda" if self.kind == "cuda" else "cpu"


@dataclass(frozen=True)
class DeviceAttempt:
    """One thing that could make encoding or decoding faster, and what became of it.

    Attributes:
        title: For the user, such as "NVIDIA GPU" or "Core ML".
        usable: It is there and passed its trial.
        used: Encoders run on it, or it helps them; at most one of the devices that run encoders is.
        reason: One sentence for the user.
    """

    title: str
    usable: bool
    used: bool
    reason: str


@dataclass(frozen=True)
class DeviceSurvey:
    """Where encoders run, and everything that was tried on the way to this choice."""

    choice: DeviceChoice
    attempts: tuple[DeviceAttempt, ...]


def choose_device(wanted: Literal["auto", "cpu", "cuda"]) -> DeviceChoice:
    """Find out where to compute.

    Torch is imported only if the user wants a GPU, or if an NVIDIA driver is installed and they leave it open.

    Args:
        wanted: "auto" takes a GPU that passes the trial; else what ONNX Runtime offers, unless its trial with the
            default encoder has failed (if it is yet to be tried, opening the encoder does that); else the processor.

    Raises:
        EncoderError: ``wanted`` is "cuda" and no GPU passes the trial; the sentence says why.
        ValueError: ``wanted`` is something else.
    """
    if wanted not in ("auto", "cpu", "cuda"):
        raise ValueError(f"wanted must be auto, cpu or cuda, not {wanted!r}")
    if wanted == "cpu":
        return processor("it was chosen in the settings")
    obstacle = nvidia_obstacle()
    if obstacle is None:
        title = _gpu_title()
        return DeviceChoice("cuda", title, f"Using {title}.")
    if wanted == "cuda":
        raise EncoderError(f"The GPU cannot be used, because {obstacle}: use the processor, or let the program choose.")
    return _provider_choice() or processor(obstacle)


def processor(reason: str) -> DeviceChoice:
    """The processor, because of ``reason``, a clause."""
    return DeviceChoice("cpu", "Processor", f"Using the processor: {reason}.")


def _provider_choice() -> DeviceChoice | None:
    """What ONNX Runtime offers besides the processor; the processor, if that has failed; ``None`` without an offer."""
    refused = None
    for provider in candidate_providers():
        outcome = recall(provider, DEFAULT_ENCODER)
        if outcome is None or outcome.passed:
            return DeviceChoice(provider.kind, provider.title, f"Using {provider.title}.")
        refused = refused or processor(outcome.reason)
    return refused


def candidate_providers() -> tuple[Provider, ...]:
    """What ONNX Runtime offers, without what cannot work on this computer."""
    return tuple(
        provider for provider in offered_providers() if provider.kind != "onnx-cuda" or _nvidia_driver_is_installed()
    )


def nvidia_obstacle() -> str | None:
    """Why no NVIDIA GPU can be used, as a clause; ``None`` when one passed the trial."""
    return _torch_obstacle() if _nvidia_driver_is_installed() else "no NVIDIA GPU was found"


def _nvidia_driver_is_installed() -> bool:
    """Cheap, without torch: does the library that every CUDA program needs load?"""
    if sys.platform == "darwin":
        return False
    if Path("/proc/driver/nvidia/version").exists():
        return True
    try:
        ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
    except OSError:
        return False
    return True


def _torch_obstacle() -> str | None:
    """Why CUDA cannot be used, as a clause; ``None`` when a convolution on the GPU came out right."""
    try:
        import torch
    except (ImportError, OSError):
        _log.exception("torch cannot be imported")
        return "PyTorch, which it needs, could not be loaded"
    if torch.version.cuda is None:
        return "the installed PyTorch was built without support for NVIDIA GPUs"
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        available = torch.cuda.is_available()
    for warning in caught:
        _log.warning("torch on CUDA: %s", warning.message)
    if not available:
        too_old = any("driver" in str(warning.message) and "old" in str(warning.message) for warning in caught)
        return "the NVIDIA driver is too old" if too_old else "the NVIDIA driver offers no GPU that PyTorch can use"
    return _trial_obstacle(torch.device("cuda"))


def _trial_obstacle(device: torch.device) -> str | None:
    """Run a small convolution on ``device`` in half precision and compare it with the processor's result."""
    import torch

    generator = torch.Generator().manual_seed(0)
    pixels = torch.randn(2, 3, 32, 32, generator=generator)
    kernel = torch.randn(8, 3, 3, 3, generator=generator)
    wanted = torch.nn.functional.conv2d(pixels, kernel)
    try:
        got = torch.nn.functional.conv2d(pixels.to(device).half(), kernel.to(device).half()).float().cpu()
    except torch.OutOfMemoryError:
        _log.exception("the trial on %s ran out of memory", device)
        return "all of the GPU's memory is in use by other programs"
    except (RuntimeError, AssertionError):
        _log.exception("the trial on %s failed", device)
        return "the GPU failed a small trial computation (the installed PyTorch may not support this model)"
    difference = float((got - wanted).abs().max() / wanted.abs().max())
    if not difference <= _TRIAL_TOLERANCE:  # also when it is not a number
        _log.error("the trial on %s differs by %g", device, difference)
        return "the GPU gave a wrong result in a small trial computation"
    return None


def _gpu_title() -> str:
    import torch

    name = torch.cuda.get_device_name(0)
    return name if name.upper().startswith("NVIDIA") else f"NVIDIA {name}"
