"""What is known of a model before it has run, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fewshot_gui.exporting.model.reading.model_files import ModelFiles
from fewshot_gui.exporting.model.reading.model_input import Element, ModelInput, Pixels
from fewshot_gui.exporting.model.reading.problems import ModelFileError

USUAL_SIDE = 224
"""Pixels; what most classifiers were trained on."""

_LARGEST_SIDE = 4096
_ELEMENTS: Mapping[str, Element] = {
    "tensor(float)": "float32",
    "tensor(float16)": "float16",
    "tensor(uint8)": "uint8",
}


@dataclass(frozen=True)
class Clues:
    """What is known of a model before it has run.

    Attributes:
        files: With what lies beside it.
        shape: Of its only input; lengths that are free are names or ``None``.
        element: The type of that input, as ONNX Runtime calls it.
        input_name: Its name.
        output_names: In the model's order.
        metadata: The model's own ``metadata_props``.
        scales_pixels: Whether it begins by scaling 0..255 itself.
        numbered_labels: Whether its label file has the index before each name.
    """

    files: ModelFiles
    shape: tuple[Any, ...]
    element: str
    input_name: str
    output_names: tuple[str, ...]
    metadata: Mapping[str, str]
    scales_pixels: bool
    numbered_labels: bool


@dataclass(frozen=True)
class Recognition:
    """How a model wants its photos, and how that is known.

    Attributes:
        tool: Where it comes from, for people.
        input: What it wants.
        sentence: How photos are prepared and why, for people.
        names: The class names it brings, or ``None``.
        is_guess: Whether the person should look at the first labels.
    """

    tool: str
    input: ModelInput
    sentence: str
    names: tuple[str, ...] | None = None
    is_guess: bool = False


def photo_input(clues: Clues, pixels: Pixels, *, side: int | None = None) -> ModelInput:
    """The middle of photos in the size and layout of the model's input.

    Args:
        clues: Of the model.
        pixels: What it wants brightness to become.
        side: Pixels, where the size of the input is free.

    Raises:
        ModelFileError: The input takes no colour photos.
    """
    name, shape = clues.files.model.name, clues.shape
    element = _ELEMENTS.get(clues.element)
    channels = [axis for axis in (1, 3) if len(shape) == 4 and shape[axis] == 3]
    if element is None or not channels:
        raise ModelFileError(f"“{name}” does not take colour photos; choose a model that classifies photos.")
    channels_first = channels[0] == 1
    height, width = (shape[2], shape[3]) if channels_first else (shape[1], shape[2])
    height, width = (
        length if isinstance(length, int) and length > 0 else side or USUAL_SIDE for length in (height, width)
    )
    if max(height, width) > _LARGEST_SIDE:
        raise ModelFileError(f"“{name}” takes photos of {width} x {height} pixels, which is too large to be true.")
    return ModelInput(width, height, channels_first, pixels, element=element)
