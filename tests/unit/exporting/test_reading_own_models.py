"""A model that this program exported, opened again."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.core.support import SupportSet
from fewshot_gui.encoders import encoder_spec
from fewshot_gui.encoders.packing import rounded
from fewshot_gui.exporting.model.carried_examples import CARRIED_EXAMPLES_KEY, encode
from fewshot_gui.exporting.model.facts import ModelFacts
from fewshot_gui.exporting.model.metadata import MODEL_KEY, model_metadata
from fewshot_gui.exporting.model.reading import ModelFileError, open_model
from tests.unit.exporting.tiny_models import photo

FACTS = ModelFacts(
    class_names=("ant", "bee", "Zikade"),
    encoder=encoder_spec("efficientnet-lite0"),
    method="lda+ridge",
    title="Insects of the pond",
    created=datetime(2026, 11, 21, tzinfo=UTC),
    version="0.3.0",
    examples_per_class=(1, 2, 1),
    expected_accuracy=(0.9, 0.8, 0.95),
    stranger_below=0.4,
    licence="Apache-2.0",
)


def save(path: Path, metadata: dict[str, str]) -> Path:
    """A model with the ports of an exported one: the shares of red, green and blue are the probabilities."""
    nodes = [
        helper.make_node("Cast", ["image"], ["pixels"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["pixels"], ["means"], axes=[1, 2], keepdims=0),
        helper.make_node("ReduceSum", ["means", "across"], ["sum"], keepdims=1),
        helper.make_node("Max", ["sum", "one"], ["total"]),
        helper.make_node("Div", ["means", "total"], ["probabilities"]),
        helper.make_node("ReduceMax", ["probabilities"], ["familiarity"], axes=[1], keepdims=0),
    ]
    constants = {"across": np.array([1], np.int64), "one": np.array([1], np.float32)}
    graph = helper.make_graph(
        nodes,
        "own",
        [helper.make_tensor_value_info("image", TensorProto.UINT8, ["n", "h", "w", 3])],
        [
            helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["n", 3]),
            helper.make_tensor_value_info("familiarity", TensorProto.FLOAT, ["n"]),
        ],
        [numpy_helper.from_array(array, name) for name, array in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, metadata)
    onnx.save(model, path)
    return path


def test_it_prepares_photos_itself(tmp_path: Path) -> None:
    model = open_model(save(tmp_path / "insects.onnx", model_metadata(FACTS)))
    assert (model.tool, model.title, model.class_names) == ("fewshot-gui", "Insects of the pond", FACTS.class_names)
    assert (model.input, model.is_guess, model.encoder) == (None, False, "efficientnet-lite0")
    assert model.read_short_side == FACTS.encoder.preprocess.read_short_side
    assert model.own is not None
    assert (model.own.expected_accuracy, model.own.stranger_below) == (0.9, 0.4)
    assert model.own.preprocess == FACTS.encoder.preprocess
    assert model.own.carried_examples() is None
    rgb = photo()
    scored = model.score(rgb)
    means = rgb.reshape(-1, 3).mean(axis=0)
    np.testing.assert_allclose(scored.probabilities, means / means.sum(), rtol=1e-5)
    assert scored.familiarity == pytest.approx(scored.probabilities.max())


def test_it_brings_its_examples(tmp_path: Path) -> None:
    numbers = np.random.default_rng(0).random((4, FACTS.encoder.dimension), np.float32)
    support = SupportSet(numbers, np.array([7, 7, 3, 9]), np.array([5, 5, 1, 2]))
    metadata = model_metadata(FACTS) | {CARRIED_EXAMPLES_KEY: encode(support)}
    own = open_model(save(tmp_path / "insects.onnx", metadata)).own
    carried = own.carried_examples() if own is not None else None
    assert carried is not None
    assert carried.classes.tolist() == [1, 1, 0, 2]
    assert carried.groups.tolist() == [2, 2, 0, 1]
    np.testing.assert_array_equal(carried.embeddings, rounded(numbers))


def test_without_an_expectation(tmp_path: Path) -> None:
    own = open_model(save(tmp_path / "a.onnx", model_metadata(replace(FACTS, expected_accuracy=None)))).own
    assert own is not None
    assert own.expected_accuracy is None


def test_a_newer_model_asks_for_an_update(tmp_path: Path) -> None:
    newer = model_metadata(FACTS)
    newer[MODEL_KEY] = json.dumps(json.loads(newer[MODEL_KEY]) | {"format": 99})
    with pytest.raises(ModelFileError, match="made by a newer version of this program; update it"):
        open_model(save(tmp_path / "a.onnx", newer))


@pytest.mark.parametrize(
    "change",
    [
        {"classes": []},
        {"classes": None},
        {"encoder": {}},
        {"encoder": None},
        {"format": "1"},
        {"stranger_below": "low"},
        {"expected_accuracy": 0.9},
        {"encoder": {"id": "a", "dimension": 3, "preprocess": {"crop": 0}}},
    ],
)
def test_damaged_facts_are_a_sentence(tmp_path: Path, change: dict[str, object]) -> None:
    metadata = model_metadata(FACTS)
    metadata[MODEL_KEY] = json.dumps(json.loads(metadata[MODEL_KEY]) | change)
    with pytest.raises(ModelFileError, match="was exported by this program but is damaged"):
        open_model(save(tmp_path / "a.onnx", metadata))


@pytest.mark.parametrize("text", ["", "nonsense", "[]", "null"])
def test_facts_that_are_no_object(tmp_path: Path, text: str) -> None:
    with pytest.raises(ModelFileError, match="was exported by this program but is damaged"):
        open_model(save(tmp_path / "a.onnx", model_metadata(FACTS) | {MODEL_KEY: text}))


def test_damaged_examples_do_not_keep_it_from_labelling(tmp_path: Path) -> None:
    model = open_model(save(tmp_path / "a.onnx", model_metadata(FACTS) | {CARRIED_EXAMPLES_KEY: "{}"}))
    model.score(photo())
    assert model.own is not None
    with pytest.raises(FewshotError, match="examples that this model carries are damaged"):
        model.own.carried_examples()
