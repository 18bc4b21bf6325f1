"""The preprocessing on a torch device, against the one on the processor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from fewshot_gui.encoders import torch_preparing
from fewshot_gui.encoders.preprocess import prepare
from fewshot_gui.encoders.registry import encoder_spec, encoder_specs
from fewshot_gui.encoders.spec import Interpolation, Preprocess
from fewshot_gui.encoders.torch_preparing import TorchPreparation, resampling_matrix, unseen_border

Photo = Callable[..., NDArray[np.uint8]]
LITE0 = encoder_spec("efficientnet-lite0").preprocess
SIZES = [(1, 1), (1, 5000), (5000, 1), (2, 3), (224, 224), (256, 256), (257, 255), (3, 20000), (1500, 2000)]


def on_torch(rgb: NDArray[np.uint8], preprocess: Preprocess, *, half: bool = False) -> NDArray[np.float32]:
    import torch

    preparation = TorchPreparation(preprocess, torch.device("cpu"), half_precision=half)
    planes = torch.from_numpy(rgb).permute(2, 0, 1)[None]
    prepared: NDArray[np.float32] = preparation.prepare(planes, min(rgb.shape[:2]))[0].numpy()
    return prepared


def levels_apart(rgb: NDArray[np.uint8], preprocess: Preprocess, *, half: bool = False) -> float:
    std = np.array(preprocess.std, np.float32)[:, None, None]
    return float((np.abs(on_torch(rgb, preprocess, half=half) - prepare(rgb, preprocess)) * 255 * std).max())


@pytest.mark.parametrize("interpolation", ["bicubic", "bilinear"])
def test_every_size_is_prepared_as_on_the_processor(interpolation: Interpolation, photo: Photo) -> None:
    preprocess = replace(LITE0, interpolation=interpolation)
    for size in SIZES:
        assert levels_apart(photo(*size), preprocess) < 0.05, size


@pytest.mark.parametrize("size", [(300, 400), (700, 500), (1300, 1400)])
def test_half_precision_is_an_eighth_of_a_level_off_at_most(size: tuple[int, int], photo: Photo) -> None:
    """A network's own input, in half precision from -2 to 2, is rounded by as much."""
    rgb = photo(*size)
    assert 0 < levels_apart(rgb, LITE0, half=True) < 0.125
    white = np.full((*size, 3), 255, np.uint8)
    assert levels_apart(white, LITE0, half=True) < 0.125


@pytest.mark.parametrize("encoder", [spec.id for spec in encoder_specs() if spec.source not in {"joined", "pixels"}])
def test_the_preprocessing_of_every_encoder_is_the_same(encoder: str, photo: Photo) -> None:
    assert levels_apart(photo(301, 467), encoder_spec(encoder).preprocess) < 0.05


def test_bright_and_dark_edges_do_not_overshoot() -> None:
    checks = np.kron(np.indices((9, 13)).sum(axis=0) % 2, np.ones((40, 40))).astype(np.uint8) * np.uint8(255)
    assert levels_apart(np.repeat(checks[..., None], 3, axis=2), LITE0) < 0.05


def test_the_middle_alone_gives_the_same_as_the_whole_photo(photo: Photo) -> None:
    import torch

    rgb = photo(601, 1300)
    rows, columns = (unseen_border(length, 601, LITE0) for length in rgb.shape[:2])
    assert rows > 0
    assert columns > 300
    middle = torch.from_numpy(rgb[rows : 601 - rows, columns : 1300 - columns].copy()).permute(2, 0, 1)[None]
    alone = TorchPreparation(LITE0, torch.device("cpu")).prepare(middle, 601)[0].numpy()
    np.testing.assert_allclose(alone, on_torch(rgb, LITE0), atol=1e-5)


def test_photos_of_a_batch_do_not_touch_one_another(photo: Photo, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    photos = torch.from_numpy(np.stack([photo(90, 70, seed) for seed in range(5)])).permute(0, 3, 1, 2)
    preparation = TorchPreparation(LITE0, torch.device("cpu"))
    together = preparation.prepare(photos, 70)
    assert together.shape == (5, 3, LITE0.crop, LITE0.crop)
    monkeypatch.setattr(torch_preparing, "_FLOATS_AT_ONCE", 2 * photos[0].numel())
    np.testing.assert_allclose(preparation.prepare(photos, 70), together, atol=1e-5)


def test_the_weights_of_a_row_sum_to_one() -> None:
    import torch

    matrix = resampling_matrix(1000, 800, LITE0, torch.device("cpu"))
    assert matrix.shape == (LITE0.crop, 1000)
    np.testing.assert_allclose(matrix.sum(dim=1), np.ones(LITE0.crop), atol=1e-5)


def test_matrices_of_many_sizes_are_not_all_kept() -> None:
    import torch

    preparation = TorchPreparation(replace(LITE0, resize_short_side=8, crop=8), torch.device("cpu"))
    for side in range(10, 150):
        preparation.prepare(torch.zeros(1, 3, side, side, dtype=torch.uint8), side)
    assert len(preparation._matrices) == torch_preparing._MATRICES_KEPT
