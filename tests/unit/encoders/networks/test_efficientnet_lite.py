"""The program's own EfficientNet-Lite against timm's."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
import torch

from fewshot_gui.encoders.networks.efficientnet_lite import EfficientNetLite
from fewshot_gui.encoders.networks.layers import Convolution, Normalisation, folded
from fewshot_gui.encoders.registry import encoder_spec
from fewshot_gui.encoders.weights import load_model, weights_file

BUNDLED = pytest.mark.parametrize("encoder_id", ["efficientnet-lite0", "efficientnet-lite2"])


def timms(encoder_id: str) -> Any:
    """timm's network with the bundled weights, in evaluation mode, without its classifier."""
    import timm

    spec = encoder_spec(encoder_id)
    model: Any = timm.create_model(spec.model_name, pretrained=False)
    weights = torch.load(weights_file(spec), weights_only=True).values()
    model.load_state_dict(dict(zip(model.state_dict(), weights, strict=True)))
    model.reset_classifier(0)
    return model.eval()


@BUNDLED
def test_it_computes_what_timms_does_at_every_size(encoder_id: str) -> None:
    ours, theirs = load_model(encoder_spec(encoder_id)), timms(encoder_id)
    generator = torch.Generator().manual_seed(0)
    with torch.inference_mode():
        for height, width in ((224, 224), (97, 130), (33, 64)):  # odd sides are padded otherwise than even ones
            pixels = torch.randn(2, 3, height, width, generator=generator)
            torch.testing.assert_close(ours(pixels), theirs(pixels), rtol=1e-5, atol=1e-5)


@BUNDLED
def test_its_tensors_are_called_as_in_timm_and_stand_in_the_same_order(encoder_id: str) -> None:
    model = EfficientNetLite(encoder_spec(encoder_id).model_name)
    assert list(model.state_dict()) == list(timms(encoder_id).state_dict())
    assert [name for name, _ in model.named_parameters()] == [name for name, _ in timms(encoder_id).named_parameters()]


def test_the_bundled_encoders_need_neither_timm_nor_torchvision() -> None:
    code = (
        "import sys\n"
        "sys.modules['timm'] = sys.modules['torchvision'] = None\n"
        "from fewshot_gui.encoders import encoder_spec, require_supported\n"
        "from fewshot_gui.encoders.weights import load_model\n"
        "from fewshot_gui.learners.episodic.building import build_network\n"
        "from fewshot_gui.learners.starting_point import NetworkSpec\n"
        "require_supported(encoder_spec('efficientnet-lite0+lite2'))\n"
        "load_model(encoder_spec('efficientnet-lite2'))\n"
        "print(build_network(NetworkSpec('tail', 9408, encoder='efficientnet-lite0')).features)\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (result.stdout.strip(), result.returncode) == ("1280", 0), result.stderr


@pytest.mark.parametrize("stride", [1, 2])
def test_a_folded_convolution_also_normalises(stride: int) -> None:
    torch.manual_seed(0)
    convolution = Convolution(6, 12, 3, stride=stride, groups=3).double()
    normalisation = Normalisation(12, activates=False).double().eval()
    for values in (*normalisation.parameters(), normalisation.running_mean, normalisation.running_var):
        assert values is not None
        values.data.uniform_(0.5, 2)
    pictures = torch.randn(2, 6, 8, 8, dtype=torch.float64)
    with torch.no_grad():
        wanted = normalisation(convolution(pictures))
        weight, bias = folded(convolution, normalisation)
        convolution.weight.copy_(weight)
        torch.testing.assert_close(convolution(pictures) + bias[:, None, None], wanted)
