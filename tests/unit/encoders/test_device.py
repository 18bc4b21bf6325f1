from __future__ import annotations

import ctypes
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fewshot_gui.core.errors import EncoderError
from fewshot_gui.encoders import device
from fewshot_gui.encoders.device import DeviceChoice, choose_device


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "_nvidia_driver_is_installed", lambda: True)


@pytest.fixture
def torch_says(driver: None, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let torch say what it would with a GPU; the trial itself runs on the processor."""
    import torch

    def say(*, available: bool = True, warning: str = "", cuda: str | None = "13.2") -> None:
        def is_available() -> bool:
            if warning:
                warnings.warn(warning, UserWarning, stacklevel=1)
            return available

        monkeypatch.setattr(torch.version, "cuda", cuda)
        monkeypatch.setattr(torch.cuda, "is_available", is_available)
        monkeypatch.setattr(torch.cuda, "get_device_name", lambda _: "RTX 4090")
        cpu = torch.device("cpu")
        monkeypatch.setattr(torch, "device", lambda _: cpu)

    return say


def test_processor_can_be_wanted() -> None:
    choice = choose_device("cpu")
    assert (choice.kind, choice.title) == ("cpu", "Processor")
    assert choice.reason == "Using the processor: it was chosen in the settings."


def test_no_driver_means_the_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "_nvidia_driver_is_installed", lambda: False)
    assert choose_device("auto") == DeviceChoice("cpu", "Processor", "Using the processor: no NVIDIA GPU was found.")
    with pytest.raises(EncoderError, match="because no NVIDIA GPU was found: use"):
        choose_device("cuda")


def test_gpu_that_passes_the_trial_is_used(torch_says: Callable[..., None]) -> None:
    torch_says()
    for wanted in ("auto", "cuda"):
        choice = choose_device(wanted)
        assert choice == DeviceChoice("cuda", "NVIDIA RTX 4090", "Using NVIDIA RTX 4090.")


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"cuda": None}, "built without support for NVIDIA GPUs"),
        ({"available": False}, "the NVIDIA driver offers no GPU"),
        (
            {"available": False, "warning": "The NVIDIA driver on your system is too old (found version 11040)."},
            "the NVIDIA driver is too old",
        ),
    ],
)
@pytest.mark.provokes_logs
def test_obstacles_are_told_in_plain_words(said: dict[str, Any], reason: str, torch_says: Callable[..., None]) -> None:
    torch_says(**said)
    choice = choose_device("auto")
    assert choice.kind == "cpu"
    assert reason in choice.reason
    with pytest.raises(EncoderError, match=reason):
        choose_device("cuda")


@pytest.mark.parametrize(
    ("flaw", "reason"),
    [
        ("wrong", "a wrong result"),
        ("not a number", "a wrong result"),
        ("no kernel", "may not support this model"),
        ("memory", "in use by other programs"),
    ],
)
@pytest.mark.provokes_logs
def test_gpu_that_fails_the_trial_is_not_used(
    flaw: str, reason: str, torch_says: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    torch_says()
    right = torch.nn.functional.conv2d

    def flawed(pixels: Any, kernel: Any) -> Any:
        if pixels.dtype != torch.float16:
            return right(pixels, kernel)
        if flaw == "no kernel":
            raise RuntimeError("CUDA error: no kernel image is available for execution on the device")
        if flaw == "memory":
            raise torch.OutOfMemoryError
        return right(pixels, kernel) * (float("nan") if flaw == "not a number" else 1.1)

    monkeypatch.setattr(torch.nn.functional, "conv2d", flawed)
    choice = choose_device("auto")
    assert choice.kind == "cpu"
    assert reason in choice.reason


@pytest.mark.provokes_logs
def test_torch_that_cannot_be_imported_is_told(driver: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    assert "PyTorch, which it needs, could not be loaded" in choose_device("auto").reason


def test_driver_is_looked_for_without_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def load(name: str) -> None:
        asked.append(name)
        raise OSError

    monkeypatch.setattr(ctypes, "CDLL", load)
    monkeypatch.setattr(Path, "exists", lambda _: False)
    for platform, library in (("linux", "libcuda.so.1"), ("win32", "nvcuda.dll"), ("darwin", None)):
        monkeypatch.setattr(sys, "platform", platform)
        asked.clear()
        assert not device._nvidia_driver_is_installed()
        assert asked == ([library] if library else [])


def test_without_a_driver_torch_is_not_imported() -> None:
    code = (
        "import sys\n"
        "from fewshot_gui.encoders import device\n"
        "device._nvidia_driver_is_installed = lambda: False\n"
        "device.choose_device('auto')\n"
        "sys.exit('torch' in sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_unknown_wish_is_refused() -> None:
    with pytest.raises(ValueError, match="auto, cpu or cuda"):
        choose_device("gpu")  # type: ignore[arg-type] # the mistake is the point


@pytest.mark.gpu
def test_a_real_gpu_is_found() -> None:
    choice = choose_device("cuda")
    assert choice.kind == "cuda"
    assert choice.title.startswith("NVIDIA")
