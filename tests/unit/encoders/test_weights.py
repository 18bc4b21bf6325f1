from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fewshot_gui.core.errors import EncoderError
from fewshot_gui.core.progress import Unwatched
from fewshot_gui.encoders import weights
from fewshot_gui.encoders.convert import converted_encoder
from fewshot_gui.encoders.download import download_encoder
from fewshot_gui.encoders.registry import encoder_spec, require_supported
from fewshot_gui.encoders.spec import Download, EncoderSpec
from fewshot_gui.encoders.weights import has_weights, load_model, weights_file, weights_stamp

from .conftest import tiny_spec, write_tiny_weights


def run(model: Any, pixels: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    import torch

    with torch.no_grad():
        result: np.ndarray[Any, Any] = model(torch.from_numpy(pixels)).numpy()
    return result


@pytest.mark.parametrize("encoder_id", ["efficientnet-lite0", "efficientnet-lite2"])
def test_bundled_weights_classify_like_the_network_they_came_from(encoder_id: str) -> None:
    """A plain image of one class: tensors loaded in a wrong order would give noise instead of a lasting answer."""
    import timm
    import torch

    spec = encoder_spec(encoder_id)
    published = torch.load(weights_file(spec), weights_only=True)
    reference = timm.create_model(spec.model_name, pretrained=False)
    translation = {"_conv_stem.": "conv_stem.", "_bn0.": "bn1.", "_conv_head.": "conv_head.", "_bn1.": "bn2."}
    ours = load_model(spec).state_dict()
    for theirs, name in translation.items():
        for key in (key for key in published if key.startswith(theirs)):
            assert torch.equal(published[key], ours[name + key.removeprefix(theirs)]), key
    assert set(ours) == {key for key in reference.state_dict() if not key.startswith("classifier")}
    embedding = run(load_model(spec), np.zeros((1, 3, spec.preprocess.crop, spec.preprocess.crop), np.float32))
    assert embedding.shape == (1, spec.dimension)
    assert embedding.min() >= 0


def test_timm_weights_give_what_the_network_gives_before_its_classifier(tiny: EncoderSpec) -> None:
    import timm
    from safetensors.torch import load_file

    reference: Any = timm.create_model("test_efficientnet", pretrained=False)
    reference.load_state_dict(load_file(weights_file(tiny)))
    reference.reset_classifier(0)
    pixels = np.random.default_rng(0).standard_normal((2, 3, 32, 32), np.float32)
    np.testing.assert_array_equal(run(load_model(tiny), pixels), run(reference.eval(), pixels))


def test_torchvision_weights_give_what_the_network_gives_before_its_classifier(torchvision: Any) -> None:
    import torch

    spec = replace(
        tiny_spec("https://example.org/squeeze.pth"),
        source="torchvision",
        model_name="shufflenet_v2_x0_5",
        dimension=1024,
    )
    torch.manual_seed(0)
    reference = torchvision.models.shufflenet_v2_x0_5(weights=None).eval()
    weights_file(spec).parent.mkdir(parents=True)
    torch.save(reference.state_dict(), weights_file(spec))
    pixels = np.random.default_rng(0).standard_normal((2, 3, 64, 64), np.float32)
    embedding = run(load_model(spec), pixels)
    assert embedding.shape == (2, 1024)
    logits = embedding @ reference.fc.weight.detach().numpy().T + reference.fc.bias.detach().numpy()
    np.testing.assert_allclose(logits, run(reference, pixels), rtol=1e-4, atol=1e-4)


def test_position_embeddings_are_fitted_to_another_input_size() -> None:
    import timm
    import torch
    from safetensors.torch import save_file

    spec = replace(tiny_spec(), model_name="test_vit.r160_in1k", dimension=64, model_options=(("img_size", 64),))
    torch.manual_seed(0)
    weights_file(spec).parent.mkdir(parents=True)
    save_file(timm.create_model("test_vit", pretrained=False).state_dict(), weights_file(spec))
    assert run(load_model(spec), np.zeros((1, 3, 64, 64), np.float32)).shape == (1, 64)


@pytest.mark.parametrize("encoder_id", ["dinov2-small", "resnet50"])
def test_an_encoder_whose_library_is_left_out_is_refused_in_a_sentence(
    encoder_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = encoder_spec(encoder_id)
    require_supported(spec)
    monkeypatch.setattr(weights, "find_spec", lambda name: None if name == "torchvision" else object())
    with pytest.raises(EncoderError, match=f"cannot run the encoder “{spec.title}”: choose “Fast”") as refused:
        require_supported(spec)
    assert str(refused.value).count(".") == 1
    for use in (download_encoder, converted_encoder):
        with pytest.raises(EncoderError, match="cannot run the encoder"):
            use(spec, Unwatched())
    for bundled in ("efficientnet-lite0", "efficientnet-lite0+lite2", "efficientnet-lite0@deep", "pixels28"):
        require_supported(encoder_spec(bundled))


@pytest.mark.provokes_logs
def test_a_library_that_is_there_but_broken_is_a_sentence_too(
    tiny: EncoderSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "timm", None)
    with pytest.raises(EncoderError, match="cannot run the encoder “Tiny”"):
        load_model(tiny)


def test_a_download_that_has_not_happened_is_one_sentence() -> None:
    spec = tiny_spec()
    assert not has_weights(spec)
    with pytest.raises(EncoderError, match="“Tiny” is not on this computer yet: download it first"):
        load_model(spec)


@pytest.mark.parametrize("content", [b"", b"not weights at all", b"\x80\x02cos\nsystem\n."])
@pytest.mark.parametrize("suffix", [".safetensors", ".pth"])
@pytest.mark.provokes_logs
def test_damaged_weights_are_one_sentence(content: bytes, suffix: str) -> None:
    source: Any = "timm" if suffix == ".safetensors" else "torchvision"
    spec = replace(tiny_spec(f"https://example.org/m{suffix}"), source=source)
    if source == "torchvision":
        spec = replace(spec, model_name="resnet18")
    weights_file(spec).parent.mkdir(parents=True)
    weights_file(spec).write_bytes(content)
    with pytest.raises(EncoderError, match="“Tiny” are damaged: download it again"):
        load_model(spec)


@pytest.mark.provokes_logs
def test_a_pickle_that_runs_code_is_never_run(tmp_path: Path) -> None:
    import pickle

    class Attack:
        def __reduce__(self) -> tuple[Any, ...]:
            return (Path.touch, (tmp_path / "attacked",))

    spec = replace(tiny_spec("https://example.org/m.pth"), source="torchvision", model_name="resnet18")
    weights_file(spec).parent.mkdir(parents=True)
    weights_file(spec).write_bytes(pickle.dumps(Attack(), protocol=2))
    with pytest.raises(EncoderError):
        load_model(spec)
    assert not (tmp_path / "attacked").exists()


@pytest.mark.provokes_logs
def test_weights_of_another_network_are_refused() -> None:
    spec = replace(tiny_spec(), model_name="test_resnet.r160_in1k")
    write_tiny_weights(weights_file(spec))
    with pytest.raises(EncoderError, match="damaged"):
        load_model(spec)


def test_stamp_changes_with_the_weights(tiny: EncoderSpec) -> None:
    before = weights_stamp(tiny)
    write_tiny_weights(weights_file(tiny), seed=1)
    assert weights_stamp(tiny) != before
    assert weights_stamp(encoder_spec("efficientnet-lite0")) == "efficientnet-lite0-57934424.pth"


def test_file_lies_in_the_data_folder_whatever_the_address_says() -> None:
    spec = replace(tiny_spec(), download=Download("https://example.org/a/../../b%2F..%2Fc.pth?download=1", 1))
    assert weights_file(spec).name == "weights.pth"
    assert weights_file(spec).parent.name == "tiny"
