"""The encoder of computers with a GPU, run on the processor: without streams and pinned memory, else the same."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from fewshot_gui.core.errors import EncoderError
from fewshot_gui.core.progress import Unwatched
from fewshot_gui.encoders import jpeg_decoder, torch_engine, torch_photos
from fewshot_gui.encoders import torch_encoder as torch_encoder_module
from fewshot_gui.encoders.device import DeviceChoice, choose_device
from fewshot_gui.encoders.device_picture import DevicePicture
from fewshot_gui.encoders.encoder import Encoder, EncoderPart
from fewshot_gui.encoders.jpeg_decoder import JpegDecoder
from fewshot_gui.encoders.opening import open_encoder
from fewshot_gui.encoders.registry import encoder_spec, part_specs
from fewshot_gui.encoders.spec import EncoderSpec
from fewshot_gui.encoders.torch_encoder import TorchEncoder
from fewshot_gui.encoders.torch_engine import TorchEngine
from fewshot_gui.encoders.torch_stream import PhotoUpload
from fewshot_gui.encoders.weights import load_model
from fewshot_gui.imaging import read_photo
from fewshot_gui.imaging.jpeg_file import jpeg_in_memory, plain_jpeg
from tests.unit.encoders.conftest import CPU, tiny_spec

Photo = Callable[..., NDArray[np.uint8]]
GPU = DeviceChoice("cuda", "Stand-in", "Using the stand-in.")
MEAN = replace(tiny_spec(), dimension=3)

decodes = pytest.mark.filterwarnings(r"ignore:(?s).*torchvision:DeprecationWarning")


class Means:
    """The network of ``mean_encoder``: mean colours plus ten, with a memory that holds ``fits`` photos."""

    def __init__(self, fits: int = 1000) -> None:
        self.fits = fits
        self.sizes: list[int] = []

    def __call__(self, pixels: Any) -> Any:
        import torch

        self.sizes.append(len(pixels))
        if len(pixels) > self.fits:
            raise torch.OutOfMemoryError
        return pixels.mean((2, 3)) + 10


def network(forward: Callable[[Any], Any]) -> Any:
    import torch

    class Network(torch.nn.Module):
        def forward(self, pixels: Any) -> Any:
            return forward(pixels)

    return Network()


def torch_encoder(forward: Callable[[Any], Any], batch_size: int | None = 4, **options: Any) -> TorchEncoder:
    return TorchEncoder(MEAN, GPU, [TorchEngine(network(forward), "cpu")], batch_size=batch_size, **options)


def on_processor(forward: Callable[[Any], Any] | None = None) -> Encoder:
    return Encoder(MEAN, CPU, [EncoderPart(MEAN, TorchEngine(network(forward or Means()), "cpu"))])


def close(got: NDArray[np.float32], wanted: NDArray[np.float32]) -> None:
    np.testing.assert_allclose(got, wanted, rtol=2e-3)


def cosines(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray((a * b).sum(axis=1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1), np.float32)


@pytest.mark.parametrize("count", [0, 1, 4, 11])
def test_photos_of_all_sizes_come_back_in_order(count: int, photo: Photo) -> None:
    sizes = [(40, 50), (50, 40), (90, 33)]
    photos = [photo(*sizes[seed % 3], seed) for seed in range(count)]
    means = Means()
    got = torch_encoder(means).embed(photos)
    assert got.shape == (count, 3)
    assert got.dtype == np.float32
    close(got, on_processor().embed(photos))
    assert means.sizes == [min(4, count - start) for start in range(0, count, 4)]


def test_more_than_a_buffer_holds_is_sent_in_pieces(photo: Photo, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two buffers in turn, photos that are larger than one, and none that is overwritten before it is used."""
    monkeypatch.setattr(
        torch_photos, "PhotoUpload", lambda device, stream: PhotoUpload(device, stream, buffer_bytes=10_000)
    )
    photos = [photo(40, 50, seed) for seed in range(9)] + [photo(100, 101, seed) for seed in range(3)]
    close(torch_encoder(Means(), batch_size=12).embed(photos), on_processor().embed(photos))


def test_it_says_what_it_can_do() -> None:
    encoder = torch_encoder(Means())
    assert encoder.encodes_in_batches
    assert not encoder.takes_jpeg
    assert encoder.decode([]) == []
    assert encoder.notices == ()
    assert encoder.read_short_side == MEAN.preprocess.read_short_side
    assert not on_processor().encodes_in_batches


def test_the_size_of_batches_is_found_out() -> None:
    means = Means(fits=40)
    encoder = torch_encoder(means, batch_size=None)
    assert encoder.batch_size in {8, 16, 32}
    assert means.sizes[0] == 8
    assert encoder.notices == ()


def test_no_more_photos_are_collected_than_memory_is_good_for(photo: Photo) -> None:
    means = Means()
    encoder = torch_encoder(means, batch_size=512)
    assert encoder.batch_size == 64
    encoder.embed([photo()] * 100)
    assert means.sizes == [100], "a GPU may still be given more at once"


