from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from fewshot_gui.core.errors import Cancelled, EncoderError
from fewshot_gui.core.progress import Unwatched
from fewshot_gui.encoders import opening, torch_engine
from fewshot_gui.encoders.device import DeviceChoice
from fewshot_gui.encoders.encoder import PART_SUM, Encoder, EncoderPart, join
from fewshot_gui.encoders.opening import open_encoder
from fewshot_gui.encoders.packing import rounded
from fewshot_gui.encoders.preprocess import prepare_batch
from fewshot_gui.encoders.registry import encoder_spec
from fewshot_gui.encoders.spec import EncoderSpec

from .conftest import CPU, Watched, tiny_spec

Photo = Callable[..., NDArray[np.uint8]]


class MeanEngine:
    """Embeds a photo as its mean colour, plus 1, in as many repetitions as asked for."""

    def __init__(self, repetitions: int = 1) -> None:
        self.batch_sizes: list[int] = []
        self._repetitions = repetitions

    def encode(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        self.batch_sizes.append(len(batch))
        return np.tile(batch.mean((2, 3)) + 10, self._repetitions).astype(np.float32)


def fake(device: DeviceChoice = CPU) -> tuple[Encoder, MeanEngine]:
    from dataclasses import replace

    engine = MeanEngine()
    spec = replace(tiny_spec(), dimension=3)
    return Encoder(spec, device, [EncoderPart(spec, engine)]), engine


def test_embeds_prepared_photos_in_order(photo: Photo) -> None:
    encoder, _ = fake()
    photos = [photo(30 + 7 * i, 50, i) for i in range(5)]
    wanted = prepare_batch(photos, encoder.spec.preprocess).mean((2, 3)) + 10
    got = encoder.embed(photos)
    assert got.dtype == np.float32
    np.testing.assert_allclose(got, wanted, rtol=1e-3)
    np.testing.assert_array_equal(got, rounded(got))


def test_no_photos_give_no_embeddings() -> None:
    encoder, engine = fake()
    assert encoder.embed([]).shape == (0, 3)
    assert engine.batch_sizes == []


def test_photos_go_to_the_engine_in_batches_of_the_hint(photo: Photo) -> None:
    encoder, engine = fake()
    encoder.embed([photo()] * 5)
    assert engine.batch_sizes == [2, 2, 1]
    assert fake(DeviceChoice("cuda", "GPU", ""))[0].batch_size > encoder.batch_size


def test_values_that_are_no_numbers_are_refused(photo: Photo) -> None:
    encoder, engine = fake()
    engine.encode = lambda batch: np.full((len(batch), 3), np.nan, np.float32)  # type: ignore[method-assign] # a fake
    with pytest.raises(EncoderError, match="“Tiny” failed"):
        encoder.embed([photo()])


def test_joined_parts_have_equal_weight_after_the_square_root() -> None:
    rng = np.random.default_rng(0)
    parts = [rng.random((4, 10)).astype(np.float32) * scale for scale in (1, 1000)]
    joined = join(parts)
    assert joined.shape == (4, 20)
    assert joined.min() >= 0
    roots = np.sqrt(joined)
    for columns in (slice(0, 10), slice(10, 20)):
        np.testing.assert_allclose(np.linalg.norm(roots[:, columns], axis=1), np.sqrt(PART_SUM), rtol=1e-5)
    np.testing.assert_allclose(join([parts[0], parts[1] * 7]), joined, rtol=1e-5)


def test_part_without_any_response_stays_zero() -> None:
    joined = join([np.zeros((1, 3), np.float32), np.ones((1, 2), np.float32)])
    np.testing.assert_array_equal(joined, [[0, 0, 0, PART_SUM / 2, PART_SUM / 2]])


def test_joined_encoder_prepares_the_photo_for_each_part(photo: Photo, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = []

    class Sized:
        def encode(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
            sizes.append(batch.shape[2:])
            return np.ones((len(batch), 1280), np.float32)

    monkeypatch.setattr(opening, "converted_encoder", lambda *_: None)
    monkeypatch.setattr(opening, "OnnxEngine", lambda _: Sized())
    encoder = open_encoder("efficientnet-lite0+lite2", device=CPU, progress=Unwatched())
    embeddings = encoder.embed([photo(), photo()])
    assert sizes == [(224, 224), (260, 260)]
    assert encoder.read_short_side == 5 * 292
    np.testing.assert_allclose(embeddings, np.full((2, 2560), PART_SUM / 1280), rtol=1e-3)


def test_default_encoder_embeds_from_many_threads_at_once(with_default: Path, photo: Photo) -> None:
    encoder = open_encoder("efficientnet-lite0", device=CPU, progress=Unwatched())
    batches = [[photo(300, 400, i), photo(90, 60, i)] for i in range(4)]
    alone = [encoder.embed(photos) for photos in batches]
    with ThreadPoolExecutor(4) as pool:
        for got, wanted in zip(pool.map(encoder.embed, batches), alone, strict=True):
            np.testing.assert_allclose(got, wanted, rtol=1e-3, atol=1e-5)
    assert encoder.read_short_side == 5 * 256
    assert all(row.any() and row.min() >= 0 for embeddings in alone for row in embeddings)


def test_once_converted_nothing_imports_torch(with_default: Path) -> None:
    code = (
        "import sys, numpy\n"
        "from fewshot_gui.core.progress import Unwatched\n"
        "from fewshot_gui.encoders.device import DeviceChoice\n"
        "from fewshot_gui.encoders.opening import open_encoder\n"
        "heavy = {'torch', 'timm', 'onnx', 'onnxruntime', 'PIL', 'torchvision'}\n"
        "assert not heavy & set(sys.modules), 'imported by importing the room'\n"
        "encoder = open_encoder('efficientnet-lite0', device=DeviceChoice('cpu', '', ''), progress=Unwatched())\n"
        "assert encoder.embed([numpy.zeros((9, 9, 3), numpy.uint8)]).shape == (1, 1280)\n"
        "assert not {'torch', 'timm', 'onnx', 'torchvision'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_encoder_that_was_not_downloaded_is_one_sentence() -> None:
    with pytest.raises(EncoderError, match="“DINOv2 small” is not on this computer yet: download it first"):
        open_encoder("dinov2-small", device=CPU, progress=Unwatched())


def test_cancel_before_loading_is_heard() -> None:
    with pytest.raises(Cancelled):
        open_encoder("efficientnet-lite0", device=CPU, progress=Watched(cancel_at_check=1))


@pytest.mark.filterwarnings(r"ignore:(?s).*torchvision:DeprecationWarning")
def test_gpu_encoder_is_loaded_with_torch(tiny: EncoderSpec, photo: Photo, monkeypatch: pytest.MonkeyPatch) -> None:
    TorchEngine = torch_engine.TorchEngine  # noqa: N806 - the class
    monkeypatch.setattr(opening, "encoder_spec", lambda _: tiny)
    monkeypatch.setattr(torch_engine, "TorchEngine", lambda model, _: TorchEngine(model, "cpu"))
    on_gpu = open_encoder("tiny", device=DeviceChoice("cuda", "NVIDIA", ""), progress=Unwatched())
    on_cpu = open_encoder("tiny", device=CPU, progress=Unwatched())
    photos = [photo(seed=i) for i in range(3)]
    np.testing.assert_allclose(on_gpu.embed(photos), on_cpu.embed(photos), rtol=2e-3, atol=2e-3)


def nearest_is_of_the_same_class(embeddings: NDArray[np.float32], labels: Sequence[str]) -> float:
    roots = np.sqrt(embeddings)
    roots /= np.linalg.norm(roots, axis=1, keepdims=True)
    likeness = roots @ roots.T
    np.fill_diagonal(likeness, -1)
    return float(np.mean([labels[i] == labels[j] for i, j in enumerate(likeness.argmax(axis=1))]))


@pytest.mark.shared_data
def test_real_photos_of_one_kind_lie_close_together(with_default: Path, shared_data: Path) -> None:
    photos: list[NDArray[np.uint8]] = []
    labels: list[str] = []
    for kind in ("apple", "banana", "orange"):
        for path in sorted((shared_data / "tasks" / "customvision_fruit3").rglob("*.jpg")):
            if kind in path.parent.name.lower() and labels.count(kind) < 8:
                photos.append(np.asarray(Image.open(path).convert("RGB")))
                labels.append(kind)
    assert len(labels) == 24
    encoder = open_encoder("efficientnet-lite0", device=CPU, progress=Unwatched())
    assert nearest_is_of_the_same_class(encoder.embed(photos), labels) >= 0.9


@pytest.mark.slow
def test_accurate_encoder_joins_both_bundled_networks(with_default: Path, photo: Photo) -> None:
    accurate = open_encoder("efficientnet-lite0+lite2", device=CPU, progress=Unwatched())
    fast = open_encoder("efficientnet-lite0", device=CPU, progress=Unwatched())
    lite2 = open_encoder(encoder_spec("efficientnet-lite2").id, device=CPU, progress=Unwatched())
    photos = [photo(300, 400, i) for i in range(3)]
    wanted = join([fast.embed(photos), lite2.embed(photos)])
    np.testing.assert_allclose(accurate.embed(photos), wanted, rtol=3e-3, atol=1e-6)
