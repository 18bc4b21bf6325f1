"""What ONNX Runtime can run encoders on besides the processor, if a build of it is installed that offers it."""

from __future__ import annotations

import logging
import sys
from dataclasses import dataclass, field
from typing import Literal

_log = logging.getLogger(__name__)

ProviderKind = Literal["directml", "coreml", "openvino", "onnx-cuda"]


@dataclass(frozen=True)
class Provider:
    """One of ONNX Runtime's execution providers.

    Attributes:
        kind: For the program.
        name: As ONNX Runtime calls it.
        title: For the user.
        package: The Python package with a build of ONNX Runtime that has it.
        platforms: Where there are such builds, by the names of ``sys.platform``.
        options: What it is told when a session begins.
    """

    kind: ProviderKind
    name: str
    title: str
    package: str
    platforms: tuple[str, ...]
    options: dict[str, str] = field(default_factory=dict, hash=False)


PROVIDERS = (
    Provider("directml", "DmlExecutionProvider", "DirectML", "onnxruntime-directml", ("win32",)),
    Provider(
        "coreml",
        "CoreMLExecutionProvider",
        "Core ML",
        "onnxruntime",
        ("darwin",),
        {"ModelFormat": "MLProgram", "MLComputeUnits": "ALL"},
    ),
    Provider(
        "onnx-cuda",
        "CUDAExecutionProvider",
        "NVIDIA GPU by ONNX Runtime",
        "onnxruntime-gpu",
        ("linux", "win32"),
    ),
    Provider(
        "openvino",
        "OpenVINOExecutionProvider",
        "OpenVINO",
        "onnxruntime-openvino",
        ("linux", "win32"),
        {"device_type": "AUTO"},
    ),
)
"""All that the program knows how to use; where several are offered, the first one that passes its trial is used."""


def known_providers() -> tuple[Provider, ...]:
    """Those of :data:`PROVIDERS` that there are for this operating system."""
    return tuple(provider for provider in PROVIDERS if sys.platform in provider.platforms)


def offered_providers() -> tuple[Provider, ...]:
    """Those that the installed ONNX Runtime has; whether they work only a trial can tell. Imports ONNX Runtime."""
    try:
        import onnxruntime

        names = onnxruntime.get_available_providers()
    except (ImportError, OSError):
        _log.exception("ONNX Runtime cannot be loaded")
        return ()
    return tuple(provider for provider in known_providers() if provider.name in names)


def provider_of(kind: str) -> Provider:
    """The provider that a :class:`~fewshot_gui.encoders.device.DeviceChoice` names.

    Raises:
        ValueError: It names none.
    """
    for provider in PROVIDERS:
        if provider.kind == kind:
            return provider
    raise ValueError(f"{kind!r} is no provider of ONNX Runtime")
