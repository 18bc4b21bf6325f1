"""Both engines of encoders, on the same network."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
from numpy.typing import NDArray

from fewshot_gui.core.errors import EncoderError
from fewshot_gui.core.progress import Unwatched
from fewshot_gui.encoders.convert import converted_encoder
from fewshot_gui.encoders.engine import Engine
from fewshot_gui.encoders.onnx_engine import OnnxEngine
from fewshot_gui.encoders.registry import encoder_spec
from fewshot_gui.encoders.torch_engine import TorchEngine
from fewshot_gui.encoders.weights import load_model

LITE0 = encoder_spec("efficientnet-lite0")


def cosines(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    return np.asarray((a * b).sum(axis=1) / lengths, np.float32)


def noise(n: int, size: int = 224) -> NDArray[np.float32]:
    return np.random.default_rng(n).standard_normal((n, 3, size, size), np.float32)


@pytest.fixture(params=["onnx", "torch"])
def engine(request: pytest.FixtureRequest, with_default: Path) -> Engine:
    if request.param == "onnx":
        return OnnxEngine(converted_encoder(LITE0, Unwatched()))
    return TorchEngine(load_model(LITE0), "cpu")


def test_rows_do_not_depend_on_one_another(engine: Engine) -> None:
    batch = noise(3)
    together = engine.encode(batch)
    assert together.dtype == np.float32
    assert together.shape == (3, 1280)
    assert together.min() >= 0
    for row in range(3):
        np.testing.assert_allclose(engine.encode(batch[row : row + 1])[0], together[row], atol=1e-4)


def test_threads_do_not_disturb_one_another(engine: Engine) -> None:
    batches = [noise(n) for n in (1, 2, 1, 3)]
    alone = [engine.encode(batch) for batch in batches]
    with ThreadPoolExecutor(4) as pool:
        at_once = list(pool.map(engine.encode, batches))
    for wanted, got in zip(alone, at_once, strict=True):
        np.testing.assert_allclose(got, wanted, atol=1e-5)


@pytest.mark.parametrize("half", [False, True])
def test_engines_agree(half: bool, with_default: Path) -> None:
    onnx = OnnxEngine(converted_encoder(LITE0, Unwatched())).encode(noise(2))
    torch = TorchEngine(load_model(LITE0), "cpu", half_precision=half).encode(noise(2))
    assert cosines(onnx, torch).min() >= 0.999


def test_more_threads_change_nothing(with_default: Path) -> None:
    path = converted_encoder(LITE0, Unwatched())
    np.testing.assert_allclose(
        OnnxEngine(path, threads=2).encode(noise(1)), OnnxEngine(path).encode(noise(1)), atol=1e-4
    )


@pytest.mark.provokes_logs
def test_file_that_is_no_network_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "encoder.onnx"
    path.write_bytes(b"not a network")
    with pytest.raises(EncoderError, match="could not be loaded: install"):
        OnnxEngine(path)


@pytest.mark.provokes_logs
def test_failure_of_onnx_runtime_is_one_sentence(with_default: Path) -> None:
    engine = OnnxEngine(converted_encoder(LITE0, Unwatched()))
    with pytest.raises(EncoderError, match="failed on a photo"):
        engine.encode(noise(1, size=8))


Forward = Callable[[Any], Any]


def torch_engine(forward: Forward, device: Literal["cpu", "cuda"] = "cpu", *, half: bool = False) -> TorchEngine:
    import torch

    class Network(torch.nn.Module):
        def forward(self, pixels: Any) -> Any:
            return forward(pixels)

    return TorchEngine(Network(), device, half_precision=half)


@pytest.mark.provokes_logs
def test_memory_too_small_for_one_photo_is_one_sentence() -> None:
    import torch

    def forward(_: Any) -> Any:
        raise torch.OutOfMemoryError

    with pytest.raises(EncoderError, match="too little free memory"):
        torch_engine(forward).encode(noise(2, size=4))


@pytest.mark.provokes_logs
def test_failure_of_the_gpu_is_one_sentence() -> None:
    def forward(_: Any) -> Any:
        raise RuntimeError("CUDA error: unspecified launch failure")

    with pytest.raises(EncoderError, match="choose the processor"):
        torch_engine(forward).encode(noise(2, size=4))


@pytest.mark.provokes_logs
def test_numbers_too_large_for_half_precision_are_computed_in_single() -> None:
    engine = torch_engine(lambda pixels: (pixels * 40_000).sum((2, 3)), half=True)
    batch = np.ones((2, 3, 4, 4), np.float32)
    np.testing.assert_allclose(engine.encode(batch), np.full((2, 3), 640_000), rtol=1e-6)


@pytest.mark.gpu
def test_gpu_agrees_with_the_processor(with_default: Path) -> None:
    onnx = OnnxEngine(converted_encoder(LITE0, Unwatched()))
    gpu = TorchEngine(load_model(LITE0), "cuda")
    for n in (1, 9):
        assert cosines(gpu.encode(noise(n)), onnx.encode(noise(n))).min() >= 0.999
