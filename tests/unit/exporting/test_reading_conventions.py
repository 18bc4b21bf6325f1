"""Models of other tools label photos as those tools do; what those do to a photo is written down here again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageOps

from fewshot_gui.exporting.model.reading import PIXELS, ModelFileError, open_model
from tests.unit.exporting.tiny_models import Tiny, photo

NAMES = ("ant", "bee", "cicada")
SIDE = 32


def softmax(logits: NDArray[np.floating]) -> NDArray[np.floating]:
    powers = np.exp(logits - logits.max())
    return np.asarray(powers / powers.sum())


def cropped(rgb: NDArray[np.uint8], side: int, resample: Image.Resampling) -> NDArray[np.floating]:
    """The middle square, as lobe-python and Ultralytics cut it."""
    image = Image.fromarray(rgb)
    scale = side / min(image.size)
    image = image.resize((round(image.width * scale), round(image.height * scale)), resample)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return np.asarray(image.crop((left, top, left + side, top + side)), np.float64)


def means(pixels: NDArray[np.floating]) -> NDArray[np.floating]:
    return np.asarray(pixels.mean(axis=(0, 1)))


def write_labels(folder: Path, names: tuple[str, ...] = NAMES, *, numbered: bool = False) -> None:
    lines = [f"{place} {name}" if numbered else name for place, name in enumerate(names)]
    (folder / "labels.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_lobe(tmp_path: Path) -> None:
    Tiny((1, SIDE, SIDE, 3), "Image:0", "Confidences").save(tmp_path / "pond.onnx")
    signature = {
        "doc_name": "Pond life",
        "filename": "pond.onnx",
        "format": "onnx",
        "inputs": {"Image": {"dtype": "float32", "shape": [None, SIDE, SIDE, 3], "name": "Image:0"}},
        "outputs": {"Confidences": {"dtype": "float32", "shape": [None, 3], "name": "Confidences"}},
        "classes": {"Label": list(NAMES)},
    }
    (tmp_path / "signature.json").write_text(json.dumps(signature), encoding="utf-8")
    expected = softmax(4 * means(cropped(photo(), SIDE, Image.Resampling.BICUBIC) / 255))
    for path in (tmp_path, tmp_path / "signature.json", tmp_path / "pond.onnx"):
        model = open_model(path)
        assert (model.tool, model.title, model.class_names, model.is_guess) == ("Lobe", "Pond life", NAMES, False)
        np.testing.assert_allclose(model.score(photo()).probabilities, expected, atol=0.01)
        assert model.score(photo()).familiarity is None


RAW = {"Image.BitmapPixelFormat": "Bgr8", "Image.NominalPixelRange": "NominalRange_0_255"}


@pytest.mark.parametrize(
    ("tiny", "raw"),
    [
        (Tiny((1, 3, SIDE, SIDE), "data", scores="zipmap", names=NAMES, metadata=RAW, divide_by=255), True),
        (Tiny(("None", 3, SIDE, SIDE), "data", scores="zipmap", names=NAMES, divide_by=255), True),
        (Tiny((1, 3, SIDE, SIDE), "data", "model_output"), False),
        (Tiny((1, 3, SIDE, SIDE), "data", "model_output", metadata=RAW, divide_by=255), True),
        (Tiny((1, 3, SIDE, SIDE), "data", "model_output", element="float16"), False),
    ],
)
def test_custom_vision(tmp_path: Path, tiny: Tiny, *, raw: bool) -> None:
    write_labels(tmp_path)
    model = open_model(tiny.save(tmp_path / "model.onnx"))
    assert (model.tool, model.title, model.class_names) == ("Azure Custom Vision", tmp_path.name, NAMES)
    stretched = np.asarray(Image.fromarray(photo()).resize((SIDE, SIDE)), np.float64) / 255
    expected = softmax(4 * means(stretched)[::-1] if raw else 4 * means(stretched))
    np.testing.assert_allclose(model.score(photo()).probabilities, expected, atol=0.002)


def test_scores_by_name_come_in_the_order_of_the_label_file(tmp_path: Path) -> None:
    tiny = Tiny((1, 3, SIDE, SIDE), "data", scores="zipmap", names=NAMES, divide_by=255)
    path = tiny.save(tmp_path / "model.onnx")
    by_itself = open_model(path)
    assert by_itself.class_names == NAMES
    write_labels(tmp_path, NAMES[::-1])
    ordered = open_model(path)
    assert ordered.class_names == NAMES[::-1]
    np.testing.assert_array_equal(ordered.score(photo()).probabilities, by_itself.score(photo()).probabilities[::-1])


def test_teachable_machine(tmp_path: Path) -> None:
    write_labels(tmp_path, numbered=True)
    model = open_model(Tiny(("unk__1", 224, 224, 3), "sequential_1_input", "sequential_3").save(tmp_path / "tm.onnx"))
    assert (model.tool, model.title, model.class_names) == ("Teachable Machine", "tm", NAMES)
    fitted = ImageOps.fit(Image.fromarray(photo()), (224, 224), Image.Resampling.LANCZOS)
    expected = softmax(4 * means(np.asarray(fitted, np.float64) / 127.5 - 1))
    np.testing.assert_allclose(model.score(photo()).probabilities, expected, atol=0.01)


@pytest.mark.parametrize("shape", [(1, 3, SIDE, SIDE), ("batch", 3, "height", "width")])
def test_ultralytics(tmp_path: Path, shape: tuple[int | str, ...]) -> None:
    facts = {"task": "classify", "names": repr(dict(enumerate(NAMES))), "imgsz": repr([SIDE, SIDE]), "stride": "1"}
    model = open_model(Tiny(shape, "images", "output0", metadata=facts).save(tmp_path / "best.onnx"))
    assert (model.tool, model.title, model.class_names) == ("Ultralytics", tmp_path.name, NAMES)
    expected = softmax(4 * means(cropped(photo(), SIDE, Image.Resampling.BILINEAR) / 255))
    np.testing.assert_allclose(model.score(photo()).probabilities, expected, atol=0.01)


def test_a_detector_is_told_from_a_classifier(tmp_path: Path) -> None:
    facts = {"task": "detect", "names": "{0: 'ant'}", "imgsz": "[640, 640]"}
    path = Tiny((1, 3, SIDE, SIDE), metadata=facts).save(tmp_path / "yolo.onnx")
    with pytest.raises(ModelFileError, match=r"“yolo\.onnx” finds objects in photos \(detect\)"):
        open_model(path)


IMAGENET_MEAN, IMAGENET_STD = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])


def write_config(folder: Path, preprocessor: dict[str, object], config: dict[str, object] | None = None) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    names = {str(place): name for place, name in enumerate(NAMES)}
    (folder / "config.json").write_text(json.dumps(config or {"id2label": names}), encoding="utf-8")
    (folder / "preprocessor_config.json").write_text(json.dumps(preprocessor), encoding="utf-8")


def test_hugging_face_stretches_to_a_rectangle(tmp_path: Path) -> None:
    size = {"height": SIDE, "width": SIDE}
    half = [0.5, 0.5, 0.5]
    write_config(tmp_path, {"size": size, "do_normalize": True, "image_mean": half, "image_std": half, "resample": 2})
    tiny = Tiny(("batch", 3, "height", "width"), "pixel_values", "logits", scores="logits")
    model = open_model(tiny.save(tmp_path / "onnx" / "model.onnx"))  # as Optimum and transformers.js lay it out
    assert (model.tool, model.class_names) == ("Hugging Face", NAMES)
    stretched = np.asarray(Image.fromarray(photo()).resize((SIDE, SIDE), Image.Resampling.BILINEAR), np.float64)
    expected = softmax(4 * means(stretched / 127.5 - 1))
    np.testing.assert_allclose(model.score(photo()).probabilities, expected, atol=0.002)


@pytest.mark.parametrize(
    ("given", "resized"),
    [
        ({"size": {"shortest_edge": 40}, "do_center_crop": True, "crop_size": {"height": SIDE, "width": SIDE}}, 40),
        ({"size": {"shortest_edge": SIDE}, "crop_pct": 0.8}, 40),  # ConvNeXT
        ({"size": 36, "do_center_crop": True, "crop_size": SIDE}, 36),
    ],
)
def test_hugging_face_crops_from_a_shortest_edge(tmp_path: Path, given: dict[str, object], resized: int) -> None:
    mean, std = IMAGENET_MEAN.tolist(), IMAGENET_STD.tolist()
    write_config(tmp_path, given | {"do_normalize": True, "image_mean": mean, "image_std": std, "resample": 3})
    model = open_model(Tiny((1, 3, SIDE, SIDE), scores="logits", gain=0.5).save(tmp_path / "model.onnx"))
    square = cropped(photo(), resized, Image.Resampling.BICUBIC)
    margin = (resized - SIDE) // 2
    middle = square[margin : margin + SIDE, margin : margin + SIDE] / 255
    expected = softmax(0.5 * means((middle - IMAGENET_MEAN) / IMAGENET_STD))
    np.testing.assert_allclose(model.score(photo()).probabilities, expected, atol=0.01)


def test_hugging_face_may_want_blue_first_and_other_scales(tmp_path: Path) -> None:
    given = {"size": {"height": SIDE, "width": SIDE}, "do_flip_channel_order": True, "rescale_factor": 1 / 127.5}
    write_config(tmp_path, given)
    model = open_model(Tiny((1, 3, SIDE, SIDE), scores="logits").save(tmp_path / "model.onnx"))
    stretched = np.asarray(Image.fromarray(photo()).resize((SIDE, SIDE), Image.Resampling.BILINEAR), np.float64)
    np.testing.assert_allclose(
        model.score(photo()).probabilities, softmax(4 * means(stretched / 127.5)[::-1]), atol=0.002
    )


def test_timm(tmp_path: Path) -> None:
    config = {
        "pretrained_cfg": {
            "mean": [0.5] * 3, "std": [0.5] * 3, "input_size": [3, SIDE, SIDE],
            "crop_pct": 0.8, "interpolation": "bicubic",
        },
        "label_names": list(NAMES),
    }  # fmt: skip
    (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    model = open_model(Tiny(("n", 3, "h", "w"), scores="logits").save(tmp_path / "model.onnx"))
    assert (model.tool, model.class_names) == ("timm", NAMES)
    middle = cropped(photo(), 40, Image.Resampling.BICUBIC)[4:36, 4:36]
    np.testing.assert_allclose(model.score(photo()).probabilities, softmax(4 * means(middle / 127.5 - 1)), atol=0.02)


@pytest.mark.parametrize(
    ("tiny", "pixels", "says"),
    [
        (Tiny((1, 3, SIDE, SIDE)), "ImageNet", "ImageNet"),
        (Tiny((1, SIDE, SIDE, 3)), "-1 to 1", "Keras"),
        (Tiny((1, 3, SIDE, SIDE), divide_by=255), "0 to 255", "scales pixels itself"),
        (Tiny((1, SIDE, SIDE, 3), element="uint8", divide_by=255), "0 to 255", "scales pixels itself"),
    ],
)
def test_what_nothing_tells_is_guessed_and_the_person_may_choose(
    tmp_path: Path, tiny: Tiny, pixels: str, says: str
) -> None:
    write_labels(tmp_path)
    model = open_model(tiny.save(tmp_path / "insects.onnx"))
    assert (model.tool, model.title, model.is_guess) == ("unknown", "insects", True)
    assert says in model.sentence
    assert model.sentence.endswith("choose another range of pixels.")
    assert model.input is not None
    assert model.input.pixels == PIXELS[pixels]

    chosen = model.with_input(replace(model.input, pixels=PIXELS["0 to 255"], fit="stretch", bgr=True, share=1.0))
    assert not chosen.is_guess
    stretched = np.asarray(Image.fromarray(photo()).resize((SIDE, SIDE), Image.Resampling.BILINEAR), np.float64)
    expected = softmax(4 * means(stretched)[::-1] / (tiny.divide_by or 1))
    np.testing.assert_allclose(chosen.score(photo()).probabilities, expected, atol=0.002)


ODD = (None, True, -1, 0, 1e-300, 1e300, float("nan"), "x", "", [], [1, 2, 3], ["a"] * 3, [0] * 3, {}, {"a": 1})


@pytest.mark.parametrize(
    "key", ["size", "crop_size", "crop_pct", "rescale_factor", "image_mean", "image_std", "resample"]
)
def test_an_odd_preprocessor_opens_or_is_a_sentence(tmp_path: Path, key: str) -> None:
    path = Tiny(("n", 3, "h", "w"), scores="logits").save(tmp_path / "model.onnx")
    for value in ODD:
        whole: dict[str, object] = {"size": {"shortest_edge": 40}, "do_center_crop": True, "crop_size": SIDE}
        write_config(tmp_path, whole | {"do_normalize": True, key: value})
        assert_opens_or_is_a_sentence(path)


@pytest.mark.parametrize("key", ["mean", "std", "input_size", "crop_pct", "interpolation"])
def test_an_odd_timm_description_opens_or_is_a_sentence(tmp_path: Path, key: str) -> None:
    path = Tiny(("n", 3, "h", "w"), scores="logits").save(tmp_path / "model.onnx")
    for value in ODD:
        config = {"pretrained_cfg": {key: value}, "label_names": list(NAMES)}
        (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")
        assert_opens_or_is_a_sentence(path)


@pytest.mark.parametrize("key", ["inputs", "classes", "filename", "doc_name"])
def test_an_odd_signature_opens_or_is_a_sentence(tmp_path: Path, key: str) -> None:
    path = Tiny((1, SIDE, SIDE, 3)).save(tmp_path / "model.onnx")
    for value in ODD:
        signature = {"inputs": {"Image": {}}, "classes": {"Label": list(NAMES)}, key: value}
        (tmp_path / "signature.json").write_text(json.dumps(signature), encoding="utf-8")
        assert_opens_or_is_a_sentence(path)


@pytest.mark.parametrize("key", ["names", "imgsz", "task"])
def test_odd_metadata_opens_or_is_a_sentence(tmp_path: Path, key: str) -> None:
    for value in ODD:
        facts = {"task": "classify", "names": repr(NAMES), "imgsz": "[32, 32]", key: repr(value)}
        path = Tiny(("n", 3, "h", "w"), metadata=facts).save(tmp_path / "model.onnx")
        assert_opens_or_is_a_sentence(path)


def assert_opens_or_is_a_sentence(path: Path) -> None:
    """Anything but a ModelFileError, whose text is a sentence, gets out of here."""
    try:
        model = open_model(path)
    except ModelFileError as error:
        sentence = str(error)
    else:
        sentence = model.sentence
        assert np.isfinite(model.score(photo()).probabilities).all()
    assert sentence.endswith(".")
