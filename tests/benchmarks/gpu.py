"""How fast a GPU encodes photos, against what its network alone could do, as Markdown.

python tests/benchmarks/gpu.py [--encoder efficientnet-lite0] [--photos 512] [--seconds 2] [--cpu]

1. The network alone: the same tensor in the memory of the GPU, over and over, in half precision.
2. ``Encoder.embed`` from decoded photos: uint8 arrays in the memory of the processor, and what the GPU has decoded.
3. Decoding JPEGs: by the GPU, and by Pillow on one core, at the size the encoder reads.
4. Whole folders with an empty cache, as ``fewshot-gui label`` goes through them.

All photos are made up. ``--cpu`` runs the same code on the processor, to see that it works.
"""

from __future__ import annotations

import argparse
import io
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from fewshot_gui.core.errors import EncoderError
from fewshot_gui.core.processor import core_count, processor_name
from fewshot_gui.core.progress import Unwatched
from fewshot_gui.encoders import DeviceChoice, EmbeddingCache, choose_device, encoder_spec, open_encoder
from fewshot_gui.encoders.encoder import Photo
from fewshot_gui.encoders.jpeg_decoder import tried_decoder
from fewshot_gui.encoders.registry import part_specs
from fewshot_gui.encoders.torch_encoder import TorchEncoder
from fewshot_gui.encoders.torch_engine import TorchEngine
from fewshot_gui.encoders.weights import load_model
from fewshot_gui.imaging import JpegFile, plain_jpeg, read_photo
from fewshot_gui.workflows import embedding_source
from fewshot_gui.workflows.embedding import embed_photos
from fewshot_gui.workflows.embedding_source import EmbeddingSource

