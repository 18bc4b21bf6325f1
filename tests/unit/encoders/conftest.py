"""A tiny encoder with random weights, and the default encoder converted once for all tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from fewshot_gui.core.errors import Cancelled
from fewshot_gui.core.progress import Unwatched
from fewshot_gui.encoders.convert import converted_encoder
from fewshot_gui.encoders.device import DeviceChoice
from fewshot_gui.encoders.registry import encoder_spec
from fewshot_gui.encoders.spec import Download, EncoderSpec, Preprocess
from fewshot_gui.encoders.weights import weights_file

CPU = DeviceChoice("cpu", "Processor", "Using the processor: it was chosen in the settings.")


class Watched(Unwatched):
    """A progress that keeps what it is told and cancels at the nth check."""

    def __init__(self, cancel_at_check: int | None = None) -> None:
        self.reports: list[tuple[int, int | None, str]] = []
        self._checks_left = cancel_at_check

    def report(self, done: int, total: int | None = None, note: str = "") -> None:
        self.reports.append((done, total, note))

    def check(self) -> None:
        if self._checks_left is not None:
            self._checks_left -= 1
            if self._checks_left <= 0:
                raise Cancelled


def tiny_spec(url: str = "https://example.org/model.safetensors", sha256: str = "") -> EncoderSpec:
    """A timm network of 0.5 million weights on 32 x 32 pixels."""
    return EncoderSpec(
        id="tiny",
        title="Tiny",
        help="For tests.",
        source="timm",
        dimension=256,
        preprocess=Preprocess(36, 32, "bilinear", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225), 1),
        non_negative=False,
        licence="none",
        origin="here",
        model_name="test_efficientnet.r160_in1k",
        download=Download(url, 2_000_000, sha256),
    )


def write_tiny_weights(path: Path, seed: int = 0) -> None:
    """Random weights for :func:`tiny_spec`, classifier included, as a published file has it."""
    import timm
    import torch
    from safetensors.torch import save_file

    torch.manual_seed(seed)
    model = timm.create_model("test_efficientnet", pretrained=False)
    for name, buffer in model.named_buffers():  # untrained statistics would hide a batch norm that is left out
        if name.endswith("running_mean"):
            buffer.normal_()
        elif name.endswith("running_var"):
            buffer.uniform_(0.5, 2)
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(model.state_dict(), path)


@pytest.fixture
def tiny() -> EncoderSpec:
    """The tiny encoder, as if it had been downloaded."""
    spec = tiny_spec()
    write_tiny_weights(weights_file(spec))
    return spec


@pytest.fixture
def torchvision() -> Any:
    """The package, or a skip where it does not fit the torch that is installed."""
    try:
        import torchvision
    except (ImportError, RuntimeError) as error:
        pytest.skip(f"torchvision cannot be imported: {error}")
    return torchvision


@pytest.fixture
def photo() -> Callable[..., NDArray[np.uint8]]:
    """A photo of noise: ``photo(height, width, seed)``."""

    def make(height: int = 40, width: int = 50, seed: int = 0) -> NDArray[np.uint8]:
        return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)

    return make


@pytest.fixture(scope="session")
def converted_default(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache folder with the default encoder in it."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("converted")
        patch.setenv("FEWSHOT_GUI_CACHE", str(folder))
        converted_encoder(encoder_spec("efficientnet-lite0"), Unwatched())
    return folder


@pytest.fixture
def with_default(converted_default: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Use the cache folder that has the default encoder in it."""
    monkeypatch.setenv("FEWSHOT_GUI_CACHE", str(converted_default))
    return converted_default


def small_cache_spec(encoder_id: str = "a", dimension: int = 4, version: int = 1) -> EncoderSpec:
    """An encoder that only the cache hears of."""
    spec = tiny_spec()
    return replace(spec, id=encoder_id, dimension=dimension, preprocess=replace(spec.preprocess, version=version))
