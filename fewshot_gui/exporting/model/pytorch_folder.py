"""An exported model for PyTorch: weights as ``safetensors``, the rest as JSON, and a module that puts them together.

Nothing in it can run but the module, which is the same in every export. The encoder is built by timm (or torchvision)
under the names its weights have there, so that they can be trained further. What labels its embeddings is written
down as the operators that :mod:`fewshot_gui.core.operator_graph` records, whatever the method, with its numbers as
tensors.
"""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Mapping
from dataclasses import asdict, replace
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.core.operator_graph import Operator, OperatorGraph
from fewshot_gui.core.resources import resource
from fewshot_gui.encoders import EncoderSpec
from fewshot_gui.encoders.registry import part_specs
from fewshot_gui.encoders.weights import load_model
from fewshot_gui.exporting.model.facts import FORMAT_VERSION, ModelFacts
from fewshot_gui.exporting.model.graph import Scorer
from fewshot_gui.exporting.model.verification import ModelMismatchError

if TYPE_CHECKING:
    import torch

log = logging.getLogger(__name__)

_ROWS = "rows"
_NEEDED = ("torchvision", "timm")


def require_pytorch() -> None:
    """Refuse what cannot be compared with the program here.

    Raises:
        FewshotError: What builds the network is not installed; an installed program may lack it.
    """
    missing = [package for package in _NEEDED if find_spec(package) is None]
    if missing:
        raise FewshotError(
            f"Saving for PyTorch needs {' and '.join(missing)}, which this edition of the program lacks: run the "
            "program from Python, or save as ONNX only."
        )


def write_pytorch_folder(folder: Path, scorer: Scorer, facts: ModelFacts) -> None:
    """Write ``model.safetensors``, ``config.json`` and ``modeling.py`` to a new folder.

    Args:
        folder: Made by this.
        scorer: What labels the embeddings of ``facts.encoder``.
        facts: Of the model.

    Raises:
        EncoderError: The encoder is not on this computer, or damaged.
        OSError: The files cannot be written.
    """
    import torch
    from safetensors.torch import save_file

    graph = OperatorGraph()
    scored = scorer.add_operators(graph, _ROWS)
    parts = part_specs(facts.encoder)
    tensors = {name: torch.tensor(array) for name, array in graph.constants.items() if not _is_shape(array)}
    for row, part in enumerate(parts):
        tensors |= {f"networks.{row}.net.{name}": tensor for name, tensor in _weights(part).items()}
    config = {
        "format": FORMAT_VERSION,
        "architectures": ["Classifier"],
        "classes": facts.class_names,
        "id2label": dict(enumerate(facts.class_names)),
        "label2id": {name: row for row, name in enumerate(facts.class_names)},
        "title": facts.title,
        "method": facts.method,
        "licence": facts.licence,
        "stranger_below": facts.stranger_below,
        "dimension": facts.encoder.dimension - facts.encoder.activations,
        "networks": [_network(part) for part in parts],
        "head": {
            "probabilities": scored.probabilities,
            "familiarity": scored.familiarity,
            "operators": [_step(operator, graph.constants) for operator in graph.operators],
        },
    }
    folder.mkdir()
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})
    text = json.dumps(config, ensure_ascii=False, indent=2)
    (folder / "config.json").write_text(text, encoding="utf-8", newline="\n")
    shutil.copyfile(resource("model/modeling.py"), folder / "modeling.py")


def load_pytorch_folder(folder: Path) -> torch.nn.Module:
    """Load such a folder with the module in it, which must have been written by this program just now.

    Raises:
        ModelMismatchError: It cannot be loaded.
    """
    spec = spec_from_file_location("exported_modeling", folder / "modeling.py")
    if spec is None or spec.loader is None:
        raise ModelMismatchError("The model for PyTorch could not be read back: export again.")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    model: torch.nn.Module = module.load(folder)
    return model


class PytorchModel:
    """A model in such a folder; an :class:`~fewshot_gui.exporting.model.verification.AnsweringModel`."""

    def __init__(self, folder: Path) -> None:
        """Load it."""
        self._model: Any = load_pytorch_folder(folder)

    def answers(self, photo: NDArray[np.uint8]) -> tuple[NDArray[np.float32], np.float32]:
        """Probabilities float32 (c,) and familiarity of one upright photo, uint8 (h, w, 3).

        Raises:
            ModelMismatchError: It failed.
        """
        import torch
        from PIL import Image

        try:
            with torch.inference_mode():
                probabilities, familiarity, _ = self._model(self._model.prepare([Image.fromarray(photo)]))
        except (RuntimeError, KeyError, TypeError) as error:  # an operator of the method that the module lacks
            log.exception("the model for PyTorch failed")
            raise ModelMismatchError(
                "A model adapted with this method cannot be saved for PyTorch: choose another method, or save as ONNX "
                "only."
            ) from error
        return probabilities[0].numpy(), familiarity[0].numpy()


def _weights(part: EncoderSpec) -> Mapping[str, torch.Tensor]:
    """By the names of the library that builds the network; one that is cut in two keeps the names of the whole."""
    if part.source == "pixels":
        return {}
    whole = replace(part, tail_blocks=0, activations=0, dimension=part.dimension - part.activations)
    return {name: tensor.contiguous() for name, tensor in load_model(whole).state_dict().items()}


def _network(part: EncoderSpec) -> dict[str, Any]:
    return {
        "id": part.id,
        "source": part.source,
        "model_name": part.model_name,
        "model_options": dict(part.model_options),
        "tail_blocks": part.tail_blocks,
        "preprocess": asdict(part.preprocess),
        "licence": part.licence,
        "origin": part.origin,
    }


def _step(operator: Operator, constants: Mapping[str, NDArray[Any]]) -> dict[str, Any]:
    """One operator. Shapes, axes and indices stand where the name of a tensor would: torch wants them as numbers."""
    (output,) = operator.outputs
    inputs = [
        constants[name].tolist() if name in constants and _is_shape(constants[name]) else name
        for name in operator.inputs
    ]
    attributes = {
        name: value if isinstance(value, int | float | str) else list(value)
        for name, value in operator.attributes.items()
    }
    return {"kind": operator.kind, "inputs": inputs, "output": output, "attributes": attributes}


def _is_shape(array: NDArray[Any]) -> bool:
    return array.dtype == np.int64 and array.ndim == 1
