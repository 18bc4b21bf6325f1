"""Running what a part of the program wrote down as operators."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.core.operator_graph import OperatorGraph, Value
from fewshot_gui.exporting.model.onnx_file import Port, onnx_model

AddOperators = Callable[[OperatorGraph, Value], Value]
"""Such as ``Classifier.add_operators``: the graph and its float32 (n, d) input, to its output of two axes."""


class Exported:
    """The operators as a model that passes ONNX's full check, in ONNX Runtime."""

    def __init__(self, add_operators: AddOperators, width: int, *, outputs: int) -> None:
        import onnx
        import onnxruntime

        graph = OperatorGraph()
        scores = add_operators(graph, "rows")
        single = onnx.TensorProto.FLOAT
        ports = Port("rows", single, ("n", width)), Port("scores", single, ("n", outputs))
        model = onnx_model(graph, {"rows": ports[0]}, {scores: ports[1]}, {})
        onnx.checker.check_model(model, full_check=True)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(model.SerializeToString(), options, ["CPUExecutionProvider"])

    def __call__(self, rows: NDArray[np.floating]) -> NDArray[np.float32]:
        """The output for floating point (n, width) rows."""
        (scores,) = self._session.run(None, {"rows": np.asarray(rows, np.float32)})
        assert isinstance(scores, np.ndarray)
        return scores
