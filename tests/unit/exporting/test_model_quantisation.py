"""A model in 8 bits: the network in the middle is small, everything around it stays exact."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import ModelProto, TensorProto, helper, numpy_helper

from fewshot_gui.core.errors import Cancelled, FewshotError
from fewshot_gui.exporting.model.quantisation import quantise
from fewshot_gui.exporting.model.verification import WrittenModel

CHANNELS = 32


def _model(convolutions: int, network: str = "network tiny_1/") -> ModelProto:
    """Photos in, a chain of convolutions, means of the channels out."""
    rng = np.random.default_rng(0)
    nodes = [
        helper.make_node("Cast", ["image"], ["float"], to=TensorProto.FLOAT),
        helper.make_node("Transpose", ["float"], ["planes"], perm=[0, 3, 1, 2]),
        helper.make_node("Mul", ["planes", "scale"], ["x0"]),
    ]
    constants = {"scale": np.float32(1 / 255)}
    for row in range(convolutions):
        shape = (CHANNELS, CHANNELS if row else 3, 3, 3)
        constants[f"w{row}"] = rng.normal(0, (2 / (9 * shape[1])) ** 0.5, shape).astype(np.float32)
        nodes += [
            helper.make_node("Conv", [f"x{row}", f"w{row}"], [f"y{row}"], f"{network}c{row}", pads=[1, 1, 1, 1]),
            helper.make_node("Relu", [f"y{row}"], [f"x{row + 1}"], f"{network}r{row}"),
        ]
    nodes += [
        helper.make_node("ReduceMean", [f"x{convolutions}"], ["embedding"], axes=[2, 3], keepdims=0),
        helper.make_node("Softmax", ["embedding"], ["probabilities"], axis=1),
        helper.make_node("ReduceMax", ["embedding"], ["familiarity"], axes=[1], keepdims=0),
    ]
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("image", TensorProto.UINT8, ["n", "h", "w", 3])],
        [
            helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["n", CHANNELS]),
            helper.make_tensor_value_info("familiarity", TensorProto.FLOAT, ["n"]),
        ],
        [numpy_helper.from_array(np.asarray(array), name) for name, array in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    model.producer_name = "fewshot-gui"
    helper.set_model_props(model, {"key": "värld"})
    return model


def _photos(count: int = 20) -> list[NDArray[np.uint8]]:
    rng = np.random.default_rng(1)
    return [rng.integers(0, 256, (20 + row, 30, 3)).astype(np.uint8) for row in range(count)]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    onnx.save(_model(12), tmp_path / "m.onnx")
    return tmp_path / "m.onnx"


def test_it_is_smaller_and_answers_nearly_the_same(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "small.onnx"
    quantise(source, target, _photos())
    assert target.stat().st_size < 0.75 * source.stat().st_size  # half of these twelve convolutions stay as they are
    exact, small = WrittenModel(source), WrittenModel(target)
    for photo in _photos(3):
        np.testing.assert_allclose(small.answers(photo)[0], exact.answers(photo)[0], atol=0.02)
    onnx.checker.check_model(target, full_check=True)


def test_the_first_convolutions_stay_exact(source: Path, tmp_path: Path) -> None:
    quantise(source, tmp_path / "small.onnx", _photos())
    model = onnx.load(tmp_path / "small.onnx")
    kinds = {tensor.name: tensor.data_type for tensor in model.graph.initializer}
    weights = {name: kind for name, kind in kinds.items() if name.startswith("w") and "scale" not in name}
    exact = sorted(name for name, kind in weights.items() if kind == TensorProto.FLOAT)
    assert exact == [f"w{row}" for row in range(6)]
    assert sum(kind == TensorProto.INT8 for name, kind in weights.items() if "zero" not in name) == 6


def test_it_says_the_same_of_itself(source: Path, tmp_path: Path) -> None:
    quantise(source, tmp_path / "small.onnx", _photos())
    model = onnx.load(tmp_path / "small.onnx")
    assert {entry.key: entry.value for entry in model.metadata_props} == {"key": "värld"}
    assert model.producer_name == "fewshot-gui"


@pytest.mark.parametrize("model", [_model(6), _model(12, network="")], ids=["few", "not of a network"])
def test_without_enough_convolutions_of_an_encoder_it_is_refused(model: ModelProto, tmp_path: Path) -> None:
    onnx.save(model, tmp_path / "m.onnx")
    with pytest.raises(FewshotError, match="cannot be made smaller"):
        quantise(tmp_path / "m.onnx", tmp_path / "small.onnx", _photos())


def test_it_stops_where_the_photos_do(source: Path, tmp_path: Path) -> None:
    def cancelled() -> Iterator[NDArray[np.uint8]]:
        yield _photos(1)[0]
        raise Cancelled

    with pytest.raises(Cancelled):
        quantise(source, tmp_path / "small.onnx", cancelled())
