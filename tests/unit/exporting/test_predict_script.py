"""The script beside a model reads photos as the program does, and needs nothing of the program."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper
from PIL import Image, ImageCms

from fewshot_gui.core.errors import PhotoError
from fewshot_gui.exporting.model.metadata import describe
from fewshot_gui.exporting.model.predict_script import predict_script
from fewshot_gui.imaging import read_photo
from tests.unit.exporting.model_facts import FACTS, facts_with

SIDE = FACTS.encoder.preprocess.read_short_side

Read = Callable[[Path, int], NDArray[np.uint8]]


@pytest.fixture(scope="module")
def read() -> Read:
    """The script's own reading, without the rest of it."""
    functions = predict_script("m.onnx").split("with contextlib.suppress")[0]
    script: dict[str, Any] = {"__file__": "predict.py", "__name__": "predict"}
    exec(compile(functions, "predict.py", "exec"), script)
    reading: Read = script["read"]
    return reading


def _noise(*shape: int, most: int = 256, dtype: type[np.generic] = np.uint8) -> NDArray[Any]:
    return np.random.default_rng(0).integers(0, most, shape).astype(dtype)


def _profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()


def _exif(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[274] = orientation
    return exif


def _palette_with_transparency() -> Image.Image:
    image = Image.fromarray(_noise(40, 50, 3)).quantize(16)
    image.info["transparency"] = 3
    return image


PICTURES: dict[str, tuple[str, Callable[[], Image.Image], dict[str, Any]]] = {
    **{
        f"orientation {turn}": ("jpg", lambda: Image.fromarray(_noise(40, 50, 3)), {"exif": _exif(turn)})
        for turn in range(1, 9)
    },
    "turned png": ("png", lambda: Image.fromarray(_noise(40, 50, 3)), {"exif": _exif(6)}),
    "large": ("jpg", lambda: Image.fromarray(_noise(1300, 1900, 3)).resize((3800, 2600)), {}),
    "large png": ("png", lambda: Image.fromarray(_noise(900, 1200, 3)), {}),
    "grey": ("png", lambda: Image.fromarray(_noise(40, 50)), {}),
    "two colours": ("png", lambda: Image.fromarray(_noise(40, 50)).convert("1"), {}),
    "16 bits of grey": ("png", lambda: Image.fromarray(_noise(40, 50, most=4096, dtype=np.uint16)), {}),
    "one value of 16 bits": ("tif", lambda: Image.fromarray(np.full((40, 50), 30000, np.uint16)), {}),
    "float": ("tif", lambda: Image.fromarray(_noise(40, 50, dtype=np.float32)), {}),
    "transparent": ("png", lambda: Image.fromarray(_noise(40, 50, 4), "RGBA"), {}),
    "transparent grey": ("png", lambda: Image.fromarray(_noise(40, 50, 2), "LA"), {}),
    "transparent webp": ("webp", lambda: Image.fromarray(_noise(40, 50, 4), "RGBA"), {"lossless": True}),
    "palette": ("gif", lambda: Image.fromarray(_noise(40, 50, 3)).quantize(16), {}),
    "transparent palette": ("png", _palette_with_transparency, {"transparency": 3}),
    "one transparent colour": ("png", lambda: Image.new("RGB", (50, 40), (1, 2, 3)), {"transparency": (1, 2, 3)}),
    "inks": ("tif", lambda: Image.fromarray(_noise(40, 50, 4), "CMYK"), {}),
    "inverted inks": ("jpg", lambda: Image.fromarray(_noise(40, 50, 4), "CMYK"), {"quality": 95}),
    "a broken profile": ("jpg", lambda: Image.fromarray(_noise(40, 50, 3)), {"icc_profile": b"nothing"}),
    "a profile of another space": ("jpg", lambda: Image.fromarray(_noise(40, 50, 3)), {"icc_profile": _profile()}),
}


@pytest.mark.parametrize("kind", PICTURES)
def test_a_photo_is_read_as_the_program_reads_it(kind: str, read: Read, tmp_path: Path) -> None:
    suffix, make, options = PICTURES[kind]
    path = tmp_path / f"photo.{suffix}"
    make().save(path, **options)
    np.testing.assert_array_equal(read(path, SIDE), read_photo(path, short_side=SIDE))


def test_a_profile_that_says_srgb_changes_nothing(read: Read, tmp_path: Path) -> None:
    image = Image.fromarray(_noise(40, 50, 3))
    image.save(tmp_path / "a.png", icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    np.testing.assert_array_equal(read(tmp_path / "a.png", SIDE), np.asarray(image))


@pytest.mark.shared_data
@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_odd_photos_are_read_alike(read: Read, shared_data: Path) -> None:
    folders = ("exif_orientation", "jpeg_odd", "png_odd", "webp", "gif_anim", "avif")
    alike = other = 0
    for path in sorted(path for folder in folders for path in (shared_data / "odd" / folder).rglob("*.*")):
        try:
            expected = read_photo(path, short_side=SIDE)
        except PhotoError:
            continue
        same = np.array_equal(read(path, SIDE), expected)
        alike, other = alike + same, other + (not same)
    assert alike > 100
    assert other == 0


NOTHING_ELSE = """
import importlib.abc, runpy, sys

class Guard(importlib.abc.MetaPathFinder):
    allowed = set(sys.stdlib_module_names) | {"numpy", "onnxruntime", "PIL"}

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] not in self.allowed:
            raise ImportError(f"{name} is not in this environment")

sys.meta_path.insert(0, Guard())
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """A script beside a model whose probabilities are the shares of red, green and blue."""
    nodes = [
        helper.make_node("Cast", ["image"], ["pixels"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["pixels"], ["means"], axes=[1, 2], keepdims=0),
        helper.make_node("ReduceL1", ["means"], ["total"], axes=[1], keepdims=1),
        helper.make_node("Div", ["means", "total"], ["probabilities"]),
        helper.make_node("ArgMax", ["probabilities"], ["label"], axis=1, keepdims=0),
        helper.make_node("ReduceMax", ["probabilities"], ["familiarity"], axes=[1], keepdims=0),
    ]
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("image", TensorProto.UINT8, ["n", "h", "w", 3])],
        [
            helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["n", 3]),
            helper.make_tensor_value_info("label", TensorProto.INT64, ["n"]),
            helper.make_tensor_value_info("familiarity", TensorProto.FLOAT, ["n"]),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    describe(model, facts_with(class_names=("rot", "grün", "blau")))
    name = "it's “mine”.onnx"
    onnx.save(model, tmp_path / name)
    script = tmp_path / "label photos.py"
    script.write_text(predict_script(name), encoding="utf-8")
    return script


def _run(script: Path, *photos: Path) -> tuple[list[dict[str, str]], str]:
    command = [sys.executable, "-I", "-c", NOTHING_ELSE, script, *photos]
    done = subprocess.run(command, capture_output=True, check=True, cwd=script.parent)
    return list(csv.DictReader(io.StringIO(done.stdout.decode()))), done.stderr.decode()


def test_it_labels_photos_and_folders_without_the_program(export: Path, tmp_path: Path) -> None:
    for name, colour in (("b", (0, 200, 0)), ("a", (0, 0, 200)), ("below/c", (200, 100, 100))):
        (tmp_path / "photos" / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (30, 20), colour).save(tmp_path / "photos" / f"{name}.PNG")
    (tmp_path / "photos" / "notes.txt").write_text("no photo")
    (tmp_path / "photos" / "._a.png").write_bytes(b"a shadow")
    (tmp_path / "photos" / "z.jpg").write_bytes(b"damaged")
    alone = tmp_path / "alone"
    Image.new("RGB", (3, 4), (9, 0, 0)).save(alone, "PNG")
    rows, errors = _run(export, tmp_path / "photos", alone)
    assert [(Path(row["path"]).stem, row["label"]) for row in rows] == [
        ("a", "blau"),
        ("b", "grün"),
        ("c", "rot"),
        ("alone", "rot"),
    ]
    assert [float(row["probability"]) for row in rows] == [1, 1, 0.5, 1]
    assert [float(row["familiarity"]) for row in rows] == [1, 1, 0.5, 1]
    assert len(errors.splitlines()) == 1
    assert "z.jpg" in errors


def test_without_photos_it_says_how_it_is_used(export: Path) -> None:
    command = [sys.executable, "-I", "-c", NOTHING_ELSE, export]
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    assert done.returncode == 1
    assert "python predict.py photo.jpg folder" in done.stderr
