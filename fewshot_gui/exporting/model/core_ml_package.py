"""An exported model for Apple's Core ML, where coremltools is installed.

Core ML runs on Apple's systems only, so what is compared with the program is the model for PyTorch that this one is
converted from. Apple's Vision framework scales and crops photos to the size that a model asks for; the model asks for
the short side that its encoder wants, and takes the middle of it itself, so that the two together see what the program
sees.
"""

from __future__ import annotations

import logging
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.exporting.model.facts import ModelFacts
from fewshot_gui.exporting.model.metadata import model_metadata
from fewshot_gui.exporting.model.pytorch_folder import load_pytorch_folder

if TYPE_CHECKING:
    import torch

log = logging.getLogger(__name__)


def require_core_ml(facts: ModelFacts) -> None:
    """Refuse what cannot be done here.

    Raises:
        FewshotError: coremltools is not installed, or the encoder looks at a photo at two sizes.
    """
    if find_spec("coremltools") is None:
        raise FewshotError("Saving for Core ML needs coremltools: install it with “pip install coremltools”.")
    if facts.encoder.parts:
        raise FewshotError(
            f"A model with the encoder “{facts.encoder.title}” cannot be saved for Core ML, because it looks at every "
            "photo at two sizes: choose another encoder."
        )


def convert_to_core_ml(pytorch_folder: Path, target: Path, facts: ModelFacts) -> None:
    """Write a package for Core ML.

    Args:
        pytorch_folder: The same model for PyTorch.
        target: The folder to write, which ends in ``.mlpackage``.
        facts: Of the model.

    Raises:
        FewshotError: coremltools is not installed, or cannot convert the model.
    """
    require_core_ml(facts)
    import torch

    coremltools: Any = import_module("coremltools")

    side = facts.encoder.preprocess.resize_short_side
    try:
        with torch.no_grad():
            program = torch.export.export(_on_pixels(pytorch_folder, facts), (torch.zeros(1, 3, side, side),))
        converted = coremltools.convert(
            _without_aliases(program.run_decompositions({})),
            inputs=[coremltools.ImageType("image", (1, 3, side, side), color_layout=coremltools.colorlayout.RGB)],
            outputs=[coremltools.TensorType(name) for name in ("probabilities", "familiarity")],
            minimum_deployment_target=coremltools.target.iOS16,
            compute_precision=coremltools.precision.FLOAT32,
            skip_model_load=True,
        )
    except Exception as error:  # coremltools raises anything where it meets what it does not know
        log.exception("coremltools cannot convert the model")
        raise FewshotError("coremltools could not convert the model: choose another method or format.") from error
    converted.short_description, converted.version, converted.license = facts.title, facts.version, facts.licence
    converted.user_defined_metadata.update(model_metadata(facts))
    converted.save(str(target))


def _on_pixels(pytorch_folder: Path, facts: ModelFacts) -> torch.nn.Module:
    """The model with what comes between Apple's scaling and the encoder: a crop and the normalisation."""
    import torch

    preprocess = facts.encoder.preprocess
    border = (preprocess.resize_short_side - preprocess.crop) // 2
    seen = slice(border, border + preprocess.crop)

    class OnPixels(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = load_pytorch_folder(pytorch_folder)
            self.mean = torch.nn.Buffer(torch.tensor(preprocess.mean)[:, None, None])
            self.std = torch.nn.Buffer(torch.tensor(preprocess.std)[:, None, None])

        def forward(self, image: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            probabilities, familiarity, _ = self.model([(image[..., seen, seen] / 255 - self.mean) / self.std])
            return probabilities, familiarity

    return OnPixels().eval()


def _without_aliases(program: Any) -> Any:
    """Without the operators by which torch says that a tensor stays what it was: coremltools does not know them."""
    for node in list(program.graph.nodes):
        if str(node.target) in ("aten.alias.default", "aten.lift_fresh_copy.default", "aten.detach.default"):
            node.replace_all_uses_with(node.args[0])
            program.graph.erase_node(node)
    return program
