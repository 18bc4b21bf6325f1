"""Nothing leaves the computer: what libraries would report to their makers is turned off."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

OPEN_A_MODEL = """
import fewshot_gui
import onnx, onnxruntime
from onnx import TensorProto, helper

value = lambda name: helper.make_tensor_value_info(name, TensorProto.FLOAT, [1])
graph = helper.make_graph([helper.make_node("Neg", ["x"], ["y"])], "g", [value("x")], [value("y")])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the folder of the reports is Linux's")
def test_onnx_runtime_neither_numbers_this_computer_nor_keeps_reports(tmp_path: Path) -> None:
    """From version 1.29, it puts both into the user's cache folder and sends them, unless the program forbids it."""
    hiding = {"CI", "ORT_DISABLE_TELEMETRY", "XDG_CACHE_HOME"}
    environment = {name: value for name, value in os.environ.items() if name not in hiding} | {"HOME": str(tmp_path)}
    subprocess.run([sys.executable, "-c", OPEN_A_MODEL], env=environment, check=True)
    assert list(tmp_path.rglob("*")) == []
