"""The exported classifier as a PyTorch module, from ``config.json`` and ``model.safetensors`` beside this file.

Needs torch, torchvision, timm, safetensors and pillow:

    model = load()
    probabilities, familiarity, embedding = model(model.prepare([PIL.Image.open("photo.jpg")]))
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional

DTYPES = {1: torch.float32, 7: torch.int64, 9: torch.bool}  # ONNX's numbers of them


def reduced(function: Callable[..., torch.Tensor]) -> Callable[..., torch.Tensor]:
    """A function of torch that reduces, as ONNX calls it."""
    return lambda x, over, keepdims=1: function(x, tuple(over), bool(keepdims))


OPERATORS = {  # those of ONNX of which a classifier may consist
    "Abs": torch.abs,
    "Add": torch.add,
    "Cast": lambda x, to: x.to(DTYPES[to]),
    "Clip": torch.clamp,
    "Concat": lambda *parts, axis: torch.cat(parts, axis),
    "Conv": lambda x, weight, bias=None, pads=(0,), strides=(1,), group=1, **_: functional.conv2d(
        functional.pad(x, (pads[1 % len(pads)], pads[-1], pads[0], pads[len(pads) // 2])),
        weight,
        bias,
        tuple(strides),
        groups=group,
    ),
    "Div": torch.div,
    "Equal": torch.eq,
    "Exp": torch.exp,
    "Flatten": lambda x, axis: x.flatten(axis),
    "Gather": lambda x, index, axis=0: x.index_select(axis, torch.tensor(index)),
    "Greater": torch.gt,
    "InstanceNormalization": lambda x, scale, bias, epsilon: functional.instance_norm(
        x, weight=scale, bias=bias, eps=epsilon
    ),
    "Less": torch.lt,
    "Log": torch.log,
    "LogSoftmax": lambda x, axis: x.log_softmax(axis),
    "MatMul": torch.matmul,
    "Max": torch.maximum,
    "MaxPool": lambda x, kernel_shape, strides: functional.max_pool2d(x, tuple(kernel_shape), tuple(strides)),
    "Min": torch.minimum,
    "Mul": torch.mul,
    "ReduceL2": reduced(lambda x, over, keep: torch.linalg.vector_norm(x, dim=over, keepdim=keep)),
    "ReduceMax": reduced(torch.amax),
    "ReduceMean": reduced(torch.mean),
    "ReduceSum": reduced(torch.sum),
    "ReduceSumSquare": reduced(lambda x, over, keep: x.square().sum(over, keep)),
    "Relu": torch.relu,
    "Reshape": lambda x, shape: x.reshape([x.shape[i] if n == 0 else n for i, n in enumerate(shape)]),
    "Shape": lambda x: list(x.shape),
    "Sigmoid": torch.sigmoid,
    "Slice": lambda x, start, end, axis: x[(slice(None),) * axis[0] + (slice(start[0], end[0]),)],
    "Softmax": lambda x, axis: x.softmax(axis),
    "Sqrt": torch.sqrt,
    "Squeeze": lambda x, over: x.squeeze(tuple(over)),
    "Sub": torch.sub,
    "Transpose": lambda x, perm: x.permute(*perm),
    "Unsqueeze": lambda x, axis: x.unsqueeze(axis[0]),
    "Where": torch.where,
}


class Network(nn.Module):
    """One encoder: a photo to its embedding, and to the activations behind it where the classifier reads them."""

    def __init__(self, about: dict[str, Any]) -> None:
        super().__init__()
        self.about, options = about, about["model_options"]
        if about["source"] == "torchvision":
            import torchvision

            self.net = torchvision.models.get_model(about["model_name"], weights=None, **options)
            last = [name for name, module in self.net.named_modules() if isinstance(module, nn.Linear)][-1]
            self.net.set_submodule(last, nn.Identity())
        elif about["source"] != "pixels":
            import timm

            self.net = timm.create_model(about["model_name"], pretrained=False, num_classes=0, **options)

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """Prepared photos, float32 (n, 3, crop, crop), to float32 (n, d), or (n, d + k) with k activations."""
        if self.about["source"] == "pixels":
            luma = pixels.new_tensor([0.299, 0.587, 0.114])
            return torch.einsum("nchw,c->nhw", pixels, luma).flatten(1).clamp(0, 1)
        if not self.about["tail_blocks"]:
            return self.net(pixels)
        net, blocks = self.net, [block for stage in self.net.blocks for block in stage]
        activations = nn.Sequential(net.conv_stem, net.bn1, *blocks[: -self.about["tail_blocks"]])(pixels)
        tail = nn.Sequential(*blocks[-self.about["tail_blocks"] :], net.conv_head, net.bn2, net.global_pool)
        return torch.cat([tail(activations), activations.flatten(1)], dim=1)

    def prepare(self, photos: list[Image.Image]) -> torch.Tensor:
        """Upright RGB photos, as Pillow has them, to float32 (n, 3, crop, crop)."""
        about = self.about["preprocess"]
        crop, method = about["crop"], Image.Resampling[about["interpolation"].upper()]
        squares = []
        for photo in photos:
            side = min(photo.size) * crop / about["resize_short_side"]
            left, top = (photo.width - side) / 2, (photo.height - side) / 2
            box = left, top, left + side, top + side
            bands = photo.convert("RGB").split()
            squares.append([band.convert("F").resize((crop, crop), method, box) for band in bands])
        values = torch.frombuffer(
            bytearray(b"".join(plane.tobytes() for square in squares for plane in square)), dtype=torch.float32
        )
        mean, std = (torch.tensor(about[name])[:, None, None] for name in ("mean", "std"))
        return (values.view(-1, 3, crop, crop).clamp(0, 255) / 255 - mean) / std


class Classifier(nn.Module):
    """The whole: prepared photos to probabilities (n, c), familiarity (n,) and embedding (n, d)."""

    def __init__(self, config: dict[str, Any], head: dict[str, torch.Tensor]) -> None:
        super().__init__()
        self.config, self.class_names = config, config["classes"]
        self.networks = nn.ModuleList(Network(about) for about in config["networks"])
        for name, tensor in head.items():
            self.register_buffer(name, tensor)

    def prepare(self, photos: list[Image.Image]) -> list[torch.Tensor]:
        """Upright photos as each of the encoders wants them."""
        return [network.prepare(photos) for network in self.networks]

    def forward(self, pixels: list[torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """What :meth:`prepare` gives to probabilities, familiarity and embedding."""
        rows = [network(part) for network, part in zip(self.networks, pixels, strict=True)]
        if len(rows) > 1:
            rows = [part * (1000 / part.sum(1, keepdim=True).clamp(min=1e-30)) for part in rows]
        values = {"rows": torch.cat(rows, dim=1), **dict(self.named_buffers(recurse=False))}
        for step in self.config["head"]["operators"]:
            inputs = [values[each] if isinstance(each, str) else each for each in step["inputs"]]
            values[step["output"]] = OPERATORS[step["kind"]](*inputs, **step["attributes"])
        probabilities, familiarity = (values[self.config["head"][name]] for name in ("probabilities", "familiarity"))
        return probabilities, familiarity, values["rows"][:, : self.config["dimension"]]


def load(folder: Path = Path(__file__).parent) -> Classifier:
    """The classifier of a folder, ready to label photos."""
    config = json.loads((Path(folder) / "config.json").read_text(encoding="utf-8"))
    tensors = load_file(Path(folder) / "model.safetensors")
    head = {name: tensor for name, tensor in tensors.items() if "." not in name}
    model = Classifier(config, head)
    model.load_state_dict(tensors)
    return model.eval()
