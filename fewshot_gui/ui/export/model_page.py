"""The adapted model as a file that runs elsewhere."""

from __future__ import annotations

from importlib.util import find_spec

from PySide6.QtWidgets import QCheckBox, QWidget

from fewshot_gui.ui.export.export_page import ExportPage
from fewshot_gui.ui.export.exportable import Needs
from fewshot_gui.workflows.exporting_model import ExportOptions

_WORDS = (
    "One ONNX file that labels photos on another computer, in another program or on a camera, without this one. "
    "It takes photos of any size as they are and gives the same labels and confidences as here. Before it is saved it "
    "labels photos of yours, and you see how well it agrees. A list of the classes, a small Python program that runs "
    "it, and a description of the model come with it."
)
_TORCH = ("timm", "torchvision")


class ModelPage(ExportPage):
    """Options of the model; of the formats that need other packages, those that are installed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Model that labels elsewhere", "The model", _WORDS, parent)
        self.needs = Needs.MODEL
        self.carry_examples = self.add_check(
            "Others can go on teaching it",
            "The model takes along what it knows of your examples (numbers, not the photos), so that a new project "
            "can start from it.",
            checked=True,
        )
        self.int8 = self.add_check(
            "Also a small version",
            "A third of the size or less, for small computers (int8). It agrees a little less, and you see how much.",
        )
        self.pytorch = self._add_format("Also for PyTorch", "A folder for programmers who go on in Python.", *_TORCH)
        self.openvino = self._add_format("Also for OpenVINO", "Quicker on processors by Intel.", "openvino")
        self.core_ml = self._add_format(
            "Also for Core ML", "For programs on Apple's computers and phones.", "coremltools", *_TORCH
        )
        self.end()

    @property
    def wish(self) -> ExportOptions:
        """What the fields ask for."""
        return ExportOptions(
            carry_examples=self.carry_examples.isChecked(),
            int8=self.int8.isChecked(),
            pytorch=_is_wanted(self.pytorch),
            openvino=_is_wanted(self.openvino),
            core_ml=_is_wanted(self.core_ml),
        )

    def _add_format(self, text: str, tip: str, *packages: str) -> QCheckBox | None:
        """A box for a format, if all packages that it needs are there."""
        return self.add_check(text, tip) if all(map(find_spec, packages)) else None


def _is_wanted(box: QCheckBox | None) -> bool:
    return box is not None and box.isChecked()
