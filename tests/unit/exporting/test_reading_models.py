"""Opening a model: its files, its labels, its scores, and everything that can be wrong with them."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from onnx.external_data_helper import convert_model_to_external_data, set_external_data

from fewshot_gui.exporting.model.reading import LabelsMissingError, ModelFileError, open_model
from tests.unit.exporting.tiny_models import Tiny, photo

SHAPE = (1, 3, 16, 16)


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    path = tmp_path / "labels.txt"
    path.write_text("ant\nbee\ncicada\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.txt", "\ufeffant\r\n\r\n bee  wolf \r\ncicada", ("ant", "bee wolf", "cicada")),
        ("a.txt", "0 ant\n1 bee\n2 3 cicadas\n", ("ant", "bee", "3 cicadas")),
        ("a.txt", "0: ant\n1: bee\n2: cicada\n", ("ant", "bee", "cicada")),
        ("a.txt", "1 ant\n2 bee\n7 spots\n", ("1 ant", "2 bee", "7 spots")),  # numbers that are part of the names
        ("a.txt", "9" * 5000 + " ants\n1 bee\n2 cicada", ("9" * 5000 + " ants", "1 bee", "2 cicada")),
        ("a.json", '["ant", "bee", 3]', ("ant", "bee", "3")),
        ("a.json", '{"2": "cicada", "0": "ant", "1": "bee"}', ("ant", "bee", "cicada")),
        ("a.json", '{"id2label": {"0": "ant", "1": "bee", "2": "cicada"}}', ("ant", "bee", "cicada")),
        ("a.json", '{"classes": {"Label": ["ant", "bee", "cicada"]}}', ("ant", "bee", "cicada")),
        ("a.json", '{"classes": ["ant", "bee", "cicada"]}', ("ant", "bee", "cicada")),
    ],
)
def test_label_files(tmp_path: Path, name: str, content: str, expected: tuple[str, ...]) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8", newline="")
    model = open_model(Tiny(SHAPE).save(tmp_path / "model.onnx"), tmp_path / name)
    assert model.class_names == expected


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.txt", b"", "holds no names of classes"),
        ("a.txt", b"\xff\xfeant", "no text in UTF-8"),
        ("a.json", b"{", "not the JSON that it should be"),
        ("a.json", b"[" * 100_000, "not the JSON that it should be"),
        ("a.json", b'{"1": "ant", "5": "bee"}', "holds no names of classes"),
        ("a.json", b'[["ant"]]', "holds no names of classes"),
        ("a.txt", b"ant\nbee\n", r"“a\.txt” names 2 classes, but “model\.onnx” tells 3 apart"),
    ],
)
def test_label_files_of_no_use(tmp_path: Path, name: str, content: bytes, sentence: str) -> None:
    (tmp_path / name).write_bytes(content)
    path = Tiny(SHAPE).save(tmp_path / "model.onnx")
    with pytest.raises(ModelFileError, match=sentence):
        open_model(path, tmp_path / name)


def test_without_names_the_label_file_is_asked_for(tmp_path: Path, labels: Path) -> None:
    labels.unlink()
    path = Tiny(SHAPE).save(tmp_path / "insects.onnx")
    with pytest.raises(LabelsMissingError, match="what its 3 classes are called; choose its label file"):
        open_model(path)
    (tmp_path / "insects.txt").write_text("a\nb\nc", encoding="utf-8")
    assert open_model(path).class_names == ("a", "b", "c")


@pytest.mark.usefixtures("labels")
@pytest.mark.parametrize(
    ("scores", "sums_to_one"), [("softmax", True), ("logits", True), ("sigmoid", False), ("spatial", True)]
)
def test_numbers_of_any_kind_become_probabilities(tmp_path: Path, scores: str, *, sums_to_one: bool) -> None:
    model = open_model(Tiny(SHAPE, scores=scores).save(tmp_path / "model.onnx"))  # type: ignore[arg-type]  # parametrised
    probabilities = model.score(photo()).probabilities
    assert probabilities.dtype == np.float32
    assert probabilities.min() >= 0
    assert probabilities.max() <= 1
    assert (abs(probabilities.sum() - 1) < 1e-5) == sums_to_one
    softmax = open_model(Tiny(SHAPE, scores="softmax").save(tmp_path / "other.onnx"))
    assert (np.argsort(probabilities) == np.argsort(softmax.score(photo()).probabilities)).all()


def test_one_number_is_the_chance_of_the_second_class(tmp_path: Path) -> None:
    (tmp_path / "labels.txt").write_text("pale\nred", encoding="utf-8")
    model = open_model(Tiny(SHAPE, channels=(0,), scores="sigmoid").save(tmp_path / "model.onnx"))
    red, blue = (np.full((20, 20, 3), colour, np.uint8) for colour in ((255, 0, 0), (0, 0, 255)))
    assert model.score(red).probabilities[1] > 0.9
    assert model.score(blue).probabilities[0] > 0.9


@pytest.mark.usefixtures("labels")
@pytest.mark.parametrize("batch", [1, 4, "n", None])
def test_any_batch_size(tmp_path: Path, batch: int | str | None) -> None:
    one = open_model(Tiny(SHAPE).save(tmp_path / "one.onnx"))
    model = open_model(Tiny((batch, *SHAPE[1:])).save(tmp_path / "many.onnx"))  # type: ignore[arg-type]  # free: no name
    np.testing.assert_allclose(model.score(photo()).probabilities, one.score(photo()).probabilities, atol=1e-6)


@pytest.mark.usefixtures("labels")
def test_of_several_outputs_the_one_with_as_many_numbers_as_labels_counts(tmp_path: Path) -> None:
    proto = Tiny(SHAPE, scores="logits").proto()
    proto.graph.node.append(helper.make_node("Concat", ["output", "output"], ["features"], axis=1))
    proto.graph.output.insert(0, helper.make_tensor_value_info("features", TensorProto.FLOAT, None))
    onnx.save(proto, tmp_path / "model.onnx")
    model = open_model(tmp_path / "model.onnx")
    assert len(model.score(photo()).probabilities) == 3


@pytest.mark.usefixtures("labels")
@pytest.mark.parametrize("size", [(1, 1), (1, 500), (500, 1), (16, 16)])
@pytest.mark.parametrize("fit", ["crop", "pad", "stretch"])
def test_photos_of_any_proportions(tmp_path: Path, size: tuple[int, int], fit: str) -> None:
    model = open_model(Tiny(SHAPE).save(tmp_path / "model.onnx"))
    assert model.input is not None
    chosen = replace(model.input, fit=fit)
    width, height = size
    grey = np.full((height, width, 3), 200, np.uint8)
    prepared = chosen.prepare(grey)
    assert prepared.shape == SHAPE[1:]
    if fit != "pad":
        red, *_ = chosen.pixels.mean
        np.testing.assert_allclose(prepared[0], (200 / 255 - red) / chosen.pixels.std[0], atol=1e-5)
    assert np.isfinite(model.with_input(chosen).score(grey).probabilities).all()


def test_a_folder_with_one_model_is_enough(tmp_path: Path, labels: Path) -> None:
    Tiny(SHAPE).save(tmp_path / "insects.onnx")
    assert open_model(tmp_path).path == tmp_path / "insects.onnx"
    Tiny(SHAPE).save(tmp_path / "second.onnx")
    with pytest.raises(ModelFileError, match="holds several ONNX models"):
        open_model(tmp_path)
    Tiny(SHAPE).save(tmp_path / "model.onnx")
    assert open_model(tmp_path).path == tmp_path / "model.onnx"
    assert labels.exists()


def test_a_signature_does_not_lead_out_of_its_folder(tmp_path: Path) -> None:
    Tiny(SHAPE).save(tmp_path / "outside.onnx")
    folder = tmp_path / "lobe"
    folder.mkdir()
    (folder / "signature.json").write_text(json.dumps({"filename": "../outside.onnx"}), encoding="utf-8")
    with pytest.raises(ModelFileError, match="holds no ONNX model"):
        open_model(folder)


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\x08\x08", b"PK\x03\x04" + bytes(200)])
def test_what_is_no_model(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(content)
    with pytest.raises(ModelFileError, match=r"“model\.onnx” is no ONNX model, or is damaged"):
        open_model(path)


@pytest.mark.usefixtures("labels")
def test_a_damaged_model_is_a_sentence_wherever_it_is_cut_or_changed(tmp_path: Path) -> None:
    whole = Tiny(SHAPE).proto().SerializeToString()
    path = tmp_path / "model.onnx"
    rng = np.random.default_rng(0)
    sentences = []
    for trial in range(60):
        damaged = bytearray(whole[: rng.integers(1, len(whole))] if trial % 2 else whole)
        if not trial % 2:
            damaged[rng.integers(0, len(damaged))] ^= int(rng.integers(1, 256))
        path.write_bytes(damaged)
        try:
            open_model(path).score(photo())
        except ModelFileError as error:
            sentences.append(str(error))
    assert len(sentences) > 25
    assert all(sentence.endswith(".") for sentence in sentences)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("model.tflite", "is a model of TensorFlow Lite; export or convert it to ONNX"),
        ("keras_model.h5", "is a model of Keras"),
        ("model.pt", "is a model of PyTorch"),
        ("export.zip", "is a packed folder; unpack it"),
        ("gone.onnx", "is not in its folder any more"),
    ],
)
def test_other_files(tmp_path: Path, name: str, sentence: str) -> None:
    if name != "gone.onnx":
        (tmp_path / name).write_bytes(b"\x80\x04.")  # a pickle, which nobody reads
    with pytest.raises(ModelFileError, match=sentence):
        open_model(tmp_path / name)


@pytest.mark.usefixtures("labels")
@pytest.mark.parametrize(
    ("shape", "sentence"),
    [
        ((1, 5), "does not take colour photos"),
        ((1, 1, 28, 28), "does not take colour photos"),
        ((1, 3, 100_000, 100_000), "too large to be true"),
    ],
)
def test_models_of_other_things(tmp_path: Path, shape: tuple[int, ...], sentence: str) -> None:
    proto = Tiny(SHAPE).proto()
    del proto.graph.node[:]
    proto.graph.node.append(helper.make_node("Identity", ["input"], ["output"]))
    proto.graph.input[0].CopyFrom(helper.make_tensor_value_info("input", TensorProto.FLOAT, shape))
    onnx.save(proto, tmp_path / "model.onnx")
    with pytest.raises(ModelFileError, match=sentence):
        open_model(tmp_path / "model.onnx")


@pytest.mark.usefixtures("labels")
def test_a_model_without_scores_for_classes(tmp_path: Path) -> None:
    proto = Tiny(SHAPE).proto()
    del proto.graph.node[:]
    proto.graph.node.append(helper.make_node("Relu", ["input"], ["output"]))
    onnx.save(proto, tmp_path / "model.onnx")
    with pytest.raises(ModelFileError, match="gives no score for each class"):
        open_model(tmp_path / "model.onnx")


@pytest.mark.usefixtures("labels")
def test_weights_beside_the_model_are_read(tmp_path: Path) -> None:
    within = open_model(Tiny(SHAPE).save(tmp_path / "within.onnx"))
    proto = Tiny(SHAPE).proto()
    convert_model_to_external_data(proto, location="beside.onnx.data", size_threshold=0)
    onnx.save(proto, tmp_path / "beside.onnx")
    beside = open_model(tmp_path / "beside.onnx")
    np.testing.assert_array_equal(beside.score(photo()).probabilities, within.score(photo()).probabilities)
    (tmp_path / "beside.onnx.data").unlink()
    with pytest.raises(ModelFileError, match=r"needs “beside\.onnx\.data” beside it"):
        open_model(tmp_path / "beside.onnx")


def with_weights_at(location: str, path: Path, *, inside: str = "initializer") -> Path:
    """A model whose weights are said to lie at ``location``, in the graph, in an operator, or in one inside of it."""
    proto = Tiny(SHAPE).proto()
    weights = next(entry for entry in proto.graph.initializer if entry.name == "weights")
    set_external_data(weights, location)
    weights.ClearField("raw_data")
    if inside != "initializer":
        constant = helper.make_node("Constant", [], ["weights"], value=weights)
        proto.graph.initializer.remove(weights)
        if inside == "branch":
            constant.output[0] = "inner"
            info = helper.make_tensor_value_info("inner", TensorProto.FLOAT, [3, 3])
            branch = helper.make_graph([constant], "branch", [], [info])
            proto.graph.initializer.append(numpy_helper.from_array(np.array(True), "yes"))
            constant = helper.make_node("If", ["yes"], ["weights"], then_branch=branch, else_branch=branch)
        proto.graph.node.insert(0, constant)
    path.write_bytes(proto.SerializeToString())
    return path


@pytest.mark.provokes_logs
@pytest.mark.usefixtures("labels")
@pytest.mark.parametrize("inside", ["initializer", "operator", "branch"])
@pytest.mark.parametrize("location", ["../secret", "/etc/passwd", "deep/../../secret", "..", "", "C:secret", "a\\b"])
def test_weights_elsewhere_are_not_read(tmp_path: Path, location: str, inside: str) -> None:
    (tmp_path / "secret").write_bytes(bytes(36))
    folder = tmp_path / "model"
    folder.mkdir()
    shutil.copy(tmp_path / "labels.txt", folder)
    with pytest.raises(ModelFileError, match="reads files outside its folder, so it was not opened"):
        open_model(with_weights_at(location, folder / "model.onnx", inside=inside))


@pytest.mark.usefixtures("labels")
def test_a_link_in_place_of_weights_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "elsewhere" / "secret"
    secret.parent.mkdir()
    secret.write_bytes(bytes(36))
    (tmp_path / "weights.bin").symlink_to(secret)
    with pytest.raises(ModelFileError, match=r"needs “weights\.bin” beside it"):
        open_model(with_weights_at("weights.bin", tmp_path / "model.onnx"))


@pytest.mark.usefixtures("labels")
@pytest.mark.parametrize(("kind", "domain"), [("StealPhotos", "com.stranger"), ("EPContext", "com.microsoft")])
def test_operators_of_other_programs_are_refused(tmp_path: Path, kind: str, domain: str) -> None:
    proto = Tiny(SHAPE).proto()
    proto.graph.node.append(helper.make_node(kind, ["output"], ["more"], domain=domain))
    proto.opset_import.append(helper.make_opsetid(domain, 1))
    (tmp_path / "model.onnx").write_bytes(proto.SerializeToString())
    with pytest.raises(ModelFileError, match=f"uses the operator “{kind}”, which only another program provides"):
        open_model(tmp_path / "model.onnx")
