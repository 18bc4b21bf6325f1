"""Choosing between the processor and an NVIDIA GPU by trying, never by what a driver claims."""

from __future__ import annotations

import ctypes
import logging
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from fewshot_gui.core.errors import EncoderError

if TYPE_CHECKING:
    import torch

_log = logging.getLogger(__name__)

DeviceKind = Literal["cpu", "cuda"]

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


def choose_device(wanted: Literal["auto", "cpu", "cuda"]) -> DeviceChoice:
    """Find out where to compute.

    Torch is imported only if the user wants a GPU, or if an NVIDIA driver is installed and they leave it open.

    Args:
        wanted: "auto" takes a GPU that passes the trial, else the processor.

    Raises:
        EncoderError: ``wanted`` is "cuda" and no GPU passes the trial; the sentence says why.
        ValueError: ``wanted`` is something else.
    """
    if wanted not in ("auto", "cpu", "cuda"):
        raise ValueError(f"wanted must be auto, cpu or cuda, not {wanted!r}")
    if wanted == "cpu":
        return _processor("it was chosen in the settings")
    obstacle = _cuda_obstacle() if _nvidia_driver_is_installed() else "no NVIDIA GPU was found"
    if obstacle is None:
        title = _gpu_title()
        return DeviceChoice("cuda", title, f"Using {title}.")
    if wanted == "cuda":
        raise EncoderError(f"The GPU cannot be used, because {obstacle}: choose “auto” or the processor instead.")
    return _processor(obstacle)


def _processor(reason: str) -> DeviceChoice:
    return DeviceChoice("cpu", "Processor", f"Using the processor: {reason}.")


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


def _cuda_obstacle() -> str | None:
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