@pytest.mark.provokes_logs
def test_a_batch_that_does_not_fit_is_halved_and_stays_halved_and_that_is_said(photo: Photo) -> None:
    means = Means(fits=3)
    encoder = torch_encoder(means, batch_size=8)
    photos = [photo(seed=seed) for seed in range(9)]
    close(encoder.embed(photos), on_processor().embed(photos))
    assert means.sizes == [8, 4, 2, 2, 2, 2, 1]
    assert encoder.batch_size == 2
    (notice,) = encoder.notices
    assert notice == "The graphics card is short of memory: 2 photos are encoded at a time, which takes longer."
    encoder.embed(photos[:4])
    assert means.sizes[7:] == [2, 2]


@pytest.mark.provokes_logs
def test_memory_too_small_for_one_photo_is_one_sentence(photo: Photo) -> None:
    encoder = torch_encoder(Means(fits=0))
    with pytest.raises(EncoderError, match="too little free memory"):
        encoder.embed([photo()])
    with pytest.raises(EncoderError, match="too little free memory"):  # and another thread is not locked out
        encoder.embed([photo()])


@pytest.mark.provokes_logs
def test_failure_of_the_gpu_is_one_sentence(photo: Photo) -> None:
    def forward(_: Any) -> Any:
        raise RuntimeError("CUDA error: unspecified launch failure")

    with pytest.raises(EncoderError, match="choose the processor"):
        torch_encoder(forward).embed([photo()])


def test_values_that_are_no_numbers_lock_nobody_out(photo: Photo) -> None:
    encoder = torch_encoder(lambda pixels: pixels.mean((2, 3)) / 0)
    for _ in range(2):
        with pytest.raises(EncoderError, match="“Tiny” failed") as caught:
            encoder.embed([photo()] * 9)
        assert caught.value.__traceback__ is not None, "kept, as a caller might that shows it later"


@pytest.mark.provokes_logs
def test_numbers_too_large_for_half_precision_are_computed_in_single(photo: Photo) -> None:
    def forward(pixels: Any) -> Any:
        return (pixels.mean((2, 3)) + 10) * 40_000

    half = TorchEncoder(MEAN, GPU, [TorchEngine(network(forward), "cpu", half_precision=True)], batch_size=2)
    photos = [photo(seed=seed) for seed in range(5)]
    close(half.embed(photos), on_processor(forward).embed(photos))


