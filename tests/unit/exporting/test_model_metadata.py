"""What a model says of itself is what other programs understand, and nobody prepares a photo twice."""

from __future__ import annotations

import ast
import json

import pytest
from onnx import ModelProto, TensorProto, helper

from fewshot_gui.exporting.model.carried_examples import CARRIED_EXAMPLES_KEY
from fewshot_gui.exporting.model.metadata import MODEL_KEY, describe, model_metadata
from tests.unit.exporting.model_facts import FACTS, facts_with


@pytest.fixture
def metadata() -> dict[str, str]:
    return model_metadata(FACTS)


def test_our_own_description_has_everything_to_open_the_model_again(metadata: dict[str, str]) -> None:
    own = json.loads(metadata[MODEL_KEY])
    assert tuple(own["classes"]) == FACTS.class_names
    assert own["encoder"]["id"] == "efficientnet-lite0"
    assert own["encoder"]["preprocess"]["crop"] == 224
    assert own["expected_accuracy"] == {"value": 0.912, "low": 0.83, "high": 0.96}
    assert (own["format"], own["method"], own["stranger_below"]) == (1, "lda+ridge", 0.5)
    assert own["created"] == "2026-11-21T12:30:00+00:00"


def test_an_unknown_accuracy_is_null() -> None:
    own = json.loads(model_metadata(facts_with(expected_accuracy=None))[MODEL_KEY])
    assert own["expected_accuracy"] is None


def test_ultralytics_reads_the_class_names_as_a_python_literal(metadata: dict[str, str]) -> None:
    assert ast.literal_eval(metadata["names"]) == dict(enumerate(FACTS.class_names))
    assert metadata["task"] == "classify"
    assert [int(metadata[key]) for key in ("stride", "batch", "channels")] == [1, 1, 3]


def test_a_photo_scaled_as_ultralytics_would_still_shows_all_that_the_encoder_sees(metadata: dict[str, str]) -> None:
    preprocess = FACTS.encoder.preprocess
    assert ast.literal_eval(metadata["imgsz"]) == [preprocess.resize_short_side] * 2
    assert preprocess.resize_short_side >= preprocess.crop


def test_hugging_face_reads_the_labels_both_ways_and_does_nothing_to_the_photo(metadata: dict[str, str]) -> None:
    names = json.loads(metadata["id2label"])
    assert names == {str(row): name for row, name in enumerate(FACTS.class_names)}
    assert json.loads(metadata["label2id"]) == {name: int(row) for row, name in names.items()}
    processor = json.loads(metadata["preprocessor_config"])
    assert not any(processor[key] for key in ("do_resize", "do_center_crop", "do_rescale", "do_normalize"))


def test_openvino_reads_one_label_per_class_and_leaves_the_pixels_alone(metadata: dict[str, str]) -> None:
    assert metadata["model_info labels"].split() == ["Rosa_canina", "“Höhle”_|_it's_a_<b>", "two_lines"]
    assert metadata["model_info model_type"] == "Classification"
    assert {float(value) for value in metadata["model_info mean_values"].split()} == {0.0}
    assert {float(value) for value in metadata["model_info scale_values"].split()} == {1.0}
    assert metadata["model_info reverse_input_channels"] == "False"


def test_the_pixel_format_is_the_one_of_the_input(metadata: dict[str, str]) -> None:
    assert metadata["Image.BitmapPixelFormat"] == "Rgb8"
    assert metadata["Image.NominalPixelRange"] == "NominalRange_0_255"


def test_a_model_is_given_all_of_it_and_the_examples_that_it_carries() -> None:
    model = _identity()
    describe(model, FACTS, "{}")
    written = {entry.key: entry.value for entry in model.metadata_props}
    assert written == model_metadata(FACTS) | {CARRIED_EXAMPLES_KEY: "{}"}
    assert (model.producer_name, model.producer_version) == ("fewshot-gui", "9.9")


def test_without_examples_there_is_no_key_for_them() -> None:
    model = _identity()
    describe(model, FACTS)
    assert CARRIED_EXAMPLES_KEY not in {entry.key for entry in model.metadata_props}


def _identity() -> ModelProto:
    ports = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n"]) for name in ("x", "y")]
    graph = helper.make_graph([helper.make_node("Identity", ["x"], ["y"])], "g", ports[:1], ports[1:])
    return helper.make_model(graph)
