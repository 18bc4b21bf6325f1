"""The encoder without a network: what a network that is trained from scratch sees of a photo."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from fewshot_gui.core.progress import Unwatched
from fewshot_gui.encoders.device import DeviceChoice
from fewshot_gui.encoders.encoder import Encoder
from fewshot_gui.encoders.opening import open_encoder
from fewshot_gui.encoders.packing import rounded
from fewshot_gui.encoders.registry import encoder_spec, is_ready
from fewshot_gui.imaging import read_photo

from .conftest import CPU

Photo = Callable[..., NDArray[np.uint8]]


def opened(device: DeviceChoice = CPU) -> Encoder:
    return open_encoder("pixels28", device=device, progress=Unwatched())


def textbook(picture: Image.Image) -> NDArray[np.float32]:
    """Few-shot code does no more with an Omniglot drawing: grey, 28 x 28, 0..1; but it rounds after each axis."""
    small = picture.convert("L").convert("F").resize((28, 28), Image.Resampling.BICUBIC)
    return np.asarray(np.asarray(small).clip(0, 255).ravel() / 255, np.float32)


def test_it_is_offered_ready_and_fits_the_network() -> None:
    from fewshot_gui.learners.episodic.conv4 import Conv4

    spec = encoder_spec("pixels28")
    assert not spec.hidden
    assert is_ready(spec)
    assert spec.non_negative
    assert spec.dimension == spec.preprocess.crop**2 == Conv4.SIDE**2


def test_a_drawing_comes_out_as_its_grey_values(tmp_path: Path) -> None:
    drawing = Image.new("1", (105, 105), 1)
    ImageDraw.Draw(drawing).line([(20, 15), (80, 60), (30, 95)], fill=0, width=3)
    drawing.save(tmp_path / "0965_01.png")
    encoder = opened()
    photo = read_photo(tmp_path / "0965_01.png", short_side=encoder.read_short_side)
    (row,) = encoder.embed([photo])
    np.testing.assert_allclose(row, textbook(drawing), atol=1.5 / 255)
    assert (row[0], row.min() < 0.3) == (1.0, True)  # white paper, dark strokes


@pytest.mark.shared_data
def test_a_real_omniglot_drawing_comes_out_as_its_grey_values(tmp_path: Path, shared_data: Path) -> None:
    with ZipFile(shared_data / "omniglot_evaluation.zip") as drawings:
        path = Path(drawings.extract("omniglot_evaluation/Angelic/character01/0965_01.png", tmp_path))
    with Image.open(path) as drawing:
        assert (drawing.mode, drawing.size) == ("1", (105, 105))
        wanted = textbook(drawing)
    encoder = opened()
    (row,) = encoder.embed([read_photo(path, short_side=encoder.read_short_side)])
    np.testing.assert_allclose(row, wanted, atol=1.5 / 255)


def test_colours_become_brightness_and_the_middle_is_kept(photo: Photo) -> None:
    rgb = np.zeros((56, 112, 3), np.uint8)
    rgb[:, :28] = rgb[:, 84:] = 255
    rgb[:, 28:84] = (255, 0, 0)
    (row,) = opened().embed([rgb])
    np.testing.assert_allclose(row.reshape(28, 28)[:, 2:-2], 0.299, atol=1e-3)


def test_values_are_between_black_and_white_on_every_device(photo: Photo) -> None:
    photos = [photo(40 + 31 * i, 90, i) for i in range(3)]
    rows = opened().embed([*photos, np.full((9, 9, 3), 255, np.uint8)])
    assert rows.shape == (4, 784)
    assert rows.dtype == np.float32
    assert (rows.min(), rows.max()) == (pytest.approx(0, abs=0.2), 1.0)
    np.testing.assert_array_equal(rows, rounded(rows))
    np.testing.assert_array_equal(opened(DeviceChoice("cuda", "GPU", "")).embed(photos), rows[:3])


def test_no_network_library_is_loaded() -> None:
    code = (
        "import sys, numpy\n"
        "from fewshot_gui.core.progress import Unwatched\n"
        "from fewshot_gui.encoders import DeviceChoice, open_encoder\n"
        "encoder = open_encoder('pixels28', device=DeviceChoice('cpu', '', ''), progress=Unwatched())\n"
        "assert encoder.embed([numpy.zeros((9, 9, 3), numpy.uint8)]).shape == (1, 784)\n"
        "assert not {'torch', 'timm', 'onnx', 'onnxruntime'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