@pytest.mark.provokes_logs
@pytest.mark.parametrize(("error", "sentence"), [("memory", "too little free memory"), ("driver", "choose the proc")])
def test_a_gpu_that_cannot_even_be_opened_is_one_sentence(
    error: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    def fail(*_: Any) -> Any:
        raise torch.OutOfMemoryError if error == "memory" else RuntimeError("CUDA error: out of pinned memory")

    monkeypatch.setattr(torch_engine, "TorchEngine", lambda model, _: TorchEngine(model, "cpu"))
    monkeypatch.setattr(jpeg_decoder, "tried_decoder", lambda _: "there is none")
    monkeypatch.setattr(torch_encoder_module, "TorchPhotos", fail)
    with pytest.raises(EncoderError, match=sentence):
        open_encoder("efficientnet-lite0", device=GPU, progress=Unwatched())


def test_threads_take_turns(photo: Photo) -> None:
    encoder = torch_encoder(Means())
    batches = [[photo(30 + n, 50, seed) for seed in range(n)] for n in (1, 7, 3, 9)]
    with ThreadPoolExecutor(4) as pool:
        for got, photos in zip(pool.map(encoder.embed, batches), batches, strict=True):
            close(got, on_processor().embed(photos))


def as_jpeg(photo: NDArray[np.uint8]) -> bytes:
    file = io.BytesIO()
    Image.fromarray(photo).resize((200, 150)).save(file, "JPEG", quality=95)
    return file.getvalue()


@decodes
def test_jpegs_decoded_there_are_embedded_as_pixels_are(photo: Photo, torchvision: Any) -> None:
    import torch

    encoder = torch_encoder(Means(), decoder=JpegDecoder(torch.device("cpu")))
    assert encoder.takes_jpeg
    contents = [as_jpeg(photo(15, 20, seed)) for seed in range(3)]
    broken = jpeg_in_memory(contents[0])
    pictures = encoder.decode([*map(jpeg_in_memory, contents), replace(broken, content=broken.content[:300])])
    assert [picture is None for picture in pictures] == [False, False, False, True]
    pixels = [np.asarray(Image.open(io.BytesIO(content))) for content in contents]
    both = [pixels[0], pictures[1], pixels[2], pictures[0], pixels[1]]
    np.testing.assert_allclose(
        encoder.embed([one for one in both if one is not None]),
        on_processor().embed([pixels[row] for row in (0, 1, 2, 0, 1)]),
        atol=0.02,
    )


def test_a_picture_of_a_device_is_no_photo_for_the_processor() -> None:
    with pytest.raises(TypeError, match="decoded"):
        on_processor().embed([DevicePicture(())])


def test_both_networks_of_a_joined_encoder_see_the_photo_they_were_made_for(
    photo: Photo, monkeypatch: pytest.MonkeyPatch
) -> None:
    sides: list[int] = []

    def forward(pixels: Any) -> Any:
        import torch

        sides.append(pixels.shape[2])
        return torch.ones(len(pixels), 1280)

    joined = encoder_spec("efficientnet-lite0+lite2")
    engines = [TorchEngine(network(forward), "cpu") for _ in part_specs(joined)]
    embeddings = TorchEncoder(joined, GPU, engines, batch_size=2).embed([photo(), photo()])
    assert sides == [224, 260]
    assert embeddings.shape == (2, 2560)


def real_photos(shared_data: Path) -> list[Path]:
    """JPEGs of all data sets, the large ones first."""
    sound = [path for path in shared_data.rglob("*.jpg") if "odd" not in path.parts]
    paths = sorted(sound, key=lambda path: (-path.stat().st_size, path))
    return paths[:8] + paths[8 :: max(1, len(paths) // 24)]


def default_encoder(variant: str, device: str, **options: Any) -> TorchEncoder:
    spec: EncoderSpec = encoder_spec(variant)
    engines = [TorchEngine(load_model(part), device, **options) for part in part_specs(spec)]  # type: ignore[arg-type]
    return TorchEncoder(spec, GPU, engines, batch_size=8)


@pytest.mark.shared_data
@pytest.mark.parametrize("half", [False, True])
def test_real_photos_are_embedded_as_on_the_processor(half: bool, shared_data: Path, with_default: Path) -> None:
    photos = [read_photo(path, short_side=1280) for path in real_photos(shared_data)[:: 6 if half else 3]]
    wanted = open_encoder("efficientnet-lite0", device=CPU, progress=Unwatched()).embed(photos)
    got = default_encoder("efficientnet-lite0", "cpu", half_precision=half).embed(photos)
    assert cosines(got, wanted).min() >= 0.999


def test_activations_come_from_there_too(photo: Photo) -> None:
    spec = encoder_spec("efficientnet-lite0@deep")
    photos = [photo(90, 70, seed) for seed in range(3)]
    wanted = Encoder(spec, CPU, [EncoderPart(spec, TorchEngine(load_model(spec), "cpu"))]).embed(photos)
    got = default_encoder(spec.id, "cpu").embed(photos)
    assert got.shape == (3, spec.dimension)
    assert spec.activations > 9_000
    np.testing.assert_allclose(got, wanted, atol=0.01 * float(np.abs(wanted).max()))


@decodes
@pytest.mark.shared_data
def test_real_photos_decoded_at_full_size_are_embedded_as_those_read_at_a_fraction(
    shared_data: Path, with_default: Path, torchvision: Any
) -> None:
    import torch

    encoder = default_encoder("efficientnet-lite0", "cpu")
    encoder._decoder = JpegDecoder(torch.device("cpu"))
    paths = real_photos(shared_data)
    jpegs = {path: jpeg for path in paths if (jpeg := plain_jpeg(path))}
    assert len(jpegs) > 20
    pictures = [picture for picture in encoder.decode(list(jpegs.values())) if picture is not None]
    assert len(pictures) == len(jpegs)
    photos = [read_photo(path, short_side=encoder.read_short_side) for path in jpegs]
    assert sum(photo.shape[0] < jpeg.height for photo, jpeg in zip(photos, jpegs.values(), strict=True)) > 0
    wanted = open_encoder("efficientnet-lite0", device=CPU, progress=Unwatched()).embed(photos)
    assert cosines(encoder.embed(pictures), wanted).min() >= 0.999


@pytest.mark.gpu
@pytest.mark.shared_data
@pytest.mark.parametrize("encoder_id", ["efficientnet-lite0", "efficientnet-lite0+lite2", "efficientnet-lite0@deep"])
def test_a_gpu_agrees_with_the_processor(encoder_id: str, shared_data: Path, photo: Photo) -> None:
    gpu = open_encoder(encoder_id, device=choose_device("cuda"), progress=Unwatched())
    cpu = open_encoder(encoder_id, device=CPU, progress=Unwatched())
    paths = real_photos(shared_data)
    photos: Sequence[NDArray[np.uint8]] = [read_photo(path, short_side=cpu.read_short_side) for path in paths]
    photos = [*photos, *(photo(30 + 50 * seed, 400, seed) for seed in range(8))]
    wanted = cpu.embed(photos)
    assert cosines(gpu.embed(photos), wanted).min() >= 0.999
    if gpu.takes_jpeg:
        jpegs = [(row, jpeg) for row, path in enumerate(paths) if (jpeg := plain_jpeg(path))]
        pictures = gpu.decode([jpeg for _, jpeg in jpegs])
        kept = [(row, picture) for (row, _), picture in zip(jpegs, pictures, strict=True) if picture is not None]
        assert len(kept) > 20
        got = gpu.embed([picture for _, picture in kept])
        assert cosines(got, wanted[[row for row, _ in kept]]).min() >= 0.999
