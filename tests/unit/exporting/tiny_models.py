"""Classifiers of three operators that follow the conventions of real tools: they tell the mean colour of a photo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

ELEMENTS = {"float32": TensorProto.FLOAT, "float16": TensorProto.FLOAT16, "uint8": TensorProto.UINT8}


@dataclass(frozen=True)
class Tiny:
    """A classifier that scores each class by ``gain`` times the mean of one channel.

    Attributes:
        shape: Of the input; the channels have length 3.
        channels: Which channel each class looks at.
        gain: What the means are multiplied with.
        divide_by: What the model itself divides pixels by, or 0.
        scores: What comes out.
    """

    shape: tuple[int | str, ...]
    input_name: str = "input"
    output_name: str = "output"
    element: str = "float32"
    channels: tuple[int, ...] = (0, 1, 2)
    gain: float = 4.0
    divide_by: float = 0.0
    scores: Literal["softmax", "logits", "sigmoid", "zipmap", "spatial"] = "softmax"
    names: tuple[str, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)

    def proto(self) -> onnx.ModelProto:
        """The model."""
        nodes, value = [], self.input_name

        def add(kind: str, *inputs: str, **attributes: Any) -> str:
            output = f"{kind}_{len(nodes)}"
            nodes.append(helper.make_node(kind, inputs, [output], **attributes))
            return output

        constants = {"weights": self.gain * np.eye(3, dtype=np.float32)[:, list(self.channels)]}
        if self.element != "float32":
            value = add("Cast", value, to=TensorProto.FLOAT)
        if self.divide_by:
            constants["levels"] = np.array([self.divide_by], np.float32)
            value = add("Div", value, "levels")
        value = add("ReduceMean", value, axes=[2, 3] if self.shape[1] == 3 else [1, 2], keepdims=0)
        value = add("MatMul", value, "weights")
        outputs = [helper.make_tensor_value_info(self.output_name, TensorProto.FLOAT, None)]
        if self.scores == "zipmap":
            value = add("Softmax", value, axis=1)
            winner = add("ArgMax", value, axis=1, keepdims=0)
            ml = {"domain": "ai.onnx.ml"}
            keys = {"keys_int64s": [0, 1, 2], "values_strings": list(self.names)}
            nodes.append(helper.make_node("LabelEncoder", [winner], ["classLabel"], **keys, **ml))
            nodes.append(helper.make_node("ZipMap", [value], ["loss"], classlabels_strings=list(self.names), **ml))
            maps = helper.make_map_type_proto(TensorProto.STRING, helper.make_tensor_type_proto(TensorProto.FLOAT, []))
            outputs = [
                helper.make_tensor_value_info("classLabel", TensorProto.STRING, None),
                helper.make_value_info("loss", helper.make_sequence_type_proto(maps)),
            ]
        else:
            value = add({"softmax": "Softmax", "sigmoid": "Sigmoid"}.get(self.scores, "Identity"), value)
            if self.scores == "spatial":
                constants["places"] = np.array([2, 3], np.int64)
                value = add("Unsqueeze", value, "places")
            nodes[-1].output[0] = self.output_name
        model = helper.make_model(
            helper.make_graph(
                nodes,
                "tiny",
                [helper.make_tensor_value_info(self.input_name, ELEMENTS[self.element], self.shape)],
                outputs,
                [numpy_helper.from_array(array, name) for name, array in constants.items()],
            ),
            opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 2)],
            ir_version=8,
        )
        helper.set_model_props(model, dict(self.metadata))
        return model

    def save(self, path: Path) -> Path:
        """Write the model to a file, whose folder is made."""
        path.parent.mkdir(parents=True, exist_ok=True)
        onnx.save(self.proto(), path)
        return path


def photo(seed: int = 0, *, width: int = 90, height: int = 60) -> NDArray[np.uint8]:
    """A smooth picture, uint8 (height, width, 3), whose middle has other colours than its edges."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    waves = [np.sin(np.pi * (rng.uniform(0, 2) + rng.uniform(1, 2) * x + rng.uniform(0, 1) * y)) for _ in range(3)]
    return np.asarray(127.5 + 127 * np.stack(waves, axis=-1), np.uint8)
