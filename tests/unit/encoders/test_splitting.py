"""Encoders whose embedding is followed by activations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from fewshot_gui.core.progress import Unwatched
from fewshot_gui.encoders.convert import converted_encoder
from fewshot_gui.encoders.onnx_engine import OnnxEngine
from fewshot_gui.encoders.opening import open_encoder
from fewshot_gui.encoders.packing import packed_size
from fewshot_gui.encoders.registry import encoder_spec, encoder_specs, is_ready, variant_with_activations
from fewshot_gui.encoders.spec import EncoderSpec
from fewshot_gui.encoders.splitting import split_network, with_activations
from fewshot_gui.encoders.weights import load_model

from .conftest import CPU

Photo = Callable[..., NDArray[np.uint8]]
VARIANTS = [spec for spec in encoder_specs() if spec.activations]


@pytest.mark.parametrize("spec", VARIANTS, ids=lambda spec: spec.id)
def test_a_variant_is_its_base_with_more_values(spec: EncoderSpec) -> None:
    base = encoder_spec(spec.base)
    assert variant_with_activations(base.id) is spec
    assert spec.dimension == base.dimension + spec.activations
    assert spec.hidden
    assert not spec.non_negative
    assert is_ready(spec)
    for field in ("preprocess", "model_name", "model_options", "source", "licence", "origin"):
        assert getattr(spec, field) == getattr(base, field), field


def test_others_have_no_variant() -> None:
    assert variant_with_activations("resnet50") is None
    assert variant_with_activations("pixels28") is None
    assert variant_with_activations("efficientnet-lite0@deep") is None


def test_a_photo_with_its_activations_takes_21_kilobytes() -> None:
    assert packed_size(encoder_spec("efficientnet-lite0@deep").dimension) == 21_380


@pytest.mark.parametrize("tail_blocks", [1, 2, 3])
def test_the_halves_of_a_network_make_the_whole(tiny: EncoderSpec, tail_blocks: int) -> None:
    import torch

    model = load_model(tiny)
    pixels = torch.randn(3, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    front, tail = split_network(model, tail_blocks)
    both = with_activations(model, tail_blocks)
    with torch.inference_mode():
        embeddings, activations = model(pixels), front(pixels)
        torch.testing.assert_close(tail(activations), embeddings)
        torch.testing.assert_close(both(pixels), torch.cat([embeddings, activations.flatten(1)], dim=1))


def test_a_cut_network_is_converted_and_known_by_its_cut(tiny: EncoderSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    from fewshot_gui.encoders import convert

    model = load_model(tiny)
    with torch.inference_mode():
        width = with_activations(model, 1)(torch.zeros(1, 3, 32, 32)).shape[1]
    variant = replace(tiny, base=tiny.id, tail_blocks=1, activations=width - tiny.dimension, dimension=width)
    whole = converted_encoder(tiny, Unwatched())
    monkeypatch.setattr(convert, "load_model", lambda _: with_activations(load_model(tiny), 1).eval())
    path = converted_encoder(variant, Unwatched())
    pixels = np.random.default_rng(0).standard_normal((3, 3, 32, 32), np.float32)
    with torch.inference_mode():
        wanted = model(torch.from_numpy(pixels)).numpy()
    np.testing.assert_allclose(OnnxEngine(path).encode(pixels)[:, : tiny.dimension], wanted, rtol=1e-3, atol=1e-4)
    assert path.name.split("-")[1] != whole.name.split("-")[1]


@pytest.mark.slow
def test_the_embedding_comes_first_and_is_the_same(with_default: Path, photo: Photo) -> None:
    photos = [photo(300, 400, i) for i in range(3)]
    base = open_encoder("efficientnet-lite0", device=CPU, progress=Unwatched()).embed(photos)
    deep = open_encoder("efficientnet-lite0@deep", device=CPU, progress=Unwatched()).embed(photos)
    np.testing.assert_allclose(deep[:, : base.shape[1]], base, rtol=2e-3, atol=1e-3)
