"""From operators and networks to an ONNX model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from fewshot_gui.core.operator_graph import OPSET, Operator, OperatorGraph, Value

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto, NodeProto

_IR_VERSION = 8
"""The file format that belongs to :data:`OPSET`; ONNX Runtime reads it since 1.14."""


class Port(NamedTuple):
    """An input or output of a model.

    Attributes:
        name: What callers know it by.
        element: Its element type, one of ``onnx.TensorProto``'s.
        shape: Lengths of its axes; free ones by a name.
    """

    name: str
    element: int
    shape: tuple[int | str, ...]


def onnx_model(
    graph: OperatorGraph,
    inputs: Mapping[Value, Port],
    outputs: Mapping[Value, Port],
    networks: Mapping[str, ModelProto],
) -> ModelProto:
    """Write a graph down as a model.

    Args:
        graph: Operators, each after those whose outputs it reads.
        inputs: What the graph reads but does not compute, by the graph's names.
        outputs: What callers get, by the graph's names.
        networks: Models with one input and one output; each takes the place of the operators whose kind is its key.

    Returns:
        The same bytes for the same arguments, and nothing in them of where the networks were made.

    Raises:
        ValueError: A network is of another opset than the graph.
    """
    from onnx import helper, numpy_helper

    nodes: list[NodeProto] = []
    initializers = [numpy_helper.from_array(array, name) for name, array in graph.constants.items()]
    for operator in graph.operators:
        if operator.kind in networks:
            part = _placed(networks[operator.kind], operator)
            nodes += part.node
            initializers += part.initializer
        else:
            attributes: dict[str, Any] = operator.attributes
            nodes.append(helper.make_node(operator.kind, operator.inputs, operator.outputs, **attributes))
    _rename(nodes, {value: port.name for value, port in (*inputs.items(), *outputs.items())})
    read, given = ([helper.make_tensor_value_info(*port) for port in side.values()] for side in (inputs, outputs))
    return helper.make_model(
        helper.make_graph(nodes, "classifier", read, given, initializer=initializers),
        ir_version=_IR_VERSION,
        opset_imports=[helper.make_opsetid("", OPSET)],
    )


def _placed(network: ModelProto, operator: Operator) -> GraphProto:
    """A network with the operator's input and output for its own, every other name made the operator's own too."""
    from onnx.compose import add_prefix_graph

    opsets = {(entry.domain, entry.version) for entry in network.opset_import}
    if opsets != {("", OPSET)}:
        raise ValueError(f"{operator.kind} was converted with the operators {sorted(opsets)}, not {OPSET}")
    (read,), (given,) = operator.inputs, operator.outputs
    names = {network.graph.input[0].name: read, network.graph.output[0].name: given}
    prefix = f"{given}/"
    placed = add_prefix_graph(network.graph, prefix, rename_inputs=False, rename_outputs=False, name_map=names)
    for part in (*placed.node, *placed.initializer):
        part.ClearField("doc_string")
        part.ClearField("metadata_props")  # of the exporter: paths on this computer, and no part of the format yet
    return placed


def _rename(nodes: list[NodeProto], names: Mapping[Value, str]) -> None:
    for node in nodes:
        for values in (node.input, node.output):
            for place, value in enumerate(values):
                values[place] = names.get(value, value)