JPEG_SIZES = ((533, 400), (4000, 3000))
DECODED_SIZES = ((256, 256), (533, 400), (2000, 1500))
"""Width and height: a thumbnail, a small photo, and what the processor makes of 12 megapixels."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--encoder", default="efficientnet-lite0")
    parser.add_argument("--photos", type=int, default=512)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--cpu", action="store_true")
    options = parser.parse_args()
    encoder, device = _on_processor(options.encoder) if options.cpu else _on_gpu(options.encoder)
    print(f"{encoder.device.title}, torch {torch.__version__}, {processor_name()} with {core_count()} cores; ", end="")
    print(f"“{encoder.spec.title}”, {encoder.at_once} photos at once, JPEGs decoded there: {encoder.takes_jpeg}.\n")
    alone = _network_alone(options.encoder, device, encoder.at_once, options.seconds)
    print("| what | photos/s | of the network alone |\n|---|---|---|")
    print(f"| network alone | {alone:.0f} | |")
    for what, rate in _embedding(encoder, options.seconds).items():
        print(f"| embed, {what} | {rate:.0f} | {rate / alone:.0%} |")
    print("\n| JPEGs | decoded there/s | by Pillow on one core/s | whole folder, photos/s |\n|---|---|---|---|")
    for width, height in JPEG_SIZES:
        with TemporaryDirectory(prefix="gpu-") as folder:
            paths = _jpegs(Path(folder), width, height, options.photos)
            figures = (
                _decoding(encoder, paths[:64], options.seconds),
                _rate(partial(_read, paths[0], encoder), options.seconds),
                _folder(encoder, paths, Path(folder)),
            )
        print(f"| {width}x{height} | " + " | ".join(f"{figure:.0f}" for figure in figures) + " |")


def _on_gpu(encoder_id: str) -> tuple[TorchEncoder, torch.device]:
    try:
        encoder = open_encoder(encoder_id, device=choose_device("cuda"), progress=Unwatched())
    except EncoderError as error:
        sys.exit(str(error))
    assert isinstance(encoder, TorchEncoder)
    return encoder, torch.device("cuda")


def _on_processor(encoder_id: str) -> tuple[TorchEncoder, torch.device]:
    spec, device = encoder_spec(encoder_id), torch.device("cpu")
    engines = [TorchEngine(load_model(part), "cpu") for part in part_specs(spec)]
    decoder = tried_decoder(device)
    choice = DeviceChoice("cuda", "Processor in place of a GPU", "")
    encoder = TorchEncoder(spec, choice, engines, decoder=None if isinstance(decoder, str) else decoder, batch_size=8)
    return encoder, device


def _network_alone(encoder_id: str, device: torch.device, batch_size: int, seconds: float) -> float:
    """Photos per second of all networks of the encoder, one after the other."""
    half = torch.float16 if device.type == "cuda" else torch.float32
    passes = []
    for part in part_specs(encoder_spec(encoder_id)):
        model = load_model(part).to(device, half).to(memory_format=torch.channels_last)
        pixels = torch.zeros(batch_size, 3, part.preprocess.crop, part.preprocess.crop, device=device, dtype=half)
        passes.append((model, pixels.to(memory_format=torch.channels_last)))

    def once() -> int:
        for _ in range(8):
            for model, pixels in passes:
                model(pixels)
        if device.type == "cuda":
            torch.cuda.synchronize()
        return 8 * batch_size

    with torch.inference_mode():
        return _rate(once, seconds)


def _embedding(encoder: TorchEncoder, seconds: float) -> dict[str, float]:
    """Photos per second by where they come from."""
    count = 16 * encoder.at_once
    rates = {}
    for width, height in DECODED_SIZES:
        photos = [_photo(width, height, seed) for seed in range(4)] * (count // 4)
        rates[f"{width}x{height} from the processor's memory"] = _rate(partial(_embed, encoder, photos), seconds)
    if encoder.takes_jpeg:
        with TemporaryDirectory(prefix="gpu-") as folder:
            paths = _jpegs(Path(folder), *JPEG_SIZES[0], 4)
            pictures = [picture for picture in encoder.decode(_plain(paths)) if picture]
        pictures *= count // len(pictures)
        rates["decoded there"] = _rate(partial(_embed, encoder, pictures), seconds)
    return rates


def _embed(encoder: TorchEncoder, photos: Sequence[Photo]) -> int:
    return len(encoder.embed(photos))


def _decoding(encoder: TorchEncoder, paths: list[Path], seconds: float) -> float:
    """JPEGs per second that the device decodes and prepares; not a number where it cannot."""
    jpegs = _plain(paths)
    return _rate(lambda: len(encoder.decode(jpegs)), seconds) if encoder.takes_jpeg else float("nan")


def _plain(paths: list[Path]) -> list[JpegFile]:
    return [jpeg for path in paths if (jpeg := plain_jpeg(path))]


def _read(path: Path, encoder: TorchEncoder) -> int:
    read_photo(path, short_side=encoder.read_short_side)
    return 1


def _folder(encoder: TorchEncoder, paths: list[Path], folder: Path) -> float:
    """Photos per second through the whole pipeline, the encoder being open already."""
    with closing(EmbeddingCache(folder / "cache.sqlite")) as cache:
        source = EmbeddingSource(encoder.spec, cache)
        original = embedding_source.open_encoder
        embedding_source.open_encoder = lambda *_, **__: encoder
        try:
            return _once(lambda: sum(len(batch) for batch in embed_photos(paths, source, Unwatched())))
        finally:
            embedding_source.open_encoder = original


def _rate(work: Callable[[], int], seconds: float) -> float:
    """How many photos per second ``work``, which returns how many it did, gets through once it is warm."""
    work()
    count, started = 0, time.perf_counter()
    while (passed := time.perf_counter() - started) < seconds:
        count += work()
    return count / passed


def _once(work: Callable[[], int]) -> float:
    started = time.perf_counter()
    return work() / (time.perf_counter() - started)


def _photo(width: int, height: int, seed: int) -> NDArray[np.uint8]:
    grain = np.random.default_rng(seed).integers(0, 256, (height // 16, width // 16, 3), np.uint8)
    return np.asarray(Image.fromarray(grain).resize((width, height), Image.Resampling.BILINEAR))


def _jpegs(folder: Path, width: int, height: int, count: int) -> list[Path]:
    """Four photos in copies that differ in a byte or two after their end, so that none is taken for another."""
    contents = []
    for seed in range(4):
        file = io.BytesIO()
        Image.fromarray(_photo(width, height, seed)).save(file, "JPEG", quality=90)
        contents.append(file.getvalue())
    paths = [folder / f"{number}.jpg" for number in range(count)]
    for number, path in enumerate(paths):
        path.write_bytes(contents[number % 4] + number.to_bytes(2, "big"))
    return paths


if __name__ == "__main__":
    main()
