"""Decoding JPEGs with torchvision, here on the processor: the code is the same, only nvJPEG is not."""

from __future__ import annotations

import io
import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from fewshot_gui.encoders import jpeg_decoder
from fewshot_gui.encoders.jpeg_decoder import JpegDecoder, tried_decoder
from fewshot_gui.imaging.jpeg_file import JpegFile

pytestmark = [
    pytest.mark.usefixtures("torchvision"),
    pytest.mark.filterwarnings(r"ignore:(?s).*torchvision:DeprecationWarning"),
]


def jpeg(width: int = 60, height: int = 40, *, turn: Image.Transpose | None = None, seed: int = 0) -> JpegFile:
    squares = np.random.default_rng(seed).integers(0, 256, (height // 5, width // 5, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(np.kron(squares, np.ones((5, 5, 1), np.uint8))).save(file, "JPEG", quality=95)
    return JpegFile(file.getvalue(), turn, width, height)


def broken() -> JpegFile:
    return JpegFile(b"\xff\xd8\xff\xe0 nothing", None, 60, 40)


def decoder() -> JpegDecoder:
    import torch

    return JpegDecoder(torch.device("cpu"))


def decoded(*jpegs: JpegFile) -> list[NDArray[np.uint8] | None]:
    return [
        None if pixels is None else pixels.permute(1, 2, 0).numpy() for few in decoder().decode(jpegs) for pixels in few
    ]


def by_pillow(one: JpegFile) -> NDArray[np.uint8]:
    image = Image.open(io.BytesIO(one.content))
    return np.asarray(image if one.turn is None else image.transpose(one.turn))


@pytest.mark.parametrize("turn", [None, *Image.Transpose])
def test_photos_are_decoded_upright(turn: Image.Transpose | None) -> None:
    one = jpeg(turn=turn)
    (pixels,) = decoded(one)
    assert pixels is not None
    assert pixels.shape == by_pillow(one).shape
    assert np.abs(pixels.astype(int) - by_pillow(one)).mean() < 2


@pytest.mark.parametrize("place", [0, 2, 3])
def test_one_broken_photo_leaves_the_others(place: int) -> None:
    jpegs = [jpeg(seed=seed) for seed in range(3)]
    jpegs.insert(place, broken())
    pixels = decoded(*jpegs)
    assert [one is None for one in pixels] == [row == place for row in range(4)]


def test_a_photo_of_another_size_than_its_header_said_is_refused() -> None:
    one = jpeg()
    assert decoded(JpegFile(one.content, None, 61, 40)) == [None]


def test_few_enough_are_decoded_at_once_to_fit_into_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jpeg_decoder, "_BYTES_AT_ONCE", 2 * 3 * 60 * 40)
    jpegs = [*(jpeg(seed=seed) for seed in range(3)), jpeg(600, 400), jpeg()]
    assert [len(few) for few in decoder().decode(jpegs)] == [2, 1, 1, 1]
    assert list(decoder().decode([])) == []


def test_what_does_not_fit_together_is_decoded_one_by_one() -> None:
    import torch

    full = decoder()
    decode = full._decode_jpeg

    def two_at_most(contents: list[Any], **options: Any) -> Any:
        if len(contents) > 1 or len(contents[0]) > 5000:
            raise torch.OutOfMemoryError
        return decode(contents, **options)

    full._decode_jpeg = two_at_most
    large = jpeg(600, 400)
    assert len(large.content) > 5000
    (pixels,) = full.decode([jpeg(), large, jpeg()])
    assert [one is None for one in pixels] == [False, True, False]


def test_a_decoder_that_does_as_pillow_passes_the_trial() -> None:
    import torch

    assert isinstance(tried_decoder(torch.device("cpu")), JpegDecoder)


@pytest.mark.provokes_logs
def test_a_decoder_that_gives_another_picture_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch
    import torchvision.io.image

    right = torchvision.io.image.decode_jpeg
    monkeypatch.setattr(
        torchvision.io.image,
        "decode_jpeg",
        lambda contents, **options: [pixels.flip(0) for pixels in right(contents, **options)],
    )
    assert tried_decoder(torch.device("cpu")) == "it gave a wrong picture in a small trial"


def test_a_torchvision_without_gpu_code_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch
    import torchvision.io.image

    def fail(*_: Any, **__: Any) -> Any:
        raise RuntimeError("decode_jpegs_cuda: torchvision not compiled with nvJPEG support")

    monkeypatch.setattr(torchvision.io.image, "decode_jpeg", fail)
    assert tried_decoder(torch.device("cpu")) == "the installed torchvision cannot decode on a GPU"
    monkeypatch.setitem(sys.modules, "torchvision.io.image", SimpleNamespace())  # as it will be some day
    assert tried_decoder(torch.device("cpu")) == "the installed torchvision cannot decode on a GPU"


def test_a_torchvision_that_cannot_be_loaded_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    monkeypatch.setitem(sys.modules, "torchvision.io.image", None)
    assert tried_decoder(torch.device("cpu")) == "torchvision, which it needs, could not be loaded"
