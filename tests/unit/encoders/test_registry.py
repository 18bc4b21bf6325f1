from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from fewshot_gui.core.errors import EncoderError
from fewshot_gui.encoders import registry
from fewshot_gui.encoders.registry import DEFAULT_ENCODER, encoder_spec, encoder_specs, is_ready, part_specs
from fewshot_gui.encoders.spec import EncoderSpec

SPECS = encoder_specs()
BY_ID = pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.id)


def test_default_is_the_bundled_fast_encoder() -> None:
    spec = encoder_spec(DEFAULT_ENCODER)
    assert (spec.title, spec.source, spec.dimension, spec.non_negative) == ("Fast", "bundled", 1280, True)
    assert is_ready(spec)


def test_ids_and_titles_are_unique() -> None:
    assert len({spec.id for spec in SPECS}) == len({spec.title for spec in SPECS}) == len(SPECS)


@BY_ID
def test_every_encoder_carries_help_licence_and_origin(spec: EncoderSpec) -> None:
    assert spec.help.endswith(".")
    assert spec.licence
    assert spec.origin.startswith("https://")
    assert spec.dimension > 0


@BY_ID
def test_everything_that_needs_weights_from_elsewhere_can_be_downloaded_safely(spec: EncoderSpec) -> None:
    if spec.source in ("bundled", "joined", "pixels"):
        assert spec.download is None
        assert is_ready(spec)
    else:
        assert spec.download is not None
        assert not is_ready(spec)
        assert spec.download.url.startswith("https://")
        assert Path(spec.download.url).suffix in (".safetensors", ".pth")
        assert spec.download.size_bytes > 1_000_000
        assert spec.download.sha256 or "huggingface.co" in spec.download.url, "nothing could check it"
        assert len(spec.download.sha256) in (0, 8, 64)


def test_joined_encoder_agrees_with_its_parts() -> None:
    spec = encoder_spec("efficientnet-lite0+lite2")
    parts = part_specs(spec)
    assert [part.id for part in parts] == ["efficientnet-lite0", "efficientnet-lite2"]
    assert spec.dimension == sum(part.dimension for part in parts)
    assert spec.non_negative == all(part.non_negative for part in parts)
    assert spec.preprocess.read_short_side == max(part.preprocess.read_short_side for part in parts)
    assert part_specs(parts[0]) == (parts[0],)


@pytest.mark.parametrize(
    "spec", [spec for spec in SPECS if spec.model_name and spec.source != "torchvision"], ids=lambda spec: spec.id
)
def test_preprocessing_is_what_timm_trained_with(spec: EncoderSpec) -> None:
    import timm

    config = timm.get_pretrained_cfg(spec.model_name)
    assert config is not None
    ours = spec.preprocess
    assert ours.interpolation == config.interpolation
    if spec.source == "bundled":
        # These files are of another port than timm's; it takes (value - 127) / 128 where timm takes 127.5.
        assert ours.mean == pytest.approx([127 / 255] * 3)
        assert ours.std == pytest.approx([128 / 255] * 3)
    else:
        assert (ours.mean, ours.std) == (tuple(config.mean), tuple(config.std))
        assert config.license is not None
        assert config.license.replace("-", " ").lower() in spec.licence.replace("-", " ").lower()
    if "img_size" in dict(spec.model_options):
        assert (ours.resize_short_side, ours.crop) == (256, 224), "DINOv2 is evaluated on 224 of 256 pixels"
    else:
        assert ours.crop == config.input_size[1]
        assert ours.resize_short_side == math.floor(ours.crop / config.crop_pct)


@pytest.mark.parametrize("spec", [spec for spec in SPECS if spec.source == "torchvision"], ids=lambda spec: spec.id)
def test_preprocessing_is_what_torchvision_trained_with(spec: EncoderSpec, torchvision: Any) -> None:
    assert spec.download is not None
    weights = next(w for w in torchvision.models.get_model_weights(spec.model_name) if w.url == spec.download.url)
    transforms = weights.transforms()
    ours = spec.preprocess
    assert ([ours.crop], [ours.resize_short_side]) == (transforms.crop_size, transforms.resize_size)
    assert (list(ours.mean), list(ours.std)) == (transforms.mean, transforms.std)
    assert ours.interpolation == transforms.interpolation.value
    assert spec.download.size_bytes == pytest.approx(weights.meta["_file_size"] * 2**20, rel=0.01)


def test_unknown_encoder_is_answered_with_those_there_are() -> None:
    with pytest.raises(EncoderError) as error:
        encoder_spec("efficientnet-lite9")
    assert "“efficientnet-lite9”" in str(error.value)
    assert "dinov2-small" in str(error.value)
    assert ", efficientnet-lite2," not in str(error.value), "a hidden part is not offered"


def test_damaged_list_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    damaged = tmp_path / "encoders.json"
    damaged.write_text('{"encoders": [{"id": "x"}]}', encoding="utf-8")
    monkeypatch.setattr(registry, "resource", lambda _: damaged)
    with pytest.raises(EncoderError, match="damaged: install the program again"):
        encoder_specs.__wrapped__()
