"""An exported model sees of a photo what the program sees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.typing import NDArray

from fewshot_gui.core.operator_graph import OperatorGraph
from fewshot_gui.encoders.preprocess import prepare
from fewshot_gui.encoders.preprocess_operators import add_prepare
from fewshot_gui.encoders.registry import encoder_spec, encoder_specs
from fewshot_gui.encoders.spec import Interpolation, Preprocess
from fewshot_gui.exporting.model.onnx_file import Port, onnx_model

Prepare = Callable[[NDArray[np.uint8]], NDArray[np.float32]]
Photo = Callable[..., NDArray[np.uint8]]

PLAIN = Preprocess(256, 224, "bicubic", (0.0, 0.0, 0.0), (1.0, 1.0, 1.0), 1)
WHOLE = replace(PLAIN, resize_short_side=224)
"""No border is cut off, so that the filters reach over the edge of the photo."""


def exported(preprocess: Preprocess) -> Prepare:
    """The preprocessing as a model of its own that passes ONNX's full check, in ONNX Runtime."""
    graph = OperatorGraph()
    pixels = add_prepare(graph, "photos", preprocess)
    model = onnx_model(
        graph,
        {"photos": Port("photos", onnx.TensorProto.UINT8, ("n", "h", "w", 3))},
        {pixels: Port("pixels", onnx.TensorProto.FLOAT, ("n", 3, preprocess.crop, preprocess.crop))},
        {},
    )
    onnx.checker.check_model(model, full_check=True)
    onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, ["CPUExecutionProvider"])

    def run(photos: NDArray[np.uint8]) -> NDArray[np.float32]:
        (result,) = session.run(None, {"photos": photos})
        assert isinstance(result, np.ndarray)
        return result

    return run


def levels_apart(prepared: Prepare, photo: NDArray[np.uint8], preprocess: Preprocess) -> NDArray[np.float32]:
    """How many of 255 levels each value differs from the program's."""
    std = np.array(preprocess.std, np.float32)[:, None, None]
    apart: NDArray[np.float32] = np.abs(prepared(photo[None])[0] - prepare(photo, preprocess)) * 255 * std
    return apart


def odd_sizes(count: int, longest: int) -> list[tuple[int, int]]:
    """Sizes of all proportions, small ones as often as large ones."""
    sides = np.exp(np.random.default_rng(5).uniform(0, np.log(longest), (count, 2))).astype(int)
    return [(int(height), int(width)) for height, width in sides]


@pytest.mark.parametrize("interpolation", ["bicubic", "bilinear"])
@pytest.mark.parametrize("preprocess", [PLAIN, WHOLE, encoder_spec("efficientnet-lite2").preprocess])
def test_every_size_and_proportion_is_resampled_as_by_pillow(
    preprocess: Preprocess, interpolation: Interpolation, photo: Photo
) -> None:
    preprocess = replace(preprocess, interpolation=interpolation)
    prepared = exported(preprocess)
    sizes = [(1, 1), (1, 5000), (5000, 1), (2, 3), (224, 224), (256, 256), (257, 255), (3, 20000), (1500, 2000)]
    for size in sizes + odd_sizes(20, 1500):
        assert levels_apart(prepared, photo(*size), preprocess).max() < 0.05, size


@pytest.mark.parametrize("encoder", [spec.id for spec in encoder_specs() if spec.source != "joined"])
def test_the_preprocessing_of_every_encoder_is_the_same(encoder: str, photo: Photo) -> None:
    preprocess = encoder_spec(encoder).preprocess
    assert levels_apart(exported(preprocess), photo(301, 467), preprocess).max() < 0.05


def test_photos_of_a_batch_do_not_touch_one_another(photo: Photo) -> None:
    photos = np.stack([photo(90, 70, seed) for seed in range(5)])
    prepared = exported(PLAIN)
    one_by_one = np.concatenate([prepared(each[None]) for each in photos])
    np.testing.assert_array_equal(prepared(photos), one_by_one)


def test_bright_and_dark_edges_do_not_overshoot() -> None:
    """The cubic filter leaves the range at edges; encoders have never seen values outside it."""
    checks = np.kron(np.indices((9, 13)).sum(axis=0) % 2, np.ones((40, 40)))
    photo = np.repeat(np.uint8(255) * checks.astype(np.uint8)[..., None], 3, axis=2)
    prepared = exported(PLAIN)
    values = prepared(photo[None])
    assert (values.min(), values.max()) == (0, pytest.approx(1))
    assert levels_apart(prepared, photo, PLAIN).max() < 0.05


def test_what_lies_outside_the_square_is_not_even_read(photo: Photo) -> None:
    rgb = photo(300, 900)
    changed = rgb.copy()
    changed[:, :300] = 0
    changed[:, -300:] = 255
    prepared = exported(PLAIN)
    np.testing.assert_array_equal(prepared(rgb[None]), prepared(changed[None]))
