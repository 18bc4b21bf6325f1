"""The preprocessing of an encoder as operators: what :func:`fewshot_gui.encoders.preprocess.prepare` makes of a photo.

ONNX has a Resize operator of its own, but every runtime antialiases in its own way. Resampling along one axis is a
matrix product, so here each axis gets its matrix, computed inside the graph from the size of the photo with arithmetic
that is the same everywhere. The filters, and the clipping of their windows at the border of the photo, are those of
Pillow (``src/libImaging/Resample.c``).
"""

from __future__ import annotations

import numpy as np

from fewshot_gui.core.operator_graph import OperatorGraph, Value
from fewshot_gui.encoders.spec import Interpolation, Preprocess

REACH: dict[Interpolation, float] = {"bilinear": 1.0, "bicubic": 2.0}
"""Beyond this many output pixels (or input pixels, where a photo is enlarged) the filters are 0."""

CUBIC = -0.5
"""The free parameter of Keys's cubic convolution (1981) in Pillow."""


def add_prepare(graph: OperatorGraph, photos: Value, preprocess: Preprocess) -> Value:
    """Scale, crop and normalise upright photos of one size.

    Args:
        graph: Added to.
        photos: uint8 (n, h, w, 3); n, h and w are free and at least 1.
        preprocess: Of the encoder.

    Returns:
        float32 (n, 3, crop, crop), channels first.
    """
    height, width = (graph.add("Shape", photos, start=axis, end=axis + 1) for axis in (1, 2))
    short_side = graph.add("Min", height, width)
    unseen = [_unseen_border(graph, length, short_side, preprocess) for length in (height, width)]
    # Only what is seen becomes floating point, or a photo of 100 megapixels would need gigabytes.
    seen = graph.add(
        "Slice",
        photos,
        graph.add("Concat", *unseen, axis=0),
        graph.add("Concat", graph.add("Sub", height, unseen[0]), graph.add("Sub", width, unseen[1]), axis=0),
        graph.integers(1, 2),
    )
    planes = graph.add_many("Split", graph.add("Transpose", seen, perm=(0, 3, 1, 2)), outputs=3, axis=1, num_outputs=3)
    down, across = (
        _resampling(graph, graph.add("Shape", planes[0], start=axis, end=axis + 1), short_side, preprocess)
        for axis in (2, 3)
    )
    across = graph.add("Transpose", across, perm=(1, 0))
    square = graph.add("Concat", *(_resampled(graph, plane, down, across) for plane in planes), axis=1)
    square = graph.add("Clip", square, graph.constant(0.0), graph.constant(255.0))  # a cubic filter overshoots at edges
    mean, std = (np.array(values, np.float32)[:, None, None] for values in (preprocess.mean, preprocess.std))
    return graph.add("Sub", graph.add("Mul", square, graph.constant(1 / (255 * std))), graph.constant(mean / std))


_FLOAT, _INT64 = 1, 7
"""What ``Cast`` calls these types."""


def _unseen_border(graph: OperatorGraph, length: Value, short_side: Value, preprocess: Preprocess) -> Value:
    """How many pixels no filter reaches at either end of an axis of ``length`` pixels, int64 (1,)."""
    scale = _scale(graph, short_side, preprocess)
    half_seen = graph.add(
        "Add",
        graph.add("Mul", scale, graph.constant([preprocess.crop / 2])),
        graph.add("Mul", _spread(graph, scale), graph.constant([REACH[preprocess.interpolation]])),
    )
    half_length = graph.add("Mul", graph.add("Cast", length, to=_FLOAT), graph.constant([0.5]))
    unseen = graph.add("Floor", graph.add("Sub", half_length, half_seen))
    return graph.add("Cast", graph.add("Relu", unseen), to=_INT64)


def _resampling(graph: OperatorGraph, length: Value, short_side: Value, preprocess: Preprocess) -> Value:
    """The matrix that resamples the middle of an axis of ``length`` pixels, float32 (crop, length).

    Distances are taken from the middle, where those of a photo and of its seen part are the same.
    """
    scale = _scale(graph, short_side, preprocess)
    outputs = np.arange(preprocess.crop)[:, None] + 0.5 - preprocess.crop / 2
    pixels = graph.add("Range", graph.constant(0, np.int64), graph.add("Squeeze", length), graph.constant(1, np.int64))
    first = graph.add("Mul", graph.add("Cast", length, to=_FLOAT), graph.constant([-0.5]))
    inputs = graph.add("Add", graph.add("Cast", pixels, to=_FLOAT), graph.add("Add", first, graph.constant([0.5])))
    distances = graph.add("Abs", graph.add("Sub", inputs, graph.add("Mul", scale, graph.constant(outputs))))
    add_filter = {"bilinear": _triangle, "bicubic": _cubic}[preprocess.interpolation]
    weights = add_filter(graph, graph.add("Div", distances, _spread(graph, scale)))
    return graph.add("Div", weights, graph.add("ReduceSum", weights, graph.integers(1), keepdims=1))


def _resampled(graph: OperatorGraph, plane: Value, down: Value, across: Value) -> Value:
    return graph.add("MatMul", down, graph.add("MatMul", graph.add("Cast", plane, to=_FLOAT), across))


def _scale(graph: OperatorGraph, short_side: Value, preprocess: Preprocess) -> Value:
    """Pixels of the photo per pixel of the output, float32 (1,)."""
    return graph.add(
        "Div", graph.add("Cast", short_side, to=_FLOAT), graph.constant([float(preprocess.resize_short_side)])
    )


def _spread(graph: OperatorGraph, scale: Value) -> Value:
    """How far the filter is stretched, so that shrinking averages; never compressed, so that enlarging interpolates."""
    return graph.add("Max", scale, graph.constant([1.0]))


def _triangle(graph: OperatorGraph, distances: Value) -> Value:
    return graph.add("Relu", graph.add("Sub", graph.constant([1.0]), distances))


def _cubic(graph: OperatorGraph, distances: Value) -> Value:
    """Keys's cubic convolution kernel; 0 from 2 on."""
    near = _polynomial(graph, distances, (CUBIC + 2, -(CUBIC + 3), 0, 1))
    within = graph.add("Min", distances, graph.constant([2.0]))
    far = _polynomial(graph, within, (CUBIC, -5 * CUBIC, 8 * CUBIC, -4 * CUBIC))
    return graph.add("Where", graph.add("Less", distances, graph.constant([1.0])), near, far)


def _polynomial(graph: OperatorGraph, x: Value, coefficients: tuple[float, ...]) -> Value:
    """Horner's scheme, the highest power first."""
    total = graph.constant([coefficients[0]])
    for coefficient in coefficients[1:]:
        total = graph.add("Add", graph.add("Mul", total, x), graph.constant([coefficient]))
    return total
