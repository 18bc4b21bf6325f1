"""Loading a model file that may come from a stranger.

A model is a computation, no program: it cannot reach files or the network unless the runtime does so on its behalf.
Three ways are closed before ONNX Runtime sees the file: weights that lie in other files
(https://onnx.ai/onnx/repo-docs/ExternalDataSecurity.html; older runtimes followed ``../`` and absolute paths), compiled
contexts that name a file (``EPContext``), and operators that only a library from elsewhere could provide, which is
never loaded.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.exporting.model.reading.problems import ModelFileError

if TYPE_CHECKING:
    from onnx import FunctionProto, GraphProto, ModelProto, TensorProto

_logger = logging.getLogger(__name__)

_MOST_BYTES = 2**31 - 1
"""What one ONNX file can hold."""
_OWN_DOMAINS = frozenset({"", "ai.onnx", "ai.onnx.ml", "com.microsoft"})
"""Where ONNX Runtime's own operators come from."""
_LOOKED_AHEAD = 6
"""Operators from the input on among which a model would scale its pixels."""


@dataclass(frozen=True, eq=False)
class LoadedGraph:
    """A model ready to run.

    Attributes:
        session: The ``onnxruntime.InferenceSession``; any number of threads may run it at once.
        scales_pixels: Whether it begins by shrinking numbers as large as 0..255, so that it wants raw pixels.
    """

    session: Any
    scales_pixels: bool


def load_graph(path: Path) -> LoadedGraph:
    """Check a model file and load it to run on the processor, one thread for each call.

    Raises:
        ModelFileError: It is missing, too large, damaged, or would read other files or need other libraries.
    """
    proto = _read(path)
    _check_tensors(proto, path)
    _check_operators(proto, path)
    session = _session(path)
    inputs = {entry.name for entry in session.get_inputs()}
    return LoadedGraph(session, any(_scales(proto.graph, name) for name in inputs))


def _read(path: Path) -> ModelProto:
    import onnx
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]  # protobuf has no types

    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ModelFileError(f"“{path.name}” is larger than an ONNX model can be; choose another file.")
        proto = onnx.load(path, format="protobuf", load_external_data=False)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ModelFileError(f"“{path.name}” could not be opened ({reason}); choose another file.") from error
    except (DecodeError, ValueError, UnicodeError) as error:
        raise damaged(path) from error
    if not proto.graph.node:
        raise damaged(path)
    return proto


def damaged(path: Path) -> ModelFileError:
    """The error that says that ``path`` cannot be used as a model."""
    return ModelFileError(f"“{path.name}” is no ONNX model, or is damaged; export it again.")


def _session(path: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # photos are spread over the processors instead
    options.inter_op_num_threads = 1
    options.log_severity_level = 4  # what goes wrong comes back as an exception
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's errors have no other class in common
        _logger.info("ONNX Runtime cannot load %s", path, exc_info=True)
        raise ModelFileError(
            f"“{path.name}” cannot be run by this program: it is damaged, or made for a newer version of ONNX."
        ) from error


def _check_tensors(proto: ModelProto, path: Path) -> None:
    for tensor in _tensors(proto):
        if tensor.data_location != tensor.EXTERNAL and not tensor.external_data:
            continue
        location = next((entry.value for entry in tensor.external_data if entry.key == "location"), "")
        beside = path.parent / location
        # A plain name only: no folders, no links, and none of the marks by which the runtime means its own memory.
        if location in ("", ".", "..") or any(mark in location for mark in "/\\:*\0"):
            _logger.error("%s keeps weights at %r", path, location)
            raise ModelFileError(f"“{path.name}” reads files outside its folder, so it was not opened.")
        if beside.is_symlink() or not beside.is_file():
            raise ModelFileError(f"“{path.name}” needs “{location}” beside it; copy that file there too.")


def _check_operators(proto: ModelProto, path: Path) -> None:
    known = _OWN_DOMAINS | {function.domain for function in proto.functions}
    for node in (node for part in _parts(proto) for node in part.node):
        if node.domain not in known or node.op_type == "EPContext":
            raise ModelFileError(
                f"“{path.name}” uses the operator “{node.op_type}”, which only another program provides; "
                "export it with standard ONNX operators."
            )


def _parts(proto: ModelProto) -> Iterator[GraphProto | FunctionProto]:
    """The graph, the functions it calls, and the graphs inside of operators such as If."""
    waiting: list[GraphProto | FunctionProto] = [proto.graph, *proto.functions]
    while waiting:
        part = waiting.pop()
        yield part
        for node in part.node:
            for attribute in node.attribute:
                waiting += [attribute.g, *attribute.graphs] if attribute.HasField("g") else attribute.graphs


def _tensors(proto: ModelProto) -> Iterator[TensorProto]:
    for part in _parts(proto):
        sparse = list(getattr(part, "sparse_initializer", ()))  # a function has no tensors of its own
        yield from getattr(part, "initializer", ())
        for node in part.node:
            for attribute in node.attribute:
                yield from (attribute.t, *attribute.tensors)
                sparse += [attribute.sparse_tensor, *attribute.sparse_tensors]
        for entry in sparse:
            yield from (entry.values, entry.indices)


def _scales(graph: GraphProto, name: str) -> bool:
    """Whether the graph divides, or takes away, as much as only numbers of 0..255 can bear."""
    constants = {tensor.name: tensor for tensor in graph.initializer}
    constants |= {
        node.output[0]: attribute.t
        for node in graph.node
        if node.op_type == "Constant"
        for attribute in node.attribute
        if attribute.name == "value"
    }
    for _ in range(_LOOKED_AHEAD):
        node = next((node for node in graph.node if name in node.input), None)
        if node is None or not node.output:
            return False
        operand = next((constants[other] for other in node.input if other in constants), None)
        if operand is not None and node.op_type in ("Mul", "Div", "Sub", "Add"):
            value = _typical(operand)
            return value >= 10 if node.op_type != "Mul" else 0 < value <= 0.1
        if node.op_type not in ("Cast", "Transpose", "Identity", "Reshape", "Squeeze", "Unsqueeze", "Gather"):
            return False
        name = node.output[0]
    return False


def _typical(tensor: TensorProto) -> float:
    from onnx import numpy_helper

    if tensor.data_location == tensor.EXTERNAL:  # a handful of numbers never lies in another file
        return 1.0
    values: NDArray[Any] = numpy_helper.to_array(tensor)
    return float(np.abs(values.astype(np.float64)).mean()) if values.size else 1.0
